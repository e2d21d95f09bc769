//! SIGTERM, SIGHUP, SIGINT and SIGCONT.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Asked, HANGUP, INTERRUPT, TERMINATE};

/// The signals that are listened to.
#[derive(Debug)]
pub struct Signals {
    term: Signal,
    hup: Signal,
    int: Signal,
    cont: Signal,
}

impl Signals {
    /// Starts listening: what comes before anybody asks is heard all the same.
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
            int: signal(SignalKind::interrupt())?,
            cont: signal(SignalKind::from_raw(libc::SIGCONT))?,
        })
    }

    /// The next one. Safe to drop and call again.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.term.recv() => Asked::End(TERMINATE),
            _ = self.hup.recv() => Asked::End(HANGUP),
            _ = self.int.recv() => Asked::End(INTERRUPT),
            _ = self.cont.recv() => Asked::Wake,
        }
    }
}

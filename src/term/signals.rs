//! Signals that end the program, or wake the workbench.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To end (SIGTERM, SIGHUP, SIGINT from outside): its number.
    End(i32),
    /// To take the terminal again (SIGCONT).
    Wake,
}

/// The signals that are listened to.
#[derive(Debug)]
pub struct Signals {
    term: Signal,
    hup: Signal,
    int: Signal,
    cont: Signal,
}

impl Signals {
    /// Starts listening.
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
            _ = self.term.recv() => Asked::End(libc::SIGTERM),
            _ = self.hup.recv() => Asked::End(libc::SIGHUP),
            _ = self.int.recv() => Asked::End(libc::SIGINT),
            _ = self.cont.recv() => Asked::Wake,
        }
    }
}

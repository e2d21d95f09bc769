//! Ctrl-c and ctrl-break, a console that is closed, a machine that is shut down. Nothing stops a program there, so
//! nothing wakes it.

use std::io;

use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
};

use super::{Asked, HANGUP, INTERRUPT, TERMINATE};

/// The console's signals that are listened to.
#[derive(Debug)]
pub struct Signals {
    interrupt: CtrlC,
    interrupted: CtrlBreak,
    close: CtrlClose,
    shutdown: CtrlShutdown,
}

impl Signals {
    /// Starts listening: what comes before anybody asks is heard all the same.
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: ctrl_c()?, interrupted: ctrl_break()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    /// The next one. Safe to drop and call again.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::End(INTERRUPT),
            _ = self.interrupted.recv() => Asked::End(INTERRUPT),
            _ = self.close.recv() => Asked::End(HANGUP),
            _ = self.shutdown.recv() => Asked::End(TERMINATE),
        }
    }
}

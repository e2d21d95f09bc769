//! Signals that end or wake the program; on Windows, what its console tells instead.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::Signals;
#[cfg(windows)]
pub use windows::Signals;

/// The number of an interrupt from the keyboard (ctrl-c).
pub const INTERRUPT: i32 = 2;
/// The number for a terminal that is gone.
const HANGUP: i32 = 1;
/// The number for a plain request to end.
const TERMINATE: i32 = 15;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To end: its number.
    End(i32),
    /// To take the terminal again (SIGCONT).
    Wake,
}

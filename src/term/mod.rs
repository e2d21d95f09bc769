//! The terminal itself: entering and leaving it whole, what it can show, and text that is safe to show on it.

pub mod background;
pub mod clipboard;
pub mod colour;
pub mod escape;
pub mod guard;
pub mod signals;
pub mod suspend;
pub mod width;

pub use colour::ColourLevel;
pub use guard::TerminalGuard;

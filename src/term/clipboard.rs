//! Copying through the terminal (OSC 52): works over ssh and in tmux, needs no display server.

use std::io::{self, Write};

use crossterm::{clipboard::CopyToClipboard, execute};

/// Most terminals refuse longer sequences.
pub const MOST: usize = 74_000;

/// Hands a text to the terminal's clipboard. Longer texts than [`MOST`] bytes are refused.
///
/// # Errors
/// Where the text is too long or the terminal cannot be written.
pub fn copy(out: &mut impl Write, text: &str) -> io::Result<()> {
    if text.len() > MOST {
        return Err(io::Error::other(format!("{} bytes are more than a terminal takes ({MOST})", text.len())));
    }
    execute!(out, CopyToClipboard::to_clipboard_from(text))
}

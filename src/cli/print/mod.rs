//! What commands print.

pub mod events;
pub mod funnel;
pub mod progress;
pub mod projection;
pub mod status;

use std::io::{self, Write};

/// Writes a whole text to stdout.
pub fn out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes one JSON object as a line to stdout.
pub fn json_line(object: &impl serde::Serialize) -> io::Result<()> {
    let mut line = serde_json::to_string(object)?;
    line.push('\n');
    out(&line)
}

//! What commands print.

pub mod bytes;
pub mod events;
pub mod funnel;
pub mod progress;
pub mod projection;
pub mod status;
pub mod why;

use std::io::{self, Write};

use crate::{pipeline::snapshot::Snapshot, term::guard};

/// Writes a whole text to stdout.
pub fn out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    // Its kind tells whether the reader has enough; see `exit`.
    written.map_err(|error| io::Error::new(error.kind(), format!("standard output cannot be written: {error}")))
}

/// Says something on stderr, line by line, with what is unsafe on a screen made visible. That nobody reads it is no
/// reason to end: what was asked for is on stdout or in a file.
pub fn say(text: impl std::fmt::Display) {
    guard::say(&text.to_string());
}

/// What was spent of what may be, and for how much of it there is something to keep; nothing where nothing is known.
pub fn spent(snapshot: &Snapshot) -> String {
    let budget = snapshot.budget;
    let mut parts = Vec::new();
    match (snapshot.cost, budget.money) {
        (Some(cost), Some(limit)) => parts.push(format!("cost {cost:.4} of {limit}")),
        (Some(cost), None) => parts.push(format!("cost {cost:.4}")),
        (None, Some(limit)) => parts.push(format!("cost 0 of {limit}")),
        (None, None) => {}
    }
    parts.extend(budget.tokens.map(|limit| format!("token budget {limit}")));
    parts.extend(snapshot.tokens_per_sample().map(|tokens| format!("{tokens:.0} tokens per kept sample")));
    if parts.is_empty() { String::new() } else { format!("{}\n", parts.join("   ")) }
}

/// Writes one JSON object as a line to stdout.
pub fn json_line(object: &impl serde::Serialize) -> io::Result<()> {
    json_lines(std::slice::from_ref(object))
}

/// Writes JSON objects as lines to stdout, at once.
pub fn json_lines(objects: &[impl serde::Serialize]) -> io::Result<()> {
    let mut lines = String::new();
    for object in objects {
        lines.push_str(&serde_json::to_string(object)?);
        lines.push('\n');
    }
    if lines.is_empty() { Ok(()) } else { out(&lines) }
}

//! Files of lines, read with a bound on memory.

use std::{collections::BTreeMap, io::BufRead, path::Path};

use serde::de::IgnoredAny;

use crate::{config::closest, dataset::jsonl::read_line};

use super::{
    collect::{Collector, NO_TEXT, TEXTS},
    error::{At, ImportError},
    object::Row,
};

/// Longest line of a text file, in bytes. A longer one is skipped.
const TEXT_LINE: usize = 64 * 1024;

/// Longest line of a JSON lines file, in bytes: conversations can be long though their first turn is short.
const JSON_LINE: usize = 16 * 1024 * 1024;

/// One line, or a sign that it was too long.
enum Line<'a> {
    Text(&'a str),
    TooLong,
}

/// Lines of a reader, without their ends.
struct Lines<'p, R> {
    path: &'p Path,
    from: R,
    limit: usize,
    number: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<'_, R> {
    fn next(&mut self) -> Result<Option<Line<'_>>, ImportError> {
        self.buffer.clear();
        let path = self.path;
        let read = read_line(&mut self.from, self.limit, &mut self.buffer)
            .map_err(|source| ImportError::Read { path: path.to_owned(), source })?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.buffer.len() > self.limit {
            return Ok(Some(Line::TooLong));
        }
        let line = match std::str::from_utf8(&self.buffer) {
            Ok(line) => line,
            Err(error) => {
                let good = error.valid_up_to();
                let column = String::from_utf8_lossy(&self.buffer[..good]).chars().count() as u64 + 1;
                let (line, byte) = (self.number, self.buffer[good]);
                return Err(ImportError::NotUtf8 { path: path.to_owned(), line, column, byte, encoding: "latin1" });
            }
        };
        Ok(Some(Line::Text(line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line)))))
    }
}

/// One text a line; a bullet before it is taken off.
pub fn read_text(path: &Path, from: impl BufRead, into: &mut Collector) -> Result<(), ImportError> {
    let mut lines = Lines { path, from, limit: TEXT_LINE, number: 0, buffer: Vec::new() };
    loop {
        into.at(At::Line(lines.number + 1));
        let Some(line) = lines.next()? else { return Ok(()) };
        match line {
            Line::Text(text) => into.text(text),
            Line::TooLong => into.skip("too-long"),
        }
    }
}

/// One JSON object a line.
pub fn read_json(path: &Path, from: impl BufRead, into: &mut Collector) -> Result<(), ImportError> {
    let mut lines = Lines { path, from, limit: JSON_LINE, number: 0, buffer: Vec::new() };
    loop {
        let at = At::Line(lines.number + 1);
        into.at(at);
        match lines.next()? {
            None => return Ok(()),
            Some(Line::TooLong) => into.skip("too-long"),
            Some(Line::Text(text)) if text.trim().is_empty() => into.skip("empty"),
            Some(Line::Text(text)) => {
                let row: Row = serde_json::from_str(text).map_err(|error| not_json(path, at, &error))?;
                into.row(path, at, row).map_err(|error| with_guess(error, text))?;
            }
        }
    }
}

/// Names the field that was probably meant, where a row has no text.
fn with_guess(error: ImportError, line: &str) -> ImportError {
    let ImportError::BadRow { path, at, message, expected } = error else { return error };
    let fields: BTreeMap<String, IgnoredAny> = serde_json::from_str(line).unwrap_or_default();
    let near = fields.keys().find_map(|name| closest(name, TEXTS).map(|near| (name, near)));
    let message = match near {
        Some((name, near)) if message == NO_TEXT => format!("{message}; did you mean `{near}` for `{name}`?"),
        _ => message,
    };
    ImportError::BadRow { path, at, message, expected }
}

fn not_json(path: &Path, at: At, error: &serde_json::Error) -> ImportError {
    let fix = if error.is_eof() {
        "this format has one whole object a line; write a file of many lines as an array [ ... ]"
    } else {
        "mend or remove the line; nothing was imported"
    };
    // The reader counts lines within the line it was given.
    let message = error.to_string().replace("at line 1 column", "at column");
    ImportError::NotJson { path: path.to_owned(), at, message, fix }
}

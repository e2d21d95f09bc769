//! What stops an import.

use std::{fmt, io, path::PathBuf};

/// Where in a file a row stands, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A line.
    Line(u64),
    /// An element of an array.
    Row(u64),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(n) => write!(f, "line {n}"),
            Self::Row(n) => write!(f, "row {n}"),
        }
    }
}

/// A file that cannot be imported: where, what, and what to do. Nothing of the import is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be opened.
    #[error("{path}: cannot be opened: {source}; check the name and that you may read it", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Reading failed midway.
    #[error("{path}: reading failed: {source}; nothing was imported; check that it is a file on a disk in order", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no UTF-8.
    #[error(
        "{path}: line {line} is not UTF-8 (byte 0x{byte:02X} at column {column}); nothing was imported; convert with `iconv -f {encoding} -t utf8`",
        path = path.display()
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column, from 1, in characters.
        column: u64,
        /// The first byte that does not belong.
        byte: u8,
        /// What it probably is.
        encoding: &'static str,
    },
    /// A row is no JSON.
    #[error("{path}: {at} is not JSON: {message}; {fix}", path = path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where.
        at: At,
        /// What the reader says.
        message: String,
        /// What to do.
        fix: &'static str,
    },
    /// A row is JSON, but not a row.
    #[error("{path}: {at}: {message}; expected {expected}", path = path.display())]
    BadRow {
        /// The file.
        path: PathBuf,
        /// Where.
        at: At,
        /// What is wrong, with the field.
        message: String,
        /// What belongs there.
        expected: &'static str,
    },
}

//! What is wrong with a row, and where.

use std::{fmt, io, path::PathBuf};

/// What is wrong within one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The field at fault, such as `cases[2]`; nothing where the line as a whole is.
    pub field: Option<String>,
    /// What is wrong, and what belongs there.
    pub message: String,
}

impl Refusal {
    /// The whole line is wrong.
    pub fn line(message: impl Into<String>) -> Self {
        Self { field: None, message: message.into() }
    }

    /// One field is.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), message: message.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "field `{field}` {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// A file of rows that cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// It cannot be opened.
    #[error("{path}: cannot be opened: {error}; check the name and that you may read it", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Reading failed midway.
    #[error("{path}: line {line}: reading failed: {error}; check that it is a file on a disk in order", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// Why.
        error: io::Error,
    },
    /// A row is not what it should be.
    #[error("{path}: line {line}: {refusal}; mend the row, or skip such rows with --keep-going", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        refusal: Refusal,
    },
}

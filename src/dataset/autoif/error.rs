//! What ends a run. OUT is as it was before.

use std::{io, path::PathBuf};

use crate::{dataset::jsonl::RowError, sandbox::SandboxError};

/// A run that did not come to its end. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AutoifError {
    /// The rows cannot be read, or one is malformed.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The sandbox failed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A file cannot be written.
    #[error("{path}: {doing} failed: {error}; what stood there before is untouched", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        error: io::Error,
    },
    /// A file to write cannot be replaced by renaming.
    #[error("{path}: is no regular file, and what is written is put in place by renaming; name a file", path = .0.display())]
    NotAFile(PathBuf),
    /// No thread could be started.
    #[error("no thread could be started to read the rows: {0}; close other programs or raise the process limit")]
    Thread(io::Error),
    /// The report would replace the result.
    #[error("{path}: is both OUT and the report; name two files", path = .0.display())]
    SameFile(PathBuf),
}

impl AutoifError {
    /// Names an I/O error: usable with `map_err`.
    pub(super) fn write(path: impl Into<PathBuf>, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::Write { path, doing, error }
    }
}

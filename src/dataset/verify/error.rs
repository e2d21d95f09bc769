//! What ends a run.

use std::{io, path::PathBuf};

use crate::{dataset::jsonl::RowError, sandbox::SandboxError};

/// A run that did not come to its end. What it wrote are whole lines.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file cannot be read, or a row is malformed.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Two functions have one id.
    #[error("{path}: line {line}: field `id` repeats that of line {first}; give each function an id of its own", path = path.display())]
    RepeatedFunction {
        /// The file.
        path: PathBuf,
        /// The second one's line.
        line: u64,
        /// The first one's.
        first: u64,
    },
    /// The sandbox failed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Results cannot be written.
    #[error("the results cannot be written")]
    Write(#[source] io::Error),
    /// The temporary copy of the inputs failed.
    #[error("the temporary copy of the inputs failed: {0}; free some space, or set TMPDIR to a folder with more")]
    Spool(io::Error),
    /// No thread could be started.
    #[error("no thread could be started to read the inputs: {0}; close other programs or raise the process limit")]
    Thread(io::Error),
}

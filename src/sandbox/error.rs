//! What can go wrong with the sandbox itself (what a verifier does wrong is an outcome, not an error).

use std::{io, path::PathBuf};

/// A failure of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// The bundled artefact is damaged.
    #[error(
        "the bundled Python guest is damaged ({0}): this build of assay is broken, build it again from a clean checkout"
    )]
    Guest(String),
    /// wasmtime refused the configuration, the compilation or the instantiation.
    #[error("wasmtime could not {what}: {message}")]
    Engine {
        /// What was tried.
        what: &'static str,
        /// wasmtime's words.
        message: String,
    },
    /// A file could not be read or written.
    #[error(
        "could not {what} {path}: {message}; check the folder's permissions and free space, or name another with XDG_CACHE_HOME"
    )]
    File {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's words.
        message: String,
    },
    /// The compiling child process failed.
    #[error(
        "the process that compiles the Python guest failed ({status}): {stderr}; try `assay sandbox compile` to see why"
    )]
    Child {
        /// How it ended.
        status: String,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// The system could not start a thread.
    #[error("could not start a sandbox thread: {0}; close other programs or raise the process limit")]
    Thread(String),
    /// Preparation failed earlier, so nothing can run.
    #[error("the sandbox is not available: {0}")]
    Unavailable(String),
    /// A cell of the batch names a function or text that is not there.
    #[error(
        "cell {cell} names function {function} and text {text}, but the batch has {functions} functions and {texts} texts"
    )]
    BadCell {
        /// The cell's position.
        cell: usize,
        /// The function it names.
        function: u32,
        /// The text it names.
        text: u32,
        /// How many functions there are.
        functions: usize,
        /// How many texts there are.
        texts: usize,
    },
    /// In verify mode: memory was not what it should have been after a restore.
    #[error("{pages} pages of memory differ after a restore: this is a defect of assay, please report it")]
    Inexact {
        /// How many.
        pages: usize,
    },
    /// The batch was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl SandboxError {
    pub(super) fn engine(what: &'static str, error: &wasmtime::Error) -> Self {
        Self::Engine { what, message: format!("{error:#}") }
    }

    pub(super) fn file(what: &'static str, path: impl Into<PathBuf>, error: &io::Error) -> Self {
        Self::File { what, path: path.into(), message: error.to_string() }
    }
}

//! What stops an export.

use std::{io, path::PathBuf};

/// An export that did not happen. What stood in the folder before stands there still.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file or folder operation failed.
    #[error("{path}: {doing} failed: {source}; what was exported before is untouched", path = path.display())]
    Io {
        /// What it was done to.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The folder holds other people's files.
    #[error(
        "{dir}: holds files that are no export of Assay ({first}); choose a new or empty folder, as an export replaces the whole folder",
        dir = dir.display()
    )]
    Foreign {
        /// The folder.
        dir: PathBuf,
        /// One of the files.
        first: String,
    },
    /// The folder cannot be named beside itself (it is a root, or ends in `..`).
    #[error("{dir}: is no folder that can be replaced; name a folder like exports/first", dir = .0.display())]
    Unnamed(PathBuf),
    /// There is nothing to check.
    #[error("{dir}: has no manifest.json that can be read ({reason}); is it a folder that `assay export` wrote?", dir = dir.display())]
    NoManifest {
        /// The folder.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl ExportError {
    /// Names an I/O error: usable with `map_err`.
    pub(super) fn io(path: impl Into<PathBuf>, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, doing, source }
    }
}

//! What can be wrong with `assay.toml`.

use std::{io, path::PathBuf};

use super::place::Place;

/// A configuration that cannot be used: where, what, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no project here or above.
    #[error(
        "no assay.toml in {0} or above it; `assay init DIR` makes a project, `assay demo` shows one, --project DIR names one"
    )]
    NoProject(PathBuf),
    /// The file is there, but cannot be read.
    #[error("{path}: cannot be read: {source}; check that it is a file and that you may read it", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no UTF-8.
    #[error(
        "{path}:{line}:{column}: byte 0x{byte:02X} is not UTF-8; save the file as UTF-8, for instance with `iconv -f latin1 -t utf8`",
        path = path.display(), line = place.line, column = place.column
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Where.
        place: Place,
        /// The first byte that does not belong.
        byte: u8,
    },
    /// A key or value is wrong.
    #[error(
        "{path}:{line}:{column}: {key}: {message}; {fix}",
        path = path.display(), line = place.line, column = place.column
    )]
    Bad {
        /// The file.
        path: PathBuf,
        /// Where.
        place: Place,
        /// The dotted key; `assay.toml` where no key is at fault.
        key: String,
        /// What is wrong.
        message: String,
        /// What to do.
        fix: String,
    },
}

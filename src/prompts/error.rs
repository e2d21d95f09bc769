//! What can be wrong with a template.

use std::{io, path::PathBuf};

/// A template that cannot be used: where, what, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// A file of the project cannot be read.
    #[error("{path}: cannot be read: {source}; check that it is a UTF-8 text file that you may read", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `template = "..."` of a call names a file that is not there.
    #[error(
        "calls.{call}.template: there is no {name} in {dir}; write the file, or remove the key to use the built-in template",
        dir = dir.display()
    )]
    Missing {
        /// The call.
        call: &'static str,
        /// The name as written.
        name: String,
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// The template is not well-formed.
    #[error("{name}:{line}: {message}; mend the template, or remove it to use the built-in one")]
    Syntax {
        /// The file or built-in name.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// It asks for what it is not given, or fails otherwise.
    #[error("{name}:{line}: {message}; it may use: {fields}")]
    Render {
        /// The file or built-in name.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
        /// What it is given.
        fields: String,
    },
}

//! How a command ends.

use std::{io, process::ExitCode};

use super::print;

/// The contract's exit statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done. Failing verdicts and dropped items are results.
    Done,
    /// Failed: what, where, and what to do was said.
    Failed,
    /// Wrong usage.
    Usage,
    /// Incomplete: what is stored is whole, and the same command continues.
    Incomplete,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An error that is the caller's: ends with status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// An error after which the same command continues: ends with status 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct IncompleteError(pub String);

/// Says what went wrong on stderr, and which status that is.
pub fn report(error: &anyhow::Error, verbose: u8) -> Exit {
    if is_closed_pipe(error) {
        return Exit::Done;
    }
    tracing::error!(error = format!("{error:#}"), "ended");
    let text = if verbose > 0 { format!("{error:?}") } else { in_words(error) };
    print::say(format!("assay: {text}"));
    if error.is::<UsageError>() {
        Exit::Usage
    } else if error.is::<IncompleteError>() {
        Exit::Incomplete
    } else {
        Exit::Failed
    }
}

/// An error with its causes; those that it names itself are not said again.
fn in_words(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Whether whoever read our output has enough of it (`assay status | head -1`).
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("x.txt: reading failed: {source}")]
        struct Reading {
            source: io::Error,
        }
        let error = Reading { source: io::Error::other("the disk is gone") };
        let error = Err::<(), _>(error).context("no import").unwrap_err();
        assert_eq!(in_words(&error), "no import: x.txt: reading failed: the disk is gone");
    }
}

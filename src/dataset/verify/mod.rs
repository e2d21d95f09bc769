//! `assay verify`: verifiers from one file run on texts from another, in bounded memory.
//!
//! A thread reads and hands on chunks of [`cells`] in output order; [`run`] keeps some chunks running and writes what
//! comes out, in that order.

mod cells;
mod error;
mod functions;
mod outcome;
mod rows;
mod run;
mod spool;
mod timeouts;

use std::{path::PathBuf, sync::atomic::AtomicU64};

use crate::sandbox::Limits;

use super::jsonl::Skipped;

pub use error::VerifyError;
pub use run::verify;

/// Which functions meet which inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pairing {
    /// All functions, all inputs; ordered by function, then input.
    #[default]
    Matrix,
    /// Each input names its function; ordered by input.
    Zip,
}

/// What is to be run, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Rows `{"id", "source"}`; `-` is standard input.
    pub functions: PathBuf,
    /// Rows `{"id", "text"}`, with `"function"` for [`Pairing::Zip`]; `-` is standard input.
    pub inputs: PathBuf,
    /// Which meet.
    pub pairing: Pairing,
    /// The limits of each check.
    pub limits: Limits,
    /// Whether a malformed row is skipped and counted instead of ending the run.
    pub keep_going: bool,
    /// Whether the checks behind a function's second timeout are run too.
    pub never_skip: bool,
}

/// How far a run is; read while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Rows written or about to be.
    pub done: AtomicU64,
    /// All rows, once that is known; 0 before.
    pub total: AtomicU64,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows written.
    pub written: u64,
    /// Of these, checks not run because their function had timed out twice.
    pub unrun: u64,
    /// Malformed rows that were skipped.
    pub skipped: Skipped,
    /// Whether it was interrupted before the end.
    pub interrupted: bool,
}

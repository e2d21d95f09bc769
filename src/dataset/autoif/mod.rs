//! `assay autoif`: the steps of the released scripts that need no model, from file to file.
//!
//! Each step reads rows ([`step`]), works on them a few at a time and in order, and writes OUT beside its place, to be
//! renamed at the end ([`beside`]). The rules are in [`crate::rules::autoif`]; here is what runs the functions and
//! what the files look like.

mod beside;
mod cross;
mod error;
mod filter;
mod format;
mod input;
mod pairs;
mod report;
mod responses;
mod run;
mod sft;
mod step;

use std::{collections::BTreeMap, path::PathBuf, sync::atomic::AtomicU64};

use crate::rules::ProfileName;

use super::jsonl::Skipped;

pub use error::AutoifError;
pub use run::autoif;
pub use step::Step;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Request {
    /// The step.
    pub step: Step,
    /// The rows; `-` is standard input.
    pub input: PathBuf,
    /// Where what is kept goes.
    pub output: PathBuf,
    /// Whose rules.
    pub profile: ProfileName,
    /// The seed of draws.
    pub seed: u64,
    /// Where to tell what was dropped and why.
    pub report: Option<PathBuf>,
    /// Whether a malformed row is skipped and counted instead of ending the run.
    pub keep_going: bool,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows read.
    pub read: u64,
    /// Rows written.
    pub written: u64,
    /// Why what fell: whole rows, or responses of them, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
    /// Malformed rows that were skipped.
    pub skipped: Skipped,
    /// Whether it was interrupted: nothing was written then.
    pub interrupted: bool,
}

/// How far a run is; read while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Rows done.
    pub done: AtomicU64,
}

//! Where the command line meets the engine.

use anyhow::{Result, bail};

use crate::{
    config::Loaded,
    dataset::{PairRow, SftRow},
    domain::{Digest, InstructionBody, QueryBody},
    pipeline::snapshot::Snapshot,
    term,
};

use super::{
    args::RunArgs,
    exit::{Exit, UsageError},
    print::progress::Reporter,
};

/// Rows as they would be exported now.
pub struct Rows {
    /// For supervised fine-tuning.
    pub sft: Vec<SftRow>,
    /// Preference pairs of both levels.
    pub pairs: Vec<PairRow>,
    /// Rows left out.
    pub outdated: u64,
}

const NOT_WIRED: &str = "the engine is not part of this build";

/// The workbench and the demo need a terminal; wrong usage where there is none.
pub fn need_terminal() -> Result<()> {
    Ok(term::guard::check().map_err(|error| UsageError(error.to_string()))?)
}

/// Opens the workbench.
pub fn workbench(_project: &Loaded, _speed: Option<f64>, _demo: bool) -> Result<Exit> {
    bail!(NOT_WIRED)
}

/// Runs the stages.
pub fn run(_project: &Loaded, _args: &RunArgs, _reporter: Reporter) -> Result<Exit> {
    bail!(NOT_WIRED)
}

/// The project as it stands.
pub fn look(_project: &Loaded) -> Result<Snapshot> {
    bail!(NOT_WIRED)
}

/// One hash of the project's logical state.
pub fn digest(_project: &Loaded) -> Result<Digest> {
    bail!(NOT_WIRED)
}

/// The rows of the data sets.
pub fn rows(_project: &Loaded) -> Result<Rows> {
    bail!(NOT_WIRED)
}

/// Adds seeds that are not there yet; how many were new.
pub fn add_seeds(_project: &Loaded, _seeds: &[InstructionBody]) -> Result<usize> {
    bail!(NOT_WIRED)
}

/// Adds queries that are not there yet; how many were new.
pub fn add_queries(_project: &Loaded, _queries: &[QueryBody]) -> Result<usize> {
    bail!(NOT_WIRED)
}

/// Takes in the project's own seeds/ folder.
pub fn import_seed_files(_project: &Loaded) -> Result<()> {
    bail!(NOT_WIRED)
}

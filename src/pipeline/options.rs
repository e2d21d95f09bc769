//! How a run is limited.

use std::path::PathBuf;

use crate::domain::{ItemId, Stage};

/// Options of one run.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// The last stage to work on.
    pub until: Option<Stage>,
    /// Work on these instructions (or items within them) only.
    pub only: Vec<ItemId>,
    /// Work on the first N instructions only.
    pub limit: Option<usize>,
    /// Stop once there are so many SFT rows.
    pub target_sft: Option<u64>,
    /// Stop once there are so many pairs of both levels.
    pub target_pairs: Option<u64>,
    /// Ask no endpoint: work with what is stored.
    pub offline: bool,
    /// End when nothing is left to do, or nothing can go on.
    pub headless: bool,
    /// Re-make what changed settings made stale.
    pub remake_settings: bool,
    /// Replay speed of tape endpoints in place of the configured one.
    pub speed: Option<f64>,
    /// Record completions of `openai` endpoints to this tape.
    pub record: Option<PathBuf>,
    /// How long a headless run waits for an endpoint that is down before it gives up, in seconds.
    pub patience_s: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do.
    Done,
    /// Work is left; what is stored is whole and the same command continues. Says why.
    Incomplete(String),
}

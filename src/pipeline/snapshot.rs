//! What the engine publishes for anyone who watches: counts, rows, jobs. Cheap to clone, replaced as a whole.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde::Serialize;

use crate::{
    config::BudgetConfig,
    domain::{CallKind, ItemId, Language, Ruling, Stage, Usage},
    llm::Tail,
    rules::Profile,
};

use super::{
    handle::StageLimit,
    view::{Reason, State},
};

/// A stage's counts, in its unit. `total = kept + dropped + failed + pending + running + stale`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StageCounts {
    /// Items that reached the stage.
    #[serde(rename = "in")]
    pub total: u64,
    /// Items that went on.
    pub kept: u64,
    /// Items that fell.
    pub dropped: u64,
    /// Items whose call failed for good.
    pub failed: u64,
    /// Items that wait.
    pub pending: u64,
    /// Items being worked on.
    pub running: u64,
    /// Items whose inputs changed.
    pub stale: u64,
    /// Why items fell or failed.
    pub reasons: BTreeMap<Reason, u64>,
}

impl StageCounts {
    /// Counts one item.
    pub fn add(&mut self, state: &State) {
        self.total += 1;
        match state {
            State::Kept => self.kept += 1,
            State::Dropped(reason) => {
                self.dropped += 1;
                *self.reasons.entry(reason.clone()).or_default() += 1;
            }
            State::Failed(reason) => {
                self.failed += 1;
                *self.reasons.entry(reason.clone()).or_default() += 1;
            }
            State::Pending => self.pending += 1,
            State::Running => self.running += 1,
            State::Stale => self.stale += 1,
        }
    }

    /// Takes a count that was added before away again.
    pub fn subtract(&mut self, other: &Self) {
        self.total -= other.total;
        self.kept -= other.kept;
        self.dropped -= other.dropped;
        self.failed -= other.failed;
        self.pending -= other.pending;
        self.running -= other.running;
        self.stale -= other.stale;
        for (reason, n) in &other.reasons {
            if let Some(count) = self.reasons.get_mut(reason) {
                *count -= n;
            }
        }
        self.reasons.retain(|_, count| *count > 0);
    }

    /// Moves items that wait to those being worked on, as many as there are.
    pub const fn start(&mut self, units: u64) {
        let waiting = if units < self.pending { units } else { self.pending };
        self.pending -= waiting;
        let rest = units - waiting;
        let stale = if rest < self.stale { rest } else { self.stale };
        self.stale -= stale;
        self.running += waiting + stale;
    }

    /// Adds another count to this one.
    pub fn merge(&mut self, other: &Self) {
        self.total += other.total;
        self.kept += other.kept;
        self.dropped += other.dropped;
        self.failed += other.failed;
        self.pending += other.pending;
        self.running += other.running;
        self.stale += other.stale;
        for (reason, n) in &other.reasons {
            *self.reasons.entry(reason.clone()).or_default() += n;
        }
    }
}

/// All stages' counts, in the order of [`Stage::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funnel(pub [StageCounts; 11]);

impl Funnel {
    /// A stage's counts.
    pub const fn stage(&self, stage: Stage) -> &StageCounts {
        &self.0[stage.index()]
    }

    /// A stage's counts, to change.
    pub const fn stage_mut(&mut self, stage: Stage) -> &mut StageCounts {
        &mut self.0[stage.index()]
    }

    /// Takes a funnel that was added before away again.
    pub fn subtract(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.subtract(theirs);
        }
    }

    /// Adds another funnel to this one.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.merge(theirs);
        }
    }
}

/// Rows of the data sets as they would be exported now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Datasets {
    /// SFT rows.
    pub sft: u64,
    /// Instruction-level pairs.
    pub pairs_instruction: u64,
    /// Query-level pairs.
    pub pairs_query: u64,
    /// Rows left out because they are stale or decided before a change.
    pub outdated: u64,
}

impl Datasets {
    /// Adds another count to this one.
    pub const fn add(&mut self, other: &Self) {
        self.sft += other.sft;
        self.pairs_instruction += other.pairs_instruction;
        self.pairs_query += other.pairs_query;
        self.outdated += other.outdated;
    }

    /// Takes a count that was added before away again.
    pub const fn subtract(&mut self, other: &Self) {
        self.sft -= other.sft;
        self.pairs_instruction -= other.pairs_instruction;
        self.pairs_query -= other.pairs_query;
        self.outdated -= other.outdated;
    }
}

/// One line of the Instructions list.
#[derive(Clone, Debug, PartialEq)]
pub struct InstructionRow {
    /// The instruction.
    pub id: ItemId,
    /// Its text, possibly long; untrusted.
    pub text: Arc<str>,
    /// Its language.
    pub language: Language,
    /// Its category.
    pub category: Option<String>,
    /// Whether it is a seed.
    pub seed: bool,
    /// The furthest stage it reached, and where it stands there.
    pub stage: Stage,
    /// See `stage`.
    pub state: State,
    /// What a person decided.
    pub decision: Option<Ruling>,
    /// Whether a person wrote it.
    pub edited: bool,
    /// Whether anything of it is stale.
    pub stale: bool,
    /// Stages at which something of it was dropped or failed: bit [`Stage::index`] is set.
    pub fell: u16,
    /// Functions used and in all.
    pub functions: (u32, u32),
    /// Cases kept and in all (distinct).
    pub cases: (u32, u32),
    /// Results of functions that disagree with what their cases expect.
    pub disagreements: u32,
    /// Responses that passed and that were verified.
    pub responses: (u32, u32),
    /// SFT rows and pairs it gives.
    pub rows: (u32, u32),
}

impl InstructionRow {
    /// Whether something of it was dropped or failed at a stage.
    pub const fn fell_at(&self, stage: Stage) -> bool {
        self.fell & (1 << stage.index()) != 0
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// A model call.
    Call(CallKind),
    /// Verifiers in the sandbox.
    Execute(Stage),
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Waiting for a permit.
    Queued,
    /// Under way; attempts so far.
    Running {
        /// From 1.
        attempt: u32,
    },
    /// Ended well.
    Done,
    /// Ended badly: a stable word and the message.
    Failed {
        /// `http-400`, `timeout`, `tape`, ...
        code: String,
        /// What happened, and what to do next.
        message: String,
    },
    /// Cancelled.
    Cancelled,
}

/// One line of the Jobs screen.
#[derive(Clone, Debug)]
pub struct JobView {
    /// Number within this run.
    pub id: u64,
    /// What it does.
    pub kind: JobKind,
    /// The instruction it belongs to; nothing for self-instruct.
    pub root: Option<ItemId>,
    /// The item it fills.
    pub item: ItemId,
    /// What it is about, for people: the instruction's text, shortened by the screen.
    pub about: Arc<str>,
    /// Endpoint or `sandbox`.
    pub at: Arc<str>,
    /// How it stands.
    pub state: JobState,
    /// What streams in.
    pub tail: Option<Arc<Tail>>,
    /// How long it took, once ended.
    pub took: Option<Duration>,
    /// The stored completion, once ended.
    pub completion: Option<i64>,
    /// Tokens, once ended.
    pub usage: Option<Usage>,
}

impl JobView {
    /// Whether a model is being asked.
    pub const fn is_running_call(&self) -> bool {
        matches!((&self.kind, &self.state), (JobKind::Call(_), JobState::Running { .. }))
    }
}

/// What the engine as a whole does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EngineState {
    /// Loading the project.
    #[default]
    Opening,
    /// Working.
    Running,
    /// Paused by the user.
    Paused,
    /// Nothing left to do.
    Done,
    /// Work is left, but it cannot go on: an endpoint is down, the tape has no answer. Says what and what to do.
    Blocked(String),
    /// Another process runs the engine; this one reads along and decides. Names the holder.
    Following(String),
}

/// Whether Python can run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SandboxState {
    /// The guest is being compiled, for the first time on this machine: seconds so far.
    Preparing {
        /// Seconds since it began.
        seconds: u64,
    },
    /// Ready.
    #[default]
    Ready,
    /// It cannot run: what happened and what to do.
    Failed(String),
}

/// Everything a watcher sees at once.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Grows with every change.
    pub seq: u64,
    /// The engine.
    pub engine: EngineState,
    /// The sandbox.
    pub sandbox: SandboxState,
    /// Counts.
    pub funnel: Arc<Funnel>,
    /// Rows as they would be exported.
    pub datasets: Datasets,
    /// Instructions in stable order: seeds first, then (call, line).
    pub instructions: Arc<Vec<Arc<InstructionRow>>>,
    /// What what-if works on, in the same order.
    pub index: Arc<super::index::Index>,
    /// Running jobs first, then what ended, the latest first, then what waits next.
    pub jobs: Arc<Vec<JobView>>,
    /// Queued work items.
    pub queued: u64,
    /// Completions stored in this project.
    pub requests: u64,
    /// Tokens, in all.
    pub usage: Usage,
    /// Cost, where prices are known.
    pub cost: Option<f64>,
    /// What all runs together may use.
    pub budget: BudgetConfig,
    /// Completions per second over the last ten seconds.
    pub rate: f64,
    /// What is left to ask, and what it takes; nothing where nothing is, or it is not known yet.
    pub ahead: Option<Arc<super::cost::Estimate>>,
    /// Time worked in this run.
    pub elapsed: Duration,
    /// Decisions in force.
    pub decisions: u64,
    /// What undo would take back, and redo would do again.
    pub undo: Option<String>,
    /// See `undo`.
    pub redo: Option<String>,
    /// The rules in force.
    pub rules: Arc<Profile>,
    /// How much is asked for, for what-if.
    pub volume: super::whatif::Volume,
    /// Paused stages (`pause` on one stage).
    pub paused: Vec<Stage>,
    /// Bounded stages, with what is left of each bound.
    pub limits: Vec<(Stage, StageLimit)>,
    /// While all instructions are read for the first time: how many are, of how many.
    pub reading: Option<(u64, u64)>,
}

impl Snapshot {
    /// Tokens that were used for every kept sample (a row of the SFT data), dropped work included.
    #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
    pub fn tokens_per_sample(&self) -> Option<f64> {
        let tokens = self.usage.prompt_tokens + self.usage.completion_tokens;
        (self.datasets.sft > 0 && tokens > 0).then(|| tokens as f64 / self.datasets.sft as f64)
    }
}

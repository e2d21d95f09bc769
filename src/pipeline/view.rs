//! What an instruction looks like under a profile: computed from facts, never stored.

use std::{borrow::Cow, sync::Arc};

use crate::{
    dataset::rows::PairLevel,
    domain::{Decision, ItemId, Label, Language, Outcome, Ruling, SlotKey},
    rules::{Verdict, datasets::Band, feasibility::Conflict},
};

/// A stable word for why something fell: `duplicate`, `bad-json`, `no-function`, `below-threshold`, ...
pub type Reason = Cow<'static, str>;

/// Where an item stands at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It goes on.
    Kept,
    /// It fell, for a reason.
    Dropped(Reason),
    /// Its call failed for good.
    Failed(Reason),
    /// Work for it is waiting.
    Pending,
    /// Work for it is under way.
    Running,
    /// What it was made from changed.
    Stale,
}

/// One function of the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionView {
    /// The verifier.
    pub id: ItemId,
    /// Its sample index `k`.
    pub sample: u32,
    /// Its source, where it has one.
    pub source: Option<Arc<str>>,
    /// Whether it can be used at all: has a source, loads, defines `evaluate`, is no repeat of an earlier one.
    pub usable: Result<(), Reason>,
    /// Agreement with cases, after the profile's rule.
    pub accuracy: Option<f64>,
    /// Whether cross-validation keeps it, decisions included; or why not.
    pub kept: Result<(), Reason>,
    /// Whether it verifies responses: kept, not contradicted, not rejected.
    pub used: bool,
    /// Its back-translation's slot and text.
    pub back: Option<(ItemId, String)>,
    /// The entailment label of its back-translation, with the model's words.
    pub label: Option<(Label, String)>,
    /// Probabilities of entailment, neutral and contradiction, where the labeller told them.
    pub probabilities: Option<[f64; 3]>,
    /// What lenient reading repaired in the answer.
    pub repairs: Vec<String>,
    /// What a person decided.
    pub decision: Option<Decision>,
    /// Whether a person wrote it.
    pub edited: bool,
    /// Whether what it was made from changed.
    pub stale: bool,
}

/// One case of the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseView {
    /// The case.
    pub id: ItemId,
    /// The verifier sample whose answer brought it.
    pub sample: u32,
    /// The text given to the functions.
    pub input: Arc<str>,
    /// The expected output as it was written.
    pub expected_raw: String,
    /// The expected output under the value policy.
    pub expected: Option<bool>,
    /// Share of functions that agree, after the profile's rule.
    pub accuracy: Option<f64>,
    /// Whether it is kept, decisions included; or why not.
    pub kept: Result<(), Reason>,
    /// What a person decided.
    pub decision: Option<Decision>,
    /// Whether a person wrote it.
    pub edited: bool,
    /// Whether what it was made from changed.
    pub stale: bool,
}

/// One cell of the matrix: a function run on a case's input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What happened; nothing where it has not run.
    pub outcome: Option<Arc<Outcome>>,
    /// What that counts as.
    pub verdict: Option<Verdict>,
    /// Whether it agrees with the expected output.
    pub agrees: Option<bool>,
}

/// One response of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseView {
    /// The response.
    pub id: ItemId,
    /// Its sample index.
    pub sample: u32,
    /// Its text; nothing while it is pending.
    pub text: Option<Arc<str>>,
    /// Per used function, in the order of [`InstructionView::functions`] filtered by `used`.
    pub cells: Vec<Cell>,
    /// Share of functions that pass it, after the profile's rule; nothing where it is not verifiable or not run.
    pub accuracy: Option<f64>,
    /// The same with its evidence: how many functions gave a boolean.
    pub found: Option<crate::rules::response::Accuracy>,
    /// Where it stands at `respond`, `verify` and `score`; nothing where it did not get there.
    pub respond: State,
    /// See `respond`.
    pub verify: Option<State>,
    /// See `respond`.
    pub score: Option<State>,
    /// The mean score, 0-10.
    pub mean_score: Option<f64>,
    /// Each judge's words.
    pub judges: Vec<String>,
    /// What a person decided.
    pub decision: Option<Decision>,
    /// Whether a person wrote it.
    pub edited: bool,
    /// Whether what it was made from changed.
    pub stale: bool,
    /// Whether it was decided on before it said what it says now.
    pub outdated: bool,
    /// Whether it would make a row if it were not stale: its last verdicts and scores say so.
    pub left_out: bool,
    /// Whether it makes an SFT row.
    pub sft: bool,
    /// In how many pairs it is chosen, and rejected.
    pub pairs: (u32, u32),
    /// Whether it would make an SFT row if its instruction had not enough of them.
    pub capped: bool,
    /// Another sample with the same text, which is used in its place.
    pub same_as: Option<u32>,
}

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairSide {
    /// The response, or case.
    pub item: ItemId,
    /// Its sample index; for a case that of the verifier that brought it.
    pub sample: u32,
    /// Its text.
    pub text: Arc<str>,
}

/// How a pair stands to the data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairStanding {
    /// It is a row.
    Given,
    /// The rules give it, and a person turned it down.
    Rejected,
    /// The rules give it, and it was decided on when its prompt or a text of it said something else.
    Outdated,
    /// The rules give it, and its instruction gives enough others.
    Capped,
    /// It was decided on, and a side of it is being made again.
    Stale,
    /// It was decided on, and the rules do not give it now.
    NotDrawn,
}

/// A preference pair: what the rules give, and what else was decided on. A rejected pair stays where it is and is not
/// exported; no other is drawn in its place. Accepting one is a mark: the rules go on to say whether it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairView {
    /// Identity.
    pub id: ItemId,
    /// What it is about: two responses of a task, or two cases of an instruction.
    pub level: PairLevel,
    /// The chosen side.
    pub chosen: PairSide,
    /// The rejected side.
    pub rejected: PairSide,
    /// What a person decided.
    pub decision: Option<Decision>,
    /// How it stands.
    pub standing: PairStanding,
}

impl PairView {
    /// Whether it is exported.
    pub fn is_given(&self) -> bool {
        self.standing == PairStanding::Given
    }
}

/// An instruction with one query.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskView {
    /// The task.
    pub id: ItemId,
    /// Its content-free key.
    pub key: SlotKey,
    /// The query.
    pub query_id: ItemId,
    /// Its text.
    pub query: Arc<str>,
    /// The responses.
    pub responses: Vec<ResponseView>,
    /// The pairs it gives, and those that were decided on.
    pub pairs: Vec<PairView>,
    /// What instruction and query disagree about, as simple checks see it.
    pub conflicts: Vec<Conflict>,
    /// Whether it is left out for that: shown, and not asked.
    pub left_out: bool,
    /// Share of its verified responses that pass; nothing while some are still to come.
    pub pass_rate: Option<f64>,
    /// Whether that is within the profile's band of pass rates.
    pub band: Band,
    /// What a person decided.
    pub decision: Option<Decision>,
}

impl TaskView {
    /// Whether it takes no part: a person turned it down, or it is left out for a conflict.
    pub fn is_out(&self) -> bool {
        self.left_out || self.decision.as_ref().is_some_and(|decision| decision.ruling != Ruling::Accepted)
    }
}

/// Where an instruction comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Imported.
    Seed,
    /// Made by self-instruct call `call`, line `line`, which showed these seeds.
    SelfInstruct {
        /// Call number.
        call: u32,
        /// Line of its answer.
        line: u32,
        /// The seeds it was shown.
        shown: Vec<ItemId>,
    },
}

/// How much of an instruction's answers is copied word for word from the worked examples that the prompts showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// Copied functions.
    pub functions: u32,
    /// Functions there are.
    pub of_functions: u32,
    /// Distinct cases with a copied input.
    pub cases: u32,
    /// Distinct cases there are.
    pub of_cases: u32,
}

impl InstructionView {
    /// Whether it fell, at novelty or later: then nothing of it is exported, and nothing is made for it by itself.
    pub fn fell(&self) -> bool {
        let steps = [&self.cross_validate, &self.back_translate, &self.consistency];
        let ended = |state: &&Option<State>| matches!(state, Some(State::Dropped(_) | State::Failed(_)));
        self.novelty != State::Kept || steps.iter().any(ended)
    }
}

/// An instruction and all that was made from it, under a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct InstructionView {
    /// The instruction.
    pub id: ItemId,
    /// Its content-free key.
    pub key: SlotKey,
    /// Its text.
    pub text: Arc<str>,
    /// Its language.
    pub language: Language,
    /// Its category, where known.
    pub category: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// Where it stands at `self-instruct` (novelty), `cross-validate`, `back-translate` and `consistency`; nothing
    /// where it did not get there.
    pub novelty: State,
    /// Which earlier candidate was nearest when novelty turned it down, and its ROUGE-L (0 to 1).
    pub nearest: Option<(ItemId, f64)>,
    /// See `novelty`.
    pub cross_validate: Option<State>,
    /// See `novelty`.
    pub back_translate: Option<State>,
    /// See `novelty`.
    pub consistency: Option<State>,
    /// What a person decided.
    pub decision: Option<Decision>,
    /// Whether a person wrote it.
    pub edited: bool,
    /// What was copied from worked examples.
    pub copies: Copies,
    /// The functions, by sample.
    pub functions: Vec<FunctionView>,
    /// The cases, distinct, in order of appearance.
    pub cases: Vec<CaseView>,
    /// `matrix[function][case]`.
    pub matrix: Vec<Vec<Cell>>,
    /// The tasks.
    pub tasks: Vec<TaskView>,
    /// Instruction-level pairs, made of two cases (paper 3.4), and those that were decided on.
    pub case_pairs: Vec<PairView>,
    /// What it adds to each stage of the funnel, in the order of `Stage::ALL`.
    pub counts: super::snapshot::Funnel,
}

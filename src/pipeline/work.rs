//! Units of work: plain data with an identity, so that anything may execute them.

use std::sync::Arc;

use crate::sandbox::Namespace;

use crate::domain::{CallKind, Digest, ItemId, Language, Made, SlotKey, Stage};

/// What a unit of work is, whatever its inputs: one at a time of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkId {
    /// The stage.
    pub stage: Stage,
    /// The item it fills; for executions the instruction (its cases) or the task (its responses).
    pub item: ItemId,
}

/// Where an instruction stands among all: seeds first, then by call and line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    /// 0 for seeds, call number + 1 for the rest.
    pub call: u32,
    /// Position within.
    pub line: u32,
}

/// One unit of work.
#[derive(Clone, Debug)]
pub struct Work {
    /// Identity.
    pub id: WorkId,
    /// The instruction it belongs to; nothing for self-instruct.
    pub root: Option<ItemId>,
    /// The instruction's place, for fairness.
    pub order: Order,
    /// Whether a person asked for it.
    pub urgent: bool,
    /// What it is about, for people.
    pub about: Arc<str>,
    /// What is to be done.
    pub task: Task,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Task {
    /// Ask a model.
    Call(CallTask),
    /// Run verifiers in the sandbox.
    Execute(ExecuteTask),
    /// Pair the instruction with queries.
    Pair,
    /// Make these versions current again; nothing is asked.
    Restore(Vec<(ItemId, Option<u32>)>),
}

/// A model call.
#[derive(Clone, Debug)]
pub struct CallTask {
    /// Which.
    pub call: CallKind,
    /// The slot's content-free key.
    pub slot: SlotKey,
    /// The item it belongs to: the verifier of a back-translation or label, the task of a response, the response of a
    /// score.
    pub owner: Option<ItemId>,
    /// Sample index.
    pub sample: u32,
    /// Completions that slot and sample already have: the take a tape is asked for.
    pub nth: u32,
    /// What its version will have been made from.
    pub made: Made,
    /// The language of the prompt.
    pub language: Language,
    /// What the template is rendered with.
    pub prompt: Prompt,
}

/// What a template is rendered with, by call.
#[derive(Clone, Debug)]
pub enum Prompt {
    /// `self_instruct`
    SelfInstruct {
        /// The seeds shown.
        seeds: Vec<String>,
        /// Instructions asked for.
        count: u32,
    },
    /// `verifiers`
    Verifiers {
        /// The instruction.
        instruction: String,
    },
    /// `back_translate`
    BackTranslate {
        /// The function's source.
        source: String,
    },
    /// `entail`
    Entail {
        /// The instruction.
        premise: String,
        /// The back-translation.
        hypothesis: String,
    },
    /// `respond`
    Respond {
        /// The instruction.
        instruction: String,
        /// The query.
        query: String,
    },
    /// `score`
    Score {
        /// The instruction.
        instruction: String,
        /// The query.
        query: String,
        /// The response.
        response: String,
    },
}

/// Verifiers to run: every cell is a (function, text) whose outcome is not known.
#[derive(Clone, Debug)]
pub struct ExecuteTask {
    /// The task whose responses they are; nothing for the instruction's cases.
    pub batch: Option<ItemId>,
    /// What the functions see.
    pub namespace: Namespace,
    /// Sources.
    pub functions: Vec<Arc<str>>,
    /// Texts.
    pub texts: Vec<Arc<str>>,
    /// Cells as (function, text), grouped by function, in batch order.
    pub cells: Vec<(u32, u32)>,
}

/// Whether the samples of a call are asked for with one prompt. Those of verifiers are not: worked examples turn from
/// one to the next.
pub const fn shares_prompt(call: CallKind) -> bool {
    matches!(call, CallKind::Respond | CallKind::Score)
}

impl CallTask {
    /// Whose samples are asked for with one prompt, where they are.
    pub fn shares_prompt(&self) -> Option<ItemId> {
        self.owner.filter(|_| shares_prompt(self.call))
    }
}

impl Work {
    /// A digest of what would be made: two plans of the same work with the same digest are the same.
    pub fn fingerprint(&self) -> Digest {
        match &self.task {
            Task::Call(call) => call.made.key(self.id.stage.id()),
            Task::Execute(run) => {
                let mut parts: Vec<&[u8]> = run.functions.iter().map(|text| text.as_bytes()).collect();
                parts.extend(run.texts.iter().map(|text| text.as_bytes()));
                crate::domain::digest_of(&parts)
            }
            Task::Pair => crate::domain::digest_of(&["pair"]),
            Task::Restore(heads) => crate::domain::digest_of(&["restore", &format!("{heads:?}")]),
        }
    }
}

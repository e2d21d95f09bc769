//! An instruction with everything made from it: the unit that is loaded, planned, viewed and re-planned as a whole.

use std::{collections::HashMap, sync::Arc};

use super::{
    body::{
        BackTranslation, CallBody, CaseBody, Entailment, InstructionBody, PairBody, QueryBody, ResponseBody, ScoreBody,
        VerifierBody,
    },
    decision::Decision,
    digest::Digest,
    id::{ItemId, SlotKey},
    outcome::Outcome,
    slot::{Made, Slot},
};

/// One self-instruct call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallTree {
    /// The call number.
    pub n: u32,
    /// Its slot; a version holds what it showed and what came back.
    pub slot: Slot<CallBody>,
}

/// One verifier sample of an instruction: the function, its cases, and what followed from the function.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifierSample {
    /// The function (slot index = sample index `k`).
    pub function: Slot<VerifierBody>,
    /// The cases of the same answer, by position.
    pub cases: Vec<Slot<CaseBody>>,
    /// The back-translation, once the function was kept.
    pub back: Option<Slot<BackTranslation>>,
    /// Its entailment label.
    pub entailment: Option<Slot<Entailment>>,
}

/// One response of a task, with its scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseSample {
    /// The response (slot index = sample index `j`).
    pub response: Slot<ResponseBody>,
    /// Scores by judge.
    pub scores: Vec<Slot<ScoreBody>>,
}

/// An instruction with one query.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskTree {
    /// Identity, key and decision. A task says nothing itself, so it has no versions.
    pub slot: Slot<()>,
    /// The query's id.
    pub query_id: ItemId,
    /// The query's current text.
    pub query: Arc<QueryBody>,
    /// The responses, by sample.
    pub samples: Vec<ResponseSample>,
}

/// An instruction and everything made from it.
#[derive(Clone, Debug, PartialEq)]
pub struct InstructionTree {
    /// The instruction (a seed is one too).
    pub slot: Slot<InstructionBody>,
    /// The call that made it, and the line; nothing for a seed.
    pub from: Option<(u32, u32)>,
    /// The verifier samples, by `k`.
    pub verifiers: Vec<VerifierSample>,
    /// The tasks, in the order of their pairing rank.
    pub tasks: Vec<TaskTree>,
    /// The pairs that were decided on; all others are only computed.
    pub pairs: Vec<Slot<PairBody>>,
    /// Known outcomes.
    pub outcomes: Outcomes,
}

impl InstructionTree {
    /// The instruction's identity.
    pub const fn id(&self) -> ItemId {
        self.slot.id
    }

    /// The instruction's content-free key.
    pub const fn key(&self) -> &SlotKey {
        &self.slot.key
    }

    /// What the instruction says now; empty where it says nothing.
    pub fn text(&self) -> &str {
        self.slot.body().map_or("", |body| body.text.as_str())
    }
}

/// What holds of a slot now, whatever it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Identity.
    pub id: ItemId,
    /// The current version.
    pub current: Option<u32>,
    /// What a person decided.
    pub decision: Option<Decision>,
    /// The next free version number.
    pub next_no: u32,
    /// What the current version was made from.
    pub made: Option<Made>,
    /// Takes there are of what the current version was made from.
    pub next_take: u32,
}

impl<T> From<&Slot<T>> for Head {
    fn from(slot: &Slot<T>) -> Self {
        let made = slot.version().and_then(|version| version.made);
        Self {
            id: slot.id,
            current: slot.current,
            decision: slot.decision.clone(),
            next_no: slot.next_no(),
            made,
            next_take: made.map_or(0, |made| slot.next_take(&made)),
        }
    }
}

impl InstructionTree {
    /// The heads of all slots, the instruction's first.
    pub fn heads(&self) -> Vec<Head> {
        let mut heads = vec![Head::from(&self.slot)];
        for sample in &self.verifiers {
            heads.push(Head::from(&sample.function));
            heads.extend(sample.cases.iter().map(Head::from));
            heads.extend(sample.back.iter().map(Head::from));
            heads.extend(sample.entailment.iter().map(Head::from));
        }
        for task in &self.tasks {
            heads.push(Head::from(&task.slot));
            for sample in &task.samples {
                heads.push(Head::from(&sample.response));
                heads.extend(sample.scores.iter().map(Head::from));
            }
        }
        heads.extend(self.pairs.iter().map(Head::from));
        heads
    }
}

/// What identifies an outcome within one guest and one set of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutcomeKey {
    /// SHA-256 of the verifier's source.
    pub source: Digest,
    /// SHA-256 of the text.
    pub text: Digest,
}

impl OutcomeKey {
    /// The key of a source and a text.
    pub fn of(source: &str, text: &str) -> Self {
        Self { source: Digest::of_bytes(source.as_bytes()), text: Digest::of_bytes(text.as_bytes()) }
    }
}

/// The outcomes known for an instruction (those of the guest and limits in force).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcomes(pub HashMap<OutcomeKey, Outcome>);

impl Outcomes {
    /// What running this source on this text did, if it is known.
    pub fn get(&self, source: Digest, text: Digest) -> Option<&Outcome> {
        self.0.get(&OutcomeKey { source, text })
    }
}

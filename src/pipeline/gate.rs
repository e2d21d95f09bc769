//! What is decided above single instructions: self-instruct calls and novelty. Novelty decides in (call, line)
//! order, a line once all earlier calls have ended, and against the texts as they were made, so that neither arrival
//! nor edits nor decisions change what is new.

use std::collections::HashMap;

use crate::{
    config::PipelineConfig,
    domain::{CallTree, InstructionTree, ItemId, Language, Origin},
    rules::novelty::{Novelty, Params},
};

use super::{
    judge::Gate,
    view::{Source, State},
};

/// A candidate instruction as it was made.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Identity.
    pub id: ItemId,
    /// The text of its first version.
    pub text: String,
    /// Call and line; nothing for a seed.
    pub from: Option<(u32, u32)>,
}

impl Candidate {
    /// The candidate that an instruction was when it was made.
    pub fn of(tree: &InstructionTree) -> Self {
        let text = tree.slot.versions.first().map(|version| version.body.text.clone()).unwrap_or_default();
        Self { id: tree.id(), text, from: tree.from }
    }
}

/// Whether a call has its lines, or never will.
pub fn has_ended(call: &CallTree) -> bool {
    let answered = call.slot.version().is_some_and(|version| version.origin == Origin::Machine);
    answered || call.slot.failure.is_some()
}

/// Decides every candidate. Candidates come in order: seeds, then by call and line.
pub fn decide(candidates: &[Candidate], calls: &[CallTree], config: &PipelineConfig) -> HashMap<ItemId, Gate> {
    let mut novelty = Novelty::new(Params {
        threshold: config.novelty,
        max_chars: config.max_instruction_chars as usize,
        ..Params::default()
    });
    let open = calls.iter().filter(|call| !has_ended(call)).map(|call| call.n).min().unwrap_or(u32::MAX);
    let shown: HashMap<u32, &Vec<ItemId>> =
        calls.iter().filter_map(|call| Some((call.n, &call.slot.body()?.shown))).collect();
    let mut gates = HashMap::with_capacity(candidates.len());
    for candidate in candidates {
        let gate = match candidate.from {
            None => {
                novelty.add(&candidate.text);
                Gate { novelty: State::Kept, source: Source::Seed }
            }
            Some((call, line)) => {
                let shown = shown.get(&call).map(|ids| (*ids).clone()).unwrap_or_default();
                let source = Source::SelfInstruct { call, line, shown };
                Gate {
                    novelty: if call > open { State::Pending } else { judge(&mut novelty, &candidate.text) },
                    source,
                }
            }
        };
        gates.insert(candidate.id, gate);
    }
    gates
}

fn judge(novelty: &mut Novelty, text: &str) -> State {
    match novelty.decide(text, Language::detect(text)) {
        Ok(_) => State::Kept,
        Err(drop) => State::Dropped(drop.reason.into()),
    }
}

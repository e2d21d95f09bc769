//! What is decided above single instructions: self-instruct calls and novelty. Novelty decides in (call, line)
//! order, a line once all earlier calls have ended, and against the texts as they were made, so that neither arrival
//! nor edits nor decisions change what is new.

use std::{collections::HashMap, sync::Arc};

use crate::{
    config::PipelineConfig,
    domain::{CallTree, InstructionTree, ItemId, Language, Origin, Stage},
    rules::novelty::{Novelty, Params},
    store::{Store, StoreError},
};

use super::{
    judge::Gate,
    snapshot::Funnel,
    view::{Source, State},
};

/// A candidate instruction as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Identity.
    pub id: ItemId,
    /// The text of its first version.
    pub text: Arc<str>,
    /// Call and line; nothing for a seed.
    pub from: Option<(u32, u32)>,
}

impl Candidate {
    /// The candidate that an instruction was when it was made.
    pub fn of(tree: &InstructionTree) -> Self {
        let text = tree.slot.versions.first().map(|version| version.body.text.as_str()).unwrap_or_default();
        Self { id: tree.id(), text: Arc::from(text), from: tree.from }
    }

    /// All candidates of a store, in order.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn all(store: &Store) -> Result<Vec<Self>, StoreError> {
        let candidate = |(head, text): (crate::store::RootHead, String)| Self {
            id: head.id,
            text: Arc::from(text),
            from: head.from,
        };
        Ok(store.first_texts()?.into_iter().map(candidate).collect())
    }
}

/// What novelty asks for.
fn params(config: &PipelineConfig) -> Params {
    Params {
        threshold: config.novelty,
        max_chars: config.max_instruction_chars as usize,
        numbers: config.numbers,
        not_checkable: config.not_checkable.clone(),
    }
}

/// Whether a call has its lines, or never will.
pub fn has_ended(call: &CallTree) -> bool {
    let answered = call.slot.version().is_some_and(|version| version.origin == Origin::Machine);
    answered || call.slot.failure.is_some()
}

/// Self-instruct calls that failed for good, as they count in the funnel: one candidate each, as nobody knows how many
/// they would have brought.
pub fn failed_calls(calls: &[CallTree]) -> impl Iterator<Item = (ItemId, State)> {
    calls.iter().filter_map(|call| {
        let planned = call.slot.version().is_none_or(|version| version.origin != Origin::Machine);
        let failure = call.slot.failure.as_ref().filter(|_| planned && call.slot.rerun.is_none())?;
        Some((call.slot.id, State::Failed(failure.code.clone().into())))
    })
}

/// Adds what failed calls count for.
pub fn count_failed_calls(calls: &[CallTree], funnel: &mut Funnel) {
    for (_, state) in failed_calls(calls) {
        funnel.stage_mut(Stage::SelfInstruct).add(&state);
    }
}

/// Candidates in the order in which novelty takes them: a call's lines after the seeds that it was planned with and
/// before those that came later, so that a new seed never turns down what was kept.
fn arrange<'c>(candidates: &'c [Candidate], calls: &[CallTree]) -> Vec<&'c Candidate> {
    let known: Vec<(u32, u32)> = calls.iter().filter_map(|call| Some((call.slot.body()?.seeds, call.n))).collect();
    let mut seeds = 0;
    let mut keyed: Vec<((u32, u8, u32), &Candidate)> = candidates
        .iter()
        .map(|candidate| match candidate.from {
            Some((call, line)) => ((call, 1, line), candidate),
            None => {
                seeds += 1;
                let first = known.iter().filter(|(count, _)| *count >= seeds).map(|(_, call)| *call).min();
                ((first.unwrap_or(u32::MAX), 0, seeds), candidate)
            }
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, candidate)| candidate).collect()
}

/// What novelty says of every candidate, decided as far as calls have ended and kept, so that a call that ends costs
/// its own lines only.
#[derive(Debug, Default)]
pub struct Gatekeeper {
    /// The accepted texts; made when there is something to decide.
    novelty: Option<Novelty>,
    /// The candidates that are decided for good, in order.
    decided: Vec<ItemId>,
    /// What was said of each candidate.
    pub states: HashMap<ItemId, State>,
    /// Which earlier text was nearest to one that fell, and its ROUGE-L.
    pub nearest: HashMap<ItemId, Near>,
    /// The accepted texts' candidates, by novelty's numbers.
    accepted: Vec<ItemId>,
}

/// An earlier candidate and how alike it is: ROUGE-L, 0 to 1.
pub type Near = (ItemId, f64);

impl Gatekeeper {
    /// Takes in what was decided before. Candidates come in order.
    pub fn remembering<'c>(candidates: impl Iterator<Item = (&'c Candidate, &'c State, Option<Near>)>) -> Self {
        let mut keeper = Self::default();
        let mut open = false;
        for (candidate, state, near) in candidates {
            keeper.nearest.extend(near.map(|near| (candidate.id, near)));
            open |= *state == State::Pending;
            if !open {
                keeper.decided.push(candidate.id);
            }
            keeper.states.insert(candidate.id, state.clone());
        }
        keeper
    }

    /// Decides every candidate that can be decided, and tells of which something else is said now. Candidates come in
    /// order: seeds, then by call and line.
    pub fn decide(&mut self, candidates: &[Candidate], calls: &[CallTree], config: &PipelineConfig) -> Vec<ItemId> {
        let candidates = &arrange(candidates, calls)[..];
        let open = calls.iter().filter(|call| !has_ended(call)).map(|call| call.n).min().unwrap_or(u32::MAX);
        let waits = |candidate: &Candidate| candidate.from.is_some_and(|(call, _)| call > open);
        let prefix = candidates.get(..self.decided.len());
        let holds = prefix.is_some_and(|prefix| {
            prefix.iter().zip(&self.decided).all(|(candidate, id)| candidate.id == *id && !waits(candidate))
        });
        if !holds {
            (self.novelty, self.decided) = (None, Vec::new());
        }
        let mut changed = Vec::new();
        for candidate in &candidates[self.decided.len()..] {
            let (state, near) = if waits(candidate) {
                (State::Pending, None)
            } else {
                self.decided.push(candidate.id);
                let decided = self.decided.len() - 1;
                self.judge(candidate, &candidates[..decided], config)
            };
            if self.states.get(&candidate.id) != Some(&state) || self.nearest.get(&candidate.id) != near.as_ref() {
                changed.push(candidate.id);
                self.states.insert(candidate.id, state);
                match near {
                    Some(near) => self.nearest.insert(candidate.id, near),
                    None => self.nearest.remove(&candidate.id),
                };
            }
        }
        changed
    }

    fn judge(
        &mut self,
        candidate: &Candidate,
        before: &[&Candidate],
        config: &PipelineConfig,
    ) -> (State, Option<Near>) {
        let Self { novelty, states, accepted, .. } = self;
        let novelty = novelty.get_or_insert_with(|| {
            let mut novelty = Novelty::new(params(config));
            accepted.clear();
            for known in before.iter().filter(|known| states.get(&known.id) == Some(&State::Kept)) {
                novelty.add(&known.text);
                accepted.push(known.id);
            }
            novelty
        });
        if candidate.from.is_none() {
            novelty.add(&candidate.text);
            accepted.push(candidate.id);
            return (State::Kept, None);
        }
        match novelty.decide(&candidate.text, Language::detect(&candidate.text)) {
            Ok(_) => {
                accepted.push(candidate.id);
                (State::Kept, None)
            }
            Err(drop) => {
                let near = drop.nearest.and_then(|number| accepted.get(number)).map(|id| (*id, drop.score));
                (State::Dropped(drop.reason.into()), near)
            }
        }
    }

    /// The gate of an instruction; nothing where it is no candidate.
    pub fn gate(&self, id: ItemId, from: Option<(u32, u32)>, calls: &[CallTree]) -> Option<Gate> {
        let novelty = self.states.get(&id)?.clone();
        let source = match from {
            None => Source::Seed,
            Some((call, line)) => {
                let made = calls.binary_search_by_key(&call, |known| known.n).ok();
                let body = made.and_then(|at| calls[at].slot.body());
                let shown = body.map(|body| body.shown.clone()).unwrap_or_default();
                Source::SelfInstruct { call, line, shown }
            }
        };
        Some(Gate { novelty, nearest: self.nearest.get(&id).copied(), source })
    }
}

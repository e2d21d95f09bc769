//! What is decided above single instructions: self-instruct calls and novelty. Novelty decides in (call, line)
//! order, a line once all earlier calls have ended, and against the texts as they were made, so that neither arrival
//! nor edits nor decisions change what is new.

use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry},
    ops::Bound,
    sync::Arc,
};

use crate::{
    config::PipelineConfig,
    domain::{InstructionTree, ItemId, Language},
    rules::novelty::{Novelty, Params},
    store::{Store, StoreError},
};

use super::{
    calls::Calls,
    effort,
    judge::Gate,
    view::{Source, State},
    work::Order,
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

/// Where a candidate stands in the order in which novelty takes them: a call's lines after the seeds that it was planned
/// with and before those that came later, so that a new seed never turns down what was kept. The last number tells
/// apart lines of two answers to one call, as they came.
type Place = (u32, u8, u32, u32);

/// What novelty says of every candidate, decided as far as calls have ended and kept, so that a call that ends costs
/// its own lines only.
#[derive(Debug, Default)]
pub struct Gatekeeper {
    /// Seeds as they were added, and where each stands.
    seeds: Vec<Candidate>,
    seed_places: Vec<Place>,
    seed_numbers: HashMap<ItemId, usize>,
    /// The calls by which seeds were placed.
    steps: Vec<(u32, u32)>,
    /// All candidates.
    order: BTreeMap<Place, Candidate>,
    /// Those that came in since the last decision.
    fresh: Vec<Place>,
    /// Up to where it is decided for good, and the last call of which a line is.
    decided: Option<(Place, Option<u32>)>,
    /// Whether what was decided holds no longer.
    undone: bool,
    /// The accepted texts; made when there is something to decide.
    novelty: Option<Novelty>,
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
    /// Of a store, with all decided that can be.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(store: &Store, calls: &Calls, config: &PipelineConfig) -> Result<Self, StoreError> {
        let mut keeper = Self::default();
        keeper.renew(Candidate::all(store)?);
        keeper.decide(calls, config);
        Ok(keeper)
    }

    /// Takes in what was decided before. Candidates come in order: seeds, then by call and line.
    pub fn remembering<'c>(
        candidates: impl Iterator<Item = (&'c Candidate, &'c State, Option<Near>)>,
        calls: &Calls,
    ) -> Self {
        let mut keeper = Self::default();
        for (candidate, state, near) in candidates {
            keeper.nearest.extend(near.map(|near| (candidate.id, near)));
            keeper.states.insert(candidate.id, state.clone());
            keeper.add(candidate.clone());
        }
        keeper.arrange(calls);
        keeper.fresh.clear();
        for (place, candidate) in effort::counted(keeper.order.iter()) {
            if keeper.states.get(&candidate.id) == Some(&State::Pending) {
                break;
            }
            let line = candidate.from.map(|(call, _)| call).or(keeper.decided.and_then(|(_, line)| line));
            keeper.decided = Some((*place, line));
        }
        keeper
    }

    /// Takes a candidate in. Seeds come as they were added.
    pub fn add(&mut self, candidate: Candidate) {
        match candidate.from {
            Some((call, line)) => {
                let mut same = (0..).map(|nth| (call, 1, line, nth));
                let free = |place: &Place| self.order.get(place).is_none_or(|known| known.id == candidate.id);
                let place = same.find(free);
                place.into_iter().for_each(|place| self.put(place, candidate.clone()));
            }
            None if self.seed_numbers.contains_key(&candidate.id) => {}
            None => {
                self.seed_numbers.insert(candidate.id, self.seeds.len());
                self.seeds.push(candidate);
            }
        }
    }

    fn put(&mut self, place: Place, candidate: Candidate) {
        if let Entry::Vacant(vacant) = self.order.entry(place) {
            vacant.insert(candidate);
            self.fresh.push(place);
            self.undone |= self.decided.is_some_and(|(decided, _)| place <= decided);
        }
    }

    /// Takes all candidates of a store in, which may have more than are known.
    pub fn renew(&mut self, candidates: Vec<Candidate>) {
        let seeds = || candidates.iter().filter(|candidate| candidate.from.is_none()).map(|seed| seed.id);
        if !self.seeds.iter().map(|seed| seed.id).eq(seeds().take(self.seeds.len())) {
            // Their numbers are others.
            (self.seeds, self.seed_numbers) = Default::default();
            for place in std::mem::take(&mut self.seed_places) {
                self.order.remove(&place);
            }
            self.undone = true;
        }
        candidates.into_iter().for_each(|candidate| self.add(candidate));
    }

    /// Places the seeds where that is not done yet, or where calls were planned since that show more of them.
    fn arrange(&mut self, calls: &Calls) {
        if self.steps == calls.steps() && self.seed_places.len() == self.seeds.len() {
            return;
        }
        self.steps = calls.steps().to_vec();
        let numbers = 1..=u32::try_from(self.seeds.len()).unwrap_or(u32::MAX);
        let places: Vec<Place> = numbers.map(|number| (calls.planned_with(number), 0, number, 0)).collect();
        let before = std::mem::replace(&mut self.seed_places, places);
        let same = before.iter().zip(&self.seed_places).take_while(|(a, b)| a == b).count();
        for place in effort::counted(before[same..].iter()) {
            self.undone |= self.decided.is_some_and(|(decided, _)| *place <= decided);
            self.order.remove(place);
        }
        for at in same..self.seeds.len() {
            effort::looked(1);
            self.put(self.seed_places[at], self.seeds[at].clone());
        }
    }

    /// The seeds, as they were added.
    pub fn seeds(&self) -> impl Iterator<Item = &Candidate> {
        effort::counted(self.seeds.iter())
    }

    /// A seed.
    pub fn seed(&self, id: ItemId) -> Option<&Candidate> {
        self.seeds.get(*self.seed_numbers.get(&id)?)
    }

    /// Where a candidate stands among all in lists.
    pub fn order_of(&self, id: ItemId, from: Option<(u32, u32)>) -> Order {
        match from {
            Some((call, line)) => Order { call: call + 1, line },
            None => {
                let number = self.seed_numbers.get(&id).copied().unwrap_or_default();
                Order { call: 0, line: u32::try_from(number).unwrap_or(u32::MAX) }
            }
        }
    }

    /// All candidates: seeds, then by call and line.
    pub fn candidates(&self) -> impl Iterator<Item = &Candidate> {
        let lines = self.order.values().filter(|candidate| candidate.from.is_some());
        effort::counted(self.seeds.iter().chain(lines))
    }

    /// Decides every candidate that can be decided, and tells of which something else is said now, in order.
    pub fn decide(&mut self, calls: &Calls, config: &PipelineConfig) -> Vec<Candidate> {
        self.arrange(calls);
        let open = calls.first_open();
        let last_line = self.decided.and_then(|(_, line)| line);
        let again = std::mem::take(&mut self.undone) || last_line.is_some_and(|call| call > open);
        if again {
            (self.novelty, self.decided) = (None, None);
        }
        let mut changed = Vec::new();
        let waits = |candidate: &Candidate| candidate.from.is_some_and(|(call, _)| call > open);
        let next = self.order.range(self.undecided()).take_while(|(_, candidate)| !waits(candidate));
        let next: Vec<(Place, Candidate)> =
            effort::counted(next).map(|(place, candidate)| (*place, candidate.clone())).collect();
        for (place, candidate) in next {
            let (state, near) = self.judge(&candidate, config);
            let line = candidate.from.map(|(call, _)| call).or(self.decided.and_then(|(_, line)| line));
            self.decided = Some((place, line));
            self.say(candidate, state, near, &mut changed);
        }
        let fresh = std::mem::take(&mut self.fresh);
        let beyond: Vec<Candidate> = if again {
            effort::counted(self.order.range(self.undecided())).map(|(_, candidate)| candidate.clone()).collect()
        } else {
            let undecided = |place: &&Place| self.decided.is_none_or(|(decided, _)| **place > decided);
            let fresh = effort::counted(fresh.iter()).filter(undecided);
            fresh.filter_map(|place| self.order.get(place).cloned()).collect()
        };
        for candidate in beyond {
            let state = if waits(&candidate) { State::Pending } else { State::Kept };
            self.say(candidate, state, None, &mut changed);
        }
        changed
    }

    fn undecided(&self) -> (Bound<Place>, Bound<Place>) {
        (self.decided.map_or(Bound::Unbounded, |(decided, _)| Bound::Excluded(decided)), Bound::Unbounded)
    }

    fn say(&mut self, candidate: Candidate, state: State, near: Option<Near>, changed: &mut Vec<Candidate>) {
        let id = candidate.id;
        if self.states.get(&id) == Some(&state) && self.nearest.get(&id) == near.as_ref() {
            return;
        }
        self.states.insert(id, state);
        match near {
            Some(near) => self.nearest.insert(id, near),
            None => self.nearest.remove(&id),
        };
        changed.push(candidate);
    }

    /// Judges the next candidate.
    fn judge(&mut self, candidate: &Candidate, config: &PipelineConfig) -> (State, Option<Near>) {
        let Self { novelty, states, accepted, order, decided, .. } = self;
        let novelty = novelty.get_or_insert_with(|| {
            let mut novelty = Novelty::new(params(config));
            accepted.clear();
            let before = decided.iter().flat_map(|(decided, _)| order.range(..=*decided));
            for (_, known) in effort::counted(before).filter(|(_, known)| states.get(&known.id) == Some(&State::Kept)) {
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
    pub fn gate(&self, id: ItemId, from: Option<(u32, u32)>, calls: &Calls) -> Option<Gate> {
        let novelty = self.states.get(&id)?.clone();
        let source = match from {
            None => Source::Seed,
            Some((call, line)) => {
                let body = calls.get(call).and_then(|call| call.slot.body());
                let shown = body.map(|body| body.shown.clone()).unwrap_or_default();
                Source::SelfInstruct { call, line, shown }
            }
        };
        Some(Gate { novelty, nearest: self.nearest.get(&id).copied(), source })
    }
}

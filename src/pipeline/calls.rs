//! Self-instruct calls, and what follows from all of them together, kept as single ones change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    domain::{CallTree, ItemId, Origin, Stage},
    store::{Store, StoreError},
};

use super::{effort, snapshot::Funnel, view::State};

/// Whether a call has its lines, or never will.
pub fn has_ended(call: &CallTree) -> bool {
    let answered = call.slot.version().is_some_and(|version| version.origin == Origin::Machine);
    answered || call.slot.failure.is_some()
}

/// How a call counts in the funnel that failed for good: one candidate, as nobody knows how many it would have brought.
fn fell(call: &CallTree) -> Option<State> {
    let planned = call.slot.version().is_none_or(|version| version.origin != Origin::Machine);
    let failure = call.slot.failure.as_ref().filter(|_| planned && call.slot.rerun.is_none())?;
    Some(State::Failed(failure.code.clone().into()))
}

/// All calls, by number.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    all: BTreeMap<u32, CallTree>,
    numbers: HashMap<ItemId, u32>,
    /// Those without lines so far.
    open: BTreeSet<u32>,
    /// Those that failed for good.
    fallen: BTreeMap<u32, State>,
    /// The calls that were planned with more seeds than all before them: how many, and which.
    steps: Vec<(u32, u32)>,
}

impl Calls {
    /// Of these.
    pub fn of(calls: impl IntoIterator<Item = CallTree>) -> Self {
        let mut all = Self::default();
        for call in calls {
            all.put(call);
        }
        all
    }

    /// All of a store.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(Self::of(store.calls()?))
    }

    /// Takes a call in, as it is now.
    pub fn put(&mut self, call: CallTree) {
        let n = call.n;
        if has_ended(&call) {
            self.open.remove(&n);
        } else {
            self.open.insert(n);
        }
        match fell(&call) {
            Some(state) => self.fallen.insert(n, state),
            None => self.fallen.remove(&n),
        };
        self.numbers.insert(call.slot.id, n);
        let seeds = seeds_of(&call);
        let before = self.all.insert(n, call);
        if before.as_ref().map(seeds_of) == Some(seeds) {
            return;
        }
        if before.is_none() && self.all.last_key_value().is_some_and(|(last, _)| *last == n) {
            self.step(seeds, n);
        } else {
            self.steps.clear();
            let counts: Vec<(Option<u32>, u32)> = self.iter().map(|call| (seeds_of(call), call.n)).collect();
            counts.into_iter().for_each(|(seeds, n)| self.step(seeds, n));
        }
    }

    fn step(&mut self, seeds: Option<u32>, n: u32) {
        let most = self.steps.last().map(|(most, _)| *most);
        self.steps.extend(seeds.filter(|seeds| most.is_none_or(|most| most < *seeds)).map(|seeds| (seeds, n)));
    }

    /// A call.
    pub fn get(&self, n: u32) -> Option<&CallTree> {
        self.all.get(&n)
    }

    /// A call by its identity.
    pub fn by_id(&self, id: ItemId) -> Option<&CallTree> {
        self.get(*self.numbers.get(&id)?)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &CallTree> {
        effort::counted(self.all.values())
    }

    /// The first that has not ended; the highest number where all have.
    pub fn first_open(&self) -> u32 {
        self.open.first().copied().unwrap_or(u32::MAX)
    }

    /// How many have ended.
    pub fn ended(&self) -> usize {
        self.all.len() - self.open.len()
    }

    /// The calls that were planned with more seeds than all before them: how many, and which.
    pub fn steps(&self) -> &[(u32, u32)] {
        &self.steps
    }

    /// The first call that was planned when there were so many seeds; the highest number where none was.
    pub fn planned_with(&self, seeds: u32) -> u32 {
        let at = self.steps.partition_point(|(count, _)| *count < seeds);
        self.steps.get(at).map_or(u32::MAX, |(_, n)| *n)
    }

    /// Calls that failed for good, as they count in the funnel.
    pub fn fallen(&self) -> impl Iterator<Item = (ItemId, &State)> {
        self.fallen.iter().filter_map(|(n, state)| Some((self.get(*n)?.slot.id, state)))
    }

    /// Adds what failed calls count for.
    pub fn count_fallen(&self, funnel: &mut Funnel) {
        for state in effort::counted(self.fallen.values()) {
            funnel.stage_mut(Stage::SelfInstruct).add(state);
        }
    }
}

fn seeds_of(call: &CallTree) -> Option<u32> {
    call.slot.body().map(|body| body.seeds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CallBody, Language, Slot, SlotKey, Version};

    fn call(n: u32, seeds: u32, origin: Origin) -> CallTree {
        let mut slot = Slot::new(ItemId::call(n), SlotKey::call(n), n);
        let body = CallBody { shown: Vec::new(), lines: Vec::new(), language: Language::English, seeds };
        slot.versions.push(Version { no: 0, origin, body, made: None, completion: None, taken_back: false });
        slot.current = Some(0);
        CallTree { n, slot }
    }

    #[test]
    fn seeds_stand_before_the_first_call_that_knew_them() {
        let planned = |seeds: [u32; 4]| Calls::of((0..).zip(seeds).map(|(n, seeds)| call(n, seeds, Origin::Imported)));
        let calls = planned([2, 2, 5, 4]);
        assert_eq!([1, 2, 3, 5, 6].map(|seeds| calls.planned_with(seeds)), [0, 0, 2, 2, u32::MAX]);
        // In whatever order they come.
        let mut other = Calls::default();
        for n in [3, 0, 2, 1] {
            other.put(call(n, [2, 2, 5, 4][n as usize], Origin::Imported));
        }
        assert_eq!(other.steps(), calls.steps());
    }

    #[test]
    fn open_calls_are_known_as_they_end() {
        let mut calls = Calls::of((0..3).map(|n| call(n, 1, Origin::Imported)));
        assert_eq!((calls.first_open(), calls.ended()), (0, 0));
        calls.put(call(1, 1, Origin::Machine));
        assert_eq!((calls.first_open(), calls.ended()), (0, 1));
        calls.put(call(0, 1, Origin::Machine));
        calls.put(call(2, 1, Origin::Machine));
        assert_eq!((calls.first_open(), calls.ended()), (u32::MAX, 3));
        calls.put(call(1, 1, Origin::Imported));
        assert_eq!((calls.first_open(), calls.by_id(ItemId::call(1)).map(|call| call.n)), (1, Some(1)));
    }
}

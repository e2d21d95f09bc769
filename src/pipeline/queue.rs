//! The ready set: what may start next, by priority: what a person asked for, then finishing started instructions
//! (later stages first), then breadth in the order of the instructions.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    ops::Bound,
};

use crate::domain::{ItemId, Kind, Stage};

use super::work::{Order, Work, WorkId};

type Rank = (bool, Reverse<Stage>, Order, Option<ItemId>, u64, ItemId);

/// What comes after everything else of its place.
const LAST: ItemId = ItemId { kind: Kind::Call, hash: [u8::MAX; 16] };

/// Waiting work of one lane (an endpoint, or the sandbox).
#[derive(Debug, Default)]
pub struct Queue {
    ready: BTreeMap<Rank, Work>,
    ranks: HashMap<WorkId, Rank>,
}

fn rank(work: &Work, group: Option<ItemId>) -> Rank {
    let sample = match &work.task {
        super::work::Task::Call(call) => u64::from(call.sample),
        super::work::Task::Execute(_) | super::work::Task::Pair | super::work::Task::Restore(_) => 0,
    };
    (!work.urgent, Reverse(work.id.stage), work.order, group, sample, work.id.item)
}

impl Queue {
    /// Adds work, in place of what waits under the same identity. Work of one group is done together where it can be,
    /// and stands together.
    pub fn push(&mut self, work: Work, group: Option<ItemId>) {
        self.remove(work.id);
        let rank = rank(&work, group);
        self.ranks.insert(work.id, rank);
        self.ready.insert(rank, work);
    }

    /// Takes work out.
    pub fn remove(&mut self, id: WorkId) -> Option<Work> {
        let rank = self.ranks.remove(&id)?;
        self.ready.remove(&rank)
    }

    /// The next work whose stage is not paused.
    pub fn pop(&mut self, paused: &HashSet<Stage>) -> Option<Work> {
        let rank = self.first(paused)?;
        let work = self.ready.remove(&rank)?;
        self.ranks.remove(&work.id);
        Some(work)
    }

    /// The group of the next work, and how much of it waits.
    pub fn next_group(&self, paused: &HashSet<Stage>) -> Option<(ItemId, usize)> {
        let (urgent, stage, order, group, ..) = self.first(paused)?;
        let at = |group, sample, item| (urgent, stage, order, group, sample, item);
        let (first, last) = (at(group, 0, ItemId { kind: Kind::Seed, hash: [0; 16] }), at(group, u64::MAX, LAST));
        Some((group?, self.ready.range(first..=last).count()))
    }

    /// The first rank whose stage is not paused; a paused stage is passed over as a whole.
    fn first(&self, paused: &HashSet<Stage>) -> Option<Rank> {
        if self.ready.is_empty() {
            return None;
        }
        let mut rank = *self.ready.first_key_value()?.0;
        while paused.contains(&rank.1.0) {
            let last = Order { call: u32::MAX, line: u32::MAX };
            let end = (rank.0, rank.1, last, Some(LAST), u64::MAX, LAST);
            rank = *self.ready.range((Bound::Excluded(end), Bound::Unbounded)).next()?.0;
        }
        Some(rank)
    }

    /// Whether something waits whose stage is none of these.
    pub fn has_beside(&self, held: &HashSet<Stage>) -> bool {
        self.first(held).is_some()
    }

    /// What waits, the next first.
    pub fn iter(&self) -> impl Iterator<Item = &Work> {
        self.ready.values()
    }

    /// How much waits.
    pub fn len(&self) -> usize {
        self.ready.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::pipeline::work::Task;

    fn work(stage: Stage, call: u32, name: &str, urgent: bool) -> Work {
        Work {
            id: WorkId { stage, item: ItemId::seed(name) },
            root: None,
            order: Order { call, line: 0 },
            urgent,
            about: Arc::from(name),
            task: Task::Pair,
        }
    }

    #[test]
    fn asked_for_then_finishing_then_breadth() {
        let mut queue = Queue::default();
        queue.push(work(Stage::Verifiers, 0, "breadth", false), None);
        queue.push(work(Stage::Score, 5, "finish", false), None);
        queue.push(work(Stage::Verifiers, 9, "asked", true), None);
        queue.push(work(Stage::Verifiers, 1, "later", false), None);
        let order: Vec<String> =
            std::iter::from_fn(|| queue.pop(&HashSet::new())).map(|work| work.about.to_string()).collect();
        assert_eq!(order, ["asked", "finish", "breadth", "later"]);
    }

    #[test]
    fn a_paused_stage_waits_and_holds_up_nobody() {
        let mut queue = Queue::default();
        queue.push(work(Stage::Score, 0, "score", false), None);
        queue.push(work(Stage::Verifiers, 0, "verifiers", false), None);
        let paused = HashSet::from([Stage::Score]);
        assert_eq!(queue.pop(&paused).map(|work| work.id.stage), Some(Stage::Verifiers));
        assert!(queue.pop(&paused).is_none());
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn a_group_stands_together() {
        let (mut queue, none) = (Queue::default(), HashSet::new());
        let (one, other) = (ItemId::seed("one"), ItemId::seed("other"));
        for (name, group) in [("a", one), ("b", other), ("c", one), ("d", other), ("e", one)] {
            queue.push(work(Stage::Respond, 0, name, false), Some(group));
        }
        queue.push(work(Stage::Verifiers, 0, "single", false), None);
        let first = queue.next_group(&none).unwrap();
        let size = if first.0 == one { 3 } else { 2 };
        assert_eq!(first.1, size);
        for _ in 1..size {
            queue.pop(&none).unwrap();
            assert_eq!(queue.next_group(&none).unwrap().0, first.0);
        }
        queue.pop(&none).unwrap();
        assert_ne!(queue.next_group(&none).unwrap().0, first.0);
        assert_eq!(queue.next_group(&HashSet::from([Stage::Respond])), None, "nothing shares its prompt");
    }

    #[test]
    fn planning_again_replaces() {
        let mut queue = Queue::default();
        queue.push(work(Stage::Score, 0, "a", false), None);
        queue.push(work(Stage::Score, 0, "a", true), None);
        assert_eq!(queue.len(), 1);
        assert!(queue.remove(WorkId { stage: Stage::Score, item: ItemId::seed("a") }).is_some());
        assert!(queue.is_empty());
    }
}

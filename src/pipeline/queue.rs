//! The ready set: what may start next, by priority: what a person asked for, then finishing started instructions
//! (later stages first), then breadth in the order of the instructions.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    ops::Bound,
};

use crate::domain::{ItemId, Kind, Stage};

use super::work::{Order, Work, WorkId};

type Rank = (bool, Reverse<Stage>, Order, u64, ItemId);

/// Waiting work of one lane (an endpoint, or the sandbox).
#[derive(Debug, Default)]
pub struct Queue {
    ready: BTreeMap<Rank, Work>,
    ranks: HashMap<WorkId, Rank>,
}

fn rank(work: &Work) -> Rank {
    let sample = match &work.task {
        super::work::Task::Call(call) => u64::from(call.sample),
        super::work::Task::Execute(_) | super::work::Task::Pair | super::work::Task::Restore(_) => 0,
    };
    (!work.urgent, Reverse(work.id.stage), work.order, sample, work.id.item)
}

impl Queue {
    /// Adds work, in place of what waits under the same identity.
    pub fn push(&mut self, work: Work) {
        self.remove(work.id);
        let rank = rank(&work);
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

    /// The first rank whose stage is not paused; a paused stage is passed over as a whole.
    fn first(&self, paused: &HashSet<Stage>) -> Option<Rank> {
        if self.ready.is_empty() {
            return None;
        }
        let mut rank = *self.ready.first_key_value()?.0;
        while paused.contains(&rank.1.0) {
            let last = Order { call: u32::MAX, line: u32::MAX };
            let end = (rank.0, rank.1, last, u64::MAX, ItemId { kind: Kind::Call, hash: [u8::MAX; 16] });
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
        queue.push(work(Stage::Verifiers, 0, "breadth", false));
        queue.push(work(Stage::Score, 5, "finish", false));
        queue.push(work(Stage::Verifiers, 9, "asked", true));
        queue.push(work(Stage::Verifiers, 1, "later", false));
        let order: Vec<String> =
            std::iter::from_fn(|| queue.pop(&HashSet::new())).map(|work| work.about.to_string()).collect();
        assert_eq!(order, ["asked", "finish", "breadth", "later"]);
    }

    #[test]
    fn a_paused_stage_waits_and_holds_up_nobody() {
        let mut queue = Queue::default();
        queue.push(work(Stage::Score, 0, "score", false));
        queue.push(work(Stage::Verifiers, 0, "verifiers", false));
        let paused = HashSet::from([Stage::Score]);
        assert_eq!(queue.pop(&paused).map(|work| work.id.stage), Some(Stage::Verifiers));
        assert!(queue.pop(&paused).is_none());
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn planning_again_replaces() {
        let mut queue = Queue::default();
        queue.push(work(Stage::Score, 0, "a", false));
        queue.push(work(Stage::Score, 0, "a", true));
        assert_eq!(queue.len(), 1);
        assert!(queue.remove(WorkId { stage: Stage::Score, item: ItemId::seed("a") }).is_some());
        assert!(queue.is_empty());
    }
}

//! Instructions that are to be read and planned again, each once, in the order in which they were named.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use crate::domain::ItemId;

/// How long answers gather at least before their instructions are planned, and at most; between, so many times as long
/// as planning took last: an instruction with hundreds of samples is not read anew for every answer.
const GATHER: (Duration, Duration, u32) = (Duration::from_millis(10), Duration::from_millis(250), 10);
/// The same where an endpoint has nothing to do.
const HURRIED: (Duration, Duration, u32) = (Duration::ZERO, Duration::from_millis(50), 2);

/// When instructions are planned.
#[derive(Debug)]
pub struct Turn {
    ended: Instant,
    /// What the last one took, and what this one took so far.
    took: Duration,
    spent: Duration,
    /// Whether the last part ended before all were planned.
    open: bool,
}

impl Default for Turn {
    fn default() -> Self {
        Self { ended: Instant::now(), took: Duration::ZERO, spent: Duration::ZERO, open: false }
    }
}

impl Turn {
    /// How long the next one may still wait.
    pub fn waits(&self, hurried: bool) -> Option<Duration> {
        if self.open { None } else { self.wait(hurried).checked_sub(self.ended.elapsed()) }
    }

    fn wait(&self, hurried: bool) -> Duration {
        let (least, most, times) = if hurried { HURRIED } else { GATHER };
        (self.took * times).clamp(least, most)
    }

    /// Notes a part that took so long, and whether more is to be planned.
    pub fn took(&mut self, took: Duration, open: bool) {
        self.spent += took;
        self.open = open;
        if !open {
            self.took = std::mem::take(&mut self.spent);
            self.ended = Instant::now();
        }
    }
}

/// The instructions.
#[derive(Debug, Default)]
pub struct Dirty {
    queue: VecDeque<ItemId>,
    there: HashSet<ItemId>,
}

impl Dirty {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.there.is_empty()
    }

    /// Names one.
    pub fn insert(&mut self, id: ItemId) {
        if self.there.insert(id) {
            self.queue.push_back(id);
        }
    }

    /// Names several.
    pub fn extend(&mut self, ids: impl IntoIterator<Item = ItemId>) {
        for id in ids {
            self.insert(id);
        }
    }

    /// Takes the next.
    pub fn pop(&mut self) -> Option<ItemId> {
        while let Some(id) = self.queue.pop_front() {
            if self.there.remove(&id) {
                return Some(id);
            }
        }
        None
    }

    /// Takes one out of its turn; tells whether it was there.
    pub fn take(&mut self, id: ItemId) -> bool {
        self.there.remove(&id)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_takes_a_share_of_the_time_and_what_is_open_goes_on() {
        let mut turn = Turn::default();
        turn.took(Duration::from_millis(12), true);
        assert_eq!((turn.waits(false), turn.waits(true)), (None, None), "not all were planned");
        turn.took(Duration::from_millis(8), false);
        assert_eq!(turn.wait(false), Duration::from_millis(200), "of both parts");
        assert_eq!(turn.wait(true), Duration::from_millis(40), "an endpoint has nothing to do");
        turn.took(Duration::from_micros(3), false);
        assert_eq!((turn.wait(false), turn.wait(true)), (GATHER.0, Duration::from_micros(6)));
        turn.took(Duration::from_secs(3), false);
        assert_eq!((turn.wait(false), turn.wait(true)), (GATHER.1, HURRIED.1));
    }
}

//! Instructions that are to be read and planned again, each once, in the order in which they were named.

use std::collections::{HashSet, VecDeque};

use crate::domain::ItemId;

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

//! Images of verifiers loaded before: a task's responses meet the same functions as the task before it, and loading
//! is deterministic, so it need not be done again.

use std::{collections::VecDeque, sync::Arc};

use crate::domain::{Digest, digest_of};

use super::{
    batch::{Limits, Namespace},
    image::Loaded,
};

/// Bytes of images kept by one worker. One takes some 300 KiB.
const CAP: usize = 24 << 20;

/// All that a load depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    source: Digest,
    namespace: Namespace,
    limits: Limits,
}

impl Seen {
    pub(super) fn of(source: &str, namespace: Namespace, limits: Limits) -> Self {
        Self { source: digest_of(&[source]), namespace, limits }
    }
}

/// A worker's images, the most recently used first.
pub(super) struct Recall {
    images: VecDeque<(Seen, Arc<Loaded>)>,
    weight: usize,
    cap: usize,
}

impl Recall {
    pub(super) const fn new() -> Self {
        Self { images: VecDeque::new(), weight: 0, cap: CAP }
    }

    /// The image of a load, which is thereby the most recently used.
    pub(super) fn get(&mut self, seen: &Seen) -> Option<Arc<Loaded>> {
        let at = self.images.iter().position(|(key, _)| key == seen)?;
        let entry = self.images.remove(at)?;
        let image = Arc::clone(&entry.1);
        self.images.push_front(entry);
        Some(image)
    }

    /// Keeps an image, at the cost of those not used for longest.
    pub(super) fn put(&mut self, seen: Seen, image: Arc<Loaded>) {
        self.weight += image.weight();
        self.images.push_front((seen, image));
        while self.weight > self.cap
            && let Some((_, oldest)) = self.images.pop_back()
        {
            self.weight -= oldest.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(source: &str) -> Seen {
        Seen::of(source, Namespace::Own, Limits::default())
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut recall = Recall { cap: 3 * 4000, ..Recall::new() };
        let image = || Arc::new(Loaded::of_weight(4000));
        for source in ["a", "b", "c"] {
            recall.put(seen(source), image());
        }
        assert!(recall.get(&seen("a")).is_some());
        recall.put(seen("d"), image());
        assert!(recall.get(&seen("b")).is_none());
        assert!(["a", "c", "d"].iter().all(|source| recall.get(&seen(source)).is_some()));
    }

    #[test]
    fn a_load_depends_on_namespace_and_limits_too() {
        let limits = Limits { memory: 1, ..Limits::default() };
        assert_ne!(seen("a"), Seen::of("a", Namespace::OwnAndScript, Limits::default()));
        assert_ne!(seen("a"), Seen::of("a", Namespace::Own, limits));
    }
}

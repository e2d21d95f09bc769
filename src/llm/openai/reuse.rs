//! Whether connections are worth using again. Some servers (llama.cpp's) close a connection while the next request is
//! on its way; such a request is sent again at once on a new one, and a server that does it often gets new ones only.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many broken connections are chance.
const CHANCE: u64 = 3;

/// From which share of requests on they are a habit: one in so many.
const HABIT: u64 = 10;

/// What was seen of a server's connections.
#[derive(Debug, Default)]
pub(super) struct Reuse {
    answered: AtomicU64,
    broken: AtomicU64,
    /// Once found, for good: new connections do not break, so that nothing more would be seen.
    habit: AtomicBool,
}

impl Reuse {
    /// A request was answered; `broken`: only on a new connection, after a used one had broken.
    pub fn answered(&self, broken: bool) {
        let answered = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        if broken {
            let broken = self.broken.fetch_add(1, Ordering::Relaxed) + 1;
            if broken >= CHANCE && broken * HABIT >= answered && !self.habit.swap(true, Ordering::Relaxed) {
                tracing::debug!(broken, answered, "the server breaks used connections; every request gets a new one");
            }
        }
    }

    /// Whether it breaks more than it saves.
    pub fn hurts(&self) -> bool {
        self.habit.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Reuse;

    #[test]
    fn chance_is_no_habit() {
        let reuse = Reuse::default();
        for n in 0..100 {
            reuse.answered(n < 2);
        }
        assert!(!reuse.hurts(), "twice");
        reuse.answered(true);
        assert!(!reuse.hurts(), "3 of 101");
        for _ in 0..9 {
            reuse.answered(true);
        }
        assert!(reuse.hurts(), "12 of 110");
        for _ in 0..1000 {
            reuse.answered(false);
        }
        assert!(reuse.hurts(), "for good");
    }
}

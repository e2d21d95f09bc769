//! How many requests a server takes at a time: up by one for a round of answers, down to three quarters when it says
//! that it is too many.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::retry::{Again, Failure};
use crate::llm::LlmError;

/// What is left of the limit when the server is overrun.
const CUT: f64 = 0.75;

/// An adaptive limit.
#[derive(Debug)]
pub(super) struct Pace {
    ceiling: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: f64,
    cut: Option<Instant>,
}

impl Pace {
    /// Starts at the ceiling that the user set.
    pub fn new(ceiling: u32) -> Self {
        let ceiling = f64::from(ceiling.max(1));
        Self { ceiling, state: Mutex::new(State { limit: ceiling, cut: None }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many may be in flight now.
    pub fn limit(&self) -> usize {
        // At least 1 and at most a u32: the cast is exact.
        self.state().limit as usize
    }

    /// The server refused a request for its number. A burst of refusals counts once: those that were sent before the
    /// last cut say nothing about the limit after it.
    pub fn refused(&self, sent: Instant) {
        let mut state = self.state();
        if state.cut.is_none_or(|cut| sent > cut) {
            state.limit = (state.limit * CUT).max(1.0);
            state.cut = Some(Instant::now());
        }
    }

    /// The server gave so many answers.
    pub fn answered(&self, sent: Instant, answers: usize) {
        let mut state = self.state();
        if state.limit < self.ceiling && state.cut.is_none_or(|cut| sent > cut) {
            state.limit = (state.limit + answers as f64 / state.limit).min(self.ceiling);
        }
    }
}

/// Whether a failure says that there were too many requests.
pub(super) fn is_overrun(failure: &Failure) -> bool {
    matches!(failure.error, LlmError::Status { status: 429 | 503 | 529, .. }) && failure.again != Again::Loading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_cuts_once_and_answers_restore() {
        let pace = Pace::new(16);
        let sent = Instant::now();
        for _ in 0..10 {
            pace.refused(sent);
        }
        assert_eq!(pace.limit(), 12);
        pace.answered(sent, 1);
        assert_eq!(pace.limit(), 12, "an answer from before the cut is no news");
        pace.refused(Instant::now());
        assert_eq!(pace.limit(), 9);
        for _ in 0..1000 {
            pace.answered(Instant::now(), 1);
        }
        assert_eq!(pace.limit(), 16);
    }

    #[test]
    fn one_always_goes() {
        let pace = Pace::new(2);
        for _ in 0..50 {
            pace.refused(Instant::now());
        }
        assert_eq!(pace.limit(), 1);
        assert_eq!(Pace::new(0).limit(), 1);
    }
}

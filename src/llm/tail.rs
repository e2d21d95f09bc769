//! The live tail of a request: what has streamed so far. Token streams are no messages; drawing samples this buffer.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::domain::Usage;

/// How much of the end is kept, in bytes.
const KEPT: usize = 8 * 1024;

/// How many failed attempts are remembered.
const KEPT_TROUBLES: usize = 20;

/// A request's streaming text, shared between the client that appends and the screen that samples.
#[derive(Debug)]
pub struct Tail {
    started: Instant,
    state: Mutex<State>,
    attempts: Mutex<Attempts>,
}

/// How a request fares: its attempts so far and what the last failed one died of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// The present attempt, from 1; 0 before the first.
    pub number: u32,
    /// What the one before died of. Untrusted: escape before drawing.
    pub trouble: Option<String>,
    /// What all failed ones died of, in order; of very many the last 20. Untrusted too.
    pub troubles: Vec<String>,
    /// What they used, where the server told.
    pub lost: Usage,
}

#[derive(Debug, Default)]
struct State {
    text: String,
    chunks: u64,
    first: Option<Instant>,
}

/// One look at a tail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// The end of the text so far. Untrusted: escape before drawing.
    pub text: String,
    /// Chunks received; servers send about one a token.
    pub chunks: u64,
    /// Since the request was sent.
    pub elapsed: Duration,
    /// Since the first chunk.
    pub streaming: Duration,
}

impl Default for Tail {
    fn default() -> Self {
        Self { started: Instant::now(), state: Mutex::default(), attempts: Mutex::default() }
    }
}

impl Tail {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a chunk.
    pub fn push(&self, chunk: &str) {
        let mut state = self.state();
        state.first.get_or_insert_with(Instant::now);
        state.chunks += 1;
        state.text.push_str(chunk);
        if state.text.len() > 2 * KEPT {
            let cut = state.text.ceil_char_boundary(state.text.len() - KEPT);
            state.text.drain(..cut);
        }
    }

    /// Empties it, for a retry.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// Notes that an attempt starts, with its number from 1.
    pub fn attempt(&self, number: u32) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).number = number;
    }

    /// Notes what an attempt died of.
    pub fn trouble(&self, error: &str) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.troubles.len() == KEPT_TROUBLES {
            attempts.troubles.remove(0);
        }
        attempts.troubles.push(error.to_owned());
        attempts.trouble = Some(error.to_owned());
    }

    /// Notes what an attempt used that failed.
    pub fn lose(&self, usage: Usage) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).lost += usage;
    }

    /// The attempts so far.
    pub fn attempts(&self) -> Attempts {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The text and the rates, now.
    pub fn sample(&self) -> Sample {
        let state = self.state();
        Sample {
            text: state.text.clone(),
            chunks: state.chunks,
            elapsed: self.started.elapsed(),
            streaming: state.first.map_or(Duration::ZERO, |first| first.elapsed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_end_on_a_character_boundary() {
        let tail = Tail::default();
        for _ in 0..20_000 {
            tail.push("字");
        }
        let sample = tail.sample();
        assert!(sample.text.len() <= 2 * KEPT && sample.text.len() >= KEPT - 3);
        assert_eq!(sample.chunks, 20_000);
    }

    #[test]
    fn remembers_what_attempts_died_of() {
        let tail = Tail::default();
        for n in 0..=KEPT_TROUBLES {
            tail.attempt(1);
            tail.trouble(&n.to_string());
            tail.clear();
        }
        let attempts = tail.attempts();
        assert_eq!(attempts.troubles.len(), KEPT_TROUBLES);
        assert_eq!((attempts.troubles[0].as_str(), attempts.trouble.as_deref()), ("1", Some("20")));
    }
}

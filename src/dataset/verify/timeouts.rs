//! Which checks are skipped: those behind a function's second timeout, in output order, so that neither chunks nor
//! workers show in the results.

use crate::domain::{Outcome, OutcomeKind};

/// A function's timeouts after which its other checks are skipped.
const TIMEOUTS: u8 = 2;

/// Timeouts of each function so far.
#[derive(Debug, Default)]
pub struct Timeouts {
    counts: Vec<u8>,
    never_skip: bool,
}

impl Timeouts {
    pub fn new(functions: usize, never_skip: bool) -> Self {
        Self { counts: vec![0; functions], never_skip }
    }

    /// Whether what comes of the function is skipped.
    pub fn spent(&self, function: usize) -> bool {
        !self.never_skip && self.counts.get(function).is_some_and(|count| *count >= TIMEOUTS)
    }

    /// The outcome as it is told: a check that was run needlessly ahead counts as skipped too.
    pub fn tell(&mut self, function: usize, outcome: Outcome) -> Outcome {
        if self.spent(function) {
            return Outcome::quiet(OutcomeKind::Skipped);
        }
        if outcome.kind == OutcomeKind::Timeout
            && let Some(count) = self.counts.get_mut(function)
        {
            *count = count.saturating_add(1);
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_second_timeout_is_skipped() {
        let told = |never_skip| {
            let mut timeouts = Timeouts::new(2, never_skip);
            let kinds = [OutcomeKind::Timeout, OutcomeKind::Exit, OutcomeKind::Timeout, OutcomeKind::Exit];
            let told: Vec<_> = kinds.map(|kind| timeouts.tell(0, Outcome::quiet(kind)).kind_name()).into();
            assert!(!timeouts.spent(1));
            told
        };
        assert_eq!(told(false), ["timeout", "exit", "timeout", "skipped"]);
        assert_eq!(told(true), ["timeout", "exit", "timeout", "exit"]);
    }
}

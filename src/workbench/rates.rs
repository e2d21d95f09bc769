//! How fast work went lately, for a small curve.

use std::{collections::VecDeque, time::Duration};

/// Time between two numbers.
const EVERY: Duration = Duration::from_secs(2);
/// Numbers kept.
const MOST: usize = 60;

/// Completions a second, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    numbers: VecDeque<f64>,
    last: Option<Duration>,
}

impl Rates {
    /// Takes what the engine says now; one number every two seconds is kept.
    pub fn take(&mut self, now: Duration, rate: f64) {
        if self.last.is_some_and(|last| now.saturating_sub(last) < EVERY) {
            return;
        }
        if self.numbers.is_empty() && rate <= 0.0 {
            return;
        }
        self.last = Some(now);
        self.numbers.push_back(rate);
        if self.numbers.len() > MOST {
            self.numbers.pop_front();
        }
    }

    /// The newest so many.
    pub fn latest(&self, most: usize) -> impl Iterator<Item = f64> {
        self.numbers.iter().skip(self.numbers.len().saturating_sub(most)).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_every_two_seconds_and_an_end_to_them() {
        let mut rates = Rates::default();
        rates.take(Duration::ZERO, 0.0);
        assert!(rates.is_empty(), "before the first completion there is nothing to show");
        for ms in (0..200_000).step_by(500) {
            rates.take(Duration::from_millis(ms), 1.5);
        }
        assert_eq!(rates.len(), MOST);
        assert_eq!(rates.latest(3).collect::<Vec<_>>(), [1.5; 3]);
    }
}

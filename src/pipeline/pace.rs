//! How fast work goes, by what was seen lately, and how long the rest takes. Of too little nothing is said: a number
//! that is out by a factor of ten is worse than none.

use std::{collections::VecDeque, time::Duration};

/// Over which time a rate is measured.
const WINDOW: Duration = Duration::from_secs(60);
/// Looks closer together than this are one.
const APART: Duration = Duration::from_millis(250);
/// Fewer items in a window, or a shorter one, are no rate.
const LEAST: (u64, Duration) = (5, Duration::from_secs(2));

/// What was seen of a count that grows.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    seen: VecDeque<(Duration, u64)>,
}

impl Pace {
    /// Notes how many had been done at a time since the start.
    pub fn note(&mut self, at: Duration, done: u64) {
        if self.seen.back().is_some_and(|(_, last)| done < *last) {
            // What was done is to be done again: what went before says nothing.
            self.seen.clear();
        }
        let begun = self.seen.len() > 1;
        match self.seen.back_mut() {
            Some(last) if begun && at.saturating_sub(last.0) < APART => last.1 = done,
            _ => self.seen.push_back((at, done)),
        }
        while self.seen.get(1).is_some_and(|(second, _)| at.saturating_sub(*second) >= WINDOW) {
            self.seen.pop_front();
        }
    }

    /// Items a second; nothing where too little was seen.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn rate(&self) -> Option<f64> {
        let ((from, before), (to, now)) = (self.seen.front()?, self.seen.back()?);
        let (done, took) = (now - before, to.saturating_sub(*from));
        (done >= LEAST.0 && took >= LEAST.1).then(|| done as f64 / took.as_secs_f64())
    }

    /// How long so many items take; nothing where too little was seen.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub fn left(&self, items: u64) -> Option<Duration> {
        self.rate().map(|rate| Duration::from_secs_f64((items as f64 / rate).min(1e9)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn too_little_is_no_rate() {
        let mut pace = Pace::default();
        assert_eq!((pace.rate(), pace.left(10)), (None, None));
        pace.note(at(0.0), 0);
        pace.note(at(1.0), 400);
        assert_eq!(pace.rate(), None, "a second");
        let mut pace = Pace::default();
        pace.note(at(0.0), 7);
        pace.note(at(30.0), 11);
        assert_eq!(pace.rate(), None, "four items");
        pace.note(at(40.0), 27);
        assert_eq!((pace.rate(), pace.left(50)), (Some(0.5), Some(at(100.0))));
    }

    #[test]
    fn what_lies_back_is_forgotten_and_a_halt_is_seen() {
        let mut pace = Pace::default();
        for second in 0..100_u32 {
            pace.note(at(f64::from(second)), u64::from(second) * 10);
        }
        for second in 100..200 {
            pace.note(at(f64::from(second)), 1000);
        }
        assert_eq!(pace.rate(), None, "nothing for a minute");
        for quarter in 0..4000_u32 {
            pace.note(at(200.0 + f64::from(quarter) / 40.0), 1000 + u64::from(quarter));
        }
        assert!(pace.rate().is_some_and(|rate| (rate - 40.0).abs() < 1.0), "{:?}", pace.rate());
        assert!(pace.seen.len() < 300, "{} looks", pace.seen.len());
        pace.note(at(301.0), 5);
        assert_eq!(pace.rate(), None, "it is done again");
    }
}

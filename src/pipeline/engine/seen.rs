//! Which changes of the store are taken in. Changes of other processes lie between our own, and ours come back in any
//! order, so the mark moves on only over what is known without a gap.

use std::collections::BTreeSet;

/// A mark in the change sequence.
#[derive(Debug, Default)]
pub struct Seen {
    upto: i64,
    ahead: BTreeSet<i64>,
}

impl Seen {
    /// Everything up to a change is taken in.
    pub fn all(upto: i64) -> Self {
        Self { upto, ahead: BTreeSet::new() }
    }

    /// Up to where everything is taken in.
    pub const fn upto(&self) -> i64 {
        self.upto
    }

    /// Notes that one change is.
    pub fn one(&mut self, seq: i64) {
        if seq > self.upto {
            self.ahead.insert(seq);
        }
        while self.ahead.remove(&(self.upto + 1)) {
            self.upto += 1;
        }
    }

    /// Notes that everything up to a change is.
    pub fn move_to(&mut self, upto: i64) {
        self.upto = self.upto.max(upto);
        self.ahead = self.ahead.split_off(&(self.upto + 1));
        while self.ahead.remove(&(self.upto + 1)) {
            self.upto += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_another_process_between_ours_is_not_skipped() {
        let mut seen = Seen::all(4);
        seen.one(5);
        seen.one(8);
        seen.one(7);
        assert_eq!(seen.upto(), 5, "6 is not ours");
        seen.move_to(6);
        assert_eq!(seen.upto(), 8);
        seen.one(3);
        assert_eq!(seen.upto(), 8);
    }
}

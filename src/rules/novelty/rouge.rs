//! ROUGE-L: the longest common subsequence of tokens, as an F-measure.

use crate::config::Numbers;

use super::tokens::{Interner, Tokens};

/// ROUGE-L of two texts, 0 to 1: words in small letters, Chinese by character; 0 where one of them has none.
pub fn rouge_l(a: &str, b: &str) -> f64 {
    let mut interner = Interner::default();
    let mut words = |text| interner.tokens(text, Numbers::Plain).words;
    let (a, b) = (words(a), words(b));
    Pattern::of(&a).rouge_l(&b)
}

/// A token list prepared for many comparisons.
pub struct Pattern<'a> {
    words: &'a [u32],
    /// For each token, ascending, the places where it occurs as bits; empty for lists of more than 64.
    places: Vec<(u32, u64)>,
}

impl<'a> Pattern<'a> {
    /// Prepares a list.
    pub fn of(words: &'a [u32]) -> Self {
        let mut places: Vec<(u32, u64)> = Vec::new();
        if words.len() <= 64 {
            places.extend(words.iter().enumerate().map(|(at, word)| (*word, 1 << at)));
            places.sort_unstable();
            places.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 |= next.1;
                }
                same
            });
        }
        Self { words, places }
    }

    /// ROUGE-L against another list.
    pub fn rouge_l(&self, other: &[u32]) -> f64 {
        let common =
            if self.words.len() <= 64 { self.common_by_bits(other) } else { longest_common(self.words, other) };
        measure(common, self.words.len(), other.len())
    }

    /// The length of the longest common subsequence, a row of the usual table in one word (Hyyrö 2004): a bit is 0
    /// where the row steps up.
    fn common_by_bits(&self, other: &[u32]) -> usize {
        let mut row = u64::MAX;
        for word in other {
            let Ok(at) = self.places.binary_search_by_key(word, |(known, _)| *known) else { continue };
            let matches = row & self.places[at].1;
            row = row.wrapping_add(matches) | (row - matches);
        }
        let used = if self.words.len() == 64 { u64::MAX } else { (1 << self.words.len()) - 1 };
        (!row & used).count_ones() as usize
    }
}

/// What ROUGE-L cannot exceed by the lengths alone.
pub fn length_bound(a: usize, b: usize) -> f64 {
    measure(a.min(b), a, b)
}

/// What ROUGE-L cannot exceed: the F-measure of the tokens in common, in any order.
pub fn upper_bound(a: &Tokens, b: &Tokens) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some((word, n)), Some((other, m))) = (a.counts.get(i), b.counts.get(j)) {
        if word == other {
            common += n.min(m);
        }
        i += usize::from(word <= other);
        j += usize::from(other <= word);
    }
    measure(common, a.words.len(), b.words.len())
}

#[expect(clippy::cast_precision_loss, reason = "token counts are small")]
fn measure(common: usize, a: usize, b: usize) -> f64 {
    if common == 0 { 0.0 } else { 2.0 * common as f64 / (a + b) as f64 }
}

/// The length of the longest common subsequence, by the usual table.
pub(super) fn longest_common(a: &[u32], b: &[u32]) -> usize {
    let mut row = vec![0_usize; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

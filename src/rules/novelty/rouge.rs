//! ROUGE-L: the longest common subsequence of tokens, as an F-measure.

use super::tokens::{Interner, Tokens};

/// ROUGE-L of two texts, 0 to 1: words in small letters, Chinese by character; 0 where one of them has none.
pub fn rouge_l(a: &str, b: &str) -> f64 {
    let mut interner = Interner::default();
    of_tokens(&interner.tokens(a).words, &interner.tokens(b).words)
}

/// ROUGE-L of two token lists.
pub fn of_tokens(a: &[u32], b: &[u32]) -> f64 {
    measure(longest_common(a, b), a.len(), b.len())
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

/// The length of the longest common subsequence.
fn longest_common(a: &[u32], b: &[u32]) -> usize {
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

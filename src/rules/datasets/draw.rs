//! Which of all possible pairs a task gives: seeded by hash, so that the order of responses does not matter.

use crate::domain::{Digest, digest_of};

use super::super::profile::PairDraw;

/// What a draw depends on besides the responses.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'a> {
    /// The project's seed.
    pub seed: u64,
    /// The task's content-free key (for pairs from cases: the instruction's).
    pub task: &'a str,
}

/// A text that may be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// What the draw hashes.
    pub key: &'a str,
    /// The text.
    pub text: &'a str,
}

impl Draw<'_> {
    /// The pairs (chosen, rejected) that the profile's rule takes, ascending.
    pub fn pairs(
        &self,
        texts: &[Text<'_>],
        chosen: &[usize],
        rejected: &[usize],
        rule: PairDraw,
    ) -> Vec<(usize, usize)> {
        let mut pairs = match rule {
            PairDraw::All => product(chosen, rejected),
            PairDraw::TwoByTwo => {
                let k = if chosen.len() >= 2 || rejected.len() >= 2 { 2 } else { 1 };
                product(&self.some("chosen", texts, chosen, k), &self.some("rejected", texts, rejected, k))
            }
            PairDraw::UpTo(most) => self.varied(texts, product(chosen, rejected), most),
        };
        pairs.sort_unstable();
        pairs
    }

    fn rank(&self, side: &str, keys: [&str; 2]) -> Digest {
        digest_of(&["assay/pairs", &self.seed.to_string(), self.task, side, keys[0], keys[1]])
    }

    /// The `k` of lowest rank.
    fn some(&self, side: &str, texts: &[Text<'_>], from: &[usize], k: usize) -> Vec<usize> {
        let mut ranked: Vec<_> = from.iter().map(|at| (self.rank(side, [texts[*at].key, ""]), *at)).collect();
        ranked.sort_unstable();
        ranked.into_iter().take(k).map(|(_, at)| at).collect()
    }

    /// Up to `most` pairs: first those of responses that no pair has used yet, of these the lowest rank; none that
    /// begins on both sides like one already taken.
    fn varied(&self, texts: &[Text<'_>], all: Vec<(usize, usize)>, most: u32) -> Vec<(usize, usize)> {
        let mut open: Vec<(Digest, (usize, usize))> =
            all.into_iter().map(|pair| (self.rank("pair", [texts[pair.0].key, texts[pair.1].key]), pair)).collect();
        let mut taken: Vec<(usize, usize)> = Vec::new();
        for _ in 0..most {
            let uses = |(chosen, rejected): (usize, usize)| {
                taken.iter().filter(|pair| pair.0 == chosen).count()
                    + taken.iter().filter(|pair| pair.1 == rejected).count()
            };
            let Some(next) = open.iter().min_by_key(|(rank, pair)| (uses(*pair), *rank)).map(|(_, pair)| *pair) else {
                break;
            };
            taken.push(next);
            open.retain(|(_, pair)| {
                !(begin_alike(texts[pair.0].text, texts[next.0].text)
                    && begin_alike(texts[pair.1].text, texts[next.1].text))
            });
        }
        taken
    }
}

fn product(chosen: &[usize], rejected: &[usize]) -> Vec<(usize, usize)> {
    chosen.iter().flat_map(|c| rejected.iter().map(move |r| (*c, *r))).filter(|(c, r)| c != r).collect()
}

/// Whether the longest common prefix of two texts is at least half of the longer one (in bytes): the second teaches
/// little.
pub fn begin_alike(a: &str, b: &str) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    common * 2 >= a.len().max(b.len())
}

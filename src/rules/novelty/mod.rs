//! Which self-instructed candidates are new: near duplicates, wrong lengths and languages, and what no function can
//! check fall (paper 3.2; the paper only removes exact duplicates of the union).

mod checkable;
mod families;
mod rouge;
mod tokens;

use std::collections::HashMap;

use crate::{
    config::{NotCheckable, Numbers},
    domain::Language,
};

use super::answers::looks_like_refusal;
use checkable::Patterns;
use families::Families;
use rouge::Pattern;
use tokens::{Interner, Tokens};

pub use rouge::rouge_l;

/// ROUGE-L from which the nearest text of a candidate that fell for its form is told: near enough to be of interest.
const NEAR: f64 = 0.5;

/// What a candidate must meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// A candidate whose ROUGE-L against an accepted one is above this is a duplicate (0 to 1).
    pub threshold: f64,
    /// Longest instruction, in characters.
    pub max_chars: usize,
    /// What numbers are to the comparison.
    pub numbers: Numbers,
    /// What names tone and taste: such candidates fall, as no function checks them.
    pub not_checkable: NotCheckable,
}

impl Default for Params {
    fn default() -> Self {
        Self { threshold: 0.7, max_chars: 300, numbers: Numbers::default(), not_checkable: NotCheckable::default() }
    }
}

/// Why a candidate fell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropped {
    /// `too-long`, `too-short`, `not-an-instruction`, `wrong-language`, `not-checkable`, `exact-duplicate` (the same
    /// tokens) or `duplicate`.
    pub reason: &'static str,
    /// The nearest accepted text, by the number that [`Novelty::add`] gave it; for what fell by its form only where one
    /// is near.
    pub nearest: Option<usize>,
    /// ROUGE-L against that text; 1 where both say the same, 0 where none is named.
    pub score: f64,
}

/// Texts by token and number of tokens.
type Index = HashMap<(u32, usize), Vec<usize>>;

/// The accepted texts, and the decision about the next one. The caller feeds seeds first and then candidates in (call,
/// line) order, so that nothing depends on arrival.
///
/// An index from token to texts keeps it from being quadratic: texts can only be alike above the threshold if some of
/// the rarest tokens of each are the same (prefix filtering; rare is what came up late). Of those, lengths and tokens in
/// common bound what ROUGE-L can be; the longest common subsequence is worked out from the highest bound down, until no
/// bound exceeds what was found.
#[derive(Clone, Debug, Default)]
pub struct Novelty {
    params: Params,
    patterns: Patterns,
    interner: Interner,
    accepted: Vec<Tokens>,
    exact: HashMap<Vec<u32>, usize>,
    families: Families,
    /// The texts that have a token among their rarest, and all that have it at all; of texts that differ in their
    /// numbers alone, the first stands for the others under what they share with it.
    rare: Index,
    all: Index,
    /// Most tokens of a text.
    longest: usize,
    compared: u64,
}

impl Novelty {
    /// With no text accepted yet.
    pub fn new(params: Params) -> Self {
        Self { patterns: Patterns::of(&params.not_checkable), params, ..Self::default() }
    }

    /// How many longest common subsequences were worked out so far.
    pub const fn compared(&self) -> u64 {
        self.compared
    }

    /// How many texts are accepted.
    pub const fn len(&self) -> usize {
        self.accepted.len()
    }

    /// Whether none is.
    pub const fn is_empty(&self) -> bool {
        self.accepted.is_empty()
    }

    /// Accepts a text whatever it says (a seed, or a candidate that a person accepted); gives its number, from 0.
    pub fn add(&mut self, text: &str) -> usize {
        let tokens = self.interner.tokens(text, self.params.numbers);
        let number = self.accepted.len();
        self.exact.entry(tokens.words.clone()).or_insert(number);
        let length = tokens.words.len();
        let first = self.families.add(&tokens.masked, length).map(|first| &self.accepted[first]);
        let needed = length - shared(self.params.threshold, length, None);
        let known: Vec<u32> = first.map_or_else(Vec::new, |first| rarest(first, needed).collect());
        for word in rarest(&tokens, needed).filter(|word| !known.contains(word)) {
            self.rare.entry((word, length)).or_default().push(number);
        }
        for (word, _) in &tokens.counts {
            if first.is_none_or(|first| first.counts.binary_search_by_key(word, |(word, _)| *word).is_err()) {
                self.all.entry((*word, length)).or_default().push(number);
            }
        }
        self.longest = self.longest.max(length);
        self.accepted.push(tokens);
        number
    }

    /// Accepts a candidate if it is new, and gives its number; else says why not.
    pub fn decide(&mut self, text: &str, language: Language) -> Result<usize, Dropped> {
        self.check(text, language)?;
        Ok(self.add(text))
    }

    /// Whether a candidate would be accepted now.
    pub fn check(&mut self, text: &str, language: Language) -> Result<(), Dropped> {
        let tokens = self.interner.tokens(text, self.params.numbers);
        let fell = self.check_form(text, language).err();
        if let Some(number) = self.exact.get(&tokens.words) {
            let (nearest, score) = (Some(*number), 1.0);
            return Err(Dropped { reason: fell.unwrap_or("exact-duplicate"), nearest, score });
        }
        let near = match fell {
            None => self.near(&tokens, self.params.threshold, &self.rare),
            Some(_) => self.near(&tokens, self.params.threshold.min(NEAR), &self.all),
        };
        let nearest = self.nearest(&tokens, &near);
        let (near, score) = nearest.map_or((None, 0.0), |(number, score)| (Some(number), score));
        match (fell, near) {
            (Some(reason), nearest) => Err(Dropped { reason, nearest, score }),
            (None, Some(_)) => Err(Dropped { reason: "duplicate", nearest: near, score }),
            (None, None) => Ok(()),
        }
    }

    /// What a candidate's form says by itself.
    fn check_form(&self, text: &str, language: Language) -> Result<(), &'static str> {
        let text = text.trim();
        let words = tokens::words(text).len();
        let fewest = if language == Language::Chinese { 4 } else { 2 };
        if text.chars().count() > self.params.max_chars {
            Err("too-long")
        } else if text.ends_with([':', '：']) || looks_like_refusal(text) {
            Err("not-an-instruction")
        } else if words < fewest {
            Err("too-short")
        } else if Language::detect(text) != language {
            Err("wrong-language")
        } else if !self.patterns.allow(text) {
            Err("not-checkable")
        } else {
            Ok(())
        }
    }

    /// The accepted texts that can be alike above a bound, the likeliest first: each with the highest ROUGE-L that its
    /// tokens allow. `index` has all that share one of the candidate's rarest tokens.
    ///
    /// Where numbers are distinct, a text that differs in its numbers alone is none: "under 20 words" and "under 30
    /// words" may both stay.
    fn near(&self, candidate: &Tokens, bound: f64, index: &Index) -> Near {
        let mut numbers: Vec<usize> = Vec::new();
        let length = candidate.words.len();
        for other in (1..=self.longest).filter(|other| rouge::length_bound(length, *other) > bound) {
            let distinct = self.params.numbers == Numbers::Distinct;
            let own = distinct.then(|| self.families.of_form(&candidate.masked, other)).flatten();
            let needed = length - shared(bound, length, Some(other));
            let listed = rarest(candidate, needed).filter_map(|word| index.get(&(word, other))).flatten();
            let others = listed.filter(|number| Some(self.families.of_text(**number)) != own);
            numbers.extend(others.flat_map(|number| self.families.behind(*number)));
        }
        numbers.sort_unstable();
        numbers.dedup();
        let mut upper: Vec<(f64, usize)> = Vec::new();
        for number in numbers {
            let other = &self.accepted[number];
            let by_tokens = rouge::upper_bound(candidate, other);
            if by_tokens > bound {
                upper.push((by_tokens, number));
            }
        }
        upper.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Near { bound, upper }
    }

    /// The most similar of them above the bound, of several the earliest.
    fn nearest(&mut self, candidate: &Tokens, near: &Near) -> Option<(usize, f64)> {
        let pattern = Pattern::of(&candidate.words);
        let mut best: Option<(usize, f64)> = None;
        for (upper, number) in &near.upper {
            let (first, floor) = best.unwrap_or((usize::MAX, near.bound));
            if *upper < floor || *upper <= floor && *number > first {
                // Bounds descend, and of equal ones the later texts come last.
                break;
            }
            self.compared += 1;
            let score = pattern.rouge_l(&self.accepted[*number].words);
            if score > floor || best.is_some() && score >= floor && *number < first {
                best = Some((*number, score));
            }
        }
        best
    }
}

/// Texts that can be alike.
struct Near {
    /// What ROUGE-L must exceed.
    bound: f64,
    /// What it cannot exceed, and the text.
    upper: Vec<(f64, usize)>,
}

/// Of so many tokens, how many at most are not enough in common for a ROUGE-L above a bound with a text of `other`
/// tokens; with a text of any length, where that is not known.
fn shared(bound: f64, length: usize, other: Option<usize>) -> usize {
    let bound = bound.clamp(0.0, 1.0);
    #[expect(clippy::cast_precision_loss, reason = "token counts are small")]
    let enough = match other {
        // 2c / (a + b) > bound
        Some(other) => bound * (length + other) as f64 / 2.0,
        // The shortest text that can be alike is all in common: c = b.
        None => bound * length as f64 / (2.0 - bound),
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, and not negative")]
    let enough = (enough - 1e-9).max(0.0) as usize;
    enough.min(length)
}

/// The rarest tokens of a text, `needed` of its words. Two texts that share more than s of their tokens share one of the
/// rarest n - s of each, as long as both sides take them in the same order.
fn rarest(tokens: &Tokens, mut needed: usize) -> impl Iterator<Item = u32> {
    tokens.counts.iter().rev().map_while(move |(word, n)| {
        let open = needed > 0;
        needed = needed.saturating_sub(*n);
        open.then_some(*word)
    })
}

#[cfg(test)]
mod tests;

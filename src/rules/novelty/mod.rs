//! Which self-instructed candidates are new: near duplicates, wrong lengths and languages, and what no function can
//! check fall (paper 3.2; the paper only removes exact duplicates of the union).

mod checkable;
mod rouge;
mod tokens;

use std::collections::HashMap;

use crate::domain::Language;

use super::answers::looks_like_refusal;
use rouge::Pattern;
use tokens::{Interner, Tokens};

pub use rouge::rouge_l;

/// What a candidate must meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Params {
    /// A candidate whose ROUGE-L against an accepted one is above this is a duplicate (0 to 1).
    pub threshold: f64,
    /// Longest instruction, in characters.
    pub max_chars: usize,
    /// Whether candidates about tone and taste fall, as no function checks them.
    pub checkable: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self { threshold: 0.7, max_chars: 300, checkable: true }
    }
}

/// Why a candidate fell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropped {
    /// `too-long`, `too-short`, `not-an-instruction`, `wrong-language`, `not-checkable` or `duplicate`.
    pub reason: &'static str,
    /// For a duplicate: the nearest accepted text, by the number that [`Novelty::add`] gave it.
    pub nearest: Option<usize>,
    /// For a duplicate: ROUGE-L against that text; 1 where both say the same.
    pub score: f64,
}

impl Dropped {
    const fn plainly(reason: &'static str) -> Self {
        Self { reason, nearest: None, score: 0.0 }
    }
}

/// The accepted texts, and the decision about the next one. The caller feeds seeds first and then candidates in (call,
/// line) order, so that nothing depends on arrival.
///
/// An index from token to texts keeps it from being quadratic: a text can only be above the threshold if it shares one
/// of the candidate's rarest tokens.
#[derive(Clone, Debug, Default)]
pub struct Novelty {
    params: Params,
    interner: Interner,
    accepted: Vec<Tokens>,
    exact: HashMap<Vec<u32>, usize>,
    postings: HashMap<u32, Vec<usize>>,
}

impl Novelty {
    /// With no text accepted yet.
    pub fn new(params: Params) -> Self {
        Self { params, ..Self::default() }
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
        let tokens = self.interner.tokens(text);
        let number = self.accepted.len();
        self.exact.entry(tokens.words.clone()).or_insert(number);
        for (word, _) in &tokens.counts {
            self.postings.entry(*word).or_default().push(number);
        }
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
        self.check_form(text, language)?;
        let tokens = self.interner.tokens(text);
        match self.nearest(&tokens) {
            Some((number, score)) => Err(Dropped { reason: "duplicate", nearest: Some(number), score }),
            None => Ok(()),
        }
    }

    /// What a candidate's form says by itself.
    fn check_form(&self, text: &str, language: Language) -> Result<(), Dropped> {
        let text = text.trim();
        let words = tokens::words(text).len();
        let fewest = if language == Language::Chinese { 4 } else { 2 };
        if text.chars().count() > self.params.max_chars {
            Err(Dropped::plainly("too-long"))
        } else if text.ends_with([':', '：']) || looks_like_refusal(text) {
            Err(Dropped::plainly("not-an-instruction"))
        } else if words < fewest {
            Err(Dropped::plainly("too-short"))
        } else if Language::detect(text) != language {
            Err(Dropped::plainly("wrong-language"))
        } else if self.params.checkable && !checkable::is_checkable(text) {
            Err(Dropped::plainly("not-checkable"))
        } else {
            Ok(())
        }
    }

    /// The accepted text that makes this one a duplicate: the most similar one, of several the earliest.
    ///
    /// A text that differs in its numbers alone is none: "under 20 words" and "under 30 words" may both stay.
    fn nearest(&self, candidate: &Tokens) -> Option<(usize, f64)> {
        if let Some(number) = self.exact.get(&candidate.words) {
            return Some((*number, 1.0));
        }
        let pattern = Pattern::of(&candidate.words);
        let mut best: Option<(usize, f64)> = None;
        for number in self.sharing(candidate) {
            let other = &self.accepted[number];
            let floor = best.map_or(self.params.threshold, |(_, score)| score);
            if other.masked == candidate.masked || rouge::upper_bound(candidate, other) <= floor {
                continue;
            }
            let score = pattern.rouge_l(&other.words);
            if score > floor {
                best = Some((number, score));
            }
        }
        best
    }

    /// The accepted texts that share one of the candidate's rarest tokens, ascending. With n tokens and threshold t, a
    /// text above t shares more than n*t/(2-t) of them, so one of any n - floor(n*t/(2-t)) is among the shared.
    fn sharing(&self, candidate: &Tokens) -> Vec<usize> {
        let total = candidate.words.len();
        let threshold = self.params.threshold.clamp(0.0, 1.0);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a text's tokens: small and not negative"
        )]
        let shared = (total as f64 * threshold / (2.0 - threshold) - 1e-9).max(0.0) as usize;
        let mut needed = total - shared.min(total);
        let mut rarest: Vec<_> = candidate.counts.iter().map(|(word, n)| (self.posting(*word), *n)).collect();
        rarest.sort_by_key(|(posting, _)| posting.len());
        let mut numbers = Vec::new();
        for (posting, n) in rarest {
            numbers.extend_from_slice(posting);
            needed = needed.saturating_sub(n);
            if needed == 0 {
                break;
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn posting(&self, word: u32) -> &[usize] {
        self.postings.get(&word).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests;

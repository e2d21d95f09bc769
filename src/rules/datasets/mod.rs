//! Training data of one task: SFT rows and preference pairs (paper 3.4, "SFT strategy" and "DPO strategy": pairs at
//! query level are accuracy above 0.5 against accuracy 0, at instruction level agreed against refuted cases).

mod balance;
mod cases;
mod draw;
mod limits;
mod prompt;

use crate::domain::Ruling;

use super::{
    cross_validation::first_occurrences,
    profile::{ChosenRule, Profile, RejectedRule},
    response::Accuracy,
};

pub use balance::{Cell, balance, rank as balance_rank};
pub use cases::{CaseCandidate, case_pairs};
pub use draw::{Draw, begin_alike};
pub use limits::{Band, Contender, rate, within};
pub use prompt::{Seeded, compose, sft_prompt_released};

/// One response of a task.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// What draws hash: its content-free key, or its text where it has none.
    pub key: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What the functions say; nothing while that is not known.
    pub accuracy: Option<Accuracy>,
    /// Whether the rule for responses keeps it.
    pub kept: bool,
    /// Whether the rule for scores keeps it.
    pub score_kept: bool,
    /// What a person decided.
    pub ruling: Option<Ruling>,
}

/// What a task gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Responses that make SFT rows, ascending.
    pub sft: Vec<usize>,
    /// Pairs (chosen, rejected), ascending.
    pub pairs: Vec<(usize, usize)>,
    /// For each response, the earlier one with the same text that is used in its place.
    pub same_as: Vec<Option<usize>>,
}

/// Chooses SFT rows and pairs. Equal texts are one: the first is used, and a decision on any of them holds for it
/// (rejected before "use as negative" before accepted). A rejected response is nothing, one that is to be used as a
/// negative is only rejected, an accepted one is eligible as SFT row and chosen whatever its accuracy and score. Of a task
/// outside the band of pass rates, only what a person decided counts.
pub fn select(candidates: &[Candidate<'_>], draw: &Draw<'_>, band: Band, profile: &Profile) -> Selection {
    let first = first_occurrences(candidates.iter().map(|candidate| candidate.text));
    let ruling = |at: usize| {
        let same = (0..candidates.len()).filter(|other| first[*other] == at);
        same.filter_map(|other| candidates[other].ruling).max_by_key(|ruling| weight(*ruling))
    };
    let used: Vec<(usize, Option<Ruling>)> =
        (0..candidates.len()).filter(|at| first[*at] == *at).map(|at| (at, ruling(at))).collect();
    let those = |rule: &dyn Fn(&Candidate<'_>, Option<Ruling>) -> bool| -> Vec<usize> {
        let open = |ruling: &Option<Ruling>| band == Band::Inside || ruling.is_some();
        let fits = |(at, ruling): &&(usize, Option<Ruling>)| open(ruling) && rule(&candidates[*at], *ruling);
        used.iter().filter(fits).map(|(at, _)| *at).collect()
    };
    let sft = those(&|candidate, ruling| is_sft(candidate, ruling));
    let chosen = those(&|candidate, ruling| is_chosen(candidate, ruling, profile));
    let rejected = those(&|candidate, ruling| is_rejected(candidate, ruling, profile));
    let texts: Vec<draw::Text<'_>> =
        candidates.iter().map(|candidate| draw::Text { key: candidate.key, text: candidate.text }).collect();
    let pairs = draw.pairs(&texts, &chosen, &rejected, profile.pairs);
    let same_as = first.iter().enumerate().map(|(at, first)| (*first != at).then_some(*first)).collect();
    Selection { sft, pairs, same_as }
}

const fn weight(ruling: Ruling) -> u8 {
    match ruling {
        Ruling::Accepted => 0,
        Ruling::UseAsNegative => 1,
        Ruling::Rejected => 2,
    }
}

/// Kept by both rules, or accepted.
fn is_sft(candidate: &Candidate<'_>, ruling: Option<Ruling>) -> bool {
    match ruling {
        Some(ruling) => ruling == Ruling::Accepted,
        None => candidate.kept && candidate.score_kept,
    }
}

fn is_chosen(candidate: &Candidate<'_>, ruling: Option<Ruling>, profile: &Profile) -> bool {
    match (ruling, profile.chosen) {
        (Some(ruling), _) => ruling == Ruling::Accepted,
        (None, ChosenRule::KeptAndScored) => candidate.kept && candidate.score_kept,
        (None, ChosenRule::Accuracy(bound)) => {
            candidate.accuracy.is_some_and(|accuracy| accuracy.verifiable && bound.passes(accuracy.value))
        }
    }
}

/// Accuracy 0; `recommended` wants evidence for it: a response that no function could judge is no negative.
fn is_rejected(candidate: &Candidate<'_>, ruling: Option<Ruling>, profile: &Profile) -> bool {
    if let Some(ruling) = ruling {
        return ruling == Ruling::UseAsNegative;
    }
    let Some(accuracy) = candidate.accuracy else { return false };
    let evidence = match profile.rejected {
        RejectedRule::ZeroAccuracy => true,
        RejectedRule::ZeroAndVerifiable => accuracy.verifiable && accuracy.booleans > 0,
    };
    evidence && accuracy.value.abs() < f64::EPSILON
}

#[cfg(test)]
mod tests;

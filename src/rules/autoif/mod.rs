//! The steps of the released scripts as pure functions over rows: what `assay autoif` computes between reading and
//! writing files. Running the functions is the caller's work.

mod cross;

use super::{
    answers::{Reading, parse_score, parse_score_released},
    datasets::{Band, Candidate, Draw, select, sft_prompt_released},
    profile::{Profile, ProfileName},
    response::Accuracy,
    score,
};

pub use cross::{Answers, Conclusion, Load, ReadAnswer, Trial, conclude, read_answers, trial};

/// How a profile reads answers: only `recommended` leniently.
pub fn reading(profile: &Profile) -> Reading {
    match profile.name {
        ProfileName::Paper | ProfileName::Released => Reading::Strict,
        ProfileName::Recommended => Reading::Lenient,
    }
}

/// `verify-responses` (code/7): the query of a prompt, all after the first `[Query]`, stripped; nothing where there is
/// none, and then the script leaves the row out.
pub fn query_of(prompt: &str) -> Option<&str> {
    prompt.split_once("[Query]").map(|(_, query)| super::python::strip(query))
}

/// `score-responses` (code_dpo/1): the accuracy as it is written; nothing (`null`) for a response that the profile
/// calls not verifiable, so that no later step takes it for a negative.
pub fn written_accuracy(accuracy: &Accuracy) -> Option<f64> {
    accuracy.verifiable.then_some(accuracy.value)
}

/// `filter-scores` (code/8): the mean score of a row's texts, and whether it is kept. `released` reads by its own
/// regular expression; the others leniently.
pub fn filter_score<T: AsRef<str>>(texts: &[T], profile: &Profile) -> (Option<f64>, Result<(), &'static str>) {
    let read = match profile.name {
        ProfileName::Released => parse_score_released,
        ProfileName::Paper | ProfileName::Recommended => parse_score,
    };
    let scores: Vec<Option<f64>> = texts.iter().map(|text| read(text.as_ref())).collect();
    let mean = score::mean(&scores);
    (mean, score::kept(mean, None, profile))
}

/// `sft` (code/9): the prompt of an alpaca row; nothing where query or instruction is empty, where the script ends
/// with an exception.
pub fn sft_prompt(instruction: &str, query: &str) -> Option<String> {
    (!instruction.is_empty() && !query.is_empty()).then(|| sft_prompt_released(query, instruction))
}

/// `pairs` (code_dpo/2): the pairs (chosen, rejected) of a row, as positions among its responses. Rows carry no scores
/// of judges, so every response counts as scored; one without an accuracy is neither chosen nor rejected.
pub fn row_pairs(query: &str, responses: &[(&str, Option<f64>)], seed: u64, profile: &Profile) -> Vec<(usize, usize)> {
    let candidates: Vec<Candidate<'_>> = responses
        .iter()
        .map(|(text, value)| Candidate {
            key: text,
            text,
            accuracy: value.map(|value| Accuracy { value, verifiable: true, booleans: 1, of: 1 }),
            kept: value.is_some_and(|value| profile.response_kept.passes(value)),
            score_kept: true,
            ruling: None,
        })
        .collect();
    select(&candidates, &Draw { seed, task: query }, Band::Inside, profile).pairs
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

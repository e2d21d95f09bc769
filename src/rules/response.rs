//! Rejection sampling: the used functions judge a response (paper 3.3, "Query reforming and augmentation": responses
//! with an accuracy above 0.5 are kept).

use crate::domain::{Outcome, Ruling};

use super::{
    profile::{Profile, ResponseAccuracy},
    verdict::{int_value, verdict},
};

/// What the used functions say about one response.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    /// The share that passes it, after the profile's rule (0 to 1; under `int()` any number).
    pub value: f64,
    /// Whether the rule lets that number stand.
    pub verifiable: bool,
    /// How many functions gave a boolean (under `int()`: a number).
    pub booleans: usize,
    /// How many functions there are.
    pub of: usize,
}

/// The accuracy of one response over the outcomes of the used functions. What has not run gives no boolean.
pub fn accuracy(outcomes: &[Option<&Outcome>], profile: &Profile) -> Accuracy {
    let of = outcomes.len();
    let known = outcomes.iter().flatten();
    let numbers: Vec<f64> = match profile.response_accuracy {
        ResponseAccuracy::IntMean => known.filter_map(|outcome| int_value(outcome)).collect(),
        ResponseAccuracy::AllFunctions | ResponseAccuracy::BooleanFunctions => known
            .filter_map(|outcome| verdict(outcome, profile.value_policy).boolean())
            .map(|pass| f64::from(u8::from(pass)))
            .collect(),
    };
    let booleans = numbers.len();
    let (divisor, verifiable) = match profile.response_accuracy {
        ResponseAccuracy::AllFunctions => (of, of > 0),
        ResponseAccuracy::IntMean => (booleans, true),
        ResponseAccuracy::BooleanFunctions => (booleans, booleans > 0 && booleans * 2 >= of),
    };
    // Not `sum()`: that of no floats is minus zero.
    let sum = numbers.iter().fold(0.0, |sum, number| sum + number);
    Accuracy { value: mean(sum, divisor), verifiable, booleans, of }
}

/// Whether a response is kept; else `not-verifiable`, `below-threshold` or `rejected`.
pub fn kept(accuracy: &Accuracy, ruling: Option<Ruling>, profile: &Profile) -> Result<(), &'static str> {
    match ruling {
        Some(Ruling::Accepted) => Ok(()),
        Some(Ruling::Rejected | Ruling::UseAsNegative) => Err("rejected"),
        None if !accuracy.verifiable => Err("not-verifiable"),
        None if profile.response_kept.passes(accuracy.value) => Ok(()),
        None => Err("below-threshold"),
    }
}

/// A mean; nothing to divide by is 0.
#[expect(clippy::cast_precision_loss, reason = "counts of functions are small")]
fn mean(sum: f64, divisor: usize) -> f64 {
    if divisor == 0 { 0.0 } else { sum / divisor as f64 }
}

#[cfg(test)]
mod tests;

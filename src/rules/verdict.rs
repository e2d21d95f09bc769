//! Verdicts: what an outcome counts as under a profile's value policy.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::domain::{Outcome, OutcomeKind, Value};

use super::{profile::ValuePolicy, python};

/// What one check counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The text satisfies the instruction, says the function.
    Pass,
    /// It does not.
    Fail,
    /// The function gave no verdict: it raised, left, hit a limit or did not load.
    Error,
    /// It did not end in time.
    Timeout,
    /// It returned something that is no verdict.
    Invalid,
}

impl Verdict {
    /// The boolean, where there is one.
    pub const fn boolean(self) -> Option<bool> {
        match self {
            Self::Pass => Some(true),
            Self::Fail => Some(false),
            Self::Error | Self::Timeout | Self::Invalid => None,
        }
    }
}

/// What an outcome counts as.
///
/// Under [`ValuePolicy::Python`] this is the view of code/7: `int(value)` above 0 passes, 0 and below fails, a value
/// without an `int` is invalid.
pub fn verdict(outcome: &Outcome, policy: ValuePolicy) -> Verdict {
    match &outcome.kind {
        OutcomeKind::Returned { value, .. } => {
            let boolean = match policy {
                ValuePolicy::Normalised => normalised(value),
                ValuePolicy::Python => int_value(outcome).map(|number| number > 0.0),
            };
            match boolean {
                Some(true) => Verdict::Pass,
                Some(false) => Verdict::Fail,
                None => Verdict::Invalid,
            }
        }
        OutcomeKind::Timeout | OutcomeKind::Skipped => Verdict::Timeout,
        OutcomeKind::Raised(_)
        | OutcomeKind::Memory
        | OutcomeKind::Exit
        | OutcomeKind::Forbidden { .. }
        | OutcomeKind::Load { .. } => Verdict::Error,
    }
}

/// Whether the verdict is a text ("true", "False"): accepted by the normalised policy, and worth a flag, as a trainer
/// that runs the function sees a truthy text either way.
pub fn is_string_verdict(outcome: &Outcome) -> bool {
    match &outcome.kind {
        OutcomeKind::Returned { value: value @ Value::Str(_), .. } => normalised(value).is_some(),
        _ => false,
    }
}

/// Whether what a function did agrees with the expected output of a case; nothing where it gave no boolean, or where
/// the expected output is none.
///
/// Under [`ValuePolicy::Python`] any value but `None` is compared as Python's `==` does (code/3).
pub fn agreement(outcome: &Outcome, expected: &Json, policy: ValuePolicy) -> Option<bool> {
    match policy {
        ValuePolicy::Normalised => {
            let given = verdict(outcome, policy).boolean()?;
            Some(given == expected_bool(expected, policy)?)
        }
        ValuePolicy::Python => match &outcome.kind {
            OutcomeKind::Returned { value: Value::None, .. } => None,
            OutcomeKind::Returned { value, repr } => Some(python::equals(value, repr, expected)),
            _ => None,
        },
    }
}

/// The boolean that a case expects.
///
/// Normalised: `true`, `false`, 1, 0, and "true" and "false" in any case. Python: what equals `True` or `False`, so no
/// texts; such a case is not invalid there, only never agreed with by a function that returns booleans.
pub fn expected_bool(expected: &Json, policy: ValuePolicy) -> Option<bool> {
    match expected {
        Json::Bool(value) => Some(*value),
        Json::Number(number) => number.as_f64().and_then(zero_or_one),
        Json::String(text) if policy == ValuePolicy::Normalised => bool_word(text),
        _ => None,
    }
}

/// Python's `int(value)` of what was returned; nothing where it raises, and for everything that did not return.
pub fn int_value(outcome: &Outcome) -> Option<f64> {
    let OutcomeKind::Returned { value, repr } = &outcome.kind else { return None };
    match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        #[expect(clippy::cast_precision_loss, reason = "it goes into a mean of floats, as in the script")]
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(value.trunc() + 0.0),
        Value::Str(text) => python::int_of_str(text),
        Value::Other { type_name } if type_name == "int" => python::int_of_str(repr),
        Value::Other { type_name } if type_name == "bytes" => python::int_of_bytes(repr),
        Value::None | Value::Other { .. } => None,
    }
}

/// The boolean of a value under the normalised policy.
fn normalised(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Int(0) => Some(false),
        Value::Int(1) => Some(true),
        Value::Float(value) => zero_or_one(*value),
        Value::Str(text) => bool_word(text),
        Value::Int(_) | Value::None | Value::Other { .. } => None,
    }
}

fn zero_or_one(number: f64) -> Option<bool> {
    match number {
        0.0 => Some(false),
        1.0 => Some(true),
        _ => None,
    }
}

fn bool_word(text: &str) -> Option<bool> {
    let text = python::strip(text);
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;

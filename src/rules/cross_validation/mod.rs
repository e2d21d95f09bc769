//! Cross-validation by execution: cases judge functions and functions judge cases (paper 3.2, "Automated quality cross
//! verification": functions compile, cases and functions agree with the majority, an instruction keeps one of each).

mod distinct;

use serde_json::Value as Json;

use crate::domain::{Outcome, Ruling};

use super::{
    profile::{CaseAccuracy, FunctionAccuracy, Profile, ValuePolicy},
    verdict::{agreement, expected_bool, verdict},
};

pub use distinct::{distinct_cases, distinct_functions, first_occurrences, prepare_source};

/// A distinct case of an instruction.
#[derive(Clone, Copy, Debug)]
pub struct CaseInput<'a> {
    /// The expected output as it was written.
    pub expected: &'a Json,
    /// What a person decided.
    pub ruling: Option<Ruling>,
    /// Whether it is copied word for word from a worked example, where the profile turns such cases down.
    pub copied: bool,
}

impl CaseInput<'_> {
    /// Whether it is out of C.
    const fn is_out(&self) -> bool {
        is_rejected(self.ruling) || self.copied && !matches!(self.ruling, Some(Ruling::Accepted))
    }
}

/// What is judged: the distinct usable functions F, the distinct cases C, and what running each on each did.
#[derive(Clone, Debug, Default)]
pub struct Input<'a> {
    /// What a person decided about each function.
    pub functions: Vec<Option<Ruling>>,
    /// The cases.
    pub cases: Vec<CaseInput<'a>>,
    /// `outcomes[function][case]`; nothing where it has not run.
    pub outcomes: Vec<Vec<Option<&'a Outcome>>>,
}

/// How a function or case came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Its accuracy after the profile's rule; nothing where the rule finds none to give.
    pub accuracy: Option<f64>,
    /// Whether it is kept, or why not: `below-threshold`, `rejected`; cases also `too-few-booleans`,
    /// `invalid-expected`, `copied-example`; functions also `vacuous` (one value everywhere).
    pub kept: Result<(), &'static str>,
}

impl Judged {
    const fn fell(reason: &'static str) -> Self {
        Self { accuracy: None, kept: Err(reason) }
    }
}

/// How an instruction came out.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidation {
    /// The functions, in the order of the input.
    pub functions: Vec<Judged>,
    /// The cases, likewise.
    pub cases: Vec<Judged>,
    /// Whether the instruction is kept, or why not: `no-function`, `too-few-functions`, `no-case`, `too-few-cases`,
    /// `one-sided-cases`.
    pub instruction: Result<(), &'static str>,
    /// Checks that would count and have not run. The rest is provisional while there are any.
    pub unknown: usize,
}

/// Judges an instruction's functions and cases. Functions that a person rejected are out of F, cases out of C; accepted
/// ones are kept whatever their accuracy.
pub fn cross_validate(input: &Input<'_>, profile: &Profile) -> CrossValidation {
    let court = Court::new(input, profile);
    let cases: Vec<Judged> = (0..input.cases.len()).map(|case| court.case(case)).collect();
    let kept: Vec<usize> = (0..cases.len()).filter(|case| cases[*case].kept.is_ok()).collect();
    let functions: Vec<Judged> = (0..input.functions.len()).map(|function| court.function(function, &kept)).collect();
    let instruction = court.instruction(&functions, &kept);
    CrossValidation { functions, cases, instruction, unknown: court.unknown() }
}

/// The matrix, read once.
struct Court<'a> {
    input: &'a Input<'a>,
    profile: &'a Profile,
    /// F: functions that nobody rejected.
    functions: Vec<usize>,
    /// C: cases that nobody rejected and that expect something the policy understands.
    cases: Vec<usize>,
}

impl<'a> Court<'a> {
    fn new(input: &'a Input<'a>, profile: &'a Profile) -> Self {
        let functions = (0..input.functions.len()).filter(|at| !is_rejected(input.functions[*at])).collect();
        let cases = (0..input.cases.len())
            .filter(|at| !input.cases[*at].is_out() && is_valid(input.cases[*at].expected, profile))
            .collect();
        Self { input, profile, functions, cases }
    }

    fn outcome(&self, function: usize, case: usize) -> Option<&'a Outcome> {
        self.input.outcomes.get(function)?.get(case).copied().flatten()
    }

    /// Whether a function agrees with a case; nothing where it gave no boolean.
    fn agrees(&self, function: usize, case: usize) -> Option<bool> {
        agreement(self.outcome(function, case)?, self.input.cases[case].expected, self.profile.value_policy)
    }

    /// A case: the share of F that agrees with it.
    fn case(&self, case: usize) -> Judged {
        let CaseInput { expected, ruling, copied } = self.input.cases[case];
        if copied && ruling.is_none() {
            return Judged::fell("copied-example");
        }
        if !is_valid(expected, self.profile) {
            return Judged::fell(if is_rejected(ruling) { "rejected" } else { "invalid-expected" });
        }
        let votes: Vec<_> = self.functions.iter().map(|function| self.agrees(*function, case)).collect();
        let agreeing = votes.iter().filter(|vote| **vote == Some(true)).count();
        let booleans = votes.iter().flatten().count();
        let accuracy = match self.profile.case_accuracy {
            CaseAccuracy::AllFunctions => Some(share(agreeing, votes.len())),
            CaseAccuracy::AnyFunction => Some(share(agreeing.min(1), 1)),
            CaseAccuracy::BooleanFunctions => {
                let enough = booleans >= votes.len().clamp(1, 2);
                enough.then(|| share(agreeing, booleans))
            }
        };
        let kept = match accuracy {
            None => Err("too-few-booleans"),
            Some(accuracy) if self.profile.case_kept.passes(accuracy) && !votes.is_empty() => Ok(()),
            Some(_) => Err("below-threshold"),
        };
        Judged { accuracy, kept: overruled(kept, ruling) }
    }

    /// A function: the share of the cases that it agrees with; where it gives nothing, it is wrong.
    fn function(&self, function: usize, kept: &[usize]) -> Judged {
        let counted = match self.profile.function_accuracy {
            FunctionAccuracy::AllCases => self.cases.as_slice(),
            FunctionAccuracy::KeptCases => kept,
        };
        let agreeing = counted.iter().filter(|case| self.agrees(function, **case) == Some(true)).count();
        let accuracy = share(agreeing, counted.len());
        let rules = if counted.is_empty() || !self.profile.function_kept.passes(accuracy) {
            Err("below-threshold")
        } else if self.profile.function_both_values && !self.gives_both(function, kept) {
            Err("vacuous")
        } else {
            Ok(())
        };
        Judged { accuracy: Some(accuracy), kept: overruled(rules, self.input.functions[function]) }
    }

    /// Whether a function passes one kept case's text and fails another's.
    fn gives_both(&self, function: usize, kept: &[usize]) -> bool {
        let gives = |wanted: bool| {
            kept.iter().any(|case| {
                let outcome = self.outcome(function, *case);
                outcome.and_then(|outcome| verdict(outcome, self.profile.value_policy).boolean()) == Some(wanted)
            })
        };
        gives(true) && gives(false)
    }

    /// The instruction: what it needs before, and what must be left after.
    fn instruction(&self, functions: &[Judged], kept: &[usize]) -> Result<(), &'static str> {
        let (before, after) = (self.functions.len(), functions.iter().filter(|judged| judged.kept.is_ok()).count());
        enough(before, self.profile.functions_before, "no-function", "too-few-functions")?;
        enough(self.cases.len(), self.profile.cases_before, "no-case", "too-few-cases")?;
        enough(kept.len(), self.profile.cases_after, "no-case", "too-few-cases")?;
        if self.profile.cases_both_kinds {
            let expects = |wanted: bool| {
                kept.iter().any(|case| {
                    expected_bool(self.input.cases[*case].expected, self.profile.value_policy) == Some(wanted)
                })
            };
            if !(expects(true) && expects(false)) {
                return Err("one-sided-cases");
            }
        }
        enough(after, self.profile.functions_after, "no-function", "too-few-functions")
    }

    fn unknown(&self) -> usize {
        let pairs = self.functions.iter().flat_map(|function| self.cases.iter().map(move |case| (*function, *case)));
        pairs.filter(|(function, case)| self.outcome(*function, *case).is_none()).count()
    }
}

fn enough(n: usize, needed: u32, none: &'static str, few: &'static str) -> Result<(), &'static str> {
    if n >= usize::try_from(needed).unwrap_or(usize::MAX) { Ok(()) } else { Err(if n == 0 { none } else { few }) }
}

/// Whether the policy understands what a case expects. Python's `==` understands everything.
fn is_valid(expected: &Json, profile: &Profile) -> bool {
    profile.value_policy == ValuePolicy::Python || expected_bool(expected, profile.value_policy).is_some()
}

const fn is_rejected(ruling: Option<Ruling>) -> bool {
    matches!(ruling, Some(Ruling::Rejected | Ruling::UseAsNegative))
}

/// What a person decided goes before the rules.
const fn overruled(rules: Result<(), &'static str>, ruling: Option<Ruling>) -> Result<(), &'static str> {
    match ruling {
        Some(Ruling::Accepted) => Ok(()),
        Some(Ruling::Rejected | Ruling::UseAsNegative) => Err("rejected"),
        None => rules,
    }
}

/// A share; nothing to divide by is 0.
#[expect(clippy::cast_precision_loss, reason = "counts of functions and cases are small")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests;

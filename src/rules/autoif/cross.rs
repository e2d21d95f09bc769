//! `cross-validate` (code/3): answers to functions and cases, functions and cases to what is kept.

use serde_json::Value as Json;

use crate::domain::{LoadFault, Outcome, OutcomeKind};

use super::{
    super::{
        answers::parse_verifier,
        cross_validation::{
            CaseInput, CrossValidation, Input, cross_validate, distinct_cases, distinct_functions, prepare_source,
        },
        profile::{Profile, ProfileName, ValuePolicy},
        verdict::expected_bool,
    },
    reading,
};

/// One answer, read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadAnswer {
    /// Its function, as a position among [`Answers::sources`]; or why there is none.
    pub function: Result<usize, &'static str>,
    /// Its cases.
    pub cases: Vec<(String, Json)>,
    /// What was repaired, in words.
    pub repairs: Vec<String>,
}

/// The answers of an instruction, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// The distinct sources as the profile runs them, by first occurrence. Each is to be loaded.
    pub sources: Vec<String>,
    /// The answers in order.
    pub answers: Vec<ReadAnswer>,
}

/// What loading a source showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// It loads and defines a usable `evaluate`.
    Defines,
    /// It loads, without one.
    Lacks,
    /// It does not load.
    Fails,
}

impl Load {
    /// What the outcome of any check of a source says about its loading.
    pub const fn of(outcome: &Outcome) -> Self {
        match &outcome.kind {
            OutcomeKind::Load { fault: LoadFault::Missing | LoadFault::Unusable, .. } => Self::Lacks,
            OutcomeKind::Load { fault: LoadFault::Syntax | LoadFault::Raised, .. } => Self::Fails,
            _ => Self::Defines,
        }
    }
}

/// What is to be run: every source on every case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    /// F, as positions among [`Answers::sources`].
    pub functions: Vec<usize>,
    /// C: input and expected output as they are written out.
    pub cases: Vec<(String, Json)>,
    /// Answers that fell, by position, with the reason: `bad-json`, `no-function`, ..., `does-not-load`.
    pub fell: Vec<(usize, &'static str)>,
    /// Cases left out because the profile does not understand what they expect.
    pub invalid: usize,
}

/// What is kept of an instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct Conclusion {
    /// Whether the row is written; or why not.
    pub kept: Result<(), &'static str>,
    /// Kept functions with their accuracy, as positions among [`Answers::sources`].
    pub functions: Vec<(usize, f64)>,
    /// Kept cases, as positions among [`Trial::cases`].
    pub cases: Vec<usize>,
    /// How each function and case of the trial came out.
    pub judged: CrossValidation,
}

/// Reads the answers of an instruction as the profile does. Equal sources are one function.
pub fn read_answers<T: AsRef<str>>(answers: &[T], profile: &Profile) -> Answers {
    let parsed: Vec<_> = answers.iter().map(|answer| parse_verifier(answer.as_ref(), reading(profile))).collect();
    let raw: Vec<&str> = parsed.iter().filter_map(|parsed| parsed.source.as_deref()).collect();
    let first = distinct_functions(&raw, profile);
    let distinct: Vec<usize> = (0..raw.len()).filter(|at| first[*at] == *at).collect();
    let sources = distinct.iter().map(|at| prepare_source(raw[*at], profile)).collect();
    let mut places = first.iter().filter_map(|first| distinct.iter().position(|at| at == first));
    let answers = parsed
        .iter()
        .map(|parsed| {
            let place = parsed.source.as_ref().and_then(|_| places.next());
            ReadAnswer {
                function: place.ok_or_else(|| parsed.problem.unwrap_or("no-function")),
                cases: parsed.cases.clone(),
                repairs: parsed.repairs.clone(),
            }
        })
        .collect();
    Answers { sources, answers }
}

/// F and C of an instruction, once it is known how each source loads. An answer whose function does not load brings no
/// cases. `released` keeps a function without `evaluate` in F (it only counts there), the others do not.
pub fn trial(answers: &Answers, loads: &[Load], profile: &Profile) -> Trial {
    let usable = |function: usize| match loads.get(function) {
        Some(Load::Defines) => true,
        Some(Load::Lacks) => profile.name == ProfileName::Released,
        Some(Load::Fails) | None => false,
    };
    let mut trial = Trial::default();
    let mut cases: Vec<(&str, Json)> = Vec::new();
    for (at, answer) in answers.answers.iter().enumerate() {
        match answer.function {
            Err(reason) => trial.fell.push((at, reason)),
            Ok(function) if !usable(function) => trial.fell.push((at, "does-not-load")),
            Ok(function) => {
                if !trial.functions.contains(&function) {
                    trial.functions.push(function);
                }
                for (input, expected) in &answer.cases {
                    match written(expected, profile) {
                        Some(expected) => cases.push((input, expected)),
                        None => trial.invalid += 1,
                    }
                }
            }
        }
    }
    let keys: Vec<(&str, &Json)> = cases.iter().map(|(input, expected)| (*input, expected)).collect();
    let first = distinct_cases(&keys, profile);
    let distinct = cases.iter().enumerate().filter(|(at, _)| first[*at] == *at);
    trial.cases = distinct.map(|(_, (input, expected))| ((*input).to_owned(), expected.clone())).collect();
    trial
}

/// What a case expects, as it is written out: a boolean, or for Python's `==` the raw output.
fn written(expected: &Json, profile: &Profile) -> Option<Json> {
    match profile.value_policy {
        ValuePolicy::Python => Some(expected.clone()),
        ValuePolicy::Normalised => expected_bool(expected, profile.value_policy).map(Json::Bool),
    }
}

/// What is kept, given `outcomes[function][case]` over the trial's functions and cases.
pub fn conclude(trial: &Trial, outcomes: &[Vec<&Outcome>], profile: &Profile) -> Conclusion {
    let input = Input {
        functions: vec![None; trial.functions.len()],
        cases: trial.cases.iter().map(|(_, expected)| CaseInput { expected, ruling: None, copied: false }).collect(),
        outcomes: outcomes.iter().map(|row| row.iter().map(|outcome| Some(*outcome)).collect()).collect(),
    };
    let judged = cross_validate(&input, profile);
    let functions = trial.functions.iter().zip(&judged.functions);
    let functions = functions.filter(|(_, found)| found.kept.is_ok());
    Conclusion {
        kept: judged.instruction,
        functions: functions.map(|(function, found)| (*function, found.accuracy.unwrap_or(0.0))).collect(),
        cases: (0..judged.cases.len()).filter(|case| judged.cases[*case].kept.is_ok()).collect(),
        judged,
    }
}

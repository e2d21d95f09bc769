//! A function with its cases, as a model answered (paper 3.2, "Automated quality cross verification").

mod lenient;
mod salvage;
mod strict;

use serde_json::{Map, Value};

use super::super::python;

/// How answers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As the released scripts: the first ```` ```json ```` block, strict JSON, else nothing.
    Strict,
    /// Whatever can be understood in one way only, with notes of what was repaired.
    Lenient,
}

/// What is noted as a repair where JSON stands in no fence.
pub const NO_FENCE: &str = "no fence";

/// What an answer holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedVerifier {
    /// The function's source, without white space around it.
    pub source: Option<String>,
    /// Cases in order: input, and the expected output as written.
    pub cases: Vec<(String, Value)>,
    /// Why there is no function: `refusal`, `bad-json`, `no-function`, `empty`, `cut-off`.
    pub problem: Option<&'static str>,
    /// What was repaired, in words.
    pub repairs: Vec<String>,
}

impl ParsedVerifier {
    fn without_function(problem: &'static str) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }
}

/// Reads an answer.
pub fn parse_verifier(text: &str, reading: Reading) -> ParsedVerifier {
    if text.trim().is_empty() {
        return ParsedVerifier::without_function("empty");
    }
    match reading {
        Reading::Strict => strict::parse(text),
        Reading::Lenient => lenient::parse(text),
    }
}

/// A source as it is stored; nothing where it holds nothing.
fn tidy(source: &str) -> Option<String> {
    let source = python::strip(source);
    (!source.is_empty()).then(|| source.to_owned())
}

/// The first of these keys that an object has, with the key.
fn first_of<'a>(map: &'a Map<String, Value>, keys: &[&'static str]) -> Option<(&'static str, &'a Value)> {
    keys.iter().find_map(|key| map.get(*key).map(|value| (*key, value)))
}

#[cfg(test)]
mod tests;

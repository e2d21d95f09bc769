//! What each template is given.

use serde::Serialize;

use crate::domain::{CallKind, Language};

use super::examples::{WorkedExample, examples_for};

/// Asked for new instructions (paper 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelfInstruct {
    /// Instructions shown as examples.
    pub seeds: Vec<String>,
    /// How many are asked for.
    pub count: u32,
    /// The language they are to be in, by its own name.
    pub language: &'static str,
}

impl SelfInstruct {
    /// A call that shows these seeds.
    pub const fn new(seeds: Vec<String>, count: u32, language: Language) -> Self {
        let language = match language {
            Language::English => "English",
            Language::Chinese => "中文",
        };
        Self { seeds, count, language }
    }
}

/// A worked example as it is shown: in the form that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The instruction.
    pub instruction: &'static str,
    /// The answer's JSON.
    pub answer: String,
}

impl From<&WorkedExample> for Example {
    fn from(example: &WorkedExample) -> Self {
        Self { instruction: example.instruction, answer: example.answer() }
    }
}

/// Asked for a function with three cases (paper 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verifiers {
    /// The instruction.
    pub instruction: String,
    /// Good answers to other instructions; they rotate by hash of the instruction, from sample to sample.
    pub examples: Vec<Example>,
}

impl Verifiers {
    /// The call for a sample of this instruction.
    pub fn new(instruction: &str, language: Language, sample: u32) -> Self {
        let examples = examples_for(language, instruction, sample).into_iter().map(Example::from).collect();
        Self { instruction: instruction.to_owned(), examples }
    }
}

/// Asked what a function demands (paper 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackTranslate {
    /// The function's source.
    pub source: String,
}

/// Asked how instruction and back-translation relate (paper 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entail {
    /// The instruction.
    pub premise: String,
    /// The back-translation.
    pub hypothesis: String,
}

/// Asked for a response (paper 3.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Respond {
    /// The instruction.
    pub instruction: String,
    /// The user's query.
    pub query: String,
    /// Both, as they stand in training data.
    pub prompt: String,
}

/// Asked for a judgement (paper 3.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// The instruction.
    pub instruction: String,
    /// The user's query.
    pub query: String,
    /// The response that is judged.
    pub response: String,
}

/// What a call's template may use.
pub const fn fields(call: CallKind) -> &'static str {
    match call {
        CallKind::SelfInstruct => "seeds, count, language",
        CallKind::Verifiers => "instruction, examples (each with instruction and answer)",
        CallKind::BackTranslate => "source",
        CallKind::Entail => "premise, hypothesis",
        CallKind::Respond => "prompt, instruction, query",
        CallKind::Score => "instruction, query, response",
    }
}

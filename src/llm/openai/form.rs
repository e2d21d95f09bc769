//! The forms in which servers are asked for an answer of a shape, from the strictest to none, and what is known of an
//! endpoint's taste.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::retry::Failure;
use crate::{
    config::Structured,
    llm::{Feature, Found, LlmError, Probe, Shape},
};

/// A form. The order is that of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `response_format` of type `json_schema`.
    JsonSchema,
    /// vLLM's `structured_outputs`.
    StructuredOutputs,
    /// llama.cpp's `response_format` of type `json_object` with a `schema`.
    Schema,
    /// llama.cpp's `grammar`.
    Grammar,
    /// `response_format` of type `json_object`.
    JsonObject,
    /// The prompt alone.
    Prompt,
}

impl Form {
    const LADDER: [Self; 5] =
        [Self::JsonSchema, Self::StructuredOutputs, Self::Schema, Self::Grammar, Self::JsonObject];

    /// The form's name in `assay.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JsonSchema => "json_schema",
            Self::StructuredOutputs => "structured_outputs",
            Self::Schema => "schema",
            Self::Grammar => "grammar",
            Self::JsonObject => "json_object",
            Self::Prompt => "prompt",
        }
    }

    /// The form that is asked for first, where some are known to be refused.
    pub fn first(structured: Structured, refused: &[Self]) -> Self {
        let left = Self::LADDER.into_iter().find(|form| !refused.contains(form)).unwrap_or(Self::Prompt);
        fixed(structured).unwrap_or(left)
    }

    const fn feature(self) -> Option<Feature> {
        match self {
            Self::JsonSchema => Some(Feature::JsonSchema),
            Self::StructuredOutputs => Some(Feature::StructuredOutputs),
            Self::Schema => Some(Feature::Schema),
            Self::Grammar => Some(Feature::Grammar),
            Self::JsonObject => Some(Feature::JsonObject),
            Self::Prompt => None,
        }
    }

    /// The field of a request's body and its JSON text; nothing for the prompt alone.
    pub fn field(self, shape: &Shape) -> Option<(&'static str, String)> {
        let (name, schema) = (shape.name, shape.schema);
        match self {
            Self::JsonSchema => {
                let named = format!(r#"{{"name":"{name}","strict":true,"schema":{schema}}}"#);
                Some(("response_format", format!(r#"{{"type":"json_schema","json_schema":{named}}}"#)))
            }
            Self::StructuredOutputs => Some(("structured_outputs", format!(r#"{{"json":{schema}}}"#))),
            Self::Schema => Some(("response_format", format!(r#"{{"type":"json_object","schema":{schema}}}"#))),
            Self::Grammar => Some(("grammar", serde_json::Value::from(shape.grammar).to_string())),
            Self::JsonObject => Some(("response_format", r#"{"type":"json_object"}"#.to_owned())),
            Self::Prompt => None,
        }
    }
}

/// The form that a person chose.
const fn fixed(structured: Structured) -> Option<Form> {
    match structured {
        Structured::Auto => None,
        Structured::Off => Some(Form::Prompt),
        Structured::JsonSchema => Some(Form::JsonSchema),
        Structured::StructuredOutputs => Some(Form::StructuredOutputs),
        Structured::Schema => Some(Form::Schema),
        Structured::Grammar => Some(Form::Grammar),
        Structured::JsonObject => Some(Form::JsonObject),
    }
}

/// How often a form must have been left unheeded before it is given up: one answer may be a slip.
const STRIKES: u32 = 2;

/// What is known of an endpoint.
#[derive(Debug)]
pub(super) struct Ladder {
    fixed: Option<Form>,
    rungs: Mutex<[Rung; 5]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Rung {
    refused: bool,
    unheeded: u32,
}

impl Ladder {
    /// Nothing is known yet.
    pub fn new(structured: Structured) -> Self {
        Self { fixed: fixed(structured), rungs: Mutex::default() }
    }

    fn rungs(&self) -> MutexGuard<'_, [Rung; 5]> {
        self.rungs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The best form for a shape, below one that this request was refused for.
    pub fn choose(&self, shape: &Shape, below: Option<Form>) -> Form {
        if let Some(fixed) = self.fixed {
            return fixed;
        }
        let rungs = self.rungs();
        let may = |form: &Form| {
            let fits = *form != Form::JsonObject || shape.prompt_says_json;
            fits && below.is_none_or(|below| *form > below) && !rungs[*form as usize].refused
        };
        Form::LADDER.into_iter().find(may).unwrap_or(Form::Prompt)
    }

    /// Whether a failure may come from the form, so that less is to be tried.
    pub fn may_blame(&self, form: Form, failure: &Failure) -> bool {
        if self.fixed.is_some() || form == Form::Prompt {
            return false;
        }
        let LlmError::Status { status, message, .. } = &failure.error else { return false };
        let message = message.to_lowercase();
        let speaks = |words: &[&str]| words.iter().any(|word| message.contains(word));
        match status {
            400 | 422 => !speaks(&[
                "context",
                "too long",
                "stream_options",
                "max_completion_tokens",
                "logprobs",
                "content policy",
            ]),
            500 | 501 => speaks(&["schema", "grammar", "response_format", "structured", "guided", "sampler", "json"]),
            _ => false,
        }
    }

    /// A form is taken no longer; tells whether that is news.
    pub fn refuse(&self, form: Form) -> bool {
        match self.rungs().get_mut(form as usize) {
            Some(rung) => !std::mem::replace(&mut rung.refused, true),
            None => false,
        }
    }

    /// An answer came that was asked for in a form; tells whether the form is given up because it is not heeded.
    pub fn heeded(&self, form: Form, is_json: bool) -> bool {
        let given_up = match self.rungs().get_mut(form as usize) {
            None => return false,
            Some(rung) if is_json => {
                rung.unheeded = 0;
                false
            }
            Some(rung) => {
                rung.unheeded += 1;
                rung.unheeded >= STRIKES
            }
        };
        given_up && self.fixed.is_none() && self.refuse(form)
    }

    /// The forms that are not taken.
    pub fn refused(&self) -> Vec<Form> {
        let rungs = self.rungs();
        Form::LADDER.into_iter().filter(|form| rungs[*form as usize].refused).collect()
    }

    /// Takes over what an earlier run found out.
    pub fn remember(&self, refused: &[Form]) {
        for form in refused {
            self.refuse(*form);
        }
    }

    /// Takes over what trying showed: it outweighs what was known.
    pub fn learn(&self, probe: &Probe) {
        let mut rungs = self.rungs();
        for form in Form::LADDER {
            match form.feature().map(|feature| probe.found(feature)) {
                Some(Found::Yes) => rungs[form as usize] = Rung::default(),
                Some(Found::No) => rungs[form as usize].refused = true,
                Some(Found::Unknown) | None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::llm::openai::retry::Again;

    const SHAPE: Shape =
        Shape { name: "x", schema: r#"{"type":"object"}"#, grammar: "root ::= \"{}\"", prompt_says_json: true };

    fn refusal(status: u16, message: &str) -> Failure {
        let error = LlmError::Status { endpoint: "e".into(), status, message: message.into() };
        Failure { error, again: Again::Never }
    }

    #[test]
    fn the_ladder_goes_down_and_ends_at_the_prompt() {
        let ladder = Ladder::new(Structured::Auto);
        let mut seen = vec![ladder.choose(&SHAPE, None)];
        while let Some(form) = seen.last().copied().filter(|form| *form != Form::Prompt) {
            assert!(ladder.refuse(form) && !ladder.refuse(form));
            seen.push(ladder.choose(&SHAPE, None));
        }
        assert_eq!(seen.len(), 6);
        assert_eq!(ladder.refused(), Form::LADDER);
        let fresh = Ladder::new(Structured::Auto);
        assert_eq!(fresh.choose(&SHAPE, Some(Form::Schema)), Form::Grammar);
        let wordless = Shape { prompt_says_json: false, ..SHAPE };
        assert_eq!(fresh.choose(&wordless, Some(Form::Grammar)), Form::Prompt);
    }

    #[test]
    fn what_a_person_chose_stays() {
        let ladder = Ladder::new(Structured::Grammar);
        ladder.refuse(Form::Grammar);
        assert_eq!(ladder.choose(&SHAPE, None), Form::Grammar);
        assert!(!ladder.may_blame(Form::Grammar, &refusal(400, "no grammar")));
    }

    #[test]
    fn forms_that_nobody_heeds_are_given_up() {
        let ladder = Ladder::new(Structured::Auto);
        assert!(!ladder.heeded(Form::JsonSchema, false));
        assert!(!ladder.heeded(Form::JsonSchema, true), "a slip");
        assert!(!ladder.heeded(Form::JsonSchema, false));
        assert!(ladder.heeded(Form::JsonSchema, false));
        assert_eq!(ladder.choose(&SHAPE, None), Form::StructuredOutputs);
    }

    #[test]
    fn refusals_that_may_be_the_forms_fault() {
        let ladder = Ladder::new(Structured::Auto);
        assert!(ladder.may_blame(Form::JsonSchema, &refusal(400, "Failed to initialize samplers")));
        assert!(ladder.may_blame(Form::JsonSchema, &refusal(500, "no json_schema here")));
        assert!(!ladder.may_blame(Form::JsonSchema, &refusal(500, "out of memory")));
        assert!(!ladder.may_blame(Form::JsonSchema, &refusal(400, "the context is exceeded")));
        assert!(!ladder.may_blame(Form::Prompt, &refusal(400, "bad")));
    }

    #[test]
    fn every_form_is_json() {
        for form in Form::LADDER {
            let (field, text) = form.field(&SHAPE).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            assert!(!field.is_empty() && !value.is_null(), "{form:?}");
            assert_eq!(serde_json::to_value(form).unwrap(), form.name());
        }
    }
}

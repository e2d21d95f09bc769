//! The JSON of an answer: chunks of a stream, or one whole completion, as leniently as servers demand.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::{Finish, Usage};

/// A chunk, or a whole completion.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Chunk {
    #[serde(default, deserialize_with = "or_default")]
    pub choices: Vec<Choice>,
    #[serde(default)]
    pub usage: Option<WireUsage>,
    #[serde(default)]
    pub model: Option<String>,
    #[serde(default)]
    pub error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Choice {
    /// Which of the choices that were asked for; where it is missing, they are in order.
    #[serde(default)]
    pub index: Option<u32>,
    #[serde(default)]
    pub finish_reason: Option<String>,
    /// In a stream.
    #[serde(default)]
    pub delta: Option<Said>,
    /// In a whole completion.
    #[serde(default)]
    pub message: Option<Said>,
    /// Where they were asked for.
    #[serde(default, deserialize_with = "if_readable")]
    pub logprobs: Option<Logprobs>,
}

/// Log-probabilities of the answer's tokens.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Logprobs {
    #[serde(default, deserialize_with = "or_default")]
    pub content: Vec<Token>,
}

/// A token with those that could have stood in its place.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Token {
    pub token: String,
    #[serde(default = "never")]
    pub logprob: f64,
    #[serde(default, deserialize_with = "or_default")]
    pub top_logprobs: Vec<Token>,
}

const fn never() -> f64 {
    f64::NEG_INFINITY
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    pub content: Option<Text>,
    #[serde(default)]
    pub reasoning: Option<Text>,
    #[serde(default)]
    pub reasoning_content: Option<Text>,
    /// What some servers send in place of content when the model declines.
    #[serde(default)]
    pub refusal: Option<String>,
}

/// Text, plain or in parts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Text {
    Plain(String),
    Parts(Vec<Part>),
    /// Anything else is no text.
    Other(serde::de::IgnoredAny),
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    thinking: Option<Box<Text>>,
}

impl Text {
    /// Adds the text to `answer`, and parts that are thinking to `reasoning`.
    pub fn append(&self, answer: &mut String, reasoning: &mut String) {
        match self {
            Self::Plain(text) => answer.push_str(text),
            Self::Parts(parts) => {
                for part in parts {
                    if let Some(thought) = &part.thinking {
                        let mut inner = String::new();
                        thought.append(reasoning, &mut inner);
                        reasoning.push_str(&inner);
                    }
                    answer.push_str(part.text.as_deref().unwrap_or_default());
                }
            }
            Self::Other(_) => {}
        }
    }
}

/// Token counts; servers leave out what they do not know.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct WireUsage {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<Details>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Option<u64>,
}

impl WireUsage {
    /// As the program counts, where there is anything to count.
    pub fn usage(&self) -> Option<Usage> {
        if self.prompt_tokens.is_none() && self.completion_tokens.is_none() {
            return None;
        }
        Some(Usage {
            prompt_tokens: self.prompt_tokens.unwrap_or_default(),
            cached_tokens: self.prompt_tokens_details.as_ref().and_then(|d| d.cached_tokens).unwrap_or_default(),
            completion_tokens: self.completion_tokens.unwrap_or_default(),
        })
    }
}

/// The reason as the program knows it.
pub(super) fn finish(reason: &str) -> Finish {
    match reason {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "STOP" => Finish::Stop,
        "length" | "max_tokens" | "model_length" | "MAX_TOKENS" => Finish::Length,
        "content_filter" | "SAFETY" => Finish::ContentFilter,
        _ => Finish::Other,
    }
}

fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// What is not of the expected shape is as if it were not there: nothing of the answer depends on it.
fn if_readable<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    let value = Option::<Value>::deserialize(from)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

//! Model calls and their completions.

use serde::{Deserialize, Serialize};

use super::digest::Digest;

/// The model calls of the method. Each has its endpoint, model, sampling values, K and template in `assay.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// Writes instructions.
    SelfInstruct,
    /// Writes a function and its cases.
    Verifiers,
    /// Turns a function back into an instruction.
    BackTranslate,
    /// Labels the entailment between instruction and back-translation.
    Entail,
    /// Answers a task.
    Respond,
    /// Rates an answer.
    Score,
}

impl CallKind {
    /// All kinds, in the order of the pipeline.
    pub const ALL: [Self; 6] =
        [Self::SelfInstruct, Self::Verifiers, Self::BackTranslate, Self::Entail, Self::Respond, Self::Score];

    /// The name in `assay.toml`, tapes and templates.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfInstruct => "self_instruct",
            Self::Verifiers => "verifiers",
            Self::BackTranslate => "back_translate",
            Self::Entail => "entail",
            Self::Respond => "respond",
            Self::Score => "score",
        }
    }

    /// The kind with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It was done.
    Stop,
    /// The token limit.
    Length,
    /// The provider's filter.
    ContentFilter,
    /// Something else, or the server did not say.
    Other,
}

/// Token counts as the server reported them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// Of those, tokens served from the provider's cache.
    #[serde(default)]
    pub cached_tokens: u64,
    /// Tokens of the completion, reasoning included.
    pub completion_tokens: u64,
}

impl Usage {
    /// Whether nothing was used.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(other.completion_tokens);
    }
}

/// How probable each of a few words was where an answer said one of them, by the server's log-probabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chances {
    /// Which of the words the answer said.
    pub said: u32,
    /// Probabilities in the order of the words; they add up to 1. A word that the server did not list has 0.
    pub of: Vec<f64>,
}

/// One of several choices of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    /// How many choices were asked for (`n`).
    pub n: u32,
    /// Which of them it is, from 0.
    pub choice: u32,
    /// The seed that was sent, which is the request's and not the sample's.
    pub seed: Option<u64>,
}

/// How a completion came about, beside what its row says: provenance, no part of its identity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// The form of structured output in which the answer was asked for (`prompt`: by the prompt alone); nothing where
    /// it was to have no shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// How probable the words were that it could choose from, where the server told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chances: Option<Chances>,
    /// Where it was one of several choices of one request: which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
    /// What the attempts before it died of, in order. Holds servers' words: escape before drawing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<String>,
    /// Tokens of those attempts, where the server told; counted for the project, not for this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Usage>,
}

impl Provenance {
    /// Whether there is anything to keep.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A completion to be stored: the raw answer and how it came about. Wire details are provenance, not identity.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCompletion {
    /// Which call.
    pub call: CallKind,
    /// The model's answer as it came, reasoning split off.
    pub content: String,
    /// Reasoning text, never parsed as the answer.
    pub reasoning: Option<String>,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens, where the server told.
    pub usage: Option<Usage>,
    /// The rendered prompt.
    pub prompt: String,
    /// The endpoint's name in `assay.toml`.
    pub endpoint: String,
    /// The model's name.
    pub model: String,
    /// Milliseconds until the first token.
    pub first_ms: u64,
    /// Milliseconds in all.
    pub total_ms: u64,
    /// How many attempts it took, the successful one included.
    pub attempts: u32,
    /// Cost in the price table's currency, where there is one.
    pub cost: Option<f64>,
    /// What else is known of how it came about.
    pub provenance: Provenance,
}

/// What is remembered of a stored completion without its texts.
#[derive(Clone, Debug, PartialEq)]
pub struct CompletionMeta {
    /// Row in the store.
    pub row: i64,
    /// Which call.
    pub call: CallKind,
    /// Sample index within its slot.
    pub sample: u32,
    /// The how-manieth completion of this slot and sample it is, from 0 (the take a tape is asked for).
    pub nth: u32,
    /// Digest of everything that made it.
    pub key: Digest,
    /// Endpoint's name.
    pub endpoint: String,
    /// Model's name.
    pub model: String,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens.
    pub usage: Option<Usage>,
    /// Milliseconds in all.
    pub total_ms: u64,
}

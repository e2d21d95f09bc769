//! What an endpoint can do, as found by trying. Shown by `assay doctor`, remembered with the project.

use serde::{Deserialize, Serialize};

/// Something an endpoint may be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// It answers at all.
    Reachable,
    /// It knows the model.
    Model,
    /// It tells how many tokens fit.
    Context,
    /// It completes a prompt.
    Completes,
    /// The answer comes piece by piece.
    Streaming,
    /// A stream tells its tokens.
    Usage,
    /// Several answers to one request (`n`).
    Samples,
    /// The same seed gives the same answer.
    Seed,
    /// Structured output as `response_format` of type `json_schema`.
    JsonSchema,
    /// Structured output as vLLM's `structured_outputs`.
    StructuredOutputs,
    /// Structured output as llama.cpp's `json_object` with a `schema`.
    Schema,
    /// Structured output as llama.cpp's `grammar`.
    Grammar,
    /// Structured output as `response_format` of type `json_object`.
    JsonObject,
    /// Log-probabilities of tokens, and of those that could have stood in their place.
    Logprobs,
    /// Recorded answers.
    Tape,
}

impl Feature {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Model => "model",
            Self::Context => "context length",
            Self::Completes => "completes",
            Self::Streaming => "streaming",
            Self::Usage => "usage in stream",
            Self::Samples => "several samples (n)",
            Self::Seed => "seed",
            Self::JsonSchema => "json_schema",
            Self::StructuredOutputs => "structured_outputs",
            Self::Schema => "json_object with schema",
            Self::Grammar => "grammar",
            Self::JsonObject => "json_object",
            Self::Logprobs => "logprobs",
            Self::Tape => "tape",
        }
    }
}

/// Whether it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// It was seen to.
    Yes,
    /// It was seen not to.
    No,
    /// It could not be told.
    Unknown,
}

/// One thing that was found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub feature: Feature,
    /// Whether.
    pub found: Found,
    /// What was seen, for people. May hold a server's words: escape before drawing.
    pub detail: String,
}

/// What was found out about an endpoint, in the order of the trials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The endpoint's name.
    pub endpoint: String,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The models that it offers.
    pub models: Vec<String>,
    /// How many tokens fit, prompt and answer together.
    pub context: Option<u64>,
}

impl Probe {
    /// A probe that has found nothing yet.
    pub fn new(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), ..Self::default() }
    }

    /// Adds a finding.
    pub fn add(&mut self, feature: Feature, found: Found, detail: impl Into<String>) {
        self.findings.push(Finding { feature, found, detail: detail.into() });
    }

    /// What was found about a feature; [`Found::Unknown`] where it was not tried.
    pub fn found(&self, feature: Feature) -> Found {
        self.findings.iter().find(|finding| finding.feature == feature).map_or(Found::Unknown, |finding| finding.found)
    }

    /// Whether work can be done with it.
    pub fn is_usable(&self) -> bool {
        self.found(Feature::Completes) == Found::Yes || self.found(Feature::Tape) == Found::Yes
    }
}

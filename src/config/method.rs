//! Options of the method that are no counts: what novelty compares, how a prompt is worded, who labels.

use serde::{Deserialize, Serialize};

/// What numbers are to novelty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Numbers {
    /// Texts that differ in their numbers alone are both new: "under 20 words" and "under 30 words" need different
    /// functions.
    #[default]
    Distinct,
    /// Words like others.
    Plain,
    /// All the same, so that such texts are duplicates.
    Masked,
}

/// Words and phrases that name what no function can check, by the candidate's language. `default` stands for the
/// built-in list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotCheckable {
    /// English: whole words, in any case.
    pub en: Vec<String>,
    /// Chinese: wherever the characters stand.
    pub zh: Vec<String>,
}

impl Default for NotCheckable {
    fn default() -> Self {
        Self { en: vec!["default".to_owned()], zh: vec!["default".to_owned()] }
    }
}

/// What comes first in a prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromptOrder {
    /// The instruction, as in the paper's table 6 and its DPO samples.
    #[default]
    InstructionFirst,
    /// The query, as in the released SFT script.
    QueryFirst,
    /// One of several templates, drawn by the project's seed for every task.
    Templates,
}

/// How instruction and query make one prompt: one option for SFT rows, pairs and the responses themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromptConfig {
    /// What comes first.
    pub order: PromptOrder,
    /// `templates`: texts with `{instruction}` and `{query}`; none means the built-in ones of the language.
    pub templates: Vec<String>,
    /// Whether models are asked in the same words, so that a response is trained under the prompt that it was sampled
    /// for. Otherwise they are asked with the instruction first, and only the rows change.
    pub respond: bool,
}

impl Default for PromptConfig {
    fn default() -> Self {
        Self { order: PromptOrder::InstructionFirst, templates: Vec::new(), respond: true }
    }
}

/// Who labels a back-translation against its instruction (paper 3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Labeller {
    /// The endpoint of `calls.entail`: a three-way label asked for in words, with probabilities where a server gives
    /// those of its tokens.
    #[default]
    Model,
    /// A sequence classifier on this machine, as in the paper; needs a build with the feature `nli-local`.
    Local,
    /// Nobody: no label drops anything.
    Off,
}

/// How back-translations are labelled. What a label does is the profile's rule `consistency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsistencyConfig {
    /// Who labels.
    pub by: Labeller,
    /// `local`: a folder with `config.json`, `tokenizer.json` and weights, relative to the project, or a name on the
    /// Hugging Face hub.
    pub model: Option<String>,
    /// `local`: the hub's revision.
    pub revision: String,
    /// `local`: pairs in one forward pass.
    pub batch: u32,
    /// `local`: most tokens of a pair, markers included; longer ones are cut as the tokenizer cuts.
    pub max_tokens: u32,
    /// `local`: threads that compute; 0 means one per core.
    pub threads: u32,
}

impl Default for ConsistencyConfig {
    fn default() -> Self {
        Self { by: Labeller::Model, model: None, revision: "main".to_owned(), batch: 16, max_tokens: 256, threads: 0 }
    }
}

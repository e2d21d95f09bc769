//! The shape of `assay.toml`. Every field has a default, unknown ones are errors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::CallKind;

use super::method::{ConsistencyConfig, NotCheckable, Numbers, PromptConfig};

/// The project seed where `assay.toml` names none (the number of the paper).
pub const DEFAULT_SEED: u64 = 13542;

/// A whole `assay.toml`. The `[rules]` table is read by the profile's own type and kept as text here, as profiles
/// live one floor up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `paper`, `released` or `recommended`.
    pub profile: String,
    /// Seeds every draw: pairing, self-instruct subsets, pair choice.
    pub seed: u64,
    /// Who decisions are signed by; the login name where it is not set.
    pub author: Option<String>,
    /// Endpoints by name.
    pub endpoints: BTreeMap<String, EndpointConfig>,
    /// What may be used in all.
    pub budget: BudgetConfig,
    /// Model calls by name.
    pub calls: Calls,
    /// Counts and limits of the stages.
    pub pipeline: PipelineConfig,
    /// How instruction and query make one prompt.
    pub prompt: PromptConfig,
    /// Who labels back-translations.
    pub consistency: ConsistencyConfig,
    /// Limits of one check.
    pub sandbox: SandboxConfig,
    /// Changes to the profile's values.
    pub rules: toml::Table,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: "recommended".to_owned(),
            seed: DEFAULT_SEED,
            author: None,
            endpoints: BTreeMap::new(),
            budget: BudgetConfig::default(),
            calls: Calls::default(),
            pipeline: PipelineConfig::default(),
            prompt: PromptConfig::default(),
            consistency: ConsistencyConfig::default(),
            sandbox: SandboxConfig::default(),
            rules: toml::Table::new(),
        }
    }
}

/// The six model calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// Writes instructions.
    pub self_instruct: CallConfig,
    /// Writes functions with cases.
    pub verifiers: CallConfig,
    /// Turns functions back into instructions.
    pub back_translate: CallConfig,
    /// Labels entailment.
    pub entail: CallConfig,
    /// Answers tasks.
    pub respond: CallConfig,
    /// Rates answers.
    pub score: CallConfig,
}

impl Calls {
    /// The configuration of a call.
    pub const fn get(&self, call: CallKind) -> &CallConfig {
        match call {
            CallKind::SelfInstruct => &self.self_instruct,
            CallKind::Verifiers => &self.verifiers,
            CallKind::BackTranslate => &self.back_translate,
            CallKind::Entail => &self.entail,
            CallKind::Respond => &self.respond,
            CallKind::Score => &self.score,
        }
    }
}

impl Default for Calls {
    fn default() -> Self {
        let call =
            |temperature, max_tokens, samples| CallConfig { temperature, max_tokens, samples, ..CallConfig::default() };
        Self {
            self_instruct: call(0.9, 2048, 4),
            verifiers: call(0.8, 1536, 8),
            back_translate: call(0.2, 256, 1),
            entail: call(0.0, 256, 1),
            respond: call(0.8, 1024, 8),
            score: call(0.0, 512, 1),
        }
    }
}

/// One model call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallConfig {
    /// The endpoint's name; where it is not set and there is one endpoint, that one.
    pub endpoint: Option<String>,
    /// The model's name as the server knows it; where it is not set, the endpoint's.
    pub model: Option<String>,
    /// Sampling temperature, sent always.
    pub temperature: f64,
    /// Nucleus sampling, sent always.
    pub top_p: f64,
    /// Most tokens of an answer.
    pub max_tokens: u32,
    /// K: calls of self-instruct, samples of verifiers and responses, judges of scores; 1 for the others.
    pub samples: u32,
    /// A template of the project's `templates/` folder in place of the built-in one of the call's name.
    pub template: Option<String>,
}

impl Default for CallConfig {
    fn default() -> Self {
        Self { endpoint: None, model: None, temperature: 0.7, top_p: 1.0, max_tokens: 1024, samples: 1, template: None }
    }
}

/// What answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointKind {
    /// A server that speaks OpenAI's chat completions.
    #[default]
    Openai,
    /// Recorded completions.
    Tape,
}

/// How an answer that has a shape is asked for. It is no part of an answer's identity: a server that learns a form
/// makes nothing stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Structured {
    /// The best form that the server is known to take; less, step by step, where it refuses.
    #[default]
    Auto,
    /// The prompt asks for it, nothing else.
    Off,
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
}

/// Whether several answers to one prompt are asked for by one request (`n`). It is no part of an answer's identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Several {
    /// Where `assay doctor` saw that the server gives them.
    #[default]
    Auto,
    /// Never: each by a request of its own.
    Off,
}

/// Prices per million tokens, in whatever currency the budget is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens that the server had in its cache; as `input` where it is not set.
    pub cached_input: Option<f64>,
    /// Tokens of answers, reasoning included.
    pub output: f64,
}

/// What a project may use, over all its runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetConfig {
    /// Tokens, prompts and answers together.
    pub tokens: Option<u64>,
    /// Money, in the currency of the prices.
    pub money: Option<f64>,
}

/// One endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EndpointConfig {
    /// What answers.
    pub kind: EndpointKind,
    /// `openai`: base URL up to and including `/v1`; several, with commas or white space between them, are replicas.
    pub base_url: Option<String>,
    /// `openai`: further replicas: servers of the same models, each request goes to the one with least to do.
    pub base_urls: Vec<String>,
    /// `openai`: the environment variable that holds the key. The key itself is never written down.
    pub key_env: Option<String>,
    /// `openai`: a program and its arguments (no shell) that prints the key. Run when the first request needs it.
    pub key_command: Vec<String>,
    /// The model used where a call names none.
    pub model: Option<String>,
    /// Requests in flight at most.
    pub concurrency: u32,
    /// `openai`: requests started in any minute at most.
    pub requests_per_minute: Option<u32>,
    /// `openai`: tokens in any minute at most, prompt and answer; an answer counts with its `max_tokens` until it ends.
    pub tokens_per_minute: Option<u64>,
    /// What tokens cost.
    pub prices: Option<Prices>,
    /// `openai`: the form in which answers of a shape (verifiers, labels, scores) are asked for.
    pub structured: Structured,
    /// `openai`: whether several answers to one prompt are asked for by one request.
    pub n: Several,
    /// `openai`: a proxy in place of those that the environment names; without user and password.
    pub proxy: Option<String>,
    /// `openai`: certificates (PEM) that are trusted beside the system's, relative to the project.
    pub ca_file: Option<String>,
    /// Attempts in all for one request.
    pub attempts: u32,
    /// Timeouts.
    pub timeouts: TimeoutConfig,
    /// `openai`: further fields of every request body.
    pub extra_body: toml::Table,
    /// `openai`: further headers.
    pub headers: BTreeMap<String, String>,
    /// `tape`: the file, relative to the project, or `bundled:demo`.
    pub path: Option<String>,
    /// `tape`: replay speed; 1 as recorded, 0 as fast as possible.
    pub speed: f64,
    /// `openai`: append every completion to this tape, relative to the project.
    pub record: Option<String>,
}

impl EndpointConfig {
    /// All addresses, in the order in which they are named.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        let first = self.base_url.iter().flat_map(|urls| urls.split(|c: char| c.is_whitespace() || c == ','));
        first.chain(self.base_urls.iter().map(String::as_str)).map(str::trim).filter(|url| !url.is_empty())
    }
}

impl Default for EndpointConfig {
    fn default() -> Self {
        Self {
            kind: EndpointKind::Openai,
            base_url: None,
            base_urls: Vec::new(),
            key_env: None,
            key_command: Vec::new(),
            model: None,
            concurrency: 8,
            requests_per_minute: None,
            tokens_per_minute: None,
            prices: None,
            structured: Structured::Auto,
            n: Several::Auto,
            proxy: None,
            ca_file: None,
            attempts: 5,
            timeouts: TimeoutConfig::default(),
            extra_body: toml::Table::new(),
            headers: BTreeMap::new(),
            path: None,
            speed: 1.0,
            record: None,
        }
    }
}

/// Seconds to wait for a server.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeoutConfig {
    /// For the connection.
    pub connect_s: f64,
    /// For the first token.
    pub first_token_s: f64,
    /// Between tokens.
    pub idle_s: f64,
    /// For everything.
    pub total_s: f64,
}

impl Default for TimeoutConfig {
    fn default() -> Self {
        Self { connect_s: 10.0, first_token_s: 120.0, idle_s: 60.0, total_s: 600.0 }
    }
}

/// Counts and limits of the stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PipelineConfig {
    /// Instructions asked for in one self-instruct call.
    pub instructions_per_call: u32,
    /// Seeds shown in one.
    pub seeds_per_call: u32,
    /// A candidate whose ROUGE-L against an earlier one is above this is a duplicate (0 to 1).
    pub novelty: f64,
    /// What numbers are to that comparison.
    pub numbers: Numbers,
    /// Longest instruction, in characters.
    pub max_instruction_chars: u32,
    /// What makes a candidate one that no function can check.
    pub not_checkable: NotCheckable,
    /// Queries paired with an instruction.
    pub queries_per_instruction: u32,
    /// Shortest and longest query that is paired, in characters, both included.
    pub query_chars: [u32; 2],
    /// Whether a query of every topic is paired before a second of any.
    pub spread_topics: bool,
    /// Whether self-instruct runs at all; off works on the seeds alone.
    pub self_instruct: bool,
}

impl Default for PipelineConfig {
    fn default() -> Self {
        Self {
            instructions_per_call: 20,
            seeds_per_call: 8,
            novelty: 0.7,
            numbers: Numbers::Distinct,
            max_instruction_chars: 300,
            not_checkable: NotCheckable::default(),
            queries_per_instruction: 16,
            query_chars: [10, 300],
            spread_topics: true,
            self_instruct: true,
        }
    }
}

/// Limits of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxConfig {
    /// CPU time, in milliseconds.
    pub timeout_ms: u64,
    /// Memory, in MiB.
    pub memory_mib: u32,
    /// Worker threads; 0 means one per core.
    pub workers: u32,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self { timeout_ms: 2000, memory_mib: 256, workers: 0 }
    }
}

//! The body of a request, and what was learnt about a server's taste in bodies.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};

use super::form::Form;
use crate::llm::Request;

/// Fields that have their own place in `assay.toml` or are not the user's to set.
const RESERVED: [&str; 8] =
    ["model", "messages", "stream", "temperature", "top_p", "max_tokens", "max_completion_tokens", "n"];

/// How many tokens beside the said one are asked for: enough for three words in their spellings, and within what
/// servers allow (20, where they set a limit).
const TOP: u32 = 10;

/// A deviation of a server that is found by its refusal and remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quirk {
    /// It refuses `stream_options`.
    NoStreamOptions,
    /// It wants `max_completion_tokens` in place of `max_tokens`.
    MaxCompletionTokens,
    /// It refuses `logprobs`.
    NoLogprobs,
}

/// The deviations found so far.
#[derive(Debug, Default)]
pub(super) struct Quirks {
    no_stream_options: AtomicBool,
    max_completion_tokens: AtomicBool,
    no_logprobs: AtomicBool,
}

impl Quirks {
    const fn flag(&self, quirk: Quirk) -> &AtomicBool {
        match quirk {
            Quirk::NoStreamOptions => &self.no_stream_options,
            Quirk::MaxCompletionTokens => &self.max_completion_tokens,
            Quirk::NoLogprobs => &self.no_logprobs,
        }
    }

    /// Whether the server has it.
    pub fn has(&self, quirk: Quirk) -> bool {
        self.flag(quirk).load(Ordering::Relaxed)
    }

    /// The deviations as they are now, before other requests find more.
    pub fn snapshot(&self) -> Self {
        let copy = |quirk| AtomicBool::new(self.has(quirk));
        Self {
            no_stream_options: copy(Quirk::NoStreamOptions),
            max_completion_tokens: copy(Quirk::MaxCompletionTokens),
            no_logprobs: copy(Quirk::NoLogprobs),
        }
    }

    /// Remembers it.
    pub fn learn(&self, quirk: Quirk) {
        self.set(quirk, true);
    }

    /// Remembers whether the server has it.
    pub fn set(&self, quirk: Quirk, has: bool) {
        self.flag(quirk).store(has, Ordering::Relaxed);
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Said<'a>>,
    temperature: f64,
    top_p: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    /// The form of a structured answer: one field whose text keeps its order.
    #[serde(flatten)]
    form: BTreeMap<&'static str, Box<RawValue>>,
    #[serde(flatten)]
    extra: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct Said<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// The body for a request of `n` choices. Temperature and `top_p` are always in it: servers differ in their defaults.
pub(super) fn build(
    request: &Request,
    (seed, n): (Option<u64>, usize),
    extra: &Map<String, Value>,
    quirks: &Quirks,
    form: Form,
) -> serde_json::Result<Vec<u8>> {
    let (old_limit, new_limit) = if quirks.has(Quirk::MaxCompletionTokens) {
        (None, Some(request.max_tokens))
    } else {
        (Some(request.max_tokens), None)
    };
    let tells = asks_chances(request, extra, quirks);
    let usage = !quirks.has(Quirk::NoStreamOptions) && !extra.contains_key("stream_options");
    let field = request.shape.and_then(|shape| form.field(shape)).filter(|(name, _)| !extra.contains_key(*name));
    let mut form = BTreeMap::new();
    if let Some((name, text)) = field {
        form.insert(name, RawValue::from_string(text)?);
    }
    serde_json::to_vec(&Body {
        model: &request.model,
        messages: request.messages.iter().map(|m| Said { role: m.role.name(), content: &m.content }).collect(),
        temperature: request.temperature,
        top_p: request.top_p,
        max_tokens: old_limit,
        max_completion_tokens: new_limit,
        seed: seed.filter(|_| !extra.contains_key("seed")),
        n: (n > 1).then_some(n),
        logprobs: tells.then_some(true),
        top_logprobs: tells.then_some(TOP),
        stream: true,
        stream_options: usage.then_some(StreamOptions { include_usage: true }),
        form,
        extra,
    })
}

/// The seed as it is sent: one of the user's stands in its place.
pub(super) fn sent_seed(seed: Option<u64>, extra: &Map<String, Value>) -> Option<u64> {
    match extra.get("seed") {
        Some(own) => own.as_u64(),
        None => seed,
    }
}

/// Whether two requests differ in their seed alone, so that one can be made of them.
pub(super) fn is_same_prompt(one: &Request, other: &Request) -> bool {
    let of = |request: &Request| {
        (request.call, request.max_tokens, request.temperature.to_bits(), request.top_p.to_bits(), request.choices)
    };
    of(one) == of(other)
        && one.model == other.model
        && one.shape.map(|shape| shape.name) == other.shape.map(|shape| shape.name)
        && one.messages == other.messages
}

/// Whether a request asks how probable its choices are.
pub(super) fn asks_chances(request: &Request, extra: &Map<String, Value>, quirks: &Quirks) -> bool {
    !request.choices.is_empty() && !quirks.has(Quirk::NoLogprobs) && !extra.contains_key("logprobs")
}

/// `extra_body` as JSON; an error names a key that has its place elsewhere.
pub(super) fn extra(table: &toml::Table) -> Result<Map<String, Value>, String> {
    if let Some(key) = RESERVED.into_iter().find(|key| table.contains_key(*key)) {
        return Err(format!(
            "extra_body may not set `{key}`: sampling values belong under [calls.*], the rest is set by the program"
        ));
    }
    Ok(table.iter().map(|(key, value)| (key.clone(), json(value))).collect())
}

fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text.as_str()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(flag) => Value::from(*flag),
        toml::Value::Datetime(time) => Value::from(time.to_string()),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{CallKind, SlotKey},
        llm::{Message, Role},
    };

    fn built(extra_body: &str, quirks: &Quirks) -> Value {
        let request = Request {
            call: CallKind::Respond,
            slot: SlotKey::call(0),
            sample: 0,
            nth: 0,
            messages: vec![Message { role: Role::User, content: "hi".to_owned() }],
            model: "m".to_owned(),
            temperature: 0.0,
            top_p: 1.0,
            max_tokens: 7,
            shape: None,
            choices: &[],
            seed: Some(3),
            together: 1,
        };
        let extra = extra(&extra_body.parse().unwrap()).unwrap();
        serde_json::from_slice(&build(&request, (request.seed, 1), &extra, quirks, Form::Prompt).unwrap()).unwrap()
    }

    #[test]
    fn sampling_is_explicit_and_extra_is_merged() {
        let body = built("top_k = 5\n[chat_template_kwargs]\nenable_thinking = false", &Quirks::default());
        assert_eq!(body["temperature"], 0.0);
        assert_eq!(body["top_p"], 1.0);
        assert_eq!(body["max_tokens"], 7);
        assert_eq!(body["stream_options"]["include_usage"], true);
        assert_eq!(body["top_k"], 5);
        assert_eq!(body["chat_template_kwargs"]["enable_thinking"], false);
        assert_eq!(body["seed"], 3);
    }

    #[test]
    fn quirks_change_the_body() {
        let quirks = Quirks::default();
        quirks.learn(Quirk::NoStreamOptions);
        quirks.learn(Quirk::MaxCompletionTokens);
        let body = built("seed = 9", &quirks);
        assert!(body.get("stream_options").is_none() && body.get("max_tokens").is_none());
        assert_eq!(body["max_completion_tokens"], 7);
        assert_eq!(body["seed"], 9);
    }

    #[test]
    fn reserved_fields_are_refused() {
        assert!(extra(&"temperature = 1.0".parse().unwrap()).unwrap_err().contains("temperature"));
    }
}

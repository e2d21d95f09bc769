//! Finds out what a server can do by a dozen short requests.

use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::{
    Client,
    body::Quirk,
    exchange::{Replies, Reply},
    form::Form,
    refusal::{self, Words},
    retry::Standing,
    wire::Wire,
};
use crate::{
    domain::{CallKind, SlotKey},
    llm::{Fault, Feature, Found, LlmError, Message, Probe, Request, Role, Tail, Wait},
};

/// The most bytes of an answer to a trial.
const LARGEST: usize = 8 << 20;

/// Tokens of a trial's answer: enough for the small object that structured output is tried with.
const TOKENS: u32 = 32;

/// Structured output in the forms that servers know; each asks for one of two colours.
fn forms() -> [(Feature, Value); 5] {
    let schema = json!({"type": "object", "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
        "required": ["colour"], "additionalProperties": false});
    let named = json!({"name": "colour", "strict": true, "schema": schema});
    let grammar = r#"root ::= "{\"colour\":\"" ("red" | "green") "\"}""#;
    [
        (Feature::JsonSchema, json!({"response_format": {"type": "json_schema", "json_schema": named}})),
        (Feature::StructuredOutputs, json!({"structured_outputs": {"json": schema}})),
        (Feature::Schema, json!({"response_format": {"type": "json_object", "schema": schema}})),
        (Feature::Grammar, json!({"grammar": grammar})),
        (Feature::JsonObject, json!({"response_format": {"type": "json_object"}})),
    ]
}

/// Tries everything, one request after the other: the lists of models at every server, the rest at the first that is
/// reachable. Stops early where nothing is completed at all.
pub(super) async fn probe(server: &Client, model: &str) -> Probe {
    let mut probe = Probe::new(&server.replicas.first().name);
    if let Err(error) = server.replicas.first().key.ready().await {
        probe.add(Feature::Reachable, Found::Unknown, error.to_string());
        return probe;
    }
    let mut reachable = Vec::new();
    for wire in server.replicas.wires() {
        let trial = Trial { server, wire, model };
        if trial.try_models(&mut probe).await {
            reachable.push(trial);
        }
    }
    if let Some(trial) = reachable.first()
        && trial.try_stream(&mut probe).await
    {
        trial.try_samples(&mut probe).await;
        trial.try_seed(&mut probe).await;
        for (feature, form) in forms() {
            trial.try_form(feature, form, &mut probe).await;
        }
        trial.try_logprobs(&mut probe).await;
    }
    probe
}

/// One server under trial.
struct Trial<'a> {
    server: &'a Client,
    wire: &'a Wire,
    model: &'a str,
}

impl Trial<'_> {
    /// Whether anybody is there, which models, and how much fits.
    async fn try_models(&self, probe: &mut Probe) -> bool {
        let listed = match self.json(self.wire.models()).await {
            Ok(listed) => listed,
            Err(error @ (LlmError::Connect { .. } | LlmError::Certificate { .. } | LlmError::Timeout { .. })) => {
                probe.add(Feature::Reachable, Found::No, error.to_string());
                return false;
            }
            Err(error) => {
                probe.add(Feature::Reachable, Found::Yes, self.wire.address.shown.clone());
                probe.add(Feature::Model, Found::Unknown, format!("it does not list its models: {error}"));
                return true;
            }
        };
        probe.add(Feature::Reachable, Found::Yes, self.wire.address.shown.clone());
        let models = listed["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        probe.models = models.iter().filter_map(|model| model["id"].as_str()).map(|id| self.wire.quote(id)).collect();
        let entry = models.iter().find(|entry| entry["id"] == self.model);
        match entry {
            Some(_) => probe.add(Feature::Model, Found::Yes, self.model),
            None => {
                probe.add(
                    Feature::Model,
                    Found::No,
                    format!("`{}` is not among: {}", self.model, probe.models.join(", ")),
                );
            }
        }
        probe.context = entry.or_else(|| models.first().filter(|_| models.len() == 1)).and_then(context);
        match probe.context {
            Some(tokens) => probe.add(Feature::Context, Found::Yes, format!("{tokens} tokens")),
            None => probe.add(Feature::Context, Found::Unknown, "it does not tell"),
        }
        true
    }

    /// Whether it completes as it will be asked to.
    async fn try_stream(&self, probe: &mut Probe) -> bool {
        let tail = Tail::default();
        let request = trial(self.model, "Count from one to ten.");
        let sent = self.server.attempt(self.wire, &request, &[&tail], Standing::default(), Form::Prompt).await;
        let reply = match sent.map(|mut replies| replies.came.pop()) {
            Ok(Some(reply)) => reply,
            Ok(None) => return false,
            Err(failure) => {
                probe.add(Feature::Completes, Found::No, self.wire.scrub(failure.error).to_string());
                return false;
            }
        };
        let ms = |time: std::time::Duration| time.as_millis();
        let detail = format!("first token after {} ms, {} ms in all", ms(reply.first), ms(reply.total));
        probe.add(Feature::Completes, Found::Yes, detail);
        match tail.sample().chunks {
            0 | 1 => probe.add(Feature::Streaming, Found::No, "the answer came in one piece"),
            chunks => probe.add(Feature::Streaming, Found::Yes, format!("{chunks} pieces")),
        }
        match reply.answer.usage {
            Some(usage) => {
                let detail = format!("{} prompt, {} completion tokens", usage.prompt_tokens, usage.completion_tokens);
                probe.add(Feature::Usage, Found::Yes, detail);
            }
            None => probe.add(Feature::Usage, Found::No, "tokens will not be counted"),
        }
        true
    }

    /// Whether one request brings several answers, in the form in which they will be asked for: streamed, with a seed,
    /// which some servers give to each of them, so that all are the same.
    async fn try_samples(&self, probe: &mut Probe) {
        let request =
            Request { temperature: 1.0, seed: Some(7), ..trial(self.model, "Tell me anything in one sentence.") };
        // On a connection of its own: a used one may just have been closed.
        let standing = Standing { broken: true, ..Standing::default() };
        let (one, other) = (Tail::default(), Tail::default());
        let said = |reply: &Reply| (reply.answer.content.clone(), reply.answer.reasoning.clone());
        let sent = self.server.attempt(self.wire, &request, &[&one, &other], standing, Form::Prompt).await;
        let (found, detail) = match sent {
            Err(failure) => (Found::No, self.wire.scrub(failure.error).to_string()),
            Ok(Replies { came, .. }) if came.len() < 2 => (Found::No, format!("2 asked for, {} given", came.len())),
            Ok(Replies { came, .. }) if said(&came[0]) == said(&came[1]) => {
                (Found::No, "2 asked for, twice the same given: samples have to differ".to_owned())
            }
            Ok(_) => (Found::Yes, "2 asked for, 2 given".to_owned()),
        };
        probe.add(Feature::Samples, found, detail);
    }

    async fn try_seed(&self, probe: &mut Probe) {
        let mut texts = Vec::new();
        for seed in [7, 7, 8] {
            match self.whole(json!({"seed": seed, "temperature": 1.0})).await {
                Ok(answer) => texts.push(text(&answer).to_owned()),
                Err(error) => return probe.add(Feature::Seed, Found::No, error.to_string()),
            }
        }
        if texts[0] != texts[1] {
            probe.add(Feature::Seed, Found::No, "the same seed gave two answers");
        } else if texts[0] == texts[2] {
            probe.add(Feature::Seed, Found::Unknown, "two seeds gave the same answer");
        } else {
            probe.add(Feature::Seed, Found::Yes, "the same seed gave the same answer, another one another");
        }
    }

    async fn try_logprobs(&self, probe: &mut Probe) {
        match self.whole(json!({"logprobs": true, "top_logprobs": 5})).await {
            Ok(answer) => {
                let listed = answer.pointer("/choices/0/logprobs/content/0/top_logprobs").and_then(Value::as_array);
                match listed.map_or(0, Vec::len) {
                    0 => probe.add(Feature::Logprobs, Found::No, "it answers without them"),
                    n => probe.add(Feature::Logprobs, Found::Yes, format!("{n} tokens for each place")),
                }
            }
            Err(error) => probe.add(Feature::Logprobs, Found::No, error.to_string()),
        }
    }

    async fn try_form(&self, feature: Feature, form: Value, probe: &mut Probe) {
        match self.whole(form).await {
            Ok(answer) => {
                let said = text(&answer);
                let object = serde_json::from_str::<Value>(said).ok().filter(Value::is_object);
                // The prompt speaks of blue, the schema does not allow it: a server that leaves the form out is found.
                let held = |object: &Value| object["colour"] == "red" || object["colour"] == "green";
                let found = object.is_some_and(|object| feature == Feature::JsonObject || held(&object));
                let found = if found { Found::Yes } else { Found::No };
                probe.add(feature, found, format!("it said `{}`", self.wire.quote(said)));
            }
            Err(error) => probe.add(feature, Found::No, error.to_string()),
        }
    }

    /// A completion that does not stream, with further fields.
    async fn whole(&self, fields: Value) -> Result<Value, LlmError> {
        let limit =
            if self.server.quirks.has(Quirk::MaxCompletionTokens) { "max_completion_tokens" } else { "max_tokens" };
        let prompt = "Name a colour as a JSON object like {\"colour\": \"blue\"}.";
        let mut body: Map<String, Value> = self.server.extra.clone();
        let common = json!({"model": self.model, "messages": [{"role": "user", "content": prompt}], "temperature": 0.0,
            "top_p": 1.0, "stream": false, limit: TOKENS});
        for part in [common, fields] {
            if let Value::Object(part) = part {
                body.extend(part);
            }
        }
        self.json(self.wire.post(Value::Object(body).to_string().into_bytes(), true)).await
    }

    /// A JSON answer to a request.
    async fn json(&self, sent: impl Future<Output = reqwest::Result<reqwest::Response>>) -> Result<Value, LlmError> {
        let read = async {
            let mut response = sent.await.map_err(|error| self.wire.broken(&error).error)?;
            let (status, mut body) = (response.status(), Vec::new());
            while let Some(bytes) = response.chunk().await.map_err(|error| self.wire.broken(&error).error)? {
                body.extend_from_slice(&bytes);
                if body.len() > LARGEST {
                    return Err(LlmError::TooLarge { endpoint: self.wire.name.clone(), limit: LARGEST });
                }
            }
            if !status.is_success() {
                let hint = self.wire.address.hint();
                let words = Words::of_body(&body, &|text| self.wire.clean(text));
                return Err(refusal::judge(&self.wire.name, status, words, None, &hint).error);
            }
            serde_json::from_slice(&body).map_err(|_| {
                let message =
                    format!("not JSON: `{}`", self.wire.quote(&String::from_utf8_lossy(&body[..body.len().min(1024)])));
                LlmError::Protocol { endpoint: self.wire.name.clone(), fault: Fault::Shape, message }
            })
        };
        let read = timeout(self.wire.patience.first, read).await;
        read.unwrap_or_else(|_| Err(self.wire.late(Wait::FirstToken))).map_err(|error| self.wire.scrub(error))
    }
}

/// A streaming request whose answer has several tokens.
fn trial(model: &str, prompt: &str) -> Request {
    Request {
        call: CallKind::Respond,
        slot: SlotKey::call(0),
        sample: 0,
        nth: 0,
        messages: vec![Message { role: Role::User, content: prompt.to_owned() }],
        model: model.to_owned(),
        temperature: 0.0,
        top_p: 1.0,
        max_tokens: TOKENS,
        shape: None,
        choices: &[],
        seed: None,
        together: 1,
    }
}

/// How much fits, under the names that servers give it.
fn context(entry: &Value) -> Option<u64> {
    ["/max_model_len", "/meta/n_ctx", "/context_length", "/max_context_length", "/meta/n_ctx_train"]
        .into_iter()
        .find_map(|name| entry.pointer(name)?.as_u64())
}

fn text(answer: &Value) -> &str {
    answer.pointer("/choices/0/message/content").and_then(Value::as_str).unwrap_or_default()
}

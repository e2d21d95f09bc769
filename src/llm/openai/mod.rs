//! Servers that speak OpenAI's chat completions: vLLM, llama.cpp, Ollama, OpenAI itself, gateways.

mod address;
mod blame;
mod body;
mod chances;
mod chunk;
mod collect;
mod complete;
mod exchange;
mod form;
mod key;
mod pace;
mod probe;
mod rate;
mod refusal;
mod replicas;
mod retry;
mod reuse;
mod share;
mod sse;
mod think;
mod together;
mod wire;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use self::{
    blame::Answered,
    body::{Quirk, Quirks},
    complete::Watcher,
    form::Ladder,
    key::Key,
    pace::Pace,
    rate::Rate,
    replicas::Replicas,
    together::{MOST, Proved, Waiting},
    wire::Wire,
};
use super::{
    Answer, Endpoint, Feature, Found, LlmError, Memory, OnAttempt, Probe, Request, Secret, Tail, tape::TapeWriter,
};
use crate::config::EndpointConfig;

pub use form::Form;
pub use retry::Retry;

/// What is said where there is no address.
const NO_ADDRESS: &str = "base_url is missing: set it to the server's address, up to /v1";

/// One server, or several that serve the same.
#[derive(Debug)]
pub struct OpenAi {
    /// Shared with requests that several wait for: none of them may end it for the others.
    client: Arc<Client>,
}

#[derive(Debug)]
struct Client {
    replicas: Replicas,
    extra: Map<String, Value>,
    quirks: Quirks,
    answered: Answered,
    retry: Retry,
    pace: Pace,
    rate: Rate,
    ladder: Ladder,
    proved: Proved,
    waiting: Waiting,
    memory: Option<Arc<Memory>>,
    recorder: Option<Arc<TapeWriter>>,
}

impl OpenAi {
    /// Reads the configuration; nothing is sent yet. The key comes from the environment, or later from a program.
    /// `ca_file` is taken as it stands.
    pub fn open(name: &str, config: &EndpointConfig) -> Result<Self, LlmError> {
        Self::build(name, config, &key::from_environment)
    }

    /// The first address of a configuration, as it is shown and remembered.
    pub fn address(config: &EndpointConfig) -> Option<String> {
        config.addresses().next().and_then(|base| address::Address::parse(base).ok()).map(|address| address.shown)
    }

    /// As [`OpenAi::open`], with the key given.
    pub fn with_key(name: &str, config: &EndpointConfig, key: &Secret) -> Result<Self, LlmError> {
        Self::build(name, config, &|_| Some(key.clone()))
    }

    fn build(name: &str, config: &EndpointConfig, key: key::KeySource<'_>) -> Result<Self, LlmError> {
        let wrong = |reason: String| LlmError::Config { endpoint: name.to_owned(), reason };
        let key = Arc::new(Key::open(name, config, key).map_err(wrong)?);
        let mut bases = config.addresses().map(|base| Wire::open(name, config, base, key.clone()));
        let first = bases.next().ok_or_else(|| wrong(NO_ADDRESS.to_owned()))?.map_err(wrong)?;
        let more: Result<Vec<Wire>, String> = bases.collect();
        let client = Client {
            replicas: Replicas::new(first, more.map_err(wrong)?),
            extra: body::extra(&config.extra_body).map_err(wrong)?,
            quirks: Quirks::default(),
            answered: Answered::default(),
            retry: Retry { attempts: config.attempts.max(1), ..Retry::default() },
            pace: Pace::new(config.concurrency),
            rate: Rate::new(config),
            ladder: Ladder::new(config.structured),
            proved: Proved::new(config.n),
            waiting: Waiting::default(),
            memory: None,
            recorder: None,
        };
        Ok(Self { client: Arc::new(client) })
    }

    /// Changes what nobody shares yet: before the first request.
    fn with(mut self, change: impl FnOnce(&mut Client)) -> Self {
        match Arc::get_mut(&mut self.client) {
            Some(client) => change(client),
            None => tracing::error!("an endpoint that is in use already is not changed"),
        }
        self
    }

    /// Records every completion on a tape.
    #[must_use]
    pub fn recording(self, recorder: Arc<TapeWriter>) -> Self {
        self.with(|client| client.recorder = Some(recorder))
    }

    /// Starts from what earlier runs found out, and keeps what this one does.
    #[must_use]
    pub fn remembering(self, memory: Arc<Memory>) -> Self {
        self.with(|client| {
            let first = client.replicas.first();
            if let Some(known) = memory.known(&first.name, &first.address.shown) {
                client.ladder.remember(&known.refused);
                client.quirks.set(Quirk::NoLogprobs, known.no_logprobs);
                client.proved.remember(&known.several);
            }
            client.memory = Some(memory);
        })
    }

    /// With other pauses between attempts.
    #[must_use]
    pub fn retrying(self, retry: Retry) -> Self {
        self.with(|client| client.retry = retry)
    }
}

impl Client {
    /// Keeps what was found out.
    fn keep(&self, probe: Option<&Probe>) {
        let (Some(memory), first) = (&self.memory, self.replicas.first()) else { return };
        memory.change(&first.name, &first.address.shown, |known| {
            known.refused = self.ladder.refused();
            known.no_logprobs = self.quirks.has(Quirk::NoLogprobs);
            known.several = self.proved.known();
            if let Some(probe) = probe {
                known.probe = Some(probe.clone());
                known.probed = Some(jiff::Timestamp::now().to_string());
            }
        });
    }

    /// Takes over what trying showed of a model.
    fn learn(&self, probe: &Probe, model: &str) {
        self.ladder.learn(probe);
        match probe.found(Feature::Logprobs) {
            Found::Yes => self.quirks.set(Quirk::NoLogprobs, false),
            Found::No => self.quirks.set(Quirk::NoLogprobs, true),
            Found::Unknown => {}
        }
        let most = if probe.found(Feature::Samples) == Found::Yes { MOST } else { 1 };
        self.proved.set(model, most);
        self.keep(Some(probe));
    }
}

impl Endpoint for OpenAi {
    fn name(&self) -> &str {
        &self.client.replicas.first().name
    }

    fn concurrency(&self) -> usize {
        self.client.pace.limit()
    }

    fn together(&self, model: &str) -> u32 {
        self.client.proved.most(model)
    }

    fn complete(
        &self,
        request: Request,
        tail: Arc<Tail>,
        on_attempt: OnAttempt,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        async move {
            let several = request.together > 1 && self.together(&request.model) > 1;
            let answer = async {
                if several {
                    return self.client.complete_together(request, tail, on_attempt).await;
                }
                let answer = self.client.run_one(&request, Watcher { tail, on_attempt }, None).await;
                answer.map(|(answer, _)| answer)
            };
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(LlmError::Cancelled),
                answer = answer => answer,
            }
        }
        .boxed()
    }

    fn probe<'a>(&'a self, model: &'a str) -> BoxFuture<'a, Probe> {
        async move {
            let probe = probe::probe(&self.client, model).await;
            if probe.is_usable() {
                self.client.learn(&probe, model);
            }
            probe
        }
        .boxed()
    }
}

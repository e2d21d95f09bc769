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
mod sse;
mod think;
mod wire;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use self::{
    blame::Answered,
    body::{Quirk, Quirks},
    complete::Asked,
    form::Ladder,
    key::Key,
    pace::Pace,
    rate::Rate,
    replicas::Replicas,
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
    replicas: Replicas,
    extra: Map<String, Value>,
    quirks: Quirks,
    answered: Answered,
    retry: Retry,
    pace: Pace,
    rate: Rate,
    ladder: Ladder,
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
        Ok(Self {
            replicas: Replicas::new(first, more.map_err(wrong)?),
            extra: body::extra(&config.extra_body).map_err(wrong)?,
            quirks: Quirks::default(),
            answered: Answered::default(),
            retry: Retry { attempts: config.attempts.max(1), ..Retry::default() },
            pace: Pace::new(config.concurrency),
            rate: Rate::new(config),
            ladder: Ladder::new(config.structured),
            memory: None,
            recorder: None,
        })
    }

    /// Records every completion on a tape.
    #[must_use]
    pub fn recording(mut self, recorder: Arc<TapeWriter>) -> Self {
        self.recorder = Some(recorder);
        self
    }

    /// Starts from what earlier runs found out, and keeps what this one does.
    #[must_use]
    pub fn remembering(mut self, memory: Arc<Memory>) -> Self {
        let first = self.replicas.first();
        if let Some(known) = memory.known(&first.name, &first.address.shown) {
            self.ladder.remember(&known.refused);
            self.quirks.set(Quirk::NoLogprobs, known.no_logprobs);
        }
        self.memory = Some(memory);
        self
    }

    /// Keeps what was found out.
    fn keep(&self, probe: Option<&Probe>) {
        let (Some(memory), first) = (&self.memory, self.replicas.first()) else { return };
        memory.change(&first.name, &first.address.shown, |known| {
            known.refused = self.ladder.refused();
            known.no_logprobs = self.quirks.has(Quirk::NoLogprobs);
            if let Some(probe) = probe {
                known.probe = Some(probe.clone());
                known.probed = Some(jiff::Timestamp::now().to_string());
            }
        });
    }

    /// With other pauses between attempts.
    #[must_use]
    pub fn retrying(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

impl Endpoint for OpenAi {
    fn name(&self) -> &str {
        &self.replicas.first().name
    }

    fn concurrency(&self) -> usize {
        self.pace.limit()
    }

    fn complete(
        &self,
        request: Request,
        tail: Arc<Tail>,
        on_attempt: OnAttempt,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        async move {
            let asked = Asked { request: &request, tail: &tail, on_attempt: &on_attempt };
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(LlmError::Cancelled),
                answer = self.run(&asked) => answer,
            }
        }
        .boxed()
    }

    fn probe<'a>(&'a self, model: &'a str) -> BoxFuture<'a, Probe> {
        async move {
            let probe = probe::probe(self, model).await;
            if probe.is_usable() {
                self.ladder.learn(&probe);
                match probe.found(Feature::Logprobs) {
                    Found::Yes => self.quirks.set(Quirk::NoLogprobs, false),
                    Found::No => self.quirks.set(Quirk::NoLogprobs, true),
                    Found::Unknown => {}
                }
                self.keep(Some(&probe));
            }
            probe
        }
        .boxed()
    }
}

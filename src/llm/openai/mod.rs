//! Servers that speak OpenAI's chat completions: vLLM, llama.cpp, Ollama, OpenAI itself, gateways.

mod address;
mod blame;
mod body;
mod chunk;
mod collect;
mod complete;
mod exchange;
mod pace;
mod probe;
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

use self::{blame::Answered, body::Quirks, complete::Asked, pace::Pace, replicas::Replicas, wire::Wire};
use super::{Answer, Endpoint, LlmError, OnAttempt, Probe, Request, Secret, Tail, tape::TapeWriter};
use crate::config::EndpointConfig;

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
    recorder: Option<Arc<TapeWriter>>,
}

impl OpenAi {
    /// Reads the configuration; nothing is sent yet. The key comes from the environment. `base_url` may name several
    /// servers, with commas or white space between them.
    pub fn open(name: &str, config: &EndpointConfig) -> Result<Self, LlmError> {
        Self::build(name, config, &wire::from_environment)
    }

    /// As [`OpenAi::open`], with the key given.
    pub fn with_key(name: &str, config: &EndpointConfig, key: &Secret) -> Result<Self, LlmError> {
        Self::build(name, config, &|_| Some(key.clone()))
    }

    fn build(name: &str, config: &EndpointConfig, key: wire::KeySource<'_>) -> Result<Self, LlmError> {
        let wrong = |reason: String| LlmError::Config { endpoint: name.to_owned(), reason };
        let bases = config.base_url.as_deref().unwrap_or_default();
        let mut bases = bases.split(|c: char| c.is_whitespace() || c == ',').filter(|base| !base.is_empty());
        let first = bases.next().ok_or_else(|| wrong(NO_ADDRESS.to_owned()))?;
        let first = Wire::open(name, config, first, key).map_err(wrong)?;
        let more: Result<Vec<Wire>, String> = bases.map(|base| Wire::open(name, config, base, key)).collect();
        Ok(Self {
            replicas: Replicas::new(first, more.map_err(wrong)?),
            extra: body::extra(&config.extra_body).map_err(wrong)?,
            quirks: Quirks::default(),
            answered: Answered::default(),
            retry: Retry { attempts: config.attempts.max(1), ..Retry::default() },
            pace: Pace::new(config.concurrency),
            recorder: None,
        })
    }

    /// Records every completion on a tape.
    #[must_use]
    pub fn recording(mut self, recorder: Arc<TapeWriter>) -> Self {
        self.recorder = Some(recorder);
        self
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
        probe::probe(self, model).boxed()
    }
}

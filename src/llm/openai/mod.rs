//! Servers that speak OpenAI's chat completions: vLLM, llama.cpp, Ollama, OpenAI itself, gateways.

mod address;
mod blame;
mod body;
mod chunk;
mod collect;
mod exchange;
mod pace;
mod probe;
mod refusal;
mod retry;
mod reuse;
mod sse;
mod think;
mod wire;

use std::{sync::Arc, time::Instant};

use futures::future::{BoxFuture, FutureExt as _};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use self::{
    blame::Answered,
    body::Quirks,
    exchange::{Exchange, Reply},
    pace::Pace,
    retry::{Again, Failure, Standing},
    wire::Wire,
};
use super::{Answer, Blame, Endpoint, LlmError, OnAttempt, Probe, Progress, Request, Secret, Tail, tape::TapeWriter};
use crate::{config::EndpointConfig, domain::Finish};

pub use retry::Retry;

/// The most bytes of an answer: a base, and an allowance for every token it may have.
const LARGEST_BASE: usize = 8 << 20;
const LARGEST_PER_TOKEN: usize = 2 << 10;

/// One server.
#[derive(Debug)]
pub struct OpenAi {
    wire: Wire,
    extra: Map<String, Value>,
    quirks: Quirks,
    answered: Answered,
    retry: Retry,
    pace: Pace,
    recorder: Option<Arc<TapeWriter>>,
}

impl OpenAi {
    /// Reads the configuration; nothing is sent yet. The key comes from the environment.
    pub fn open(name: &str, config: &EndpointConfig) -> Result<Self, LlmError> {
        Self::build(name, config, &wire::from_environment)
    }

    /// As [`OpenAi::open`], with the key given.
    pub fn with_key(name: &str, config: &EndpointConfig, key: &Secret) -> Result<Self, LlmError> {
        Self::build(name, config, &|_| Some(key.clone()))
    }

    fn build(name: &str, config: &EndpointConfig, key: wire::KeySource<'_>) -> Result<Self, LlmError> {
        let wrong = |reason: String| LlmError::Config { endpoint: name.to_owned(), reason };
        Ok(Self {
            wire: Wire::open(name, config, key).map_err(wrong)?,
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

    async fn run(&self, request: &Request, tail: &Tail, on_attempt: &OnAttempt) -> Result<Answer, LlmError> {
        self.wire.ready()?;
        let (began, of) = (Instant::now(), self.retry.attempts);
        let mut standing = Standing { salt: retry::salt(request), ..Standing::default() };
        let mut answered_before = None;
        loop {
            let number = standing.attempts + 1;
            tail.attempt(number);
            on_attempt(Progress::Attempt { number, of });
            let sent = Instant::now();
            let failure = match self.attempt(request, tail, standing).await {
                Ok(reply) => {
                    self.pace.answered(sent);
                    self.wire.reuse.answered(standing.broken);
                    return Ok(self.answered(request, reply, number));
                }
                Err(failure) => failure,
            };
            if pace::is_overrun(&failure) {
                self.pace.refused(sent);
            }
            let error = self.wire.scrub(failure.error);
            standing.elapsed = began.elapsed();
            match failure.again {
                Again::Learnt(quirk) => self.quirks.learn(quirk),
                Again::Loading => {}
                Again::Empty => (standing.attempts, standing.empties) = (number, standing.empties + 1),
                Again::Never | Again::Backoff | Again::Fresh | Again::After(_) => standing.attempts = number,
            }
            let before = *answered_before.get_or_insert_with(|| self.answered.count(request.call));
            let Some(wait) = self.retry.pause(failure.again, standing) else {
                return Err(self.trace(error, request, before).await);
            };
            standing.broken |= failure.again == Again::Fresh;
            tracing::warn!(endpoint = self.wire.name, call = request.call.name(), attempt = number, code = %error.code(),
                wait_ms = wait.as_millis(), "a request failed and is sent again");
            let told = error.to_string();
            tail.trouble(&told);
            on_attempt(Progress::Waiting { number, error: told, wait });
            tokio::time::sleep(wait).await;
            tail.clear();
        }
    }

    /// Finds out whose fault a final error is. `before` says how many requests were answered when the first attempt
    /// failed.
    async fn trace(&self, error: LlmError, request: &Request, before: u64) -> LlmError {
        if !blame::is_doubtful(&error) {
            return error;
        }
        let since = if blame::is_refusal(&error) { 0 } else { before };
        if self.answered.count(request.call) > since {
            return blame::traced(error, Blame::Item);
        }
        let tested = self
            .attempt(&blame::test_request(request), &Tail::default(), Standing { broken: true, ..Standing::default() })
            .await;
        // An answer without text is an answer.
        let answers = matches!(tested, Ok(_) | Err(Failure { error: LlmError::Empty { .. }, .. }));
        blame::traced(error, if answers { Blame::Item } else { Blame::Endpoint })
    }

    /// One attempt. A seed that led to an empty answer would lead there again: it is moved on.
    async fn attempt(&self, request: &Request, tail: &Tail, standing: Standing) -> Result<Reply, Failure> {
        let seed = request.seed.map(|seed| seed.wrapping_add(u64::from(standing.empties)));
        let learnt = self.quirks.snapshot();
        let body = body::build(request, seed, &self.extra, &learnt).map_err(|error| {
            let reason = format!("cannot write the request: {error}");
            Failure { error: LlmError::Config { endpoint: self.wire.name.clone(), reason }, again: Again::Never }
        })?;
        let tokens = usize::try_from(request.max_tokens).unwrap_or(usize::MAX);
        let largest = LARGEST_BASE.saturating_add(tokens.saturating_mul(LARGEST_PER_TOKEN));
        let reply =
            Exchange::new(&self.wire, tail, largest).run(body, standing.broken).await.map_err(
                |failure| match failure.again {
                    // Refused for a form that was not used in this request: nothing to learn, a plain refusal.
                    Again::Learnt(quirk) if learnt.has(quirk) => Failure { again: Again::Never, ..failure },
                    _ => failure,
                },
            )?;
        if !reply.answer.content.trim().is_empty() {
            return Ok(reply);
        }
        let finish = reply.answer.finish;
        let again = if finish == Finish::ContentFilter { Again::Never } else { Again::Empty };
        Err(Failure { error: LlmError::Empty { endpoint: self.wire.name.clone(), call: request.call, finish }, again })
    }

    fn answered(&self, request: &Request, reply: Reply, attempts: u32) -> Answer {
        self.answered.add(request.call);
        let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let answer = Answer {
            content: reply.answer.content,
            reasoning: reply.answer.reasoning,
            finish: reply.answer.finish,
            usage: reply.answer.usage,
            first_ms: millis(reply.first),
            total_ms: millis(reply.total),
            attempts,
            model: reply.answer.model.unwrap_or_else(|| request.model.clone()),
        };
        if let Some(recorder) = &self.recorder {
            match recorder.record(request, &answer) {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(tape = %recorder.path().display(), "the tape has an answer for this key; the first stays");
                }
                Err(error) => tracing::error!(%error, "an answer is missing on the tape"),
            }
        }
        answer
    }
}

impl Endpoint for OpenAi {
    fn name(&self) -> &str {
        &self.wire.name
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
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(LlmError::Cancelled),
                answer = self.run(&request, &tail, &on_attempt) => answer,
            }
        }
        .boxed()
    }

    fn probe<'a>(&'a self, model: &'a str) -> BoxFuture<'a, Probe> {
        self.try_out(model).boxed()
    }
}

//! The one thing that the engine asks for completions.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _, ready};
use tokio_util::sync::CancellationToken;

use super::{Answer, LlmError, Probe, Progress, Request, Tail};

/// Told of every attempt and of every failure that is retried. Called on the request's task: be quick.
pub type OnAttempt = Arc<dyn Fn(Progress) + Send + Sync>;

/// Something that completes prompts: a server, or a tape.
pub trait Endpoint: Send + Sync {
    /// The name in `assay.toml`.
    fn name(&self) -> &str;

    /// How many requests may be in flight now. It may fall and rise again while the program runs.
    fn concurrency(&self) -> usize;

    /// How many requests for one prompt it makes one request of, at most, for a model: 1 where it makes none.
    fn together(&self, _model: &str) -> u32 {
        1
    }

    /// What a person should know about the answers (a tape's label), where there is something.
    fn label(&self) -> Option<&str> {
        None
    }

    /// Completes a prompt. Text streams into `tail` as it comes; retries happen inside and are told to `on_attempt`.
    /// Ends with [`LlmError::Cancelled`] soon after `cancel`.
    fn complete(
        &self,
        request: Request,
        tail: Arc<Tail>,
        on_attempt: OnAttempt,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>>;

    /// Finds out what it can do, by trying; for `assay doctor`. Asks a server about ten short questions.
    fn probe<'a>(&'a self, _model: &'a str) -> BoxFuture<'a, Probe> {
        ready(Probe::new(self.name())).boxed()
    }
}

/// An [`OnAttempt`] that nobody listens to.
pub fn unheard() -> OnAttempt {
    Arc::new(|_| {})
}

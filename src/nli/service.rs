//! A model that answers: loaded when it is first asked, on a thread of its own.

use tokio_util::sync::CancellationToken;

use super::{Files, Hub, Judgement, NliError, Pair};

/// Most tokens of a pair, where neither the project nor the model says less.
pub const MOST_TOKENS: usize = 512;

/// How a model is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Threads of its computations; 0: one per core.
    pub threads: usize,
    /// Pairs that are computed together at most.
    pub batch: usize,
    /// Longest pair in tokens, special ones included; what is longer is cut, the longer text first.
    pub max_tokens: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: 0, batch: 8, max_tokens: MOST_TOKENS }
    }
}

/// A model under way; clones ask the same one.
#[derive(Clone, Debug)]
pub struct Nli {
    #[cfg(feature = "nli-local")]
    worker: super::worker::Worker,
    #[cfg(not(feature = "nli-local"))]
    never: std::convert::Infallible,
}

#[cfg(feature = "nli-local")]
impl Nli {
    /// Starts the thread; the model is loaded when it is first asked.
    ///
    /// # Errors
    /// Where this build cannot run models, or no thread can be started.
    pub fn start(name: &str, files: Files, options: Options) -> Result<Self, NliError> {
        Ok(Self { worker: super::worker::Worker::start(name, files, options)? })
    }

    /// Judges a pair.
    ///
    /// # Errors
    /// Where the model cannot be loaded or run, or `cancel` says to stop.
    pub async fn judge(&self, pair: Pair, cancel: &CancellationToken) -> Result<Judgement, NliError> {
        self.worker.judge(pair, cancel).await
    }
}

#[cfg(not(feature = "nli-local"))]
#[expect(clippy::unused_async, reason = "as it is with the feature")]
impl Nli {
    /// Starts nothing: this build cannot run models.
    ///
    /// # Errors
    /// Always.
    pub fn start(_: &str, _: Files, _: Options) -> Result<Self, NliError> {
        Err(NliError::NotBuilt)
    }

    /// Never called, as nothing can be started.
    ///
    /// # Errors
    /// Never.
    pub async fn judge(&self, _: Pair, _: &CancellationToken) -> Result<Judgement, NliError> {
        match self.never {}
    }
}

/// What a download has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The file.
    pub file: String,
    /// Bytes that are there.
    pub done: u64,
    /// Bytes in all.
    pub all: u64,
}

/// Fetches a model's files from the hub into the shared cache, those that are not there yet. Blocks.
///
/// # Errors
/// Where the hub cannot be reached or does not give a file, or this build cannot run models.
#[cfg(feature = "nli-local")]
pub fn fetch(hub: &Hub, told: impl FnMut(Progress)) -> Result<(), NliError> {
    super::hub::fetch(hub, told)
}

/// Fetches nothing: this build cannot run models.
///
/// # Errors
/// Always.
#[cfg(not(feature = "nli-local"))]
pub fn fetch(_: &Hub, _: impl FnMut(Progress)) -> Result<(), NliError> {
    Err(NliError::NotBuilt)
}

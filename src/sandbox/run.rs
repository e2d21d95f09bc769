//! A batch on its way: outcomes as they come.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::domain::Outcome;

use super::{
    batch::{Batch, Group},
    error::SandboxError,
    pool::Work,
    runner::{Runner, Verifier},
    start::Sandbox,
};

/// Cells' indices in their batch, with what happened.
pub(super) type Told = Result<Vec<(u32, Outcome)>, SandboxError>;

/// How long outcomes may gather before they are told: waking the receiver costs as much as a short check.
const GATHER: Duration = Duration::from_millis(1);

/// A batch as the workers see it; its parts are its verifiers.
pub(super) struct Checks {
    pub batch: Batch,
    pub groups: Vec<Group>,
    pub tell: mpsc::UnboundedSender<Told>,
    pub cancel: CancellationToken,
}

impl Work for Checks {
    fn parts(&self) -> usize {
        self.groups.len()
    }

    fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    fn run(&self, runner: &mut Runner, part: usize) -> Result<(), SandboxError> {
        let Some(Group { function, cells }) = self.groups.get(part) else { return Ok(()) };
        let Some(source) = self.batch.functions.get(*function as usize) else { return Ok(()) };
        let verifier = Verifier {
            source,
            limits: self.batch.limits,
            namespace: self.batch.namespace,
            allow_skips: self.batch.allow_skips,
            cancel: &self.cancel,
        };
        let texts =
            cells.iter().filter_map(|&(cell, text)| Some((cell, self.batch.texts.get(text as usize)?.0.as_ref())));
        let (mut gathered, mut since) = (Vec::new(), Instant::now());
        let run = runner.run(&verifier, texts, |cell, outcome| {
            gathered.push((cell, outcome));
            if since.elapsed() >= GATHER {
                self.tell(std::mem::take(&mut gathered));
                since = Instant::now();
            }
        });
        self.tell(gathered);
        run
    }

    fn fail(&self, error: &SandboxError) {
        if self.tell.send(Err(error.clone())).is_err() {
            tracing::debug!(%error, "nobody waits for this batch any more");
        }
    }
}

impl Checks {
    fn tell(&self, outcomes: Vec<(u32, Outcome)>) {
        // A receiver that is gone has cancelled the batch too.
        if !outcomes.is_empty() && self.tell.send(Ok(outcomes)).is_err() {
            self.cancel.cancel();
        }
    }
}

/// A running batch. Dropping it cancels what has not run.
#[derive(Debug)]
pub struct Run {
    pub(super) told: mpsc::UnboundedReceiver<Told>,
    pub(super) ready: VecDeque<(u32, Outcome)>,
    pub(super) cells: usize,
    pub(super) cancel: DropGuard,
    pub(super) token: CancellationToken,
    /// The workers live as long as someone waits for them.
    pub(super) sandbox: Sandbox,
}

impl Run {
    /// The next outcome with its cell's index in the batch, in the order in which they happen; nothing once all have
    /// come or the batch was cancelled.
    ///
    /// # Errors
    /// Where the sandbox itself fails; the batch is then over.
    pub async fn next(&mut self) -> Option<Result<(u32, Outcome), SandboxError>> {
        loop {
            if let Some(outcome) = self.ready.pop_front() {
                return Some(Ok(outcome));
            }
            match self.told.recv().await? {
                Ok(outcomes) => self.ready.extend(outcomes),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// As [`Run::next`], for a thread without a runtime.
    ///
    /// # Errors
    /// As [`Run::next`].
    pub fn blocking_next(&mut self) -> Option<Result<(u32, Outcome), SandboxError>> {
        loop {
            if let Some(outcome) = self.ready.pop_front() {
                return Some(Ok(outcome));
            }
            match self.told.blocking_recv()? {
                Ok(outcomes) => self.ready.extend(outcomes),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Ends the batch when cancelled: running checks stop within some milliseconds and tell no outcome.
    pub const fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// All outcomes, in the order of the batch's cells.
    ///
    /// # Errors
    /// The first failure of the sandbox, or [`SandboxError::Cancelled`].
    pub async fn collect(mut self) -> Result<Vec<Outcome>, SandboxError> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; self.cells];
        while let Some(told) = self.next().await {
            keep(&mut outcomes, told?);
        }
        self.finish(outcomes)
    }

    /// As [`Run::collect`], for a thread without a runtime.
    ///
    /// # Errors
    /// As [`Run::collect`].
    pub fn blocking_collect(mut self) -> Result<Vec<Outcome>, SandboxError> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; self.cells];
        while let Some(told) = self.blocking_next() {
            keep(&mut outcomes, told?);
        }
        self.finish(outcomes)
    }

    fn finish(self, outcomes: Vec<Option<Outcome>>) -> Result<Vec<Outcome>, SandboxError> {
        drop(self.cancel);
        drop(self.sandbox);
        outcomes.into_iter().collect::<Option<Vec<_>>>().ok_or(SandboxError::Cancelled)
    }
}

fn keep(outcomes: &mut [Option<Outcome>], (cell, outcome): (u32, Outcome)) {
    if let Some(slot) = outcomes.get_mut(cell as usize) {
        *slot = Some(outcome);
    }
}

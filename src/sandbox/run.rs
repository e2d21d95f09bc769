//! A batch on its way: outcomes as they come.

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::domain::Outcome;

use super::{error::SandboxError, start::Sandbox};

/// A cell's index in its batch, with what happened.
pub(super) type Told = Result<(u32, Outcome), SandboxError>;

/// A running batch. Dropping it cancels what has not run.
#[derive(Debug)]
pub struct Run {
    pub(super) told: mpsc::UnboundedReceiver<Told>,
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
        self.told.recv().await
    }

    /// As [`Run::next`], for a thread without a runtime.
    ///
    /// # Errors
    /// As [`Run::next`].
    pub fn blocking_next(&mut self) -> Option<Result<(u32, Outcome), SandboxError>> {
        self.told.blocking_recv()
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

//! Workers and their queue. A batch is a list of verifiers with their texts; batches take turns, verifier by
//! verifier, so that a large one does not keep a small one waiting.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    batch::{Batch, Group},
    engine::THREAD_STACK,
    error::SandboxError,
    prepare::Runtime,
    run::Told,
    runner::{Runner, Verifier},
    ticker::Ticker,
};

/// A batch being run.
pub(super) struct Job {
    pub batch: Batch,
    pub groups: Vec<Group>,
    pub tell: mpsc::UnboundedSender<Told>,
    pub cancel: CancellationToken,
}

#[derive(Default)]
struct Queue {
    /// Batches with the index of their next verifier.
    jobs: VecDeque<(Arc<Job>, usize)>,
    closed: Option<SandboxError>,
}

/// The queue that workers wait at.
#[derive(Default)]
pub(super) struct Pool {
    queue: Mutex<Queue>,
    ready: Condvar,
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The queue is consistent between statements, so a panic elsewhere does not spoil it.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a batch, or tells it why that cannot be.
    pub(super) fn push(&self, job: Job) {
        let mut queue = self.lock();
        if let Some(error) = &queue.closed {
            fail(&job, error);
        } else if !job.groups.is_empty() {
            queue.jobs.push_back((Arc::new(job), 0));
            drop(queue);
            self.ready.notify_all();
        }
    }

    /// Ends all: waiting batches and later ones get the error.
    pub(super) fn close(&self, error: &SandboxError) {
        let mut queue = self.lock();
        queue.closed = Some(error.clone());
        for (job, _) in queue.jobs.drain(..) {
            fail(&job, error);
        }
        drop(queue);
        self.ready.notify_all();
    }

    /// The next verifier to run; nothing when closed.
    fn next(&self) -> Option<(Arc<Job>, usize)> {
        let mut queue = self.lock();
        loop {
            if queue.closed.is_some() {
                return None;
            }
            match queue.jobs.pop_front() {
                Some((job, _)) if job.cancel.is_cancelled() => drop(job),
                Some((job, group)) => {
                    if group + 1 < job.groups.len() {
                        queue.jobs.push_back((Arc::clone(&job), group + 1));
                    }
                    return Some((job, group));
                }
                None => queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Starts worker threads.
    pub(super) fn staff(self: &Arc<Self>, runtime: &Arc<Runtime>, workers: usize) -> Result<(), SandboxError> {
        let ticker = Arc::new(Ticker::start(runtime.engine.clone())?);
        for index in 0..workers.max(1) {
            let (pool, runtime, ticker) = (Arc::clone(self), Arc::clone(runtime), Arc::clone(&ticker));
            let thread = thread::Builder::new().name(format!("sandbox-{index}")).stack_size(THREAD_STACK);
            let started = thread.spawn(move || pool.work(&runtime, &ticker));
            if let Err(error) = started {
                if index == 0 {
                    return Err(SandboxError::Thread(error.to_string()));
                }
                tracing::warn!(%error, workers = index, "fewer sandbox workers than asked for");
                break;
            }
        }
        Ok(())
    }

    fn work(&self, runtime: &Arc<Runtime>, ticker: &Ticker) {
        let mut runner = Runner::new(Arc::clone(runtime));
        while let Some((job, group)) = self.next() {
            let _awake = ticker.awake();
            let done = catch_unwind(AssertUnwindSafe(|| job.run(&mut runner, group)));
            let error = match done {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error,
                Err(_) => SandboxError::Unavailable("a worker panicked; see the log".into()),
            };
            tracing::error!(%error, "a sandbox worker failed");
            runner = Runner::new(Arc::clone(runtime));
            fail(&job, &error);
            job.cancel.cancel();
        }
    }
}

impl Job {
    fn run(&self, runner: &mut Runner, group: usize) -> Result<(), SandboxError> {
        let Some(Group { function, cells }) = self.groups.get(group) else { return Ok(()) };
        let Some(source) = self.batch.functions.get(*function as usize) else { return Ok(()) };
        let verifier =
            Verifier { source, limits: self.batch.limits, allow_skips: self.batch.allow_skips, cancel: &self.cancel };
        let texts =
            cells.iter().filter_map(|&(cell, text)| Some((cell, self.batch.texts.get(text as usize)?.0.as_ref())));
        runner.run(&verifier, texts, |cell, outcome| {
            // A receiver that is gone has cancelled the batch too.
            if self.tell.send(Ok((cell, outcome))).is_err() {
                self.cancel.cancel();
            }
        })
    }
}

fn fail(job: &Job, error: &SandboxError) {
    if job.tell.send(Err(error.clone())).is_err() {
        tracing::debug!(%error, "nobody waits for this batch any more");
    }
}

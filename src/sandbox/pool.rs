//! Workers and their queue. A batch is a list of verifiers with their texts; batches take turns, verifier by
//! verifier, so that a large one does not keep a small one waiting.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use tokio_util::sync::CancellationToken;

use super::{engine::THREAD_STACK, error::SandboxError, prepare::Runtime, runner::Runner};

/// What workers run, part by part.
pub(super) trait Work: Send + Sync {
    /// How many parts there are. Each is run once, by one worker.
    fn parts(&self) -> usize;

    /// Set when nobody waits any more.
    fn cancel(&self) -> &CancellationToken;

    /// Runs a part and tells its results.
    ///
    /// # Errors
    /// Where wasmtime or the system fails.
    fn run(&self, runner: &mut Runner, part: usize) -> Result<(), SandboxError>;

    /// Tells that it cannot be run.
    fn fail(&self, error: &SandboxError);
}

#[derive(Default)]
struct Queue {
    /// Work with the index of its next part.
    jobs: VecDeque<(Arc<dyn Work>, usize)>,
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

    /// Queues work, or tells it why that cannot be.
    pub(super) fn push(&self, work: impl Work + 'static) {
        let mut queue = self.lock();
        if let Some(error) = &queue.closed {
            work.fail(error);
        } else if work.parts() > 0 {
            queue.jobs.push_back((Arc::new(work), 0));
            drop(queue);
            self.ready.notify_all();
        }
    }

    /// Ends all: waiting work and later work gets the error.
    pub(super) fn close(&self, error: &SandboxError) {
        let mut queue = self.lock();
        queue.closed = Some(error.clone());
        for (job, _) in queue.jobs.drain(..) {
            job.fail(error);
        }
        drop(queue);
        self.ready.notify_all();
    }

    /// The next part to run; nothing when closed.
    fn next(&self) -> Option<(Arc<dyn Work>, usize)> {
        let mut queue = self.lock();
        loop {
            if queue.closed.is_some() {
                return None;
            }
            match queue.jobs.pop_front() {
                Some((job, _)) if job.cancel().is_cancelled() => drop(job),
                Some((job, part)) => {
                    if part + 1 < job.parts() {
                        queue.jobs.push_back((Arc::clone(&job), part + 1));
                    }
                    return Some((job, part));
                }
                None => queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Starts worker threads.
    pub(super) fn staff(self: &Arc<Self>, runtime: &Arc<Runtime>, workers: usize) -> Result<(), SandboxError> {
        for index in 0..workers.max(1) {
            let (pool, runtime) = (Arc::clone(self), Arc::clone(runtime));
            let thread = thread::Builder::new().name(format!("sandbox-{index}")).stack_size(THREAD_STACK);
            let started = thread.spawn(move || pool.work(&runtime));
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

    fn work(&self, runtime: &Arc<Runtime>) {
        let mut runner = Runner::new(Arc::clone(runtime));
        while let Some((job, part)) = self.next() {
            let _awake = runtime.watch.awake();
            let done = catch_unwind(AssertUnwindSafe(|| job.run(&mut runner, part)));
            let error = match done {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error,
                Err(_) => SandboxError::Unavailable("a worker panicked; see the log".into()),
            };
            tracing::error!(%error, "a sandbox worker failed");
            runner = Runner::new(Arc::clone(runtime));
            job.fail(&error);
            job.cancel().cancel();
        }
    }
}

//! The handle: starts at once, prepares in the background, takes batches.

use std::{collections::VecDeque, path::PathBuf, sync::Arc, thread, time::Instant};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::domain::Outcome;

use super::{
    batch::Batch,
    cache,
    engine::Reservation,
    error::SandboxError,
    pool::{Pool, Work},
    prepare::{self, Compiler, Plan},
    run::{Checks, Run},
};

/// How to start a sandbox.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where compiled code is kept; nothing means [`super::default_cache_dir`].
    pub cache_dir: Option<PathBuf>,
    /// Worker threads; 0 means as many as there are cores.
    pub workers: usize,
    /// Who compiles.
    pub compiler: Compiler,
    /// How linear memory gets its address space.
    pub reservation: Reservation,
    /// Use only what every system offers: compiled code looks at the time itself, and every check gets an interpreter of
    /// its own. Slower; for tests of what runs where the system is not Linux.
    pub portable: bool,
    /// Compare the whole memory after each restore: for tests, as it costs more than the restore.
    pub verify_restore: bool,
}

/// Where preparation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Compiling or loading; batches wait.
    Preparing {
        /// Since when.
        since: Instant,
    },
    /// Batches run.
    Ready,
    /// Nothing can run, and why.
    Failed(String),
}

/// A handle to the sandbox; clones share its workers, which end with the last handle and run.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Arc<Pool>,
    status: watch::Receiver<Status>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.pool.close(&SandboxError::Unavailable("it was shut down".into()));
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("status", &*self.inner.status.borrow()).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts preparing in the background and returns at once.
    pub fn start(options: Options) -> Self {
        let pool = Arc::new(Pool::default());
        let (sender, status) = watch::channel(Status::Preparing { since: Instant::now() });
        let background = Arc::clone(&pool);
        let prepare = move || {
            sender.send_replace(match bring_up(&background, options) {
                Ok(()) => Status::Ready,
                Err(error) => failed(&background, error),
            });
        };
        let thread = thread::Builder::new().name("sandbox-prepare".into()).spawn(prepare);
        let status = match thread {
            Ok(_) => status,
            Err(error) => watch::channel(failed(&pool, SandboxError::Thread(error.to_string()))).1,
        };
        Self { inner: Arc::new(Inner { pool, status }) }
    }

    /// Where preparation stands, and news of it.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.inner.status.clone()
    }

    /// Runs a batch: waits while the sandbox prepares, then streams outcomes.
    ///
    /// # Errors
    /// Where a cell names what is not there.
    pub fn run(&self, batch: Batch) -> Result<Run, SandboxError> {
        let groups = batch.groups()?;
        let (tell, told) = mpsc::unbounded_channel();
        let token = CancellationToken::new();
        let cells = batch.cells.len();
        self.push(Checks { batch, groups, tell, cancel: token.clone() });
        Ok(Run {
            told,
            ready: VecDeque::new(),
            cells,
            cancel: token.clone().drop_guard(),
            token,
            sandbox: self.clone(),
        })
    }

    pub(super) fn push(&self, work: impl Work + 'static) {
        self.inner.pool.push(work);
    }

    /// Runs a batch and waits for all of it: outcomes in the order of its cells. Dropping the future cancels.
    ///
    /// # Errors
    /// As [`Sandbox::run`] and [`Run::collect`].
    pub async fn collect(&self, batch: Batch) -> Result<Vec<Outcome>, SandboxError> {
        self.run(batch)?.collect().await
    }
}

fn bring_up(pool: &Arc<Pool>, options: Options) -> Result<(), SandboxError> {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let workers = if options.workers == 0 { cores() } else { options.workers };
    let runtime = prepare::prepare(&Plan {
        cache_dir: options.cache_dir.or_else(cache::default_cache_dir),
        compiler: options.compiler,
        reservation: options.reservation,
        portable: options.portable,
        verify: options.verify_restore,
    })?;
    pool.staff(&Arc::new(runtime), workers)
}

fn failed(pool: &Pool, error: SandboxError) -> Status {
    tracing::error!(%error, "the sandbox could not be prepared");
    pool.close(&error);
    Status::Failed(error.to_string())
}

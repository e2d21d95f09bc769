//! The thread that sees to it that calls end: while something runs, it looks every few milliseconds whether a call is
//! past its deadline or wanted no more. Where code was compiled with epoch checks it advances the epoch, and the code
//! looks itself; where it was not, it strikes (see [`super::strike`]). When nothing runs it sleeps.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, Thread},
    time::Duration,
};

use wasmtime::Engine;

use super::{engine::Means, error::SandboxError, strike::Lane};

/// Time between two looks.
const TICK: Duration = Duration::from_millis(5);

#[derive(Default)]
struct Shared {
    active: AtomicUsize,
    stop: AtomicBool,
    /// Those of living instances.
    lanes: Mutex<Vec<Weak<Lane>>>,
}

impl Shared {
    fn lanes(&self) -> MutexGuard<'_, Vec<Weak<Lane>>> {
        // A list of pointers is whole between statements.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) {
        self.lanes().retain(|lane| lane.upgrade().is_some_and(|lane| lane.look()));
    }
}

/// The running thread; it ends when this is dropped.
pub(super) struct Watch {
    shared: Arc<Shared>,
    thread: Thread,
}

/// Keeps it awake.
pub(super) struct Awake<'a>(&'a Watch);

impl Watch {
    pub(super) fn start(engine: Engine, means: Means) -> Result<Self, SandboxError> {
        let shared = Arc::new(Shared::default());
        let inside = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("sandbox-watch".into())
            .spawn(move || {
                while !inside.stop.load(Ordering::Acquire) {
                    if inside.active.load(Ordering::Acquire) == 0 {
                        thread::park();
                        continue;
                    }
                    thread::sleep(TICK);
                    match means {
                        Means::Epoch => engine.increment_epoch(),
                        Means::Strike => inside.look(),
                    }
                }
            })
            .map_err(|e| SandboxError::Thread(e.to_string()))?;
        Ok(Self { shared, thread: thread.thread().clone() })
    }

    /// Looks at a lane too, as long as it lives.
    pub(super) fn over(&self, lane: &Arc<Lane>) {
        self.shared.lanes().push(Arc::downgrade(lane));
    }

    /// Looks until the guard is dropped.
    pub(super) fn awake(&self) -> Awake<'_> {
        if self.shared.active.fetch_add(1, Ordering::AcqRel) == 0 {
            self.thread.unpark();
        }
        Awake(self)
    }
}

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.shared.active.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

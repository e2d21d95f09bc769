//! The thread that advances wasmtime's epoch while something runs, so that running code looks at its deadline. When
//! nothing runs it sleeps.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, Thread},
    time::Duration,
};

use wasmtime::Engine;

use super::error::SandboxError;

/// Time between two looks at the deadline.
const TICK: Duration = Duration::from_millis(5);

#[derive(Default)]
struct Shared {
    active: AtomicUsize,
    stop: AtomicBool,
}

/// A running ticker; it ends when dropped.
pub(super) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

/// Keeps the ticker awake.
pub(super) struct Awake<'a>(&'a Ticker);

impl Ticker {
    pub(super) fn start(engine: Engine) -> Result<Self, SandboxError> {
        let shared = Arc::new(Shared::default());
        let inside = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("sandbox-ticker".into())
            .spawn(move || {
                while !inside.stop.load(Ordering::Acquire) {
                    if inside.active.load(Ordering::Acquire) == 0 {
                        thread::park();
                    } else {
                        thread::sleep(TICK);
                        engine.increment_epoch();
                    }
                }
            })
            .map_err(|e| SandboxError::Thread(e.to_string()))?;
        Ok(Self { shared, thread: thread.thread().clone() })
    }

    /// Ticks until the guard is dropped.
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

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

//! One worker's way with a verifier: load it into a pristine interpreter, then check text after text, each from the
//! memory as it was after the load.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::domain::{Outcome, OutcomeKind};

use super::{
    batch::Limits,
    error::SandboxError,
    image::{self, Loaded, Written},
    instance::{Entry, Instance, Stop},
    prepare::Runtime,
    report, sys,
};

/// A verifier's timeouts in one batch after which its remaining checks may be skipped.
const TIMEOUTS: u32 = 2;

/// What a group of checks has in common.
pub(super) struct Verifier<'a> {
    pub source: &'a str,
    pub limits: Limits,
    pub allow_skips: bool,
    pub cancel: &'a CancellationToken,
}

/// A worker's interpreter.
pub(super) struct Runner {
    runtime: Arc<Runtime>,
    live: Option<Live>,
}

struct Live {
    instance: Instance,
    /// Nothing where restoring cannot be exact on this system.
    written: Option<Written>,
    /// The memory after the load of the current verifier.
    loaded: Option<Loaded>,
    /// Whether memory is as after the load right now.
    at_load: bool,
}

/// How a check ended.
enum Checked {
    Outcome(Outcome),
    Cancelled,
}

impl Runner {
    pub(super) const fn new(runtime: Arc<Runtime>) -> Self {
        Self { runtime, live: None }
    }

    /// Runs a verifier on texts, in order, and tells each outcome. Ends early when cancelled.
    ///
    /// # Errors
    /// Where wasmtime or the system fails; never for what the verifier does.
    pub(super) fn run<'t>(
        &mut self,
        verifier: &Verifier<'_>,
        texts: impl Iterator<Item = (u32, &'t [u8])>,
        mut tell: impl FnMut(u32, Outcome),
    ) -> Result<(), SandboxError> {
        let mut unloadable = match self.begin(verifier)? {
            Ok(()) => None,
            Err(Some(outcome)) => Some(outcome),
            Err(None) => return Ok(()),
        };
        let mut timeouts = 0;
        for (cell, text) in texts {
            if verifier.cancel.is_cancelled() {
                break;
            }
            if let Some(outcome) = &mut unloadable {
                // The load ran once: its time is told once.
                tell(cell, outcome.clone());
                outcome.cpu_us = 0;
                continue;
            }
            if verifier.allow_skips && timeouts >= TIMEOUTS {
                tell(cell, Outcome::quiet(OutcomeKind::Skipped));
                continue;
            }
            let Checked::Outcome(outcome) = self.check(verifier, text)? else { break };
            timeouts += u32::from(outcome.kind == OutcomeKind::Timeout);
            tell(cell, outcome);
        }
        Ok(())
    }

    /// A pristine interpreter with the verifier loaded. The inner error is the outcome of every check where the load
    /// did not succeed, or nothing where it was cancelled.
    fn begin(&mut self, verifier: &Verifier<'_>) -> Result<Result<(), Option<Outcome>>, SandboxError> {
        self.pristine()?;
        self.load(verifier)
    }

    /// Puts the interpreter back to where nothing was ever loaded, or makes a new one.
    fn pristine(&mut self) -> Result<(), SandboxError> {
        if let Some(mut live) = self.live.take() {
            live.loaded = None;
            if live.rewind(&self.runtime)? && !live.written.as_ref().is_none_or(Written::too_many) {
                self.live = Some(live);
            }
        }
        if self.live.is_none() {
            let instance = Instance::new(&self.runtime.pre)?;
            self.live = Some(Live { instance, written: Written::new(), loaded: None, at_load: false });
        }
        Ok(())
    }

    fn load(&mut self, verifier: &Verifier<'_>) -> Result<Result<(), Option<Outcome>>, SandboxError> {
        let Some(live) = &mut self.live else { return Ok(Err(None)) };
        let start = sys::thread_cpu();
        let answer = live.instance.call(Entry::Load, verifier.source.as_bytes(), verifier.limits, verifier.cancel);
        let cpu_us = micros_since(start);
        let kind = match answer {
            Ok(answer) => report::load(answer),
            Err(stop) => {
                self.live = None;
                return Ok(Err(report::stopped(stop).map(|kind| Outcome { cpu_us, ..Outcome::quiet(kind) })));
            }
        };
        if let Some(kind) = kind {
            return Ok(Err(Some(Outcome { cpu_us, ..Outcome::quiet(kind) })));
        }
        live.remember(&self.runtime);
        Ok(Ok(()))
    }

    fn check(&mut self, verifier: &Verifier<'_>, text: &[u8]) -> Result<Checked, SandboxError> {
        if let Some(early) = self.at_load(verifier)? {
            return Ok(early);
        }
        let Some(live) = &mut self.live else { return Ok(Checked::Cancelled) };
        live.at_load = false;
        let start = sys::thread_cpu();
        let answer = live.instance.call(Entry::Check, text, verifier.limits, verifier.cancel);
        let cpu_us = micros_since(start);
        Ok(match answer {
            Ok(answer) => Checked::Outcome(Outcome { cpu_us, ..report::check(answer) }),
            Err(stop) => {
                self.live = None;
                ended(stop, cpu_us)
            }
        })
    }

    /// Brings memory to where the load left it: by restoring, or by loading again into a new interpreter. Gives the
    /// check's end where that second load ends otherwise than the first one.
    fn at_load(&mut self, verifier: &Verifier<'_>) -> Result<Option<Checked>, SandboxError> {
        if let Some(live) = &mut self.live
            && live.loaded.is_some()
            && (live.at_load || live.rewind(&self.runtime)?)
        {
            live.at_load = true;
            return Ok(None);
        }
        self.live = None;
        Ok(match self.begin(verifier)? {
            Ok(()) => None,
            Err(Some(outcome)) => Some(Checked::Outcome(outcome)),
            Err(None) => Some(Checked::Cancelled),
        })
    }
}

impl Live {
    /// Keeps the memory as the load left it.
    fn remember(&mut self, runtime: &Runtime) {
        self.at_load = true;
        let memory = self.instance.bytes();
        if let Some(written) = &mut self.written
            && written.learn(memory).is_some()
        {
            self.loaded = Some(written.snapshot(memory, &runtime.pristine, runtime.verify));
        } else {
            // Good for the one check that follows; after that, a new interpreter.
            self.written = None;
            self.loaded = Some(Loaded::unknown());
        }
    }

    /// Restores the image of the load, or the pristine one where nothing is loaded. False where that cannot be exact.
    fn rewind(&mut self, runtime: &Runtime) -> Result<bool, SandboxError> {
        let Some(written) = &mut self.written else { return Ok(false) };
        if written.learn(self.instance.bytes()).is_none() {
            return Ok(false);
        }
        let exact = written.restore(&mut self.instance, &runtime.pristine, self.loaded.as_ref())?;
        if exact && runtime.verify {
            let pages = image::differences(self.instance.bytes(), &runtime.pristine, self.loaded.as_ref());
            if pages > 0 {
                return Err(SandboxError::Inexact { pages });
            }
        }
        Ok(exact)
    }
}

fn ended(stop: Stop, cpu_us: u64) -> Checked {
    match report::stopped(stop) {
        Some(kind) => Checked::Outcome(Outcome { cpu_us, ..Outcome::quiet(kind) }),
        None => Checked::Cancelled,
    }
}

fn micros_since(start: std::time::Duration) -> u64 {
    u64::try_from((sys::thread_cpu().saturating_sub(start)).as_micros()).unwrap_or(u64::MAX)
}

//! One worker's way with a verifier: load it into a pristine interpreter, then check text after text, each from the
//! memory as it was after the load.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::domain::{Outcome, OutcomeKind};

use super::{
    batch::{Limits, Namespace},
    error::SandboxError,
    image::{Loaded, Written},
    inspect::{Facts, Trace},
    instance::{Entry, Instance, Stop},
    patterns::{self, Compiled, Mention},
    prepare::Runtime,
    recall::{Recall, Seen},
    report, sys,
};

/// A verifier's timeouts in one batch after which its remaining checks may be skipped.
const TIMEOUTS: u32 = 2;

/// What a group of checks has in common.
pub(super) struct Verifier<'a> {
    pub source: &'a str,
    pub limits: Limits,
    pub namespace: Namespace,
    pub allow_skips: bool,
    pub cancel: &'a CancellationToken,
}

/// A worker's interpreter.
pub(super) struct Runner {
    runtime: Arc<Runtime>,
    live: Option<Live>,
    recall: Recall,
    /// CPU time spent in the interpreter, all calls.
    pub(super) spent: Duration,
}

struct Live {
    instance: Instance,
    /// Nothing where restoring cannot be exact on this system.
    written: Option<Written>,
    /// The memory after the load of the current verifier.
    loaded: Option<Arc<Loaded>>,
    /// Whether memory is as after the load right now.
    at_load: bool,
}

/// How a check ended.
enum Checked {
    Outcome(Outcome),
    Cancelled,
}

impl Runner {
    pub(super) fn new(runtime: Arc<Runtime>) -> Self {
        Self { runtime, live: None, recall: Recall::new(), spent: Duration::ZERO }
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

    /// One check with its steps. Nothing where cancelled.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub(super) fn trace(&mut self, verifier: &Verifier<'_>, text: &[u8]) -> Result<Option<Trace>, SandboxError> {
        match self.begin(verifier)? {
            Ok(()) => {}
            Err(outcome) => return Ok(outcome.map(Trace::without_steps)),
        }
        let Some(live) = &mut self.live else { return Ok(None) };
        live.at_load = false;
        Ok(match live.instance.call(Entry::Trace, text, verifier.limits, verifier.cancel).0 {
            Ok(answer) => Some(Trace::read(answer)),
            Err(stop) => {
                self.live = None;
                report::stopped(stop).map(|kind| Trace::without_steps(Outcome::quiet(kind)))
            }
        })
    }

    /// What a source says. Nothing where cancelled.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub(super) fn facts(
        &mut self,
        source: &str,
        limits: Limits,
        cancel: &CancellationToken,
    ) -> Result<Option<Facts>, SandboxError> {
        self.pristine()?;
        let Some(live) = &mut self.live else { return Ok(None) };
        Ok(match live.instance.call(Entry::Facts, source.as_bytes(), limits, cancel).0 {
            Ok(answer) => Some(Facts::read(answer)),
            Err(stop) => {
                self.live = None;
                report::stopped(stop).map(|kind| Facts::unreadable(&Outcome::quiet(kind)))
            }
        })
    }

    /// A pristine interpreter with the verifier loaded. The inner error is the outcome of every check where the load
    /// did not succeed, or nothing where it was cancelled.
    fn begin(&mut self, verifier: &Verifier<'_>) -> Result<Result<(), Option<Outcome>>, SandboxError> {
        let seen = Seen::of(verifier.source, verifier.namespace, verifier.limits);
        if let Some(loaded) = self.recall.get(&seen)
            && self.recalled(loaded)?
        {
            return Ok(Ok(()));
        }
        self.pristine()?;
        let loaded = self.load(verifier)?;
        if loaded.is_ok()
            && let Some(image) = self.live.as_ref().and_then(|live| live.loaded.clone())
            && image.fits(&self.runtime.pristine)
        {
            self.recall.put(seen, image);
        }
        Ok(loaded)
    }

    /// Brings the interpreter to where an earlier load of the same source left one. False where that cannot be exact.
    fn recalled(&mut self, loaded: Arc<Loaded>) -> Result<bool, SandboxError> {
        if self.live.as_ref().is_none_or(|live| live.written.as_ref().is_none_or(Written::too_many)) {
            self.live = Some(Live::new(&self.runtime)?);
        }
        let Some(live) = &mut self.live else { return Ok(false) };
        live.loaded = Some(loaded);
        live.at_load = live.rewind(&self.runtime)?;
        if !live.at_load {
            self.live = None;
        }
        Ok(self.live.is_some())
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
            self.live = Some(Live::new(&self.runtime)?);
        }
        Ok(())
    }

    fn load(&mut self, verifier: &Verifier<'_>) -> Result<Result<(), Option<Outcome>>, SandboxError> {
        let mut bytes = self.patterns(verifier)?;
        let patterns = u32::try_from(bytes.len()).unwrap_or(0);
        bytes.extend_from_slice(verifier.source.as_bytes());
        let Some(live) = &mut self.live else { return Ok(Err(None)) };
        let entry = Entry::Load { patterns, namespace: verifier.namespace };
        let (answer, took) = live.instance.call(entry, &bytes, verifier.limits, verifier.cancel);
        self.spent += took;
        let cpu_us = micros(took);
        let failed = match answer {
            Ok(answer) => report::load(answer),
            Err(stop) => {
                self.live = None;
                return Ok(Err(report::stopped_load(stop).map(|kind| Outcome { cpu_us, ..Outcome::quiet(kind) })));
            }
        };
        if let Some(outcome) = failed {
            return Ok(Err(Some(Outcome { cpu_us, ..outcome })));
        }
        live.remember(&self.runtime)?;
        Ok(Ok(()))
    }

    /// The patterns that a source mentions, as `load` takes them. Those not known yet are compiled, in no more time than
    /// a load may take; the interpreter is pristine before and after.
    fn patterns(&mut self, verifier: &Verifier<'_>) -> Result<Vec<u8>, SandboxError> {
        let mut bytes = Vec::new();
        let end = sys::thread_cpu() + verifier.limits.cpu;
        for mention in patterns::mentioned(verifier.source) {
            let compiled = match self.runtime.patterns.get(&mention) {
                Some(compiled) => compiled,
                None => self.compile(verifier, mention, end.saturating_sub(sys::thread_cpu()))?,
            };
            if let Some(compiled) = compiled {
                bytes.extend_from_slice(&u32::try_from(compiled.len()).unwrap_or(0).to_le_bytes());
                bytes.extend_from_slice(&compiled);
            }
        }
        Ok(bytes)
    }

    fn compile(&mut self, verifier: &Verifier<'_>, mention: Mention, cpu: Duration) -> Result<Compiled, SandboxError> {
        if cpu.is_zero() {
            return Ok(None);
        }
        // It writes as many pages as a verifier again, all of which this interpreter would put back for good.
        let Some(mut live) = self.live.take() else { return Ok(None) };
        let limits = Limits { cpu, ..verifier.limits };
        let compiled = match live.instance.pattern(&mention, limits, verifier.cancel) {
            Ok(compiled) => self.runtime.patterns.put(mention, compiled.map(Arc::from)),
            Err(Stop::Cancelled) => None,
            // What ends this one call is no property of the pattern; but to try each time would cost as much.
            Err(_) => self.runtime.patterns.put(mention, None),
        };
        drop(live);
        self.pristine()?;
        Ok(compiled)
    }

    fn check(&mut self, verifier: &Verifier<'_>, text: &[u8]) -> Result<Checked, SandboxError> {
        if let Some(early) = self.at_load(verifier)? {
            return Ok(early);
        }
        let Some(live) = &mut self.live else { return Ok(Checked::Cancelled) };
        live.at_load = false;
        let (answer, took) = live.instance.call(Entry::Check, text, verifier.limits, verifier.cancel);
        self.spent += took;
        let cpu_us = micros(took);
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

/// For measurements.
impl Runner {
    /// Restores the image of the verifier that ran last; gives the pages that took.
    pub(super) fn restore(&mut self) -> Result<Option<usize>, SandboxError> {
        let Some(live) = &mut self.live else { return Ok(None) };
        Ok(live.rewind(&self.runtime)?.then(|| live.written.as_ref().map_or(0, Written::pages)))
    }
}

impl Live {
    fn new(runtime: &Runtime) -> Result<Self, SandboxError> {
        let instance = runtime.instance()?;
        let written = if runtime.portable { None } else { Written::new() };
        Ok(Self { instance, written, loaded: None, at_load: false })
    }

    /// Keeps the memory as the load left it.
    fn remember(&mut self, runtime: &Runtime) -> Result<(), SandboxError> {
        self.at_load = true;
        let memory = self.instance.bytes();
        if let Some(written) = &mut self.written
            && written.learn(memory).is_some()
        {
            self.loaded = Some(Arc::new(written.snapshot(memory, &runtime.pristine)));
            return self.verify(runtime);
        }
        // Good for the one check that follows; after that, a new interpreter.
        self.written = None;
        self.loaded = Some(Arc::new(Loaded::unknown()));
        Ok(())
    }

    /// Restores the image of the load, or the pristine one where nothing is loaded. False where that cannot be exact.
    fn rewind(&mut self, runtime: &Runtime) -> Result<bool, SandboxError> {
        let Some(written) = &mut self.written else { return Ok(false) };
        if written.learn(self.instance.bytes()).is_none() {
            return Ok(false);
        }
        let exact = written.restore(&mut self.instance, &runtime.pristine, self.loaded.as_deref())?;
        if exact {
            self.verify(runtime)?;
        }
        Ok(exact)
    }

    /// In verify mode: whether memory is what it was put back to, or what was remembered of it.
    fn verify(&self, runtime: &Runtime) -> Result<(), SandboxError> {
        let Some(written) = self.written.as_ref().filter(|_| runtime.verify) else { return Ok(()) };
        match written.differences(self.instance.bytes(), &runtime.pristine, self.loaded.as_deref()) {
            0 => Ok(()),
            pages => Err(SandboxError::Inexact { pages }),
        }
    }
}

fn ended(stop: Stop, cpu_us: u64) -> Checked {
    match report::stopped(stop) {
        Some(kind) => Checked::Outcome(Outcome { cpu_us, ..Outcome::quiet(kind) }),
        None => Checked::Cancelled,
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

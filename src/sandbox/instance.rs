//! One living guest: calls into it under limits, and why a call ended early.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use wasmtime::{Error, Global, InstancePre, Memory, Module, Store, Trap, TypedFunc, UpdateDeadline, Val};

use super::{
    batch::{Limits, Namespace},
    engine::RESERVATION,
    error::SandboxError,
    strike::{Lane, Why},
    sys,
    wasi::{Denied, Left, State},
};

/// Bytes of an answer taken from the guest: three capped texts fit many times over.
const ANSWER_CAP: usize = 4 << 20;
/// The driver's return code for an answer in the buffer; 0 and 1 say all by themselves.
pub(super) const ANSWERED: i32 = 2;
/// A stack pointer below this has run off the guest's own stack, which lies at the bottom of its memory.
const STACK_FLOOR: i32 = 16 << 10;

/// When a call must end.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadline {
    /// On the thread's CPU clock.
    pub at: Duration,
    /// The batch's token.
    pub cancel: CancellationToken,
}

/// What the driver can be asked to do with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Compile and execute a source, which stands behind so many bytes of compiled patterns.
    Load { patterns: u32, namespace: Namespace },
    /// Compile a pattern.
    Pattern,
    /// Run `evaluate` on a text.
    Check,
    /// The same, step by step.
    Trace,
    /// Say what a source says, without running it.
    Facts,
}

/// What the driver answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its return code: 0 = loaded or `True`, 1 = `False`, [`ANSWERED`]; negative where the driver itself failed.
    pub code: i32,
    /// The texts of its answer, in order.
    pub texts: Vec<String>,
    /// Whether memory was refused during the call.
    pub refused: bool,
}

/// Why a call ended without an answer. The instance is not used again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The CPU deadline passed.
    Timeout,
    /// There was no memory to even pass the text.
    Memory,
    /// The guest left.
    Exit,
    /// It did what the sandbox does not offer, or broke itself.
    Forbidden(String),
    /// The C stack overflowed.
    Overflow,
    /// Nobody waits for the result.
    Cancelled,
}

#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("out of time")]
    Time,
    #[error("cancelled")]
    Cancelled,
}

/// An instance with its exports.
pub(super) struct Instance {
    store: Store<State>,
    /// Where calls are ended by a strike.
    lane: Option<Arc<Lane>>,
    memory: Memory,
    stack: Global,
    stack_home: i32,
    buffer: TypedFunc<u32, u32>,
    length: TypedFunc<(), u32>,
    load: TypedFunc<(u32, u32, u32), i32>,
    pattern: TypedFunc<u32, i32>,
    check: TypedFunc<u32, i32>,
    trace: TypedFunc<u32, i32>,
    facts: TypedFunc<u32, i32>,
}

impl Instance {
    /// A pristine instance.
    pub(super) fn new(pre: &InstancePre<State>) -> Result<Self, SandboxError> {
        Self::build(pre).map_err(|e| SandboxError::engine("instantiate the Python guest", &e))
    }

    fn build(pre: &InstancePre<State>) -> wasmtime::Result<Self> {
        let mut store = Store::new(pre.module().engine(), State::new());
        store.data_mut().memory_limit = usize::MAX;
        // What runs while the instance is made has no deadline.
        store.data_mut().deadline.at = Duration::MAX;
        store.limiter(|state| state);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|context| {
            let deadline = &context.data().deadline;
            if deadline.cancel.is_cancelled() {
                Err(Error::new(Ended::Cancelled))
            } else if sys::thread_cpu() >= deadline.at {
                Err(Error::new(Ended::Time))
            } else {
                Ok(UpdateDeadline::Continue(1))
            }
        });
        let instance = pre.instantiate(&mut store)?;
        let missing = |what: &str| Error::msg(format!("the module exports no `{what}`"));
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| missing("memory"))?;
        let stack = instance.get_global(&mut store, "__stack_pointer").ok_or_else(|| missing("__stack_pointer"))?;
        let stack_home = stack.get(&mut store).i32().ok_or_else(|| missing("__stack_pointer"))?;
        Ok(Self {
            lane: None,
            memory,
            stack,
            stack_home,
            buffer: instance.get_typed_func(&mut store, "buf")?,
            length: instance.get_typed_func(&mut store, "outlen")?,
            load: instance.get_typed_func(&mut store, "load")?,
            pattern: instance.get_typed_func(&mut store, "pattern")?,
            check: instance.get_typed_func(&mut store, "check")?,
            trace: instance.get_typed_func(&mut store, "trace")?,
            facts: instance.get_typed_func(&mut store, "facts")?,
            store,
        })
    }

    /// Makes its calls ones that can be struck, as its code does not look at the time.
    pub(super) fn lane(&mut self, module: &Module) -> Result<&Arc<Lane>, SandboxError> {
        let reserved = usize::try_from(RESERVATION).unwrap_or(usize::MAX);
        let lane = Lane::new(&mut self.store, self.memory, reserved, module)?;
        Ok(self.lane.insert(lane))
    }

    /// The memory as it is now.
    pub(super) fn bytes(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// The memory, to be put back to an earlier state, with the stack pointer at rest.
    pub(super) fn rewind(&mut self) -> Result<&mut [u8], SandboxError> {
        let home = Val::I32(self.stack_home);
        self.stack.set(&mut self.store, home).map_err(|e| SandboxError::engine("reset the stack pointer", &e))?;
        Ok(self.memory.data_mut(&mut self.store))
    }

    /// Hands bytes to the driver and returns its answer, with the CPU time that took. The limits hold for the call;
    /// random bytes start anew.
    pub(super) fn call(
        &mut self,
        entry: Entry,
        bytes: &[u8],
        limits: Limits,
        cancel: &CancellationToken,
    ) -> (Result<Answer, Stop>, Duration) {
        let start = sys::thread_cpu();
        let told = self.call_until(start + limits.cpu, entry, bytes, limits, cancel);
        let took = sys::thread_cpu().saturating_sub(start);
        let answer = told.and_then(|(code, bytes)| {
            Ok(Answer { code, texts: texts(&bytes).ok_or_else(tampered)?, refused: self.store.data().refused })
        });
        (answer, took)
    }

    /// A compiled pattern; nothing where the literal is none.
    pub(super) fn pattern(
        &mut self,
        mention: &str,
        limits: Limits,
        cancel: &CancellationToken,
    ) -> Result<Option<Vec<u8>>, Stop> {
        let at = sys::thread_cpu() + limits.cpu;
        let (code, bytes) = self.call_until(at, Entry::Pattern, mention.as_bytes(), limits, cancel)?;
        Ok((code == ANSWERED).then_some(bytes))
    }

    fn call_until(
        &mut self,
        at: Duration,
        entry: Entry,
        bytes: &[u8],
        limits: Limits,
        cancel: &CancellationToken,
    ) -> Result<(i32, Vec<u8>), Stop> {
        let state = self.store.data_mut();
        state.rewind();
        state.deadline = Deadline { at, cancel: cancel.clone() };
        state.memory_limit = usize::try_from(limits.memory).unwrap_or(usize::MAX);
        let code = self.send(entry, bytes)?;
        let answer = if code == ANSWERED { self.answer()? } else { Vec::new() };
        Ok((code, answer))
    }

    /// Runs compiled code, which the deadline or the token may end. Memory is touched by others only when it is back.
    fn enter<T>(&mut self, run: impl FnOnce(&mut Self) -> wasmtime::Result<T>) -> Result<T, Stop> {
        let Some(lane) = self.lane.clone() else {
            self.store.set_epoch_deadline(1);
            return run(self).map_err(|e| self.stop(&e));
        };
        lane.begin(&self.store.data().deadline);
        let ran = run(self);
        let struck = lane.end(self.memory.data_size(&self.store));
        ran.map_err(|e| match (self.stop(&e), struck) {
            // The fault that the strike made. A call that just came to its end did so.
            (Stop::Forbidden(_) | Stop::Overflow, Some(Why::Time)) => Stop::Timeout,
            (_, Some(Why::Cancelled)) => Stop::Cancelled,
            (stop, _) => stop,
        })
    }

    fn send(&mut self, entry: Entry, bytes: &[u8]) -> Result<i32, Stop> {
        let Ok(length) = u32::try_from(bytes.len()) else { return Err(Stop::Memory) };
        let at = self.enter(|own| own.buffer.call(&mut own.store, length))?;
        if at == 0 {
            return Err(Stop::Memory);
        }
        self.memory.write(&mut self.store, at as usize, bytes).map_err(|_| tampered())?;
        self.enter(|Self { store, load, pattern, check, trace, facts, .. }| match entry {
            Entry::Load { patterns, namespace } => load.call(store, (patterns, length, namespace.mode())),
            Entry::Pattern => pattern.call(store, length),
            Entry::Check => check.call(store, length),
            Entry::Trace => trace.call(store, length),
            Entry::Facts => facts.call(store, length),
        })
    }

    fn answer(&mut self) -> Result<Vec<u8>, Stop> {
        let length = self.enter(|own| own.length.call(&mut own.store, ()))? as usize;
        let at = self.enter(|own| own.buffer.call(&mut own.store, 0))? as usize;
        if length > ANSWER_CAP {
            return Err(tampered());
        }
        Ok(self.bytes().get(at..at + length).ok_or_else(tampered)?.to_vec())
    }

    /// Why wasmtime ended a call.
    fn stop(&mut self, error: &Error) -> Stop {
        if let Some(ended) = error.downcast_ref::<Ended>() {
            return match ended {
                Ended::Time => Stop::Timeout,
                Ended::Cancelled => Stop::Cancelled,
            };
        }
        if error.is::<Left>() {
            return Stop::Exit;
        }
        if let Some(denied) = error.downcast_ref::<Denied>() {
            return Stop::Forbidden(denied.0.clone());
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::StackOverflow) => Stop::Overflow,
            Some(Trap::MemoryOutOfBounds) if self.off_stack() => Stop::Overflow,
            Some(Trap::UnreachableCodeReached) => Stop::Forbidden("abort the interpreter".into()),
            Some(trap) => Stop::Forbidden(format!("break the interpreter ({trap})")),
            None => Stop::Forbidden(format!("break the interpreter ({error})")),
        }
    }

    fn off_stack(&mut self) -> bool {
        self.stack.get(&mut self.store).i32().is_some_and(|pointer| pointer < STACK_FLOOR)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // Where a call did not come back (a panic), its memory is about to go.
        if let Some(lane) = &self.lane {
            lane.end(0);
        }
    }
}

fn tampered() -> Stop {
    Stop::Forbidden("tamper with the sandbox's driver".into())
}

/// The length-prefixed texts of an answer. Invalid UTF-8 cannot come from an unharmed driver, but is only replaced.
fn texts(mut bytes: &[u8]) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        texts.push(String::from_utf8_lossy(text).into_owned());
        bytes = rest;
    }
    bytes.is_empty().then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_whole_or_not_at_all() {
        assert_eq!(texts(b"\x01\0\0\0a\0\0\0\0"), Some(vec!["a".into(), String::new()]));
        assert_eq!(texts(b""), Some(vec![]));
        assert_eq!(texts(b"\x02\0\0\0a"), None);
        assert_eq!(texts(b"\x01\0\0"), None);
        assert_eq!(texts(b"\xff\xff\xff\xffaaaa"), None);
    }
}

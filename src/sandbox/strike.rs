//! Ending a call in code that was compiled without epoch checks, which cost a seventh of its speed: another thread
//! takes the memory away (`PROT_NONE`), and the next access to it, which any endless loop makes, is a trap.
//!
//! wasmtime turns the fault into a trap where it happens in compiled code. Where it happens in our own code that works
//! on the memory for the guest (a long `memory.copy`, random bytes), the signal handler gives back the 64 KiB at the
//! fault and lets that code finish; the memory is taken away again at the next look.
#![allow(unsafe_code, reason = "protection of the guest's memory and a signal handler")]

use std::{
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use wasmtime::{Memory, Module, Store};

use super::{instance::Deadline, sys};

/// This system and architecture tell where a fault was.
pub(super) const POSSIBLE: bool = true;

/// Bytes given back to our own code at a fault: a WebAssembly page, in which memory is measured.
const GIVEN_BACK: usize = 64 << 10;

/// Why a call was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Time,
    Cancelled,
}

/// A call that runs.
struct Call {
    clock: sys::ThreadClock,
    at: Duration,
    cancel: CancellationToken,
    ended: Option<Why>,
}

/// Where an instance's calls can be struck.
pub(super) struct Lane {
    /// Addresses that its memory has or may grow into.
    range: Range<usize>,
    call: Mutex<Option<Call>>,
    struck: AtomicBool,
}

impl Lane {
    /// Prepares the instance to which the store and its memory belong. `reserved` bytes of address space are the
    /// memory's, and it does not move.
    pub(super) fn new<T: 'static>(store: &mut Store<T>, memory: Memory, reserved: usize, module: &Module) -> Arc<Self> {
        let base = memory.data_ptr(&*store).addr();
        let lane =
            Arc::new(Self { range: base..base + reserved, call: Mutex::new(None), struck: AtomicBool::new(false) });
        let code = module.image_range();
        handle(store, Arc::clone(&lane), code.start.addr()..code.end.addr());
        lane
    }

    fn call(&self) -> MutexGuard<'_, Option<Call>> {
        // A call is replaced as a whole.
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins on this thread.
    pub(super) fn begin(&self, deadline: &Deadline) {
        let cancel = deadline.cancel.clone();
        *self.call() = Some(Call { clock: sys::ThreadClock::own(), at: deadline.at, cancel, ended: None });
    }

    /// It is over: why, if it was ended. Its memory, now of `length` bytes, can be used again.
    pub(super) fn end(&self, length: usize) -> Option<Why> {
        let mut call = self.call();
        if self.struck.swap(false, Ordering::AcqRel) {
            sys::give(self.range.start..self.range.start + length);
        }
        call.take()?.ended
    }

    /// Strikes where the call is past its deadline or wanted no more. Always true, for `retain`.
    pub(super) fn look(&self) -> bool {
        let mut call = self.call();
        if let Some(call) = call.as_mut() {
            if call.ended.is_none() {
                let late = || call.clock.now().is_none_or(|now| now >= call.at).then_some(Why::Time);
                call.ended = if call.cancel.is_cancelled() { Some(Why::Cancelled) } else { late() };
            }
            if call.ended.is_some() {
                // The handler must know before the first fault.
                self.struck.store(true, Ordering::Release);
                sys::take_away(self.range.clone());
            }
        }
        true
    }
}

fn handle<T: 'static>(store: &mut Store<T>, lane: Arc<Lane>, code: Range<usize>) {
    use wasmtime::unix::StoreExt;
    // SAFETY: the handler is async-signal-safe: it reads an atomic and plain data that outlives the store, as it owns
    // it, and makes one system call.
    unsafe {
        store.set_signal_handler(move |_, info, context| {
            let (Some(at), Some(pc)) = (sys::fault_address(info), sys::program_counter(context)) else { return false };
            if !lane.struck.load(Ordering::Acquire) || !lane.range.contains(&at) || code.contains(&pc) {
                return false;
            }
            let start = at - (at - lane.range.start) % GIVEN_BACK;
            sys::give(start..start + GIVEN_BACK)
        });
    }
}

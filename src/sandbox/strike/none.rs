//! Where a system does not tell enough to strike: calls end by the epoch.

use std::{convert::Infallible, sync::Arc};

use wasmtime::{Memory, Module, Store};

use super::{error::SandboxError, instance::Deadline};

/// Never.
pub(super) const POSSIBLE: bool = false;

/// Why a call was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(dead_code, reason = "nothing is struck here")]
pub(super) enum Why {
    Time,
    Cancelled,
}

/// There is none.
pub(super) struct Lane(Infallible);

impl Lane {
    pub(super) fn new<T>(_: &mut Store<T>, _: Memory, _: usize, _: &Module) -> Result<Arc<Self>, SandboxError> {
        Err(SandboxError::Engine { what: "end calls by a strike", message: "this system does not allow it".into() })
    }

    pub(super) fn begin(&self, _: &Deadline) {
        match self.0 {}
    }

    pub(super) fn end(&self, _: usize) -> Option<Why> {
        match self.0 {}
    }

    pub(super) fn look(&self) -> bool {
        match self.0 {}
    }
}

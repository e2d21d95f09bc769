//! What was asked before this start, as lines of the Jobs screen.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::{CallKind, ItemId, Kind},
    store::{PastCall, PastFailure, PastItem, Store, StoreError},
};

use super::snapshot::{JobKind, JobState, JobView};

/// Calls of one page.
pub const PAGE: usize = 200;
/// Failures that are listed.
const FAILURES: usize = 200;
/// What marks the numbers of stored calls and of failures, which no job of a run has.
const CALL: u64 = 1 << 62;
const FAILURE: u64 = 1 << 61;

/// A page of stored calls, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What failed for good and stands so; with the first page only.
    pub failures: Vec<JobView>,
    /// Calls.
    pub calls: Vec<JobView>,
    /// Whether there are older ones.
    pub more: bool,
}

impl Page {
    /// The newest calls, or those before a row.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &Store, before: Option<i64>) -> Result<Self, StoreError> {
        let calls = store.past_calls(before, PAGE)?;
        let failures = if before.is_none() { store.past_failures(FAILURES)? } else { Vec::new() };
        Ok(Self {
            more: calls.len() == PAGE,
            calls: calls.into_iter().map(call).collect(),
            failures: (0..).zip(failures).filter_map(|(n, failed)| failure(n, failed)).collect(),
        })
    }
}

impl JobView {
    /// Whether it is of before this start.
    pub const fn is_past(&self) -> bool {
        self.id & (1 << 63) == 0 && self.id & (CALL | FAILURE) != 0
    }
}

fn call(past: PastCall) -> JobView {
    let state = JobState::Done;
    let view = view(CALL | past.row.unsigned_abs(), past.call, &past.of, Arc::from(past.endpoint), state);
    JobView { took: Some(Duration::from_millis(past.total_ms)), completion: Some(past.row), usage: past.usage, ..view }
}

fn failure(n: u64, past: PastFailure) -> Option<JobView> {
    let state = JobState::Failed { code: past.failure.code, message: past.failure.message };
    Some(view(FAILURE | n, call_of(past.of.item)?, &past.of, Arc::from(""), state))
}

fn view(id: u64, call: CallKind, of: &PastItem, at: Arc<str>, state: JobState) -> JobView {
    let about = match &of.root {
        Some((_, text)) => Arc::from(text.as_str()),
        None => Arc::from(of.key.as_str()),
    };
    JobView {
        id,
        kind: JobKind::Call(call),
        root: of.root.as_ref().map(|(root, _)| *root),
        item: of.item,
        about,
        at,
        state,
        tail: None,
        took: None,
        completion: None,
        usage: None,
    }
}

/// The call that fills an item of a kind; nothing fills those that come along with another.
const fn call_of(item: ItemId) -> Option<CallKind> {
    match item.kind {
        Kind::Call => Some(CallKind::SelfInstruct),
        Kind::Verifier => Some(CallKind::Verifiers),
        Kind::BackTranslation => Some(CallKind::BackTranslate),
        Kind::Entailment => Some(CallKind::Entail),
        Kind::Response => Some(CallKind::Respond),
        Kind::Score => Some(CallKind::Score),
        Kind::Seed | Kind::Instruction | Kind::Case | Kind::Query | Kind::Task | Kind::Pair => None,
    }
}

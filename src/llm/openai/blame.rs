//! Whose fault a failure is: the item's, which has then failed, or the endpoint's, which the work then waits for.
//!
//! Most errors tell by themselves. For the others (a 400 may be an overlong prompt or a misspelt `extra_body`, a 500 a
//! prompt that breaks a template or a broken server) the answer is found: other requests of the same call that are
//! answered show that it is the item; where there are none, one short test request in the same form decides. So a
//! misconfigured endpoint does not fail thousands of items, and one poisonous item does not stop an endpoint.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    domain::CallKind,
    llm::{Blame, Fault, LlmError, Message, Request, Role, Wait},
};

/// Most tokens of a test request's answer.
const TEST_TOKENS: u32 = 8;

/// How many requests of each call were answered.
#[derive(Debug, Default)]
pub(super) struct Answered([AtomicU64; CallKind::ALL.len()]);

impl Answered {
    /// Counts one.
    pub fn add(&self, call: CallKind) {
        self.0[call as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    pub fn count(&self, call: CallKind) -> u64 {
        self.0[call as usize].load(Ordering::Relaxed)
    }
}

/// Whether an error may be the item's or the endpoint's.
pub(super) const fn is_doubtful(error: &LlmError) -> bool {
    match error {
        LlmError::Status { status, .. } => {
            matches!(status, 400 | 403 | 406 | 409..=412 | 414..=424 | 426 | 428 | 430..=499 | 500 | 501 | 505..)
        }
        LlmError::Protocol { fault, .. } => !matches!(fault, Fault::Html),
        LlmError::Timeout { what, .. } => !matches!(what, Wait::Connect),
        _ => false,
    }
}

/// Whether the form of the request was refused: then it matters whether the form was ever taken, not when.
pub(super) const fn is_refusal(error: &LlmError) -> bool {
    matches!(error, LlmError::Status { status: 400..=499, .. })
}

/// A request in the form of another, with next to nothing in it.
pub(super) fn test_request(like: &Request) -> Request {
    let content = "Say OK.".to_owned();
    Request {
        messages: vec![Message { role: Role::User, content }],
        shape: None,
        choices: &[],
        max_tokens: like.max_tokens.min(TEST_TOKENS),
        ..like.clone()
    }
}

/// The error with what was found out.
pub(super) fn traced(error: LlmError, blame: Blame) -> LlmError {
    LlmError::Traced { error: Box::new(error), blame }
}

//! What is asked of a model and what comes back.

use std::{fmt, time::Duration};

use super::Shape;
use crate::domain::{CallKind, Chances, Finish, SlotKey, Together, Usage};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The rules of the conversation.
    System,
    /// The request itself.
    User,
}

impl Role {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
        }
    }
}

/// One message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// One completion that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Which call of the method.
    pub call: CallKind,
    /// The content-free key of the slot that it fills.
    pub slot: SlotKey,
    /// Sample index within the slot.
    pub sample: u32,
    /// How many completions this slot and sample already have: the take a tape is asked for.
    pub nth: u32,
    /// The prompt.
    pub messages: Vec<Message>,
    /// The model's name as the server knows it.
    pub model: String,
    /// Sampling temperature, always sent.
    pub temperature: f64,
    /// Nucleus sampling, always sent.
    pub top_p: f64,
    /// Most tokens of the answer.
    pub max_tokens: u32,
    /// The shape that the answer is to have; it is asked for as the server can, and is no part of what is asked.
    pub shape: Option<&'static Shape>,
    /// The words that the answer is to end with one of: how probable each was is asked for, where the server can tell.
    pub choices: &'static [&'static str],
    /// The server's seed: best effort, never relied on.
    pub seed: Option<u64>,
    /// How many requests that differ in their seed alone are made at once, this one included: an endpoint may make one
    /// of them (see [`Endpoint::together`](super::Endpoint::together)).
    pub together: u32,
}

/// A completion.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The text as it came, reasoning split off. Untrusted.
    pub content: String,
    /// The reasoning, never parsed as the answer.
    pub reasoning: Option<String>,
    /// Why the model stopped.
    pub finish: Finish,
    /// Tokens, where the server told.
    pub usage: Option<Usage>,
    /// Milliseconds from the successful attempt's start to its first token.
    pub first_ms: u64,
    /// Milliseconds of the successful attempt.
    pub total_ms: u64,
    /// Attempts it took, the successful one included.
    pub attempts: u32,
    /// The model's name as the server gave it; the requested one where it gave none.
    pub model: String,
    /// The form of structured output in which it was asked for; nothing where it was to have no shape.
    pub form: Option<String>,
    /// How probable each of the request's choices was, where the server told.
    pub chances: Option<Chances>,
    /// Where it was one of several choices of one request: which.
    pub together: Option<Together>,
}

/// What a request is going through, for the Jobs screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// An attempt starts.
    Attempt {
        /// Its number, from 1.
        number: u32,
        /// Attempts there will be at most.
        of: u32,
    },
    /// An attempt failed and another will follow.
    Waiting {
        /// The failed one's number, from 1.
        number: u32,
        /// What it died of.
        error: String,
        /// Until the next.
        wait: Duration,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attempt { number, of } => write!(f, "attempt {number} of {of}"),
            Self::Waiting { number, error, wait } => {
                write!(f, "attempt {number}: {error}; again in {:.1} s", wait.as_secs_f64())
            }
        }
    }
}

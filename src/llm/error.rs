//! What can go wrong with a completion, and what it means for the work.

use std::{borrow::Cow, path::PathBuf};

use crate::domain::{CallKind, Finish, SlotKey};

/// What an error means for the item that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A result: asking again by itself would not help. The item failed.
    Lasting,
    /// Nothing is known about the item: the work can go on once the cause is mended.
    Blocked,
    /// Somebody stopped it.
    Cancelled,
}

/// What was waited for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The connection.
    Connect,
    /// The first token.
    FirstToken,
    /// The next token.
    Idle,
    /// The end of the answer.
    Total,
}

impl Wait {
    const fn code(self) -> &'static str {
        match self {
            Self::Connect => "timeout-connect",
            Self::FirstToken => "timeout-first-token",
            Self::Idle => "timeout-idle",
            Self::Total => "timeout-total",
        }
    }

    /// The key under `[endpoints.X.timeouts]`.
    const fn key(self) -> &'static str {
        match self {
            Self::Connect => "connect_s",
            Self::FirstToken => "first_token_s",
            Self::Idle => "idle_s",
            Self::Total => "total_s",
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Connect => "no connection",
            Self::FirstToken => "no first token",
            Self::Idle => "no further token",
            Self::Total => "no end of the answer",
        }
    }
}

/// How an answer breaks the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A web page in place of JSON.
    Html,
    /// Neither events nor JSON of the expected shape.
    Shape,
    /// Bytes that are not UTF-8.
    Utf8,
    /// The stream ended before the model did.
    Cut,
    /// An error object inside the stream.
    InStream,
}

impl Fault {
    const fn code(self) -> &'static str {
        match self {
            Self::Html => "protocol-html",
            Self::Shape => "protocol",
            Self::Utf8 => "protocol-utf8",
            Self::Cut => "stream-cut",
            Self::InStream => "stream-error",
        }
    }
}

/// Whose fault an error is, where that had to be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The endpoint answers other requests.
    Item,
    /// It answers a short test request no better.
    Endpoint,
}

impl Blame {
    const fn words(self) -> &'static str {
        match self {
            Self::Item => "other requests are answered, so it is this item",
            Self::Endpoint => "a short test request failed too, so it is not this item",
        }
    }
}

/// Why there is no completion. The texts say what happened, where, and what to do next; parts that servers sent are
/// shortened but untrusted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LlmError {
    /// The tape has no such answer.
    #[error(
        "the tape of endpoint `{endpoint}` has no answer for {} of {slot}, sample {sample}, take {take}; connect an \
         endpoint to continue from here ([endpoints] in assay.toml)", call.name()
    )]
    NoAnswerOnTape {
        /// The endpoint.
        endpoint: String,
        /// Which call.
        call: CallKind,
        /// Which slot.
        slot: SlotKey,
        /// Which sample.
        sample: u32,
        /// Which take.
        take: u32,
    },
    /// The tape cannot be read or written.
    #[error("{}, line {line}: {reason}", file.display())]
    BadTape {
        /// The file.
        file: PathBuf,
        /// From 1; 0 where the file as a whole is meant.
        line: usize,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// Nobody answers.
    #[error("endpoint `{endpoint}`: cannot reach {url}: {reason}; start the server or correct base_url")]
    Connect {
        /// The endpoint.
        endpoint: String,
        /// Where, without credentials.
        url: String,
        /// Why.
        reason: String,
    },
    /// The server is there, but who it is cannot be told.
    #[error(
        "endpoint `{endpoint}`: the certificate of {url} is not trusted: {reason}; name the certificate (PEM) of the \
         authority that signed it as ca_file under [endpoints.{endpoint}], or correct base_url"
    )]
    Certificate {
        /// The endpoint.
        endpoint: String,
        /// Where, without credentials.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It took too long.
    #[error(
        "endpoint `{endpoint}`: {} within {seconds} s; see whether the server is overloaded, or raise {} under \
         [endpoints.{endpoint}.timeouts]", what.what(), what.key()
    )]
    Timeout {
        /// The endpoint.
        endpoint: String,
        /// What was waited for.
        what: Wait,
        /// How long.
        seconds: f64,
    },
    /// The server refused.
    #[error("endpoint `{endpoint}` answered HTTP {status}: {message}; {}", advice(*status))]
    Status {
        /// The endpoint.
        endpoint: String,
        /// The status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// Credit or quota is used up.
    #[error(
        "endpoint `{endpoint}`: quota used up (HTTP {status}): {message}; top up or name another endpoint, then run again"
    )]
    Quota {
        /// The endpoint.
        endpoint: String,
        /// The status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// The answer is not what the protocol says.
    #[error("endpoint `{endpoint}`: {message}")]
    Protocol {
        /// The endpoint.
        endpoint: String,
        /// Which way.
        fault: Fault,
        /// What came, and what to do.
        message: String,
    },
    /// There was no text in the answer.
    #[error("endpoint `{endpoint}`: the answer is empty ({}); {}", finish_word(*finish), empty_advice(*finish, *call))]
    Empty {
        /// The endpoint.
        endpoint: String,
        /// Which call.
        call: CallKind,
        /// Why the model stopped.
        finish: Finish,
    },
    /// The answer does not end.
    #[error("endpoint `{endpoint}`: the answer is larger than {limit} bytes; the server may ignore max_tokens")]
    TooLarge {
        /// The endpoint.
        endpoint: String,
        /// The limit.
        limit: usize,
    },
    /// An error whose cause had to be found out.
    #[error("{error} ({})", blame.words())]
    Traced {
        /// What happened.
        error: Box<Self>,
        /// Whose fault it is.
        blame: Blame,
    },
    /// Somebody stopped it.
    #[error("cancelled")]
    Cancelled,
    /// The endpoint cannot work as it is configured.
    #[error("endpoint `{endpoint}`: {reason}")]
    Config {
        /// The endpoint.
        endpoint: String,
        /// What is wrong, and what to do.
        reason: String,
    },
}

impl LlmError {
    /// A stable word for filters and scripts.
    pub fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NoAnswerOnTape { .. } => "tape",
            Self::BadTape { .. } => "bad-tape",
            Self::Connect { .. } => "unreachable",
            Self::Certificate { .. } => "certificate",
            Self::Timeout { what, .. } => what.code(),
            Self::Status { status, .. } => return Cow::Owned(format!("http-{status}")),
            Self::Quota { .. } => "quota",
            Self::Protocol { fault, .. } => fault.code(),
            Self::Empty { finish: Finish::ContentFilter, .. } => "content-filter",
            Self::Empty { finish: Finish::Length, .. } => "empty-length",
            Self::Empty { .. } => "empty",
            Self::TooLarge { .. } => "too-large",
            Self::Traced { error, .. } => return error.code(),
            Self::Cancelled => "cancelled",
            Self::Config { .. } => "config",
        })
    }

    /// What it means for the item. Where the endpoint as a whole seems broken (it is down, wants another key, is not
    /// an API at all) the item is not blamed: failing thousands of items for an expired key would help nobody.
    pub const fn nature(&self) -> Nature {
        match self {
            Self::Cancelled => Nature::Cancelled,
            Self::Traced { blame: Blame::Item, .. } => Nature::Lasting,
            Self::Empty { .. } | Self::TooLarge { .. } => Nature::Lasting,
            Self::Timeout { what: Wait::Total, .. } => Nature::Lasting,
            Self::Protocol { fault: Fault::Utf8 | Fault::InStream, .. } => Nature::Lasting,
            Self::Status { status, .. } if !of_endpoint(*status) => Nature::Lasting,
            Self::NoAnswerOnTape { .. }
            | Self::BadTape { .. }
            | Self::Connect { .. }
            | Self::Certificate { .. }
            | Self::Timeout { .. }
            | Self::Status { .. }
            | Self::Quota { .. }
            | Self::Protocol { .. }
            | Self::Traced { .. }
            | Self::Config { .. } => Nature::Blocked,
        }
    }
}

/// Whether a status speaks of the endpoint (key, address, load) and not of the request.
const fn of_endpoint(status: u16) -> bool {
    matches!(status, 300..=399 | 401 | 402 | 404 | 405 | 407 | 408 | 409 | 425 | 429 | 500..)
}

const fn advice(status: u16) -> &'static str {
    match status {
        300..=399 => "set base_url to where it redirects",
        401 => "check the key that key_env names",
        403 => "the key may not use this model, or the provider refuses this prompt",
        404 | 405 => "check base_url (does it end in /v1?) and the model's name",
        408 | 409 | 425 | 429 => "the server is busy: lower concurrency or run again later",
        500.. => "see the server's log, then run again",
        _ => "correct the request (model, sampling values, extra_body) or edit the item",
    }
}

const fn finish_word(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "finish reason: stop",
        Finish::Length => "finish reason: length",
        Finish::ContentFilter => "finish reason: content filter",
        Finish::Other => "no finish reason",
    }
}

fn empty_advice(finish: Finish, call: CallKind) -> String {
    match finish {
        Finish::Length => format!(
            "the limit was spent before any text, reasoning counts too: raise max_tokens of [calls.{}] or switch \
             reasoning off by extra_body",
            call.name()
        ),
        Finish::ContentFilter => "the provider's filter took it: edit the item or name another endpoint".to_owned(),
        Finish::Stop | Finish::Other => "re-run the item, or look at the model's chat template".to_owned(),
    }
}

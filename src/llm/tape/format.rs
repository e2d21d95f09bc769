//! The lines of a tape. The format is described in the module above.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{CallKind, Chances, Finish, SlotKey, Usage},
    llm::{Answer, Request},
};

/// The version of the format that this program writes and reads.
const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the format.
    pub assay_tape: u32,
    /// What people should know the answers as.
    pub label: String,
    /// Where they come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Header {
    /// A header of the present version.
    pub fn new(label: &str, note: Option<&str>) -> Self {
        Self { assay_tape: VERSION, label: label.to_owned(), note: note.map(str::to_owned) }
    }

    pub(super) fn parse(row: &[u8]) -> Result<Self, String> {
        let header: Self = serde_json::from_slice(row).map_err(|error| {
            format!("this is no tape: its first line is {{\"assay_tape\":1,\"label\":\"...\"}} ({error})")
        })?;
        if header.assay_tape != VERSION {
            return Err(format!("the tape has format {}, this program reads {VERSION}", header.assay_tape));
        }
        Ok(header)
    }
}

/// What an answer is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which call.
    pub call: CallKind,
    /// Which slot.
    pub slot: SlotKey,
    /// Which sample.
    pub sample: u32,
    /// Which take.
    pub take: u32,
}

impl Key {
    /// The key that a request asks for.
    pub fn of(request: &Request) -> Self {
        Self { call: request.call, slot: request.slot.clone(), sample: request.sample, take: request.nth }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, sample {}, take {}", self.call.name(), self.slot, self.sample, self.take)
    }
}

/// One completion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which call.
    pub call: CallKind,
    /// Which slot.
    pub slot: SlotKey,
    /// Which sample.
    #[serde(default)]
    pub sample: u32,
    /// Which take.
    #[serde(default)]
    pub take: u32,
    /// Who answered.
    #[serde(default)]
    pub model: Option<String>,
    /// The answer.
    pub content: String,
    /// The reasoning.
    #[serde(default)]
    pub reasoning: Option<String>,
    /// Why the model stopped.
    #[serde(default = "stop")]
    pub finish: Finish,
    /// Tokens.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// Milliseconds to the first token.
    #[serde(default)]
    pub first_ms: u64,
    /// Milliseconds in all.
    #[serde(default)]
    pub total_ms: u64,
    /// The form of structured output in which it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// How probable each of the words was that it could choose from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chances: Option<Chances>,
}

const fn stop() -> Finish {
    Finish::Stop
}

impl Line {
    /// The line that records an answer.
    pub fn of(request: &Request, answer: &Answer) -> Self {
        Self {
            call: request.call,
            slot: request.slot.clone(),
            sample: request.sample,
            take: request.nth,
            model: Some(answer.model.clone()),
            content: answer.content.clone(),
            reasoning: answer.reasoning.clone(),
            finish: answer.finish,
            usage: answer.usage,
            first_ms: answer.first_ms,
            total_ms: answer.total_ms,
            form: answer.form.clone(),
            chances: answer.chances.clone(),
        }
    }

    /// What it is found by.
    pub fn key(&self) -> Key {
        Key { call: self.call, slot: self.slot.clone(), sample: self.sample, take: self.take }
    }

    pub(super) fn parse(row: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(row).map_err(|error| format!("not an answer of a tape: {error}"))
    }
}

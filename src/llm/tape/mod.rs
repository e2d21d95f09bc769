//! Tapes: recorded completions that replay with their timing.
//!
//! A tape is a text file of JSON lines, plain or zstd-compressed. The first line is the header, every further one a
//! completion:
//!
//! ```json
//! {"assay_tape":1,"label":"demo","note":"written by hand"}
//! {"call":"verifiers","slot":"seed.1a2b3c4d5e6f","sample":0,"take":0,"model":"m","content":"...","reasoning":null,"finish":"stop","usage":{"prompt_tokens":210,"completion_tokens":95},"first_ms":180,"total_ms":2400}
//! ```
//!
//! | field | meaning |
//! |---|---|
//! | `call` | `self_instruct`, `verifiers`, `back_translate`, `entail`, `respond` or `score` |
//! | `slot` | the slot's content-free key (see [`crate::domain::SlotKey`]): an edited item keeps it |
//! | `sample` | sample index within the slot |
//! | `take` | how many completions this slot and sample had before: 0, then 1 for a re-run, ... |
//! | `model` | the model that answered; may be left out |
//! | `content` | the answer as it came |
//! | `reasoning` | the model's reasoning; may be left out |
//! | `finish` | `stop` (where left out), `length`, `content_filter` or `other` |
//! | `usage` | `prompt_tokens`, `completion_tokens`, `cached_tokens`; may be left out |
//! | `first_ms`, `total_ms` | milliseconds to the first token and in all; may be left out |
//! | `form` | the form of structured output in which it was asked for (`json_schema`, ..., `prompt`); may be left out |
//! | `chances` | of an answer that ends with one of a few words: `said`, which one, and `of`, how probable each was; may be left out |
//!
//! `(call, slot, sample, take)` is unique. Keys and addresses never enter a tape. A last line that breaks off (a
//! recording that was killed) is left out with a warning; any other broken line is an error that names it.

mod format;
mod replay;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    collections::HashMap,
    io::Read as _,
    path::{Path, PathBuf},
};

pub use format::{Header, Key, Line};
pub use replay::TapeEndpoint;
pub use writer::TapeWriter;

use super::LlmError;

/// The most bytes of a tape, unpacked: a guard against files that unpack for ever.
const LARGEST: u64 = 4 << 30;

/// How a zstd frame begins.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A tape in memory.
#[derive(Debug)]
pub struct Tape {
    header: Header,
    lines: HashMap<Key, Line>,
    torn: Option<usize>,
}

impl Tape {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, LlmError> {
        let bytes = std::fs::read(path)
            .map_err(|error| bad(path, 0, format!("cannot read the tape: {error}; correct `path` in assay.toml")))?;
        Self::parse(&bytes, path)
    }

    /// Reads bytes, plain or zstd; `path` is for messages.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, LlmError> {
        if bytes.starts_with(&ZSTD_MAGIC) {
            let unpacked = unpack(bytes).map_err(|error| bad(path, 0, format!("cannot unpack the tape: {error}")))?;
            return Self::parse_plain(&unpacked, path);
        }
        Self::parse_plain(bytes, path)
    }

    fn parse_plain(bytes: &[u8], path: &Path) -> Result<Self, LlmError> {
        let mut rows = bytes.split_inclusive(|&byte| byte == b'\n').enumerate();
        let header = match rows.next() {
            Some((_, row)) => Header::parse(row).map_err(|reason| bad(path, 1, reason))?,
            None => return Err(bad(path, 1, "the tape is empty: it begins with {\"assay_tape\":1,\"label\":\"...\"}")),
        };
        let mut tape = Self { header, lines: HashMap::new(), torn: None };
        for (index, row) in rows {
            if row.trim_ascii().is_empty() {
                continue;
            }
            match Line::parse(row) {
                Ok(line) => tape.insert(line).map_err(|reason| bad(path, index + 1, reason))?,
                Err(_) if !row.ends_with(b"\n") => {
                    tracing::warn!(tape = %path.display(), line = index + 1, "the last line breaks off; left out");
                    tape.torn = Some(index + 1);
                }
                Err(reason) => return Err(bad(path, index + 1, reason)),
            }
        }
        Ok(tape)
    }

    fn insert(&mut self, line: Line) -> Result<(), String> {
        let key = line.key();
        match self.lines.insert(key.clone(), line) {
            None => Ok(()),
            Some(_) => Err(format!("a second answer for {key}; remove one of them")),
        }
    }

    /// What the tape says of itself.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The answer with that key.
    pub fn get(&self, key: &Key) -> Option<&Line> {
        self.lines.get(key)
    }

    /// All keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.lines.keys()
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The number of a last line that broke off and was left out.
    pub const fn torn(&self) -> Option<usize> {
        self.torn
    }
}

fn unpack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    zstd::stream::read::Decoder::new(bytes)?.take(LARGEST).read_to_end(&mut plain)?;
    if plain.len() as u64 == LARGEST {
        return Err(std::io::Error::other("it is larger than 4 GiB unpacked"));
    }
    Ok(plain)
}

fn bad(path: &Path, line: usize, reason: impl Into<String>) -> LlmError {
    LlmError::BadTape { file: PathBuf::from(path), line, reason: reason.into() }
}

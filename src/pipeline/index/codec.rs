//! Numbers, words and texts as bytes: LEB128, and lengths before contents.

use std::borrow::Cow;

use crate::pipeline::view::Reason;

/// Bytes under way.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(super) fn count(&mut self, number: usize) {
        self.number(number as u64);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }
}

/// What is left to read. Every reading is nothing where the bytes are damaged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        if first < 0x80 {
            return Some(u64::from(first));
        }
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    pub(super) fn count(&mut self) -> Option<usize> {
        // No count exceeds the bytes that are left, so that damage asks for no memory.
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }

    pub(super) fn bytes(&mut self) -> Option<&'b [u8]> {
        let count = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

/// Reasons that most instructions share, so that reading them back allocates nothing.
const REASONS: [&str; 42] = [
    "exact-duplicate",
    "pass-rate",
    "cap",
    "balance",
    "conflict-language",
    "conflict-length",
    "conflict-layout",
    "conflict-code",
    "conflict-digits",
    "below-threshold",
    "one-sided-cases",
    "no-function",
    "no-case",
    "too-few-functions",
    "too-few-cases",
    "too-few-booleans",
    "invalid-expected",
    "vacuous",
    "rejected",
    "duplicate",
    "contradiction",
    "not-verifiable",
    "no-score",
    "same-text",
    "not-chosen",
    "stale",
    "outdated",
    "no-response-kept",
    "no-response-passed",
    "empty",
    "cut-off",
    "content-filter",
    "bad-json",
    "syntax-error",
    "no-evaluate",
    "load-error",
    "copied-example",
    "not-checkable",
    "wrong-language",
    "too-long",
    "too-short",
    "not-an-instruction",
];

/// A reason, without an allocation where it is a usual one.
pub(super) fn reason(word: &str) -> Reason {
    let known = REASONS.iter().find(|known| **known == word);
    known.map_or_else(|| Cow::Owned(word.to_owned()), |known| Cow::Borrowed(*known))
}

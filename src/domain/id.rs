//! Item ids: stable across runs and projects, made from content and lineage.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::digest::{digest_of, hex, unhex};

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A hand-written instruction. It goes through the pipeline like any other.
    Seed,
    /// An instruction that self-instruct made.
    Instruction,
    /// One function of one instruction (sample `k`).
    Verifier,
    /// A test case: an input and the expected output.
    Case,
    /// A back-translation of a verifier.
    BackTranslation,
    /// The entailment label of a back-translation.
    Entailment,
    /// A user query.
    Query,
    /// An instruction with a query.
    Task,
    /// One sampled response to a task.
    Response,
    /// One judge's score of a response.
    Score,
    /// A chosen and a rejected response.
    Pair,
    /// One self-instruct call.
    Call,
}

impl Kind {
    /// Every kind, in the order of the pipeline.
    pub const ALL: [Self; 12] = [
        Self::Seed,
        Self::Instruction,
        Self::Verifier,
        Self::Case,
        Self::BackTranslation,
        Self::Entailment,
        Self::Query,
        Self::Task,
        Self::Response,
        Self::Score,
        Self::Pair,
        Self::Call,
    ];

    /// The prefix of the kind's ids, without the colon.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Instruction => "ins",
            Self::Verifier => "fn",
            Self::Case => "case",
            Self::BackTranslation => "bt",
            Self::Entailment => "nli",
            Self::Query => "query",
            Self::Task => "task",
            Self::Response => "resp",
            Self::Score => "score",
            Self::Pair => "pair",
            Self::Call => "call",
        }
    }

    /// The kind that a prefix names.
    pub fn from_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.prefix() == prefix)
    }

    /// The number that stands for the kind in the store; never reused.
    pub const fn code(self) -> u8 {
        match self {
            Self::Seed => 1,
            Self::Instruction => 2,
            Self::Verifier => 3,
            Self::Case => 4,
            Self::BackTranslation => 5,
            Self::Entailment => 6,
            Self::Query => 7,
            Self::Task => 8,
            Self::Response => 9,
            Self::Score => 10,
            Self::Pair => 11,
            Self::Call => 12,
        }
    }

    /// The kind that a stored number stands for.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An item's identity: its kind and 16 bytes of a digest over content (roots) or parent and position (the rest).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// What the item is.
    pub kind: Kind,
    /// The first half of a SHA-256.
    pub hash: [u8; 16],
}

impl ItemId {
    fn made(kind: Kind, parts: &[&[u8]]) -> Self {
        let mut all: Vec<&[u8]> = vec![b"assay/id", kind.prefix().as_bytes()];
        all.extend_from_slice(parts);
        let digest = digest_of(&all);
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest.0[..16]);
        Self { kind, hash }
    }

    /// A seed: its text as it was first imported.
    pub fn seed(text: &str) -> Self {
        Self::made(Kind::Seed, &[text.as_bytes()])
    }

    /// A query: its text as it was first imported.
    pub fn query(text: &str) -> Self {
        Self::made(Kind::Query, &[text.as_bytes()])
    }

    /// Self-instruct call number `n`.
    pub fn call(n: u32) -> Self {
        Self::made(Kind::Call, &[&n.to_le_bytes()])
    }

    /// Line `line` of a self-instruct call, with the text it first had.
    pub fn instruction(call: &Self, line: u32, text: &str) -> Self {
        Self::made(Kind::Instruction, &[&call.hash, &line.to_le_bytes(), text.as_bytes()])
    }

    /// The `index`-th child of a kind: verifier `k` of an instruction, case `i` of a verifier, response `j` of a task.
    pub fn child(kind: Kind, parent: &Self, index: u32) -> Self {
        Self::made(kind, &[parent.kind.prefix().as_bytes(), &parent.hash, &index.to_le_bytes()])
    }

    /// An instruction with a query.
    pub fn task(instruction: &Self, query: &Self) -> Self {
        Self::made(Kind::Task, &[&instruction.hash, &query.hash])
    }

    /// A chosen and a rejected item: two responses of a task, or two cases of an instruction.
    pub fn pair(chosen: &Self, rejected: &Self) -> Self {
        Self::made(Kind::Pair, &[&chosen.hash, &rejected.hash])
    }

    /// Prefix and the first 8 hexadecimal digits, for people.
    pub fn short(&self) -> String {
        format!("{}:{}", self.kind.prefix(), &hex(&self.hash)[..8])
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.prefix(), hex(&self.hash))
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

/// A text that is not an item id.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an item id: expected a kind and hexadecimal digits, like `ins:1a2b3c4d`")]
pub struct BadId(pub String);

impl FromStr for ItemId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId(text.to_owned());
        let (prefix, digits) = text.split_once(':').ok_or_else(bad)?;
        let kind = Kind::from_prefix(prefix).ok_or_else(bad)?;
        let hash = unhex::<16>(digits).ok_or_else(bad)?;
        Ok(Self { kind, hash })
    }
}

impl Serialize for ItemId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A slot's content-free key: where it stands, whatever it says. Tapes are keyed by it, so that an edited item still
/// finds its next take; seeded draws use it, so that an edit does not re-pair an instruction.
///
/// `seed.<12 hex>` and `q.<12 hex>` (of the SHA-256 of the text as first imported), `si.<call>` and
/// `si.<call>.<line>`, `<instruction>/<query>` for a task, `<instruction>/<query>/r<sample>` for a response.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotKey(pub String);

impl SlotKey {
    /// A seed's key.
    pub fn seed(text: &str) -> Self {
        Self(format!("seed.{}", super::Digest::of_bytes(text.as_bytes()).short(12)))
    }

    /// A query's key.
    pub fn query(text: &str) -> Self {
        Self(format!("q.{}", super::Digest::of_bytes(text.as_bytes()).short(12)))
    }

    /// A self-instruct call's key.
    pub fn call(n: u32) -> Self {
        Self(format!("si.{n}"))
    }

    /// The key of a line of a self-instruct call.
    pub fn line(call: u32, line: u32) -> Self {
        Self(format!("si.{call}.{line}"))
    }

    /// A task's key.
    pub fn task(instruction: &Self, query: &Self) -> Self {
        Self(format!("{}/{}", instruction.0, query.0))
    }

    /// A response's key.
    pub fn response(task: &Self, sample: u32) -> Self {
        Self(format!("{}/r{sample}", task.0))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_as_text() {
        let id = ItemId::seed("Answer in lower case.");
        assert_eq!(id.to_string().parse::<ItemId>().unwrap(), id);
        assert!("ins:zz".parse::<ItemId>().is_err());
    }

    #[test]
    fn kinds_have_distinct_prefixes_and_codes() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_prefix(kind.prefix()), Some(kind));
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
    }

    #[test]
    fn siblings_differ() {
        let parent = ItemId::seed("x");
        assert_ne!(ItemId::child(Kind::Verifier, &parent, 0), ItemId::child(Kind::Verifier, &parent, 1));
        assert_ne!(ItemId::child(Kind::Verifier, &parent, 0), ItemId::child(Kind::Case, &parent, 0));
    }
}

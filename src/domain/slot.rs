//! Slots and their versions: an item is a slot, what it says is its current version.

use serde::{Deserialize, Serialize};

use super::{
    decision::{Decision, Ruling},
    digest::{Digest, digest_of},
    id::{ItemId, SlotKey},
};

/// What a version was made from. Two parts, because they go stale differently: changed *inputs* (an edit) are
/// re-made at once in the workbench, changed *settings* (template, model, sampling) wait for *apply*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Made {
    /// Digest of the contents it was made from.
    pub inputs: Digest,
    /// Digest of template, model name and sampling values.
    pub settings: Digest,
    /// Sample index within the call.
    pub sample: u32,
    /// Explicit re-runs with the same inputs and settings, from 0.
    pub take: u32,
}

impl Made {
    /// The task key: one digest of it all.
    pub fn key(&self, stage: &str) -> Digest {
        digest_of(&[
            b"assay/task".as_slice(),
            stage.as_bytes(),
            &self.inputs.0,
            &self.settings.0,
            &self.sample.to_le_bytes(),
            &self.take.to_le_bytes(),
        ])
    }

    /// Whether both were made from the same things, takes aside.
    pub fn same_base(&self, other: &Self) -> bool {
        self.inputs == other.inputs && self.settings == other.settings && self.sample == other.sample
    }
}

/// Where a version comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A model's answer.
    Machine,
    /// A person's edit.
    Human,
    /// An import.
    Imported,
}

/// One version of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Version<T> {
    /// Position in the slot's history, from 0.
    pub no: u32,
    /// Where it comes from.
    pub origin: Origin,
    /// What it says.
    pub body: T,
    /// What it was made from. For a human version `inputs` is what the version it replaced was made from, so that it
    /// goes stale only when that content changes. Imports have none.
    pub made: Option<Made>,
    /// The completion it was read from (a row of the store).
    pub completion: Option<i64>,
    /// Whether it is a take that was asked for and taken back: it comes back only where there is no other.
    pub taken_back: bool,
}

/// A lasting failure of the call that should fill a slot; kept so that it is not asked again by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What was asked.
    pub made: Made,
    /// A stable word: `http-400`, `tape`, `content-filter`, ...
    pub code: String,
    /// What happened and what to do next.
    pub message: String,
}

/// An item: identity, history, and what holds now.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot<T> {
    /// Identity.
    pub id: ItemId,
    /// Content-free key.
    pub key: SlotKey,
    /// Position among its siblings.
    pub index: u32,
    /// The history, oldest first.
    pub versions: Vec<Version<T>>,
    /// Which of them is current.
    pub current: Option<u32>,
    /// What a person decided.
    pub decision: Option<Decision>,
    /// A re-run that was asked for and has not been stored yet: its take.
    pub rerun: Option<u32>,
    /// The lasting failure of the last attempt, if it failed.
    pub failure: Option<Failure>,
    /// Completions stored for this slot so far, per sample 0 (the take that a tape is asked for next).
    pub completions: u32,
}

impl<T> Slot<T> {
    /// An empty slot.
    pub const fn new(id: ItemId, key: SlotKey, index: u32) -> Self {
        Self {
            id,
            key,
            index,
            versions: Vec::new(),
            current: None,
            decision: None,
            rerun: None,
            failure: None,
            completions: 0,
        }
    }

    /// The current version.
    pub fn version(&self) -> Option<&Version<T>> {
        self.versions.iter().find(|version| Some(version.no) == self.current)
    }

    /// What the item says now.
    pub fn body(&self) -> Option<&T> {
        self.version().map(|version| &version.body)
    }

    /// Whether a person wrote what it says now.
    pub fn is_edited(&self) -> bool {
        self.version().is_some_and(|version| version.origin == Origin::Human)
    }

    /// Whether the decision was made on another version than the current one.
    pub fn is_outdated(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.version != self.current)
    }

    /// What a person decided about what the item says now: a decision on another version is not in force, as nobody
    /// has seen this one.
    pub fn ruling(&self) -> Option<Ruling> {
        self.decision.as_ref().filter(|_| !self.is_outdated()).map(|decision| decision.ruling)
    }

    /// The next free version number.
    pub fn next_no(&self) -> u32 {
        self.versions.iter().map(|version| version.no + 1).max().unwrap_or(0)
    }

    /// The take that an explicit re-run with this base gets: one more than the highest there is.
    pub fn next_take(&self, base: &Made) -> u32 {
        let taken = self.versions.iter().filter_map(|version| version.made).filter(|made| made.same_base(base));
        taken.map(|made| made.take + 1).max().unwrap_or(0)
    }
}

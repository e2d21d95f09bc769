//! The journal: decisions, edits, re-runs and threshold changes, appended with author and time, and undoable.

use serde::{Deserialize, Serialize};

use super::{decision::Decision, id::ItemId};

/// One change to one item, with what is needed to take it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// A decision was made, changed or withdrawn.
    Decide {
        /// The item.
        item: ItemId,
        /// The decision before.
        before: Option<Decision>,
        /// The decision after.
        after: Option<Decision>,
    },
    /// A human version became current.
    Edit {
        /// The item.
        item: ItemId,
        /// The current version before.
        before: Option<u32>,
        /// The human version.
        after: u32,
    },
    /// A re-run was asked for.
    Rerun {
        /// The item.
        item: ItemId,
        /// The current version before.
        before: Option<u32>,
        /// The take that was asked for.
        take: u32,
        /// The number of the next version when it was asked for, recorded as it is found: what came of it is the first
        /// version of that take from there on.
        #[serde(default)]
        since: u32,
    },
    /// A note was written, changed or taken away.
    Note {
        /// The item.
        item: ItemId,
        /// The note before.
        before: Option<String>,
        /// The note after.
        after: Option<String>,
    },
    /// A value of the profile was changed in `assay.toml`. The file holds what is in force; this is its history.
    Rule {
        /// The key under `[rules]`.
        key: String,
        /// What the file said before, as TOML; nothing where the profile's own value was in force.
        before: Option<String>,
        /// What it says after.
        after: Option<String>,
    },
}

impl Change {
    /// The item that changed; nothing for a rule.
    pub const fn item(&self) -> Option<ItemId> {
        match self {
            Self::Decide { item, .. }
            | Self::Edit { item, .. }
            | Self::Rerun { item, .. }
            | Self::Note { item, .. } => Some(*item),
            Self::Rule { .. } => None,
        }
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Something a person did.
    Act,
    /// Takes back the entry it names.
    Undo {
        /// That entry.
        of: i64,
    },
    /// Does again the entry it names.
    Redo {
        /// That entry.
        of: i64,
    },
}

/// One entry. A bulk action is one entry with many changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1, in order.
    pub seq: i64,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub author: String,
    /// Act, undo or redo.
    pub kind: EntryKind,
    /// What it says to a person: "reject fn:1a2b3c4d (wrong case)".
    pub label: String,
    /// The changes.
    pub changes: Vec<Change>,
}

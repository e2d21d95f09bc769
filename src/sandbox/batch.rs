//! What is to be run: functions, texts, and which of them meet.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::error::SandboxError;

/// The limits of one check (loading a verifier has the same ones).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limits {
    /// CPU time of the worker thread, so that a busy machine does not change an outcome.
    pub cpu: Duration,
    /// Bytes of linear memory, the interpreter's own 27 MiB included.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { cpu: Duration::from_secs(2), memory: 256 << 20 }
    }
}

/// Which names a function sees when it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Namespace {
    /// One namespace of its own: its helpers, imports and own name, as in a module.
    #[default]
    Own,
    /// Its own names in one namespace with the released scripts' imports, as their cross-validation runs it.
    OwnAndScript,
    /// Only the released scripts' imports (json, random, re, os, copy, time, logging, signal), not what its own source
    /// defines beside it, nor its own name: as their verification and scoring of responses run it.
    ScriptGlobals,
}

impl Namespace {
    /// The driver's number for it.
    pub(super) const fn mode(self) -> u32 {
        match self {
            Self::Own => 0,
            Self::OwnAndScript => 1,
            Self::ScriptGlobals => 2,
        }
    }
}

/// A text as it crosses into the guest: UTF-8, where lone surrogates may stand as their three-byte forms (WTF-8).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text(pub Arc<[u8]>);

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes().into())
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        Self(text.into())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

/// Checks that belong together: an instruction's cases, or a task's responses in sample order.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Sources of verifiers.
    pub functions: Vec<Arc<str>>,
    /// Texts given to them.
    pub texts: Vec<Text>,
    /// Which function runs on which text, as indices. One function's cells run in the order given, on one worker.
    pub cells: Vec<(u32, u32)>,
    /// The limits of each check.
    pub limits: Limits,
    /// What the functions see.
    pub namespace: Namespace,
    /// Whether the checks after a verifier's second timeout in this batch may be skipped.
    pub allow_skips: bool,
}

/// The cells of one function, in order.
#[derive(Debug)]
pub(super) struct Group {
    pub function: u32,
    /// (index of the cell, index of the text).
    pub cells: Vec<(u32, u32)>,
}

impl Batch {
    /// Every function on every text, ordered by function, then text.
    pub fn matrix(functions: Vec<Arc<str>>, texts: Vec<Text>) -> Self {
        let (rows, columns) = (functions.len() as u32, texts.len() as u32);
        let cells = (0..rows).flat_map(|f| (0..columns).map(move |t| (f, t))).collect();
        Self { functions, texts, cells, ..Self::default() }
    }

    /// The cells by function, in order of first mention.
    pub(super) fn groups(&self) -> Result<Vec<Group>, SandboxError> {
        let mut place: Vec<Option<usize>> = vec![None; self.functions.len()];
        let mut groups: Vec<Group> = Vec::new();
        for (cell, &(function, text)) in self.cells.iter().enumerate() {
            let slot = place.get_mut(function as usize).filter(|_| (text as usize) < self.texts.len());
            let slot = slot.ok_or(SandboxError::BadCell {
                cell,
                function,
                text,
                functions: self.functions.len(),
                texts: self.texts.len(),
            })?;
            let at = *slot.get_or_insert_with(|| {
                groups.push(Group { function, cells: Vec::new() });
                groups.len() - 1
            });
            groups[at].cells.push((cell as u32, text));
        }
        Ok(groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_grouped_in_order_of_first_mention() {
        let mut batch = Batch::matrix(vec!["a".into(), "b".into()], vec!["x".into(), "y".into()]);
        batch.cells = vec![(1, 0), (0, 1), (1, 1)];
        let groups = batch.groups().unwrap();
        assert_eq!(groups[0].cells, [(0, 0), (2, 1)]);
        assert_eq!((groups[1].function, groups[1].cells.as_slice()), (0, [(1, 1)].as_slice()));
    }

    #[test]
    fn a_cell_out_of_range_is_an_error() {
        let mut batch = Batch::matrix(vec!["a".into()], vec!["x".into()]);
        batch.cells.push((0, 1));
        assert!(matches!(batch.groups(), Err(SandboxError::BadCell { cell: 1, .. })));
    }
}

//! Which instructions are listed.

use std::{collections::HashSet, sync::Arc};

use crate::{
    domain::{ItemId, Ruling, Stage},
    pipeline::{
        snapshot::{InstructionRow, Snapshot},
        view::State,
    },
};

/// A filter of the Instructions list. Empty shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words; each must be in the text, or be a fact: id, category, language, stage, state, reason, decision,
    /// `edited`, `stale`, `seed`, `unreviewed`.
    pub text: String,
    /// Only those of which something fell at this stage.
    pub fell: Option<Stage>,
    /// Of these only those of which something fell for this reason.
    pub why: Option<Why>,
}

/// Instructions of which something fell for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The reason.
    pub reason: Arc<str>,
    /// The instructions, as the engine named them.
    pub of: Arc<HashSet<ItemId>>,
}

impl Filter {
    /// Whether it shows all.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.fell.is_none()
    }

    /// Whether a row is shown; `words` are [`Filter::words`].
    fn takes(&self, row: &InstructionRow, words: &[String]) -> bool {
        if self.fell.is_some_and(|stage| !row.fell_at(stage)) {
            return false;
        }
        if self.why.as_ref().is_some_and(|why| !why.of.contains(&row.id)) {
            return false;
        }
        if words.is_empty() {
            return true;
        }
        let text = row.text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()) || is_fact(row, word))
    }

    fn words(&self) -> Vec<String> {
        self.text.split_whitespace().map(str::to_lowercase).collect()
    }

    /// The rows shown.
    pub fn pick(&self, snapshot: &Snapshot) -> Rows {
        if self.is_empty() {
            return Rows::All(snapshot.instructions.len());
        }
        let words = self.words();
        let picked = snapshot.instructions.iter().enumerate().filter(|(_, row)| self.takes(row, &words));
        Rows::Picked(picked.map(|(index, _)| index).collect())
    }
}

fn is_fact(row: &InstructionRow, word: &str) -> bool {
    let state = match &row.state {
        State::Kept => "kept",
        State::Dropped(reason) | State::Failed(reason) if reason.as_ref() == word => word,
        State::Dropped(_) => "dropped",
        State::Failed(_) => "failed",
        State::Pending => "pending",
        State::Running => "running",
        State::Stale => "stale",
    };
    let decision = match row.decision {
        Some(Ruling::Accepted) => "accepted",
        Some(Ruling::Rejected | Ruling::UseAsNegative) => "rejected",
        None => "unreviewed",
    };
    [state, decision, row.stage.id(), row.language.code(), row.category.as_deref().unwrap_or_default()].contains(&word)
        || (word == "seed" && row.seed)
        || (word == "edited" && row.edited)
        || (word == "stale" && row.stale)
        || (word.contains(':') && row.id.to_string().starts_with(word))
}

/// The rows a list shows, as places in the snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All of so many.
    All(usize),
    /// These.
    Picked(Vec<usize>),
}

impl Default for Rows {
    fn default() -> Self {
        Self::All(0)
    }
}

impl Rows {
    /// How many are shown.
    pub const fn len(&self) -> usize {
        match self {
            Self::All(n) => *n,
            Self::Picked(picked) => picked.len(),
        }
    }

    /// Whether none is.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place in the list.
    pub fn get<'a>(&self, snapshot: &'a Snapshot, at: usize) -> Option<&'a Arc<InstructionRow>> {
        match self {
            Self::All(_) => snapshot.instructions.get(at),
            Self::Picked(picked) => snapshot.instructions.get(*picked.get(at)?),
        }
    }
}

//! Which instructions are listed, and in which order: pure functions of the rows, so that they may run anywhere.

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{ItemId, Ruling, Stage},
    pipeline::{
        snapshot::{InstructionRow, Snapshot},
        view::State,
    },
};

use super::{facets::Facets, fuzzy::Fuzzy, sort::Sort};

/// A filter of the Instructions list. Empty shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Words; each must be in the text (fuzzily), or be a fact: id, category, language, stage, state, reason,
    /// decision, `edited`, `stale`, `seed`, `unreviewed`.
    pub text: String,
    /// Only those of which something fell at this stage.
    pub fell: Option<Stage>,
    /// Only those that have these values.
    pub facets: Facets,
    /// Of those that fell only those of which something fell for this reason. Not remembered: what fell changes.
    #[serde(skip)]
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
        self.text.trim().is_empty() && self.fell.is_none() && self.why.is_none() && self.facets.is_empty()
    }

    /// Whether a row is shown as far as text and stage go; `fuzzy` looks for `words`, which are [`Filter::words`].
    fn finds(&self, row: &InstructionRow, words: &[String], fuzzy: &mut Fuzzy) -> bool {
        self.fell.is_none_or(|stage| row.fell_at(stage))
            && self.why.as_ref().is_none_or(|why| why.of.contains(&row.id))
            && (words.is_empty()
                || fuzzy.score(&row.text, |at| words.get(at).is_some_and(|word| is_fact(row, word))).is_some())
    }

    fn words(&self) -> Vec<String> {
        self.text.split_whitespace().map(str::to_lowercase).collect()
    }

    /// Whether everything that this one lets through, the other one does: the same but for further words. A word that
    /// grows finds other things, as letters may be left out.
    pub fn narrows(&self, other: &Self) -> bool {
        let words = self.words();
        self.fell == other.fell
            && self.why == other.why
            && self.facets == other.facets
            && other.words().iter().all(|word| words.contains(word))
    }

    /// The filter, ready for many rows.
    pub fn sieve(&self) -> Sieve<'_> {
        let words = self.words();
        let fuzzy = Fuzzy::new(words.iter().map(String::as_str));
        Sieve { filter: self, words, fuzzy }
    }

    /// The places of the rows shown, in the order given.
    pub fn pick(&self, rows: &[Arc<InstructionRow>], sort: Sort) -> Rows {
        if self.is_empty() && sort == Sort::default() {
            return Rows::All(rows.len());
        }
        let mut sieve = self.sieve();
        let picked = rows.iter().enumerate().filter(|(_, row)| sieve.takes(row));
        let mut places: Vec<usize> = picked.map(|(place, _)| place).collect();
        sort.sort(&mut places, rows);
        Rows::Picked(places)
    }

    /// The rows that facets are counted over: all that text and stage let through.
    pub fn counted<'r>(&self, rows: &'r [Arc<InstructionRow>]) -> impl Iterator<Item = &'r InstructionRow> {
        let words = self.words();
        let mut fuzzy = Fuzzy::new(words.iter().map(String::as_str));
        rows.iter().map(AsRef::as_ref).filter(move |row| self.finds(row, &words, &mut fuzzy))
    }
}

/// A filter at work.
#[derive(Debug)]
pub struct Sieve<'f> {
    filter: &'f Filter,
    words: Vec<String>,
    fuzzy: Fuzzy,
}

impl Sieve<'_> {
    /// Whether a row is shown.
    pub fn takes(&mut self, row: &InstructionRow) -> bool {
        self.filter.facets.take(row) && self.filter.finds(row, &self.words, &mut self.fuzzy)
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
    /// All of so many, as they were made.
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

    /// The place in the snapshot of the row at a place in the list.
    pub fn place(&self, at: usize) -> Option<usize> {
        match self {
            Self::All(n) => (at < *n).then_some(at),
            Self::Picked(picked) => picked.get(at).copied(),
        }
    }

    /// The row at a place in the list.
    pub fn get<'a>(&self, snapshot: &'a Snapshot, at: usize) -> Option<&'a Arc<InstructionRow>> {
        snapshot.instructions.get(self.place(at)?)
    }

    /// The rows in the order of the list.
    pub fn each<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a Arc<InstructionRow>> {
        (0..self.len()).filter_map(|at| self.get(snapshot, at))
    }

    /// The same rows in a newer list that has further ones in between; what is gone there is left out.
    #[must_use]
    pub fn carried(&self, old: &[Arc<InstructionRow>], new: &[Arc<InstructionRow>]) -> Self {
        let alike = old.len() <= new.len() && old.iter().zip(new).all(|(old, new)| old.id == new.id);
        if alike {
            return self.clone();
        }
        // Both are in one stable order, so that one walk finds them all; what moved is looked up.
        let mut moved: Vec<Option<usize>> = Vec::with_capacity(old.len());
        let mut at = 0;
        let mut known: Option<std::collections::HashMap<crate::domain::ItemId, usize>> = None;
        for row in old {
            let near = new.get(at..).into_iter().flatten().take(NEAR).position(|new| new.id == row.id);
            let place = near.map(|ahead| at + ahead).or_else(|| {
                let known = known.get_or_insert_with(|| new.iter().enumerate().map(|(at, row)| (row.id, at)).collect());
                known.get(&row.id).copied()
            });
            at = place.map_or(at, |place| place + 1);
            moved.push(place);
        }
        let carried = (0..self.len()).filter_map(|at| moved.get(self.place(at)?).copied().flatten());
        Self::Picked(carried.collect())
    }

    /// How many of `fresh` are not here, and how many here are not in `fresh`; of so many rows in all.
    pub fn differ(&self, fresh: &Self, all: usize) -> (usize, usize) {
        if let (Self::All(here), Self::All(there)) = (self, fresh) {
            return (there.saturating_sub(*here), here.saturating_sub(*there));
        }
        let mut shown = vec![false; all];
        for place in (0..self.len()).filter_map(|at| self.place(at)) {
            if let Some(shown) = shown.get_mut(place) {
                *shown = true;
            }
        }
        let both = (0..fresh.len()).filter_map(|at| fresh.place(at)).filter(|place| shown.get(*place) == Some(&true));
        let both = both.count();
        (fresh.len() - both, self.len().saturating_sub(both))
    }
}

/// How far ahead a row is looked for before all are looked through.
const NEAR: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::workbench::rehearsal::{counts::row, project::Project};

    proptest! {
        #[test]
        fn rows_are_carried_by_identity(
            kept in prop::collection::vec(any::<bool>(), 60),
            shown in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
            turned: bool,
        ) {
            let new: Vec<_> = Project::of(60).views.iter().map(|view| Arc::new(row(view))).collect();
            let mut old: Vec<_> = new.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(row, _)| row.clone()).collect();
            if turned {
                old.reverse();
            }
            prop_assume!(!old.is_empty());
            let rows = Rows::Picked(shown.iter().map(|at| at.index(old.len())).collect());
            let ids = |rows: &Rows, of: &[Arc<InstructionRow>]| -> Vec<_> {
                (0..rows.len()).filter_map(|at| of.get(rows.place(at)?).map(|row| row.id)).collect()
            };
            prop_assert_eq!(ids(&rows.carried(&old, &new), &new), ids(&rows, &old));
            let all = Rows::All(old.len());
            prop_assert_eq!(ids(&all.carried(&old, &new), &new), ids(&all, &old));
            prop_assert_eq!(all.carried(&old, &new).differ(&Rows::All(new.len()), new.len()), (new.len() - old.len(), 0));
        }
    }
}

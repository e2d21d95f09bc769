//! Facets: what instructions are counted by, and narrowed to. Values of one group add up; groups narrow one another.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Language, Ruling},
    pipeline::{snapshot::InstructionRow, view::State},
};

/// Where an instruction stands at the furthest stage it reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It goes on.
    Kept,
    /// It fell.
    Dropped,
    /// Its call failed for good.
    Failed,
    /// It waits, or is worked on.
    Pending,
    /// What it was made from changed.
    Stale,
}

/// Where an instruction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Imported.
    Seed,
    /// A model wrote it.
    Model,
    /// A person wrote it over.
    Edited,
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// Nothing yet.
    Unreviewed,
    /// To use it.
    Accepted,
    /// Not to.
    Rejected,
}

/// How many of its responses passed, of those verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// None was verified.
    Unverified,
    /// None.
    None,
    /// Fewer than half.
    Few,
    /// Half or more.
    Many,
    /// All.
    All,
}

/// A value to narrow the list to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", content = "is")]
pub enum Facet {
    /// Where it stands.
    State(Standing),
    /// What a person decided.
    Decision(Decided),
    /// How many of its responses passed.
    PassRate(Band),
    /// Whether anything of it is stale.
    Stale(bool),
    /// Where it comes from.
    Origin(Origin),
    /// Its language.
    Language(Language),
    /// Its category; nothing where it has none.
    Category(Option<Arc<str>>),
}

/// How many groups there are.
const GROUPS: usize = 7;

/// The values of all groups but the last, in the order of the panel.
const FIXED: [Facet; 20] = [
    Facet::State(Standing::Kept),
    Facet::State(Standing::Dropped),
    Facet::State(Standing::Failed),
    Facet::State(Standing::Pending),
    Facet::State(Standing::Stale),
    Facet::Decision(Decided::Unreviewed),
    Facet::Decision(Decided::Accepted),
    Facet::Decision(Decided::Rejected),
    Facet::PassRate(Band::Unverified),
    Facet::PassRate(Band::None),
    Facet::PassRate(Band::Few),
    Facet::PassRate(Band::Many),
    Facet::PassRate(Band::All),
    Facet::Stale(true),
    Facet::Stale(false),
    Facet::Origin(Origin::Seed),
    Facet::Origin(Origin::Model),
    Facet::Origin(Origin::Edited),
    Facet::Language(Language::English),
    Facet::Language(Language::Chinese),
];

impl Facet {
    /// The group's place.
    const fn group(&self) -> usize {
        match self {
            Self::State(_) => 0,
            Self::Decision(_) => 1,
            Self::PassRate(_) => 2,
            Self::Stale(_) => 3,
            Self::Origin(_) => 4,
            Self::Language(_) => 5,
            Self::Category(_) => 6,
        }
    }

    /// The group's name.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::State(_) => "state",
            Self::Decision(_) => "decision",
            Self::PassRate(_) => "pass rate",
            Self::Stale(_) => "stale",
            Self::Origin(_) => "origin",
            Self::Language(_) => "language",
            Self::Category(_) => "category",
        }
    }

    /// The value's name; a category's is not trusted.
    pub fn name(&self) -> &str {
        match self {
            Self::State(Standing::Kept) => "kept",
            Self::State(Standing::Dropped) => "dropped",
            Self::State(Standing::Failed) => "failed",
            Self::State(Standing::Pending) => "pending",
            Self::State(Standing::Stale) | Self::Stale(true) => "stale",
            Self::Stale(false) => "up to date",
            Self::Origin(Origin::Seed) => "seed",
            Self::Origin(Origin::Model) => "self-instruct",
            Self::Origin(Origin::Edited) => "edited",
            Self::Decision(Decided::Unreviewed) => "unreviewed",
            Self::Decision(Decided::Accepted) => "accepted",
            Self::Decision(Decided::Rejected) => "rejected",
            Self::PassRate(Band::Unverified) => "not verified",
            Self::PassRate(Band::None) => "none pass",
            Self::PassRate(Band::Few) => "under half",
            Self::PassRate(Band::Many) => "half or more",
            Self::PassRate(Band::All) => "all pass",
            Self::Language(language) => language.code(),
            Self::Category(category) => category.as_deref().unwrap_or("none"),
        }
    }

    /// Whether an instruction has this value.
    fn is(&self, row: &InstructionRow) -> bool {
        match self {
            Self::State(standing) => standing_of(&row.state) == *standing,
            Self::Decision(decided) => decided_of(row.decision) == *decided,
            Self::PassRate(band) => band_of(row.responses) == *band,
            Self::Stale(stale) => row.stale == *stale,
            Self::Origin(origin) => origin_of(row) == *origin,
            Self::Language(language) => row.language == *language,
            Self::Category(category) => row.category.as_deref() == category.as_deref(),
        }
    }
}

const fn standing_of(state: &State) -> Standing {
    match state {
        State::Kept => Standing::Kept,
        State::Dropped(_) => Standing::Dropped,
        State::Failed(_) => Standing::Failed,
        State::Pending | State::Running => Standing::Pending,
        State::Stale => Standing::Stale,
    }
}

const fn decided_of(decision: Option<Ruling>) -> Decided {
    match decision {
        None => Decided::Unreviewed,
        Some(Ruling::Accepted) => Decided::Accepted,
        Some(Ruling::Rejected | Ruling::UseAsNegative) => Decided::Rejected,
    }
}

const fn band_of((passed, verified): (u32, u32)) -> Band {
    match (passed, verified) {
        (_, 0) => Band::Unverified,
        (0, _) => Band::None,
        (passed, verified) if passed >= verified => Band::All,
        (passed, verified) if passed < verified.div_ceil(2) => Band::Few,
        _ => Band::Many,
    }
}

const fn origin_of(row: &InstructionRow) -> Origin {
    match (row.edited, row.seed) {
        (true, _) => Origin::Edited,
        (false, true) => Origin::Seed,
        (false, false) => Origin::Model,
    }
}

/// The values that the list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facets(BTreeSet<Facet>);

impl Facets {
    /// Whether nothing is narrowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a value is on.
    pub fn has(&self, facet: &Facet) -> bool {
        self.0.contains(facet)
    }

    /// Turns a value on or off.
    pub fn toggle(&mut self, facet: &Facet) {
        if !self.0.remove(facet) {
            self.0.insert(facet.clone());
        }
    }

    /// The values that are on, by group.
    pub fn iter(&self) -> impl Iterator<Item = &Facet> {
        self.0.iter()
    }

    /// Whether a row has, of every group with values on, one of them.
    pub fn take(&self, row: &InstructionRow) -> bool {
        self.0.is_empty() || self.misses(row) == 0
    }

    /// The groups in which a row has none of the values that are on, as bits.
    fn misses(&self, row: &InstructionRow) -> u8 {
        let (mut asked, mut met) = (0_u8, 0_u8);
        for facet in &self.0 {
            let bit = 1 << facet.group();
            asked |= bit;
            if met & bit == 0 && facet.is(row) {
                met |= bit;
            }
        }
        asked & !met
    }

    /// How many rows each value would show, given what is on in the other groups; in the order of the panel.
    pub fn count<'r>(&self, rows: impl Iterator<Item = &'r InstructionRow>) -> Vec<(Facet, usize)> {
        let mut fixed = [0_usize; FIXED.len()];
        let mut categories: HashMap<Option<&str>, usize> = HashMap::new();
        for row in rows {
            let misses = self.misses(row);
            for (facet, n) in FIXED.iter().zip(&mut fixed) {
                *n += usize::from(misses & !(1 << facet.group()) == 0 && facet.is(row));
            }
            let counted = misses & !(1 << (GROUPS - 1)) == 0;
            *categories.entry(row.category.as_deref()).or_default() += usize::from(counted);
        }
        let mut categories: Vec<(Facet, usize)> =
            categories.into_iter().map(|(name, n)| (Facet::Category(name.map(Arc::from)), n)).collect();
        categories.sort();
        FIXED.into_iter().zip(fixed).chain(categories).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::workbench::rehearsal::{counts::row, project::Project};

    proptest! {
        #[test]
        fn a_count_is_what_turning_the_value_on_would_show(picks in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let rows: Vec<_> = Project::of(40).views.iter().map(row).collect();
            let values: Vec<Facet> = Facets::default().count(rows.iter()).into_iter().map(|(facet, _)| facet).collect();
            let mut facets = Facets::default();
            for pick in picks {
                facets.toggle(pick.get(&values));
            }
            for (facet, n) in facets.count(rows.iter()) {
                let mut alone = Facets(facets.iter().filter(|on| on.group() != facet.group()).cloned().collect());
                alone.toggle(&facet);
                prop_assert_eq!(rows.iter().filter(|row| alone.take(row)).count(), n, "{:?} beside {:?}", facet, facets);
            }
        }
    }

    #[test]
    fn every_row_is_in_one_value_of_each_group() {
        let rows: Vec<_> = Project::of(40).views.iter().map(row).collect();
        let counts = Facets::default().count(rows.iter());
        for group in 0..GROUPS {
            let sum: usize = counts.iter().filter(|(facet, _)| facet.group() == group).map(|(_, n)| n).sum();
            assert_eq!(sum, rows.len(), "group {group}");
        }
    }

    #[test]
    fn half_is_many() {
        for (pair, band) in [
            ((0, 0), Band::Unverified),
            ((0, 3), Band::None),
            ((1, 3), Band::Few),
            ((1, 2), Band::Many),
            ((2, 3), Band::Many),
            ((3, 3), Band::All),
        ] {
            assert_eq!(band_of(pair), band, "{pair:?}");
        }
    }
}

//! Balance over the whole project: what one category or language may make up of a data set. Counts need the sums of the
//! cells alone; an export draws the rows (`rules::datasets::balance`).

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    dataset::rows::{PairLevel, PairRow, SftRow},
    domain::{ItemId, Language, Stage},
    rules::{
        Profile,
        datasets::{Cell, balance, balance_rank},
    },
};

use super::{
    rows::Rows,
    snapshot::{Datasets, Funnel},
    view::Reason,
};

/// Rows by category and language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(BTreeMap<Cell, [u64; 3]>);

impl Cells {
    /// Adds what an instruction gives: SFT rows, instruction-level pairs, query-level pairs.
    pub fn add(&mut self, category: Option<&str>, language: Language, rows: [u64; 3]) {
        if rows.iter().all(|count| *count == 0) {
            return;
        }
        let cell = Cell { category: category.map(str::to_owned), language };
        for (sum, count) in self.0.entry(cell).or_default().iter_mut().zip(rows) {
            *sum += count;
        }
    }

    /// Takes what was added away again.
    pub fn subtract(&mut self, category: Option<&str>, language: Language, rows: [u64; 3]) {
        if rows.iter().all(|count| *count == 0) {
            return;
        }
        let cell = Cell { category: category.map(str::to_owned), language };
        let Some(sums) = self.0.get_mut(&cell) else { return };
        for (sum, count) in sums.iter_mut().zip(rows) {
            *sum = sum.saturating_sub(count);
        }
        if sums.iter().all(|sum| *sum == 0) {
            self.0.remove(&cell);
        }
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: Self) {
        for (cell, rows) in other.0 {
            for (sum, count) in self.0.entry(cell).or_default().iter_mut().zip(rows) {
                *sum += count;
            }
        }
    }

    /// How many rows of each data set stay, in each cell.
    fn stay(&self, profile: &Profile) -> [Vec<(Cell, u64)>; 3] {
        [0, 1, 2].map(|set| {
            let counts: Vec<(Cell, u64)> = self.0.iter().map(|(cell, rows)| (cell.clone(), rows[set])).collect();
            let stay = balance(&counts, profile);
            counts.into_iter().zip(stay).map(|((cell, _), count)| (cell, count)).collect()
        })
    }

    /// The sums of what stays: SFT rows, instruction-level pairs, query-level pairs.
    pub fn totals(&self, profile: &Profile) -> [u64; 3] {
        self.stay(profile).map(|cells| cells.iter().map(|(_, count)| count).sum())
    }
}

/// What data sets and funnel count where the profile balances; what falls has the reason `balance`.
pub fn apply(datasets: &mut Datasets, funnel: &mut Funnel, cells: &Cells, profile: &Profile) {
    let [sft, pairs_instruction, pairs_query] = cells.totals(profile);
    let gone = datasets.sft.saturating_sub(sft);
    drop_rows(funnel, Stage::Sft, gone);
    let pairs = datasets.pairs_instruction + datasets.pairs_query;
    drop_rows(funnel, Stage::Pairs, pairs.saturating_sub(pairs_instruction + pairs_query));
    *datasets = Datasets { sft, pairs_instruction, pairs_query, ..*datasets };
}

fn drop_rows(funnel: &mut Funnel, stage: Stage, gone: u64) {
    let counts = funnel.stage_mut(stage);
    let gone = gone.min(counts.kept);
    if gone > 0 {
        counts.kept -= gone;
        counts.dropped += gone;
        *counts.reasons.entry(Reason::Borrowed("balance")).or_default() += gone;
    }
}

/// The rows that stay: of every cell those of the lowest ranks. Order stays as it is.
pub fn draw(rows: &mut Rows, seed: u64, profile: &Profile) {
    let mut cells = Cells::default();
    for row in &rows.sft {
        cells.add(row.category.as_deref(), row.language, [1, 0, 0]);
    }
    for row in &rows.pairs {
        let query = u64::from(row.level == PairLevel::Query);
        cells.add(row.category.as_deref(), row.language, [0, 1 - query, query]);
    }
    let [sft, instruction, query] = cells.stay(profile);
    let stays = lowest(sft, seed, "sft", rows.sft.iter().map(of_row));
    rows.sft.retain(|row| stays.contains(&row.id));
    let of_level = |level| rows.pairs.iter().filter(move |row| row.level == level).map(of_pair);
    let mut stays = lowest(instruction, seed, "pairs-instruction", of_level(PairLevel::Instruction));
    stays.extend(lowest(query, seed, "pairs-query", of_level(PairLevel::Query)));
    rows.pairs.retain(|row| stays.contains(&row.id));
}

fn of_row(row: &SftRow) -> (Cell, ItemId) {
    (Cell { category: row.category.clone(), language: row.language }, row.id)
}

fn of_pair(row: &PairRow) -> (Cell, ItemId) {
    (Cell { category: row.category.clone(), language: row.language }, row.id)
}

fn lowest(
    counts: Vec<(Cell, u64)>,
    seed: u64,
    dataset: &str,
    rows: impl Iterator<Item = (Cell, ItemId)>,
) -> HashSet<ItemId> {
    let mut by_cell: HashMap<Cell, Vec<_>> = HashMap::new();
    for (cell, id) in rows {
        by_cell.entry(cell).or_default().push((balance_rank(seed, dataset, &id.to_string()), id));
    }
    let mut stays = HashSet::new();
    for (cell, count) in counts {
        let mut ranked = by_cell.remove(&cell).unwrap_or_default();
        ranked.sort_unstable();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        stays.extend(ranked.into_iter().take(count).map(|(_, id)| id));
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    fn row(n: u32, category: &str, language: Language) -> SftRow {
        SftRow {
            id: ItemId::child(Kind::Response, &ItemId::seed(category), n),
            instruction: String::new(),
            query: String::new(),
            prompt: String::new(),
            response: String::new(),
            category: Some(category.to_owned()),
            language,
        }
    }

    #[test]
    fn what_was_added_is_taken_away_without_a_trace() {
        let mut cells = Cells::default();
        let (en, zh) = (Language::English, Language::Chinese);
        cells.add(Some("length"), en, [3, 1, 0]);
        let before = cells.clone();
        cells.add(Some("length"), en, [0, 2, 5]);
        cells.add(None, zh, [1, 0, 0]);
        cells.subtract(None, zh, [1, 0, 0]);
        cells.subtract(Some("length"), en, [0, 2, 5]);
        assert_eq!(cells, before);
    }

    #[test]
    fn rows_that_stay_are_those_that_are_counted() {
        let mut all: Vec<SftRow> = (0..40).map(|n| row(n, "length", Language::English)).collect();
        all.extend((0..9).map(|n| row(n, "case", Language::Chinese)));
        let profile = Profile { category_share: 0.6, ..Profile::recommended() };
        let mut cells = Cells::default();
        for row in &all {
            cells.add(row.category.as_deref(), row.language, [1, 0, 0]);
        }
        let mut datasets = Datasets { sft: 49, ..Datasets::default() };
        let mut funnel = Funnel::default();
        for _ in 0..49 {
            funnel.stage_mut(Stage::Sft).add(&super::super::view::State::Kept);
        }
        apply(&mut datasets, &mut funnel, &cells, &profile);
        let mut rows = Rows { sft: all.clone(), pairs: Vec::new() };
        draw(&mut rows, 7, &profile);
        assert_eq!((datasets.sft, rows.sft.len()), (22, 22), "13 of 22 are under 0.6");
        let sft = funnel.stage(Stage::Sft);
        assert_eq!((sft.total, sft.kept, sft.dropped, sft.reasons["balance"]), (49, 22, 27, 27));
        let mut backwards = Rows { sft: all.into_iter().rev().collect(), pairs: Vec::new() };
        draw(&mut backwards, 7, &profile);
        backwards.sft.reverse();
        assert_eq!(backwards.sft, rows.sft, "the order of arrival does not matter");
        let mut other = backwards.clone();
        draw(&mut other, 8, &Profile::recommended());
        assert_eq!(other.sft, rows.sft, "nothing is drawn without a bound");
    }
}

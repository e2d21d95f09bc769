//! Balance of a data set: no category and no language makes up more than a share of it. How many rows of each (category,
//! language) stay is worked out from the counts alone; which ones, is a seeded draw.

use crate::domain::{Digest, Language, digest_of};

use super::super::profile::Profile;

/// Rows of one category in one language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The category; instructions without one are a category of their own.
    pub category: Option<String>,
    /// The language.
    pub language: Language,
}

/// How many rows of each cell stay, in the order given. Categories are cut first, then languages; within what is cut,
/// cells keep their proportions. A share that cannot be reached (below one over the number of groups) gives groups of
/// equal size.
pub fn balance(counts: &[(Cell, u64)], profile: &Profile) -> Vec<u64> {
    let mut left: Vec<u64> = counts.iter().map(|(_, count)| *count).collect();
    if profile.category_share < 1.0 {
        cut(&mut left, counts, profile.category_share, |cell| cell.category.as_deref().unwrap_or_default());
    }
    if profile.language_share < 1.0 {
        cut(&mut left, counts, profile.language_share, |cell| cell.language.code());
    }
    left
}

/// The rank of a row in the draw: the lowest of a cell stay.
pub fn rank(seed: u64, dataset: &str, row: &str) -> Digest {
    digest_of(&["assay/balance", &seed.to_string(), dataset, row])
}

/// Cuts groups of cells to the largest common size at which none exceeds the share.
fn cut<'c>(left: &mut [u64], counts: &'c [(Cell, u64)], share: f64, group: impl Fn(&'c Cell) -> &'c str) {
    let mut groups: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, (cell, _)) in counts.iter().enumerate().filter(|(at, _)| left[*at] > 0) {
        groups.entry(group(cell)).or_default().push(at);
    }
    let sizes: Vec<u64> = groups.values().map(|cells| cells.iter().map(|at| left[*at]).sum()).collect();
    let most = common_size(&sizes, share);
    for (cells, size) in groups.values().zip(sizes) {
        if size > most {
            shrink(left, cells, size, most);
        }
    }
}

/// The largest size to which groups may be cut so that none makes up more than the share.
fn common_size(sizes: &[u64], share: f64) -> u64 {
    let (Some(&smallest), Some(&largest)) = (sizes.iter().min(), sizes.iter().max()) else { return 0 };
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
    let fits = |most: u64| {
        let total: u64 = sizes.iter().map(|size| *size.min(&most)).sum();
        largest.min(most) as f64 <= share * total as f64 + 1e-9
    };
    // The share of the largest group only grows with the size it is cut to.
    let (mut low, mut high) = (smallest, largest);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

/// Shrinks a group's cells to a size in all, in proportion; what division leaves over goes to the largest remainders.
fn shrink(left: &mut [u64], cells: &[usize], size: u64, most: u64) {
    let exact = |at: usize| u128::from(left[at]) * u128::from(most);
    let mut shares: Vec<(u128, usize)> = cells.iter().map(|at| (exact(*at) % u128::from(size), *at)).collect();
    shares.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let whole: Vec<u64> =
        cells.iter().map(|at| u64::try_from(exact(*at) / u128::from(size)).unwrap_or(u64::MAX)).collect();
    let over = most.saturating_sub(whole.iter().sum());
    for (at, count) in cells.iter().zip(whole) {
        left[*at] = count;
    }
    for (_, at) in shares.into_iter().take(usize::try_from(over).unwrap_or(0)) {
        left[at] += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell(category: &str, language: Language) -> Cell {
        Cell { category: (!category.is_empty()).then(|| category.to_owned()), language }
    }

    fn shares(category: f64, language: f64) -> Profile {
        Profile { category_share: category, language_share: language, ..Profile::recommended() }
    }

    #[test]
    fn groups_are_cut_to_one_size() {
        let (en, zh) = (Language::English, Language::Chinese);
        let counts = vec![(cell("a", en), 60), (cell("a", zh), 20), (cell("b", en), 15), (cell("", en), 5)];
        assert_eq!(balance(&counts, &Profile::recommended()), [60, 20, 15, 5]);
        // 20 of 40 is half: 15 and 5 of `a`, in proportion.
        assert_eq!(balance(&counts, &shares(0.5, 1.0)), [15, 5, 15, 5]);
        // A third cannot be had with five of the last: all are cut to five.
        assert_eq!(balance(&counts, &shares(0.3, 1.0)), [4, 1, 5, 5]);
        // 80 to 20: as many English as Chinese.
        assert_eq!(balance(&counts, &shares(1.0, 0.5)), [15, 20, 4, 1]);
        assert_eq!(balance(&[], &shares(0.5, 0.5)), Vec::<u64>::new());
        assert_eq!(balance(&counts[..1], &shares(0.5, 0.5)), [60], "one group alone is what there is");
    }

    proptest! {
        #[test]
        fn shares_hold_where_they_can(counts in prop::collection::vec((0_u8..4, any::<bool>(), 0_u64..200), 1..9), share in 0.05..1.0_f64) {
            let language = |zh| if zh { Language::Chinese } else { Language::English };
            let mut cells: Vec<(Cell, u64)> =
                counts.into_iter().map(|(name, zh, count)| (cell(&name.to_string(), language(zh)), count)).collect();
            cells.sort();
            cells.dedup_by(|a, b| a.0 == b.0);
            let left = balance(&cells, &shares(share, 1.0));
            let sizes = |left: &[u64]| {
                let mut sizes = std::collections::BTreeMap::new();
                for ((cell, _), count) in cells.iter().zip(left).filter(|(_, count)| **count > 0) {
                    *sizes.entry(cell.category.clone()).or_insert(0_u64) += count;
                }
                sizes
            };
            prop_assert!(left.iter().zip(&cells).all(|(left, (_, count))| left <= count));
            let before: Vec<u64> = cells.iter().map(|(_, count)| *count).collect();
            let (before, after) = (sizes(&before), sizes(&left));
            prop_assert_eq!(before.len(), after.len(), "no category is lost");
            let total: u64 = after.values().sum();
            let largest = after.values().max().copied().unwrap_or(0);
            let smallest = before.values().min().copied().unwrap_or(0);
            prop_assert!(largest as f64 <= share * total as f64 + 1e-6 || largest == smallest);
        }
    }
}

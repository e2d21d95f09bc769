//! Shares and histograms.

use serde::Serialize;

/// A part of a whole; nothing where there is no whole.
#[expect(clippy::cast_precision_loss, reason = "counts of items are far below 2^53")]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// How often values fell where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// What was counted.
    pub name: String,
    /// How many values there are.
    pub count: u64,
    /// Their mean; nothing where there are none.
    pub mean: Option<f64>,
    /// The bins, in order.
    pub bins: Vec<Bin>,
    #[serde(skip)]
    sum: f64,
}

/// One bin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// What lies in it, as an interval.
    pub range: String,
    /// How many values do.
    pub count: u64,
}

impl Histogram {
    /// Of shares: 0 and 1 have bins of their own, as they are what thresholds are about.
    pub fn of_shares(name: &str) -> Self {
        let tenth = |n: u32| f64::from(n) / 10.0;
        let inner = (0..10).map(|n| match n {
            9 => "(0.9, 1)".to_owned(),
            n => format!("({}, {}]", tenth(n), tenth(n + 1)),
        });
        Self::new(name, std::iter::once("0".to_owned()).chain(inner).chain(["1".to_owned()]))
    }

    /// Of scores from 0 to 10.
    pub fn of_scores(name: &str) -> Self {
        Self::new(name, (0..10).map(|n| format!("[{n}, {})", n + 1)).chain(["10".to_owned()]))
    }

    fn new(name: &str, ranges: impl Iterator<Item = String>) -> Self {
        let bins = ranges.map(|range| Bin { range, count: 0 }).collect();
        Self { name: name.to_owned(), count: 0, mean: None, bins, sum: 0.0 }
    }

    /// Counts a share. What lies outside is counted at the end that it is nearest to.
    pub fn add_share(&mut self, value: f64) {
        let place = if value <= 0.0 {
            0
        } else if value >= 1.0 {
            11
        } else {
            (1..=9).find(|n| value <= f64::from(*n) / 10.0).map_or(10, |n: u32| n as usize)
        };
        self.add(place, value);
    }

    /// Counts a score, likewise.
    pub fn add_score(&mut self, value: f64) {
        let place = (1..=10_u32).find(|n| value < f64::from(*n)).map_or(10, |n| n as usize - 1);
        self.add(place, value);
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of items are far below 2^53")]
    fn add(&mut self, place: usize, value: f64) {
        let Some(bin) = self.bins.get_mut(place).filter(|_| value.is_finite()) else { return };
        bin.count += 1;
        self.count += 1;
        self.sum += value;
        self.mean = Some(self.sum / self.count as f64);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(values: &[f64], add: fn(&mut Histogram, f64), mut histogram: Histogram) -> Vec<(String, u64)> {
        values.iter().for_each(|value| add(&mut histogram, *value));
        histogram.bins.into_iter().filter(|bin| bin.count > 0).map(|bin| (bin.range, bin.count)).collect()
    }

    #[test]
    fn ends_have_bins_of_their_own() {
        let shares =
            counted(&[0.0, 0.1, 0.1001, 0.5, 0.9, 0.95, 1.0, 2.0], Histogram::add_share, Histogram::of_shares("x"));
        let expected = [
            ("0", 1),
            ("(0, 0.1]", 1),
            ("(0.1, 0.2]", 1),
            ("(0.4, 0.5]", 1),
            ("(0.8, 0.9]", 1),
            ("(0.9, 1)", 1),
            ("1", 2),
        ];
        assert_eq!(shares, expected.map(|(range, n)| (range.to_owned(), n)));
        let scores = counted(&[0.0, 0.5, 7.5, 8.0, 9.9, 10.0], Histogram::add_score, Histogram::of_scores("x"));
        let expected = [("[0, 1)", 2), ("[7, 8)", 1), ("[8, 9)", 1), ("[9, 10)", 1), ("10", 1)];
        assert_eq!(scores, expected.map(|(range, n)| (range.to_owned(), n)));
        assert_eq!((share(1, 0), share(1, 4)), (None, Some(0.25)));
    }

    proptest! {
        #[test]
        fn every_value_is_in_one_bin(values in prop::collection::vec(-1.0..12.0_f64, 0..50)) {
            for mut histogram in [Histogram::of_shares("x"), Histogram::of_scores("x")] {
                let of_scores = histogram.bins.len() == 11;
                for value in &values {
                    if of_scores { histogram.add_score(*value) } else { histogram.add_share(*value) }
                }
                prop_assert_eq!(histogram.bins.iter().map(|bin| bin.count).sum::<u64>(), values.len() as u64);
                prop_assert_eq!(histogram.count, values.len() as u64);
                prop_assert_eq!(histogram.mean.is_some(), !values.is_empty());
            }
        }
    }
}

//! Limits beside the method: tasks of a fitting difficulty, and so many rows of one instruction at most.

use crate::domain::{Digest, digest_of};

use super::super::profile::Profile;

/// Whether a task is of use by how many of its responses pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Band {
    /// It is.
    #[default]
    Inside,
    /// Too few or too many pass: it gives no rows of its own.
    Outside,
    /// Not all of its responses are judged yet.
    Open,
}

impl Band {
    /// The band of a task of which so many of the verified responses pass. `settled` says that none is still to come.
    /// Both bounds are included; a task with nothing verified passes at a rate of 0.
    pub fn of(passed: usize, verified: usize, settled: bool, profile: &Profile) -> Self {
        if !profile.has_band() {
            return Self::Inside;
        }
        if !settled {
            return Self::Open;
        }
        let rate = rate(passed, verified);
        if (profile.pass_rate_from..=profile.pass_rate_to).contains(&rate) { Self::Inside } else { Self::Outside }
    }
}

/// The share of responses that pass; of none, 0.
#[expect(clippy::cast_precision_loss, reason = "there are few responses of a task")]
pub fn rate(passed: usize, verified: usize) -> f64 {
    if verified == 0 { 0.0 } else { passed as f64 / verified as f64 }
}

/// Something that may make a row.
#[derive(Clone, Copy, Debug)]
pub struct Contender<'a> {
    /// Of which task (for pairs from cases: of nothing in particular).
    pub task: &'a str,
    /// Its key within the task.
    pub key: &'a str,
    /// Whether a person accepted it: such ones come first.
    pub accepted: bool,
}

/// Which of an instruction's contenders stay where at most so many may (0: all): first what a person accepted, then
/// one of every task before a second of any, by seeded hash.
pub fn within(contenders: &[Contender<'_>], most: u32, seed: u64, instruction: &str) -> Vec<bool> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if most == 0 || contenders.len() <= most {
        return vec![true; contenders.len()];
    }
    let seed = seed.to_string();
    let rank = |found: &Contender<'_>| digest_of(&["assay/cap", &seed, instruction, found.task, found.key]);
    let mut ranked: Vec<(Digest, usize)> = contenders.iter().map(rank).zip(0..).collect();
    ranked.sort_unstable();
    let mut of_task = std::collections::HashMap::new();
    let mut order: Vec<(bool, usize, Digest, usize)> = ranked
        .into_iter()
        .map(|(rank, at)| {
            let nth = of_task.entry(contenders[at].task).or_insert(0_usize);
            *nth += 1;
            (!contenders[at].accepted, *nth, rank, at)
        })
        .collect();
    order.sort_unstable();
    let mut stays = vec![false; contenders.len()];
    for (_, _, _, at) in order.into_iter().take(most) {
        stays[at] = true;
    }
    stays
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_band_row_by_row() {
        let band = |from, to| Profile { pass_rate_from: from, pass_rate_to: to, ..Profile::recommended() };
        for (profile, passed, of, settled, expected) in [
            (band(0.0, 1.0), 0, 8, true, Band::Inside),
            (band(0.0, 1.0), 3, 8, false, Band::Inside),
            (band(0.25, 0.75), 2, 8, true, Band::Inside),
            (band(0.25, 0.75), 6, 8, true, Band::Inside),
            (band(0.25, 0.75), 1, 8, true, Band::Outside),
            (band(0.25, 0.75), 7, 8, true, Band::Outside),
            (band(0.25, 0.75), 7, 8, false, Band::Open),
            (band(0.25, 1.0), 0, 0, true, Band::Outside),
            (band(0.0, 0.5), 0, 0, true, Band::Inside),
            (band(0.0, 0.0), 0, 4, true, Band::Inside),
        ] {
            let said = Band::of(passed, of, settled, &profile);
            assert_eq!(said, expected, "{passed}/{of} in {}..{}", profile.pass_rate_from, profile.pass_rate_to);
        }
        for profile in [Profile::paper(), Profile::released(), Profile::recommended()] {
            assert!(!profile.has_band(), "no published rule has one");
        }
    }

    fn keys() -> impl Strategy<Value = Vec<(u8, u8, bool)>> {
        prop::collection::btree_map((0_u8..4, 0_u8..8), any::<bool>(), 0..20)
            .prop_map(|all| all.into_iter().map(|((task, key), accepted)| (task, key, accepted)).collect())
    }

    proptest! {
        #[test]
        fn caps_hold_and_spread(keys in keys(), most in 0_u32..12, seed in 0_u64..5) {
            let names: Vec<(String, String)> =
                keys.iter().map(|(task, key, _)| (task.to_string(), key.to_string())).collect();
            let all: Vec<Contender<'_>> = names.iter().zip(&keys)
                .map(|((task, key), (_, _, accepted))| Contender { task, key, accepted: *accepted }).collect();
            let stays = within(&all, most, seed, "seed.x");
            let kept: Vec<&Contender<'_>> = all.iter().zip(&stays).filter(|(_, stay)| **stay).map(|(c, _)| c).collect();
            let wanted = if most == 0 { all.len() } else { all.len().min(most as usize) };
            prop_assert_eq!(kept.len(), wanted);
            // An accepted one falls only where accepted ones fill the cap.
            let accepted = all.iter().filter(|c| c.accepted).count();
            prop_assert_eq!(kept.iter().filter(|c| c.accepted).count(), accepted.min(wanted));
            if accepted == 0 {
                let of = |list: &[&Contender<'_>], task: &str| list.iter().filter(|c| c.task == task).count();
                let whole: Vec<&Contender<'_>> = all.iter().collect();
                for a in ["0", "1", "2", "3"] {
                    for b in ["0", "1", "2", "3"] {
                        let fair = of(&kept, a) <= of(&kept, b) + 1 || of(&kept, b) == of(&whole, b);
                        prop_assert!(fair, "{} of {a} beside {} of {b}", of(&kept, a), of(&kept, b));
                    }
                }
            }
            let mut backwards = all.clone();
            backwards.reverse();
            let mut again = within(&backwards, most, seed, "seed.x");
            again.reverse();
            prop_assert_eq!(again, stays, "the order of arrival does not matter");
        }
    }
}

//! The order of the list.

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::pipeline::{snapshot::InstructionRow, view::State};

use super::keymap::Action;

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// As they were made: seeds first, then by call and line.
    #[default]
    Age,
    /// How far they got, and how they stand there.
    State,
    /// Responses that passed of those verified, fewest first; those without any last.
    PassRate,
    /// Functions that disagree with cases, most first.
    Disagreements,
    /// Undecided first, then rejected, then accepted.
    Decision,
    /// Category, then as made.
    Category,
    /// Text.
    Text,
    /// Identity.
    Id,
}

/// An order and its direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sort {
    /// By what.
    pub by: By,
    /// Whether it is turned round.
    pub reversed: bool,
}

impl Sort {
    /// The order of an action, or the same one turned round where it is in force.
    pub fn chosen(self, action: Action) -> Self {
        let by = match action {
            Action::SortState => By::State,
            Action::SortPassRate => By::PassRate,
            Action::SortDisagreements => By::Disagreements,
            Action::SortDecision => By::Decision,
            Action::SortCategory => By::Category,
            Action::SortText => By::Text,
            Action::SortId => By::Id,
            Action::SortReverse => self.by,
            _ => By::Age,
        };
        Self { by, reversed: by == self.by && !self.reversed }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self.by {
            By::Age => "age",
            By::State => "state",
            By::PassRate => "pass rate",
            By::Disagreements => "disagreements",
            By::Decision => "decision",
            By::Category => "category",
            By::Text => "text",
            By::Id => "id",
        }
    }

    /// Sorts places of rows. Equal ones stay as they were made, whatever the direction.
    pub fn sort(self, places: &mut [usize], rows: &[Arc<InstructionRow>]) {
        if self == Self::default() {
            return;
        }
        if self.by == By::Age {
            places.reverse();
            return;
        }
        let turn = |order: Ordering| if self.reversed { order.reverse() } else { order };
        if let By::Category | By::Text | By::Id = self.by {
            let pair = |a: &usize, b: &usize| rows.get(*a).zip(rows.get(*b));
            places.sort_by(|a, b| turn(pair(a, b).map_or(Ordering::Equal, |(a, b)| self.words(a, b))));
            return;
        }
        // Keys first: rows lie all over the memory, and are looked at once.
        let mut keyed: Vec<(u64, usize)> =
            places.iter().map(|place| (rows.get(*place).map_or(0, |row| self.key(row)), *place)).collect();
        keyed.sort_by(|a, b| turn(a.0.cmp(&b.0)));
        for (place, (_, sorted)) in places.iter_mut().zip(keyed) {
            *place = sorted;
        }
    }

    fn words(self, a: &InstructionRow, b: &InstructionRow) -> Ordering {
        match self.by {
            By::Category => a.category.cmp(&b.category),
            By::Text => a.text.cmp(&b.text),
            _ => a.id.cmp(&b.id),
        }
    }

    fn key(self, row: &InstructionRow) -> u64 {
        match self.by {
            By::State => row.stage.index() as u64 * 8 + rank(&row.state),
            By::PassRate => match row.responses {
                (_, 0) => u64::MAX,
                (passed, verified) => u64::from(passed) * (1 << 31) / u64::from(verified),
            },
            By::Disagreements => u64::MAX - u64::from(row.disagreements),
            _ => u64::from(row.decision.map_or(0, |ruling| 1 + u8::from(ruling == crate::domain::Ruling::Accepted))),
        }
    }
}

const fn rank(state: &State) -> u64 {
    match state {
        State::Failed(_) => 0,
        State::Dropped(_) => 1,
        State::Stale => 2,
        State::Pending => 3,
        State::Running => 4,
        State::Kept => 5,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::workbench::rehearsal::{counts::row, project::Project};

    const ALL: [By; 8] =
        [By::Age, By::State, By::PassRate, By::Disagreements, By::Decision, By::Category, By::Text, By::Id];

    proptest! {
        #[test]
        fn sorting_keeps_every_row_and_equal_ones_as_made(by in prop::sample::select(ALL.to_vec()), reversed: bool) {
            let rows: Vec<_> = Project::of(40).views.iter().map(|view| Arc::new(row(view))).collect();
            let sort = Sort { by, reversed };
            let mut places: Vec<usize> = (0..rows.len()).collect();
            sort.sort(&mut places, &rows);
            let mut all = places.clone();
            all.sort_unstable();
            prop_assert_eq!(all, (0..rows.len()).collect::<Vec<_>>());
            if by != By::Age {
                for pair in places.windows(2) {
                    let (a, b) = (&rows[pair[0]], &rows[pair[1]]);
                    let order = match by {
                        By::Category | By::Text | By::Id => sort.words(a, b),
                        _ => sort.key(a).cmp(&sort.key(b)),
                    };
                    let order = if reversed { order.reverse() } else { order };
                    prop_assert!(order == Ordering::Less || order == Ordering::Equal && pair[0] < pair[1]);
                }
            }
        }
    }

    #[test]
    fn the_same_order_again_is_turned_round() {
        let sort = Sort::default().chosen(Action::SortPassRate);
        assert_eq!(sort, Sort { by: By::PassRate, reversed: false });
        let again = sort.chosen(Action::SortPassRate);
        assert_eq!(again, Sort { by: By::PassRate, reversed: true });
        assert_eq!(again.chosen(Action::SortReverse), sort);
        assert_eq!(again.chosen(Action::SortText), Sort { by: By::Text, reversed: false });
    }
}

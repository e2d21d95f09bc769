//! What cross-validation says of an instruction, to compare before and after a change.

use crate::{
    domain::ItemId,
    pipeline::view::{InstructionView, State},
};

/// One function or case: its accuracy and whether it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Which.
    pub id: ItemId,
    /// Its accuracy.
    pub accuracy: Option<f64>,
    /// Whether it is kept.
    pub kept: bool,
}

/// Functions and cases of an instruction once everything about them was known.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// The functions.
    pub functions: Vec<Standing>,
    /// The cases.
    pub cases: Vec<Standing>,
}

impl Tally {
    /// What holds now; nothing while something has still to be made or run.
    pub fn of(view: &InstructionView) -> Option<Self> {
        if matches!(view.cross_validate, None | Some(State::Pending | State::Running | State::Stale)) {
            return None;
        }
        let functions = view.functions.iter().map(|function| Standing {
            id: function.id,
            accuracy: function.accuracy,
            kept: function.kept.is_ok(),
        });
        let cases =
            view.cases.iter().map(|case| Standing { id: case.id, accuracy: case.accuracy, kept: case.kept.is_ok() });
        Some(Self { functions: functions.collect(), cases: cases.collect() })
    }

    /// Whether accuracies, or the cases kept, are others than these. What back-translation says of a function is not
    /// looked at.
    pub fn moved_from(&self, before: &Self) -> bool {
        let accuracies = |tally: &Self| tally.functions.iter().map(|one| (one.id, one.accuracy)).collect::<Vec<_>>();
        self.cases != before.cases || accuracies(self) != accuracies(before)
    }

    /// What was said of a function.
    pub fn function(&self, id: ItemId) -> Option<&Standing> {
        self.functions.iter().find(|standing| standing.id == id)
    }

    /// How many cases were kept.
    pub fn kept_cases(&self) -> usize {
        self.cases.iter().filter(|standing| standing.kept).count()
    }
}

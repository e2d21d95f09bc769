//! In which order the cases stand in the matrix. It changes when it is asked to, never by itself under the eye.

use crate::{
    domain::ItemId,
    pipeline::view::{CaseView, InstructionView},
};

/// By what cases are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// As the answers brought them.
    #[default]
    Made,
    /// Those that most functions do not agree with first.
    Disagreement,
}

/// The cases in the order shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// By what they were ordered.
    pub by: By,
    cases: Vec<(ItemId, usize)>,
}

impl Order {
    /// The cases of an instruction, ordered anew.
    pub fn of(view: &InstructionView, by: By) -> Self {
        let mut cases: Vec<_> = view.cases.iter().enumerate().map(|(at, case)| (case.id, at)).collect();
        if by == By::Disagreement {
            // Stable: equals stay as they were made.
            cases.sort_by_key(|(_, at)| std::cmp::Reverse(disagreement(view, *at)));
        }
        Self { by, cases }
    }

    /// Takes the cases as they are now: those shown keep their places, new ones come last.
    pub fn follow(&mut self, view: &InstructionView) {
        let same = self.cases.len() == view.cases.len()
            && self.cases.iter().all(|(id, at)| view.cases.get(*at).is_some_and(|case| case.id == *id));
        if same {
            return;
        }
        if self.by == By::Made {
            *self = Self::of(view, By::Made);
            return;
        }
        let place = |id: ItemId| view.cases.iter().position(|case| case.id == id);
        let mut cases: Vec<_> = self.cases.iter().filter_map(|(id, _)| place(*id).map(|at| (*id, at))).collect();
        for (at, case) in view.cases.iter().enumerate() {
            if !cases.iter().any(|(id, _)| *id == case.id) {
                cases.push((case.id, at));
            }
        }
        self.cases = cases;
    }

    /// The case in a place of the matrix, with its number.
    pub fn case<'v>(&self, view: &'v InstructionView, place: usize) -> Option<(usize, &'v CaseView)> {
        let (_, at) = self.cases.get(place)?;
        view.cases.get(*at).map(|case| (*at, case))
    }
}

/// How many functions that ran on a case do not agree with it; what raised or gave no boolean does not.
pub fn disagreement(view: &InstructionView, case: usize) -> usize {
    let cells = view.matrix.iter().filter_map(|row| row.get(case));
    cells.filter(|cell| cell.outcome.is_some() && cell.agrees != Some(true)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbench::rehearsal::project::instruction;

    fn ids(order: &Order, view: &InstructionView) -> Vec<usize> {
        (0..view.cases.len()).filter_map(|at| order.case(view, at)).map(|(at, _)| at).collect()
    }

    #[test]
    fn those_that_are_contested_come_first_and_nothing_moves_by_itself() {
        let mut view = instruction(0);
        let mut order = Order::of(&view, By::Disagreement);
        let first = ids(&order, &view)[0];
        let most = (0..view.cases.len()).map(|at| disagreement(&view, at)).max().unwrap();
        assert_eq!(disagreement(&view, first), most);
        let before = ids(&order, &view);
        for row in &mut view.matrix {
            row[first].agrees = Some(true);
        }
        order.follow(&view);
        assert_eq!(ids(&order, &view), before);
        // One goes, one comes: the rest keeps its order, the new one is last.
        let gone = view.cases.remove(first);
        view.matrix.iter_mut().for_each(|row| drop(row.remove(first)));
        order.follow(&view);
        assert_eq!(ids(&order, &view).len(), before.len() - 1);
        view.cases.insert(0, gone);
        view.matrix.iter_mut().for_each(|row| row.insert(0, row[0].clone()));
        order.follow(&view);
        assert_eq!(ids(&order, &view).last(), Some(&0));
    }
}

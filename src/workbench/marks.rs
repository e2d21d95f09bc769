//! What is selected for what is done to many at once.

use std::collections::HashSet;

use crate::domain::ItemId;

use super::state::State;

/// The selected instructions: by identity, whatever is listed.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    chosen: HashSet<ItemId>,
    /// Where in the list a range begins that goes to where one is.
    from: Option<usize>,
}

impl Marks {
    /// Whether a range is being selected.
    pub const fn is_range(&self) -> bool {
        self.from.is_some()
    }

    /// Whether an instruction is selected; `at` is its place in the list, `here` that of the cursor.
    pub fn has(&self, id: &ItemId, at: usize, here: usize) -> bool {
        self.chosen.contains(id) || self.from.is_some_and(|from| (from.min(here)..=from.max(here)).contains(&at))
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty() && self.from.is_none()
    }
}

impl State {
    /// How many instructions are selected.
    pub fn marked(&self) -> usize {
        let marks = &self.instructions.marks;
        let Some(range) = self.range() else { return marks.chosen.len() };
        let pane = &self.instructions;
        let fresh =
            range.filter_map(|at| pane.rows.get(&self.snapshot, at)).filter(|row| !marks.chosen.contains(&row.id));
        marks.chosen.len() + fresh.count()
    }

    fn range(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let here = self.instructions.list.index;
        self.instructions.marks.from.map(|from| from.min(here)..=from.max(here))
    }

    /// Makes what a range covers selected one by one, so that the list may change.
    pub(super) fn settle_marks(&mut self) {
        let Some(range) = self.range() else { return };
        let (pane, snapshot) = (&mut self.instructions, &self.snapshot);
        let covered = range.filter_map(|at| pane.rows.get(snapshot, at)).map(|row| row.id);
        pane.marks.chosen.extend(covered);
        pane.marks.from = None;
    }

    /// Selects the current one and goes on, or takes it out again.
    pub(super) fn toggle_mark(&mut self) {
        self.settle_marks();
        if let Some(id) = self.current() {
            let chosen = &mut self.instructions.marks.chosen;
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        }
    }

    /// Begins a range here, or ends it.
    pub(super) fn toggle_range(&mut self) {
        if self.instructions.marks.is_range() {
            self.settle_marks();
        } else if self.current().is_some() {
            self.instructions.marks.from = Some(self.instructions.list.index);
        }
    }

    /// Selects all that is listed; where all of it is, nothing.
    pub(super) fn mark_all(&mut self) {
        self.settle_marks();
        let (pane, snapshot) = (&mut self.instructions, &self.snapshot);
        let chosen = &mut pane.marks.chosen;
        let before = chosen.len();
        chosen.extend(pane.rows.each(snapshot).map(|row| row.id));
        if chosen.len() == before {
            chosen.clear();
        }
    }

    /// Selects nothing; whether something was.
    pub(super) fn clear_marks(&mut self) -> bool {
        let marks = std::mem::take(&mut self.instructions.marks);
        !marks.is_empty()
    }

    /// The selected ones, as they were made, and how many of them are not listed now.
    pub(super) fn marked_items(&mut self) -> (Vec<ItemId>, usize) {
        self.settle_marks();
        let chosen = &self.instructions.marks.chosen;
        let rows = self.snapshot.instructions.iter();
        let items: Vec<ItemId> = rows.map(|row| row.id).filter(|id| chosen.contains(id)).collect();
        let listed = self.instructions.rows.each(&self.snapshot).filter(|row| chosen.contains(&row.id)).count();
        let hidden = items.len().saturating_sub(listed);
        (items, hidden)
    }
}

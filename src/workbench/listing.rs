//! The list of instructions as it is shown: it keeps still under the eye. What is new, or no longer fits, is counted,
//! and brought in when the user asks, narrows, sorts or comes back.

use std::sync::Arc;

use crate::pipeline::snapshot::InstructionRow;

use super::{
    facets::Facet,
    list::List,
    overlay::Overlay,
    state::{Screen, State},
};

/// The facets with their counts, open over the list.
#[derive(Clone, Debug, Default)]
pub struct FacetPanel {
    /// Every value with how many instructions it would show.
    pub counts: Vec<(Facet, usize)>,
    /// The selected one, as a place among them.
    pub list: List<usize>,
}

impl FacetPanel {
    /// Takes new counts; the selected value stays selected.
    fn take(&mut self, counts: Vec<(Facet, usize)>) {
        let before = self.counts.get(self.list.index).map(|(facet, _)| facet.clone());
        self.counts = counts;
        self.list.len = self.counts.len();
        let at = before.and_then(|before| self.counts.iter().position(|(facet, _)| *facet == before));
        self.list.select(at.unwrap_or(self.list.index), Some);
    }
}

/// Whether the list, or what is selected in it, is looked at.
const fn is_looked_at(screen: Screen) -> bool {
    !matches!(screen, Screen::Funnel | Screen::Jobs)
}

/// The rows changed: those shown stay where they are, or are listed anew where nobody looks.
pub(super) fn arrived(state: &mut State, old: &[Arc<InstructionRow>]) {
    if !is_looked_at(state.screen) || state.instructions.rows.is_empty() || !state.instructions.looked_at {
        state.instructions.looked_at = false;
        return;
    }
    let new = Arc::clone(&state.snapshot.instructions);
    let pane = &mut state.instructions;
    pane.rows = pane.rows.carried(old, &new);
    let fresh = pane.filter.pick(&new, pane.sort);
    (pane.news, pane.gone) = pane.rows.differ(&fresh, new.len());
    follow(state);
}

/// Lists anew, as filter and order are now.
pub(super) fn relist(state: &mut State) {
    state.settle_marks();
    let pane = &mut state.instructions;
    pane.rows = pane.filter.pick(&state.snapshot.instructions, pane.sort);
    (pane.news, pane.gone) = (0, 0);
    follow(state);
}

/// Lists anew where the user has just come to look.
pub(super) fn look(state: &mut State) {
    let looked_at = is_looked_at(state.screen);
    if looked_at && !state.instructions.looked_at {
        relist(state);
    }
    state.instructions.looked_at = looked_at;
}

/// Selection and counts follow the rows.
fn follow(state: &mut State) {
    let (pane, snapshot) = (&mut state.instructions, &state.snapshot);
    pane.reviewed = pane.rows.each(snapshot).filter(|row| row.decision.is_some()).count();
    if snapshot.instructions.is_empty() {
        // Nothing has come yet: a remembered selection is waited for.
        pane.list.len = 0;
    } else {
        pane.list.sync(pane.rows.len(), |at| pane.rows.get(snapshot, at).map(|row| row.id));
    }
    recount(state);
    state.dirty = true;
}

/// Counts the facets again, where they are shown.
pub(super) fn recount(state: &mut State) {
    if let Some(Overlay::Facets(panel)) = &mut state.overlay {
        let filter = &state.instructions.filter;
        panel.take(filter.facets.count(filter.counted(&state.snapshot.instructions)));
    }
}

//! What the list shows, and in which order.

use crate::workbench::{
    keymap::Action,
    listing::{self, FacetPanel},
    overlay::Overlay,
    state::State,
};

pub(super) fn sort(state: &mut State, action: Action) {
    state.instructions.sort = state.instructions.sort.chosen(action);
    listing::relist(state);
    // What comes first is what one sorts for.
    super::moving::go(state, Action::Top);
}

pub(super) fn show_new(state: &mut State) {
    if state.instructions.news + state.instructions.gone == 0 {
        state.tell("the list is as it is now: nothing is new");
    }
    listing::relist(state);
}

/// Opens the facets.
pub(super) fn facets(state: &mut State) {
    state.overlay = Some(Overlay::Facets(FacetPanel::default()));
    listing::recount(state);
}

/// Turns the selected facet on or off.
pub(super) fn toggle(state: &mut State) {
    let Some(Overlay::Facets(panel)) = &state.overlay else { return };
    if let Some((facet, _)) = panel.counts.get(panel.list.index) {
        state.instructions.filter.facets.toggle(facet);
        listing::relist(state);
    }
}

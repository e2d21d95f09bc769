//! The way back: what is opened from somewhere leads back there, to what was selected and listed.

use crate::{domain::ItemId, pipeline::view::Reason};

use super::{
    filter::Filter,
    listing,
    state::{Screen, State},
};

/// How many steps are remembered.
const STEPS: usize = 32;

/// Somewhere that something was opened from.
#[derive(Clone, Debug)]
pub struct Place {
    screen: Screen,
    /// The screen that it was opened on.
    to: Screen,
    stage: usize,
    reason: Option<Reason>,
    /// What was listed and selected, where opening it changed that.
    list: Option<(Filter, Option<ItemId>)>,
}

impl Place {
    /// Where the user is. `relists`: whether what is opened changes the list.
    pub(super) fn here(state: &State, relists: bool) -> Self {
        let list = || (state.instructions.filter.clone(), state.current());
        Self {
            screen: state.screen,
            to: state.screen,
            stage: state.funnel.stage,
            reason: state.funnel.reason.clone(),
            list: relists.then(list),
        }
    }

    /// Something was opened from here.
    pub(super) fn left(self, state: &mut State) {
        if self.screen == state.screen {
            return;
        }
        if state.trail.len() >= STEPS {
            state.trail.remove(0);
        }
        state.trail.push(Self { to: state.screen, ..self });
    }
}

/// Whether two screens show the same instruction, so that one leaves both by the same step.
fn is_same(a: Screen, b: Screen) -> bool {
    let of_one = |screen| matches!(screen, Screen::Verifiers | Screen::Samples);
    a == b || of_one(a) && of_one(b)
}

/// Where a step back from this screen leads, if something was opened here from elsewhere.
pub fn behind(state: &State) -> Option<Screen> {
    state.trail.last().filter(|place| is_same(place.to, state.screen)).map(|place| place.screen)
}

/// Goes there; whether there is such a step.
pub(super) fn back(state: &mut State) -> bool {
    if behind(state).is_none() {
        return false;
    }
    let Some(place) = state.trail.pop() else { return false };
    state.screen = place.screen;
    state.funnel.stage = place.stage;
    state.funnel.reason = place.reason;
    if let Some((filter, selected)) = place.list {
        state.instructions.filter = filter;
        state.instructions.list.selected = selected.or(state.instructions.list.selected);
        listing::relist(state);
    }
    true
}

/// The user went to a screen by its key: what was opened from there on is left behind.
pub(super) fn went(state: &mut State) {
    let here = state.screen;
    if here == Screen::Funnel {
        state.trail.clear();
    } else if let Some(at) = state.trail.iter().rposition(|place| place.to == here) {
        state.trail.truncate(at + 1);
    }
}

//! Which screen is shown, and which pane of it takes the keys.

use crate::workbench::{
    keymap::Action,
    panes::Focus,
    state::{Screen, State},
};

pub(super) fn show(state: &mut State, action: Action) {
    state.screen = match action {
        Action::Instructions => Screen::Instructions,
        Action::Verifiers => Screen::Verifiers,
        Action::Samples => Screen::Samples,
        Action::Jobs => Screen::Jobs,
        _ => Screen::Funnel,
    };
}

pub(super) fn pane(state: &mut State, by: isize) {
    if state.screen != Screen::Verifiers || state.current().is_none() {
        return;
    }
    let all = Focus::ALL;
    let at = all.iter().position(|focus| *focus == state.verifiers.focus).unwrap_or(0);
    let next = (at.cast_signed() + by).rem_euclid(all.len().cast_signed());
    state.verifiers.focus = all.get(next.cast_unsigned()).copied().unwrap_or_default();
}

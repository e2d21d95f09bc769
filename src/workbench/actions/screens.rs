//! Which screen is shown, and which pane of it takes the keys.

use crate::workbench::{
    keymap::Action,
    panes::Focus,
    state::{Screen, State},
};

pub(super) fn show(state: &mut State, action: Action) {
    state.screen = match action {
        Action::Instructions => Screen::Instructions,
        Action::Samples => Screen::Samples,
        Action::Jobs => Screen::Jobs,
        _ => Screen::Funnel,
    };
}

pub(super) fn pane(state: &mut State, by: isize) {
    if state.screen != Screen::Instructions || state.current().is_none() {
        return;
    }
    const ALL: [Focus; 3] = [Focus::List, Focus::Matrix, Focus::Code];
    let at = ALL.iter().position(|focus| *focus == state.instructions.focus).unwrap_or(0);
    let next = at.cast_signed() + by;
    let next = next.rem_euclid(ALL.len().cast_signed());
    state.instructions.focus = ALL.get(next.cast_unsigned()).copied().unwrap_or_default();
}

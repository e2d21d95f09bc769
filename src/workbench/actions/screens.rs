//! Which screen is shown, and which pane of it takes the keys.

use crate::workbench::{
    keymap::Action,
    panes::{Focus, Part},
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
    crate::workbench::trail::went(state);
}

pub(super) fn pane(state: &mut State, by: isize) {
    if state.current().is_none() {
        return;
    }
    match state.screen {
        Screen::Verifiers => state.verifiers.focus = turned(&Focus::ALL, state.verifiers.focus, by),
        Screen::Samples => state.samples.focus = turned(&Part::ALL, state.samples.focus, by),
        _ => {}
    }
}

fn turned<T: Copy + PartialEq + Default>(all: &[T], now: T, by: isize) -> T {
    let at = all.iter().position(|one| *one == now).unwrap_or(0);
    let next = (at.cast_signed() + by).rem_euclid(all.len().cast_signed());
    all.get(next.cast_unsigned()).copied().unwrap_or_default()
}

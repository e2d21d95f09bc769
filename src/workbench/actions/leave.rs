//! Out: of an overlay, a pane, a filter, the program.

use crate::workbench::{
    message::Effect,
    overlay::Overlay,
    panes::{Focus, Part},
    state::{Screen, State},
    trail,
};

/// Quits; where work is in flight, says first that this is safe.
pub(super) fn quit(state: &mut State, effects: &mut Vec<Effect>) {
    if state.is_working() {
        state.overlay = Some(Overlay::Leaving(state.overlay.take().map(Box::new)));
    } else {
        effects.push(Effect::Quit);
    }
}

/// One step back.
pub(super) fn back(state: &mut State) {
    match state.overlay.take() {
        Some(Overlay::Leaving(before)) => {
            state.overlay = before.map(|before| *before);
            return;
        }
        Some(_) => return,
        None => {}
    }
    if state.zoom {
        state.zoom = false;
        if state.verifiers.focus == Focus::Case {
            state.verifiers.focus = Focus::Matrix;
        }
        return;
    }
    let deep = match state.screen {
        Screen::Verifiers => state.verifiers.focus != Focus::Matrix,
        Screen::Samples => state.samples.focus != Part::Responses,
        Screen::Instructions => state.instructions.typing.is_some() || !state.instructions.marks.is_empty(),
        Screen::Funnel => state.funnel.reason.is_some(),
        Screen::Jobs => state.jobs.log.is_some(),
    };
    if !deep && trail::back(state) {
        return;
    }
    match state.screen {
        Screen::Instructions if state.instructions.typing.is_some() => {
            super::filter::abandon(state);
        }
        Screen::Instructions => {
            if !state.clear_marks() && !state.instructions.filter.is_empty() {
                super::filter::clear(state);
            }
        }
        Screen::Verifiers if state.verifiers.focus != Focus::Matrix => state.verifiers.focus = Focus::Matrix,
        Screen::Samples if state.samples.focus != Part::Responses => state.samples.focus = Part::Responses,
        Screen::Verifiers | Screen::Samples => state.screen = Screen::Instructions,
        Screen::Funnel => state.funnel.reason = None,
        Screen::Jobs => state.jobs.log = None,
    }
}

/// Agrees: to leave, to a reason that was typed, to a filter.
pub(super) fn confirm(state: &mut State, effects: &mut Vec<Effect>) {
    match state.overlay.take() {
        Some(Overlay::Leaving(_)) => effects.push(Effect::Quit),
        Some(Overlay::Palette(palette)) => super::command::run(state, &palette, effects),
        Some(Overlay::Note { target, input }) => super::decide::keep_note(state, &target, &input, effects),
        Some(Overlay::Confirm(bulk)) => super::many::act(state, bulk, effects),
        Some(Overlay::Reason { target, input, many }) => {
            let reason = Some(input.value().trim().to_owned()).filter(|reason| !reason.is_empty());
            super::decide::reject(state, &target, many, reason, effects);
        }
        other => {
            state.overlay = other;
            super::filter::keep(state);
        }
    }
}

//! Typing a filter. It applies while it is typed; enter keeps it, esc clears it.

use tui_input::Input;

use crate::workbench::{
    filter::Filter,
    keymap::{Action, Context},
    listing,
    state::{Screen, State},
};

pub(super) fn begin(state: &mut State) {
    match state.screen {
        Screen::Jobs => {
            let [filter, list] = [Action::Filter, Action::Instructions]
                .map(|action| state.keymap.name_of(Context::Instructions, action));
            state.tell(format!(
                "jobs have no filter: what runs comes first, then what failed; {filter} on {list} filters instructions"
            ));
            return;
        }
        Screen::Samples => {
            let samples = state.key(Action::Samples);
            state.tell(format!(
                "the filter is on the instructions; {samples} goes back to the responses of those listed"
            ));
        }
        Screen::Funnel | Screen::Instructions | Screen::Verifiers => {}
    }
    state.overlay = None;
    state.screen = Screen::Instructions;
    state.instructions.typing = Some(Input::new(state.instructions.filter.text.clone()));
}

pub(super) fn keep(state: &mut State) {
    state.instructions.typing = None;
}

/// Takes all filters away.
pub(super) fn clear(state: &mut State) {
    let pane = &mut state.instructions;
    pane.typing = None;
    pane.filter = Filter::default();
    listing::relist(state);
}

/// Takes away what is being typed.
pub(super) fn abandon(state: &mut State) {
    let pane = &mut state.instructions;
    pane.typing = None;
    pane.filter.text.clear();
    listing::relist(state);
}

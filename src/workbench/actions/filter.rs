//! Typing a filter. It applies while it is typed; enter keeps it, esc clears it.

use tui_input::Input;

use crate::workbench::{
    arrive,
    state::{Screen, State},
};

pub(super) fn begin(state: &mut State) {
    match state.screen {
        Screen::Jobs => {
            state.tell(
                "jobs have no filter: what runs comes first, then what failed; `/` on screen 2 filters instructions",
            );
            return;
        }
        Screen::Samples => {
            state.tell("the filter is on the instructions; 4 goes back to the responses of those listed");
        }
        Screen::Funnel | Screen::Instructions | Screen::Verifiers => {}
    }
    state.screen = Screen::Instructions;
    state.instructions.typing = Some(Input::new(state.instructions.filter.text.clone()));
}

pub(super) fn keep(state: &mut State) {
    state.instructions.typing = None;
}

/// Takes the filter away; whether there was one.
pub(super) fn clear(state: &mut State) -> bool {
    let pane = &mut state.instructions;
    let had = pane.typing.take().is_some() || !pane.filter.is_empty();
    pane.filter = crate::workbench::filter::Filter::default();
    arrive::relist(state);
    had
}

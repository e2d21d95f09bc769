//! Doing what the palette names.

use crate::workbench::{message::Effect, palette::Palette, state::State};

/// Does the selected command, or says why it does not apply. The palette is closed already.
pub(super) fn run(state: &mut State, palette: &Palette, effects: &mut Vec<Effect>) {
    match palette.found.get(palette.list.index) {
        None => state.tell("no command is called so"),
        Some(command) => match &command.not_here {
            None => super::act(state, command.action, effects),
            Some(why) => state.tell(format!("{} does nothing here: {why}", command.name)),
        },
    }
}

//! Pausing and resuming, everything or one stage.

use crate::{
    domain::Stage,
    pipeline::{handle::Command, snapshot::EngineState},
    workbench::{message::Effect, state::State},
};

/// Only the process that works can pause.
fn works_elsewhere(state: &mut State) -> bool {
    let EngineState::Following(holder) = &state.snapshot.engine else { return false };
    let told = format!("the work runs in {holder}; it can be paused and resumed there");
    state.tell(told);
    true
}

pub(super) fn all(state: &mut State, effects: &mut Vec<Effect>) {
    if works_elsewhere(state) {
        return;
    }
    let command =
        if state.snapshot.engine == EngineState::Paused { Command::Resume(None) } else { Command::Pause(None) };
    super::send(effects, command);
}

pub(super) fn stage(state: &mut State, effects: &mut Vec<Effect>) {
    if works_elsewhere(state) {
        return;
    }
    let Some(stage) = Stage::ALL.get(state.funnel.stage).copied() else { return };
    let paused = state.snapshot.paused.contains(&stage);
    super::send(effects, if paused { Command::Resume(Some(stage)) } else { Command::Pause(Some(stage)) });
}

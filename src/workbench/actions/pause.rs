//! Pausing and resuming, everything or one stage.

use crate::{
    domain::Stage,
    pipeline::{handle::Command, snapshot::EngineState},
    workbench::{message::Effect, state::State},
};

pub(super) fn all(state: &State, effects: &mut Vec<Effect>) {
    let command =
        if state.snapshot.engine == EngineState::Paused { Command::Resume(None) } else { Command::Pause(None) };
    super::send(effects, command);
}

pub(super) fn stage(state: &State, effects: &mut Vec<Effect>) {
    let Some(stage) = Stage::ALL.get(state.funnel.stage).copied() else { return };
    let paused = state.snapshot.paused.contains(&stage);
    super::send(effects, if paused { Command::Resume(Some(stage)) } else { Command::Pause(Some(stage)) });
}

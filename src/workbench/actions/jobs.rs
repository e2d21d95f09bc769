//! Jobs: asked again, ended; and the log.

use crate::{
    pipeline::{handle::Command, snapshot::JobState},
    workbench::{log::Log, message::Effect, state::State},
};

pub(super) fn retry(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(job) = state.job() else { return };
    let items = vec![job.item];
    match job.state {
        JobState::Failed { .. } | JobState::Cancelled => super::send(effects, Command::Retry { items }),
        JobState::Done => super::send(effects, Command::Rerun { items }),
        JobState::Queued | JobState::Running { .. } => {
            state.tell("this one has not ended; x ends a running job, then r asks again");
        }
    }
}

pub(super) fn cancel(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(job) = state.job() else { return };
    match job.state {
        JobState::Running { .. } => super::send(effects, Command::Cancel(job.id)),
        JobState::Queued => state.tell("this one waits; pause its stage on screen 1 (P), or reject its instruction"),
        _ => state.tell("this one has ended"),
    }
}

pub(super) fn show_log(state: &mut State, effects: &mut Vec<Effect>) {
    state.jobs.log = Some(Log::new(state.now));
    effects.push(Effect::LoadLog);
}

pub(super) fn all_projects(state: &mut State) {
    if let Some(log) = &mut state.jobs.log {
        log.all = !log.all;
        log.scroll.bottom();
    }
}

pub(super) fn levels(state: &mut State) {
    if let Some(log) = &mut state.jobs.log {
        log.next_level();
        log.scroll.bottom();
    }
}

//! Jobs: asked again, ended; and the log.

use crate::{
    pipeline::{handle::Command, snapshot::JobState},
    workbench::{
        keymap::{Action, Context},
        log::Log,
        message::Effect,
        state::State,
    },
};

pub(super) fn retry(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(job) = state.job() else { return };
    let items = vec![job.item];
    match job.state {
        JobState::Failed { .. } | JobState::Cancelled => super::send(effects, Command::Retry { items }),
        JobState::Done => super::send(effects, Command::Rerun { items }),
        JobState::Queued | JobState::Running { .. } => {
            let [cancel, again] = [Action::CancelJob, Action::Retry].map(|action| state.key(action));
            state.tell(format!("this one has not ended; {cancel} ends a running job, then {again} asks again"));
        }
    }
}

pub(super) fn cancel(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(job) = state.job() else { return };
    match job.state {
        JobState::Running { .. } => super::send(effects, Command::Cancel(job.id)),
        JobState::Queued => {
            let (pause, funnel) =
                (state.keymap.name_of(Context::Funnel, Action::PauseStage), state.key(Action::Funnel));
            state.tell(format!("this one is queued; {pause} on {funnel} pauses its stage, or reject its instruction"));
        }
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

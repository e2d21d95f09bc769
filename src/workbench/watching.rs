//! What became of jobs: failures are told as they come, and the end of what the user asked for; each with a way there.

use std::collections::HashSet;

use crate::{
    domain::ItemId,
    pipeline::snapshot::{JobState, JobView},
};

use super::{go::About, state::State, toast::Mood};

/// What is watched for.
#[derive(Clone, Debug, Default)]
pub struct Watching {
    /// Failed jobs that were told, or were there from the start.
    failed: HashSet<u64>,
    /// Whether jobs were seen at all.
    begun: bool,
    /// What was asked for again: the item, since which job, and where it is.
    awaited: Vec<(ItemId, u64, About)>,
}

/// An item is asked for again.
pub(super) fn ask(state: &mut State, item: ItemId, about: About) {
    let last = state.snapshot.jobs.iter().map(|job| job.id).max().unwrap_or(0);
    state.watching.awaited.retain(|(other, ..)| *other != item);
    state.watching.awaited.push((item, last, about));
}

fn is_of(job: &JobView, item: ItemId) -> bool {
    job.item == item || job.root == Some(item)
}

/// The jobs changed.
pub(super) fn look(state: &mut State) {
    let jobs = std::sync::Arc::clone(&state.snapshot.jobs);
    let failed = jobs.iter().filter_map(|job| match &job.state {
        JobState::Failed { code, .. } => Some((job, code)),
        _ => None,
    });
    for (job, code) in failed {
        if state.watching.failed.insert(job.id) && state.watching.begun {
            let kind = match job.kind {
                crate::pipeline::snapshot::JobKind::Call(kind) => kind.name(),
                crate::pipeline::snapshot::JobKind::Execute(stage) => stage.id(),
            };
            let text = format!("a job failed: {kind} at {}: {code}", job.at);
            state.toasts.push(state.now, Mood::Bad, text, Some(About::Job(job.id)));
        }
    }
    state.watching.begun |= !jobs.is_empty();
    let mut done = Vec::new();
    state.watching.awaited.retain(|(item, since, about)| {
        let later = || jobs.iter().filter(|job| job.id > *since && is_of(job, *item));
        let over = later().any(|job| job.state == JobState::Done)
            && later().all(|job| !matches!(job.state, JobState::Running { .. } | JobState::Queued));
        if over {
            done.push((*item, *about));
        }
        !over
    });
    for (item, about) in done {
        let text = format!("{} was made again, as you asked", item.short());
        state.toasts.push(state.now, Mood::Info, text, Some(about));
    }
}

//! The reasons for which something fell at a stage, and the instructions behind one.

use std::sync::Arc;

use crate::{
    domain::{ItemId, Stage},
    pipeline::{snapshot::StageCounts, view::Reason},
    workbench::{
        filter::{Filter, Why},
        keymap::{Action, Context},
        listing,
        message::Effect,
        state::{Screen, State},
        trail::Place,
    },
};

/// A stage's reasons, the most frequent first.
pub fn sorted(counts: &StageCounts) -> Vec<(&Reason, u64)> {
    let mut reasons: Vec<_> = counts.reasons.iter().map(|(reason, n)| (reason, *n)).collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    reasons
}

/// The place of the selected reason among those; the first where it is no longer there.
pub fn place(state: &State, counts: &StageCounts) -> Option<usize> {
    let selected = state.funnel.reason.as_ref()?;
    Some(sorted(counts).iter().position(|(reason, _)| *reason == selected).unwrap_or(0))
}

fn stage(state: &State) -> Option<Stage> {
    Stage::ALL.get(state.funnel.stage).copied()
}

pub(super) fn begin(state: &mut State) {
    let Some(stage) = stage(state) else { return };
    let first = sorted(state.snapshot.funnel.stage(stage)).first().map(|(reason, _)| Reason::clone(reason));
    if first.is_none() {
        state.tell(format!("nothing was dropped at {stage}"));
    }
    state.funnel.reason = first;
}

pub(super) fn go(state: &mut State, action: Action) {
    let Some(stage) = stage(state) else { return };
    let counts = state.snapshot.funnel.stage(stage);
    let Some(at) = place(state, counts) else { return };
    let reasons = sorted(counts);
    let last = reasons.len().saturating_sub(1);
    let to = match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => (at + 1).min(last),
        Action::Top | Action::PageUp => 0,
        _ => last,
    };
    state.funnel.reason = reasons.get(to).map(|(reason, _)| Reason::clone(reason));
}

/// Asks for the instructions behind the selected reason.
pub(super) fn open(state: &State, effects: &mut Vec<Effect>) {
    let Some(stage) = stage(state) else { return };
    let counts = state.snapshot.funnel.stage(stage);
    let reason =
        place(state, counts).and_then(|at| sorted(counts).get(at).map(|(reason, _)| Arc::from(reason.as_ref())));
    effects.extend(reason.map(|reason| Effect::LoadFell(stage, reason)));
}

/// Shows the instructions that were asked for.
pub fn show(state: &mut State, stage: Stage, reason: Arc<str>, of: Vec<ItemId>) {
    if state.screen != Screen::Funnel || state.funnel.reason.is_none() {
        // Asked for on a screen that was left meanwhile.
        return;
    }
    if of.is_empty() {
        let key = state.keymap.name_of(Context::Reasons, Action::Jobs);
        state.tell(format!(
            "no instruction stands behind {reason}: it is counted over the whole project, or over calls ({key} lists \
             those)"
        ));
        return;
    }
    let from = Place::here(state, true);
    let why = Why { reason, of: Arc::new(of.into_iter().collect()) };
    state.instructions.filter = Filter { fell: Some(stage), why: Some(why), ..Filter::default() };
    state.funnel.reason = None;
    state.screen = Screen::Instructions;
    from.left(state);
    listing::relist(state);
    tell_where(state, stage);
}

/// Where one sees what was dropped at a stage that is not about instructions.
pub(super) fn tell_where(state: &mut State, stage: Stage) {
    if stage.index() >= Stage::Respond.index() {
        let key = state.keymap.name_of(Context::Instructions, Action::Samples);
        state.tell(format!("instructions with responses dropped at {stage}; {key} shows them, and why"));
    }
}

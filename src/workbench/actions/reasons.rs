//! The reasons for which something fell at a stage, and the instructions behind one.

use std::sync::Arc;

use crate::{
    domain::{ItemId, Stage},
    pipeline::{snapshot::StageCounts, view::Reason},
    workbench::{
        filter::{Filter, Why},
        keymap::Action,
        listing,
        message::Effect,
        state::{Screen, State},
    },
};

/// A stage's reasons, the most frequent first.
pub fn sorted(counts: &StageCounts) -> Vec<(&Reason, u64)> {
    let mut reasons: Vec<_> = counts.reasons.iter().map(|(reason, n)| (reason, *n)).collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    reasons
}

fn stage(state: &State) -> Option<Stage> {
    Stage::ALL.get(state.funnel.stage).copied()
}

pub(super) fn begin(state: &mut State) {
    let Some(stage) = stage(state) else { return };
    if state.snapshot.funnel.stage(stage).reasons.is_empty() {
        state.tell(format!("nothing fell at {stage}"));
        return;
    }
    state.funnel.reason = Some(0);
}

pub(super) fn go(state: &mut State, action: Action) {
    let Some(stage) = stage(state) else { return };
    let last = state.snapshot.funnel.stage(stage).reasons.len().saturating_sub(1);
    let Some(at) = state.funnel.reason else { return };
    state.funnel.reason = Some(match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => (at + 1).min(last),
        Action::Top | Action::PageUp => 0,
        _ => last,
    });
}

/// Asks for the instructions behind the selected reason.
pub(super) fn open(state: &State, effects: &mut Vec<Effect>) {
    let Some((stage, at)) = stage(state).zip(state.funnel.reason) else { return };
    let reason =
        sorted(state.snapshot.funnel.stage(stage)).get(at).map(|(reason, _)| Arc::<str>::from(reason.as_ref()));
    effects.extend(reason.map(|reason| Effect::LoadFell(stage, reason)));
}

/// Shows the instructions that were asked for.
pub fn show(state: &mut State, stage: Stage, reason: Arc<str>, of: Vec<ItemId>) {
    if state.screen != Screen::Funnel || state.funnel.reason.is_none() {
        // Asked for on a screen that was left meanwhile.
        return;
    }
    if of.is_empty() {
        state.tell(format!(
            "no instruction stands behind {reason}: it is counted over the whole project, or over calls (5 lists those)"
        ));
        return;
    }
    let why = Why { reason, of: Arc::new(of.into_iter().collect()) };
    state.instructions.filter = Filter { fell: Some(stage), why: Some(why), ..Filter::default() };
    state.funnel.reason = None;
    state.screen = Screen::Instructions;
    listing::relist(state);
    if stage.index() >= Stage::Respond.index() {
        state.tell(format!("instructions with responses that fell at {stage}; 4 shows them, and why"));
    }
}

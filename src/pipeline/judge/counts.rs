//! What an instruction adds to the funnel: every item that reached a stage, once, in the stage's unit.

use crate::{
    domain::{CallKind, ItemId, Kind, Ruling, Stage, tree::InstructionTree},
    pipeline::{
        plan::is_beyond,
        settings::Settings,
        snapshot::Funnel,
        stale::{Due, due},
        view::{InstructionView, PairStanding, PairView, Reason, ResponseView, State, TaskView},
    },
};

use super::{Expect, is_rejected, sheet::is_copied};

/// Who is told of the units.
type Each<'a> = &'a mut dyn FnMut(Stage, ItemId, &State);

/// Counts a view.
pub fn count(view: &InstructionView, tree: &InstructionTree, settings: &Settings) -> Funnel {
    let mut funnel = Funnel::default();
    units(view, tree, settings, |stage, _, state| funnel.stage_mut(stage).add(state));
    funnel
}

/// Hands on what is counted: the stage, the item in the stage's unit (a row is named by its response), and where it
/// stands there.
pub fn units(
    view: &InstructionView,
    tree: &InstructionTree,
    settings: &Settings,
    mut each: impl FnMut(Stage, ItemId, &State),
) {
    let each: Each<'_> = &mut each;
    each(Stage::SelfInstruct, view.id, &view.novelty);
    if view.novelty != State::Kept {
        return;
    }
    verifiers(each, tree, settings);
    beyond(each, tree, settings);
    for (stage, state) in [
        (Stage::CrossValidate, &view.cross_validate),
        (Stage::BackTranslate, &view.back_translate),
        (Stage::Consistency, &view.consistency),
    ] {
        if let Some(state) = state {
            each(stage, view.id, state);
        }
    }
    if view.fell() {
        return;
    }
    for task in &view.tasks {
        of_task(each, task);
    }
    of_pairs(each, &view.case_pairs);
}

fn verifiers(each: Each<'_>, tree: &InstructionTree, settings: &Settings) {
    let Some(expect) = Expect::of(tree, settings) else { return };
    for sample in 0..settings.call(CallKind::Verifiers).samples {
        let known = tree.verifiers.iter().find(|known| known.function.index == sample);
        let slot = known.map(|known| &known.function);
        let copied = || settings.profile.reject_copies && known.is_some_and(|known| is_copied(known, &expect));
        let state = match slot.map(|slot| (slot, due(slot, &expect.verifier(sample), true))) {
            None | Some((_, Due::Call { stale: false, .. })) => State::Pending,
            Some((_, Due::Call { stale: true, .. } | Due::Restore { .. })) => State::Stale,
            Some((slot, Due::Failed)) => {
                let code = slot.failure.as_ref().map(|failure| failure.code.clone());
                State::Failed(code.map_or(Reason::Borrowed("failed"), Reason::Owned))
            }
            Some((slot, Due::No)) if slot.ruling().is_some_and(|ruling| ruling != Ruling::Accepted) => {
                State::Dropped("rejected".into())
            }
            Some((slot, Due::No)) => match slot.body() {
                Some(body) if body.source.is_some() && copied() => State::Dropped("copied-example".into()),
                Some(body) if body.source.is_some() => State::Kept,
                Some(body) => State::Dropped(body.problem.clone().map_or(Reason::Borrowed("empty"), Reason::Owned)),
                None => State::Pending,
            },
        };
        let id = slot.map_or_else(|| ItemId::child(Kind::Verifier, &tree.id(), sample), |slot| slot.id);
        each(Stage::Verifiers, id, &state);
    }
}

/// Samples beyond the number asked for: a machine's take part in nothing, a person's do.
fn beyond(each: Each<'_>, tree: &InstructionTree, settings: &Settings) {
    let wanted = settings.call(CallKind::Verifiers).samples;
    for slot in tree.verifiers.iter().map(|known| &known.function).filter(|slot| slot.index >= wanted) {
        let state = match slot.ruling() {
            _ if is_beyond(slot, CallKind::Verifiers, settings) => State::Dropped("beyond-k".into()),
            Some(ruling) if ruling != Ruling::Accepted => State::Dropped("rejected".into()),
            _ => State::Kept,
        };
        each(Stage::Verifiers, slot.id, &state);
    }
}

fn of_task(each: Each<'_>, task: &TaskView) {
    if is_rejected(task.decision.as_ref()) {
        each(Stage::PairQueries, task.id, &State::Dropped("rejected".into()));
        return;
    }
    if let (true, Some(conflict)) = (task.left_out, task.conflicts.first()) {
        each(Stage::PairQueries, task.id, &State::Dropped(conflict.reason().into()));
        return;
    }
    each(Stage::PairQueries, task.id, &State::Kept);
    for response in &task.responses {
        of_response(each, response);
    }
    of_pairs(each, &task.pairs);
}

/// Pairs that the rules give, in the data set or turned down.
fn of_pairs(each: Each<'_>, pairs: &[PairView]) {
    for pair in pairs {
        let state = match pair.standing {
            PairStanding::Given => State::Kept,
            PairStanding::Rejected => State::Dropped("rejected".into()),
            PairStanding::Outdated => State::Dropped("outdated".into()),
            PairStanding::Capped => State::Dropped("cap".into()),
            PairStanding::Stale | PairStanding::NotDrawn => continue,
        };
        each(Stage::Pairs, pair.id, &state);
    }
}

fn of_response(each: Each<'_>, response: &ResponseView) {
    each(Stage::Respond, response.id, &response.respond);
    if let Some(state) = &response.verify {
        each(Stage::Verify, response.id, state);
    }
    if let Some(state) = &response.score {
        each(Stage::Score, response.id, state);
    }
    if let Some(state) = sft(response) {
        each(Stage::Sft, response.id, &state);
    }
}

/// A row reaches `sft` by its score or by a person's word.
fn sft(response: &ResponseView) -> Option<State> {
    let wanted = super::is_accepted(response.decision.as_ref());
    if response.score != Some(State::Kept) && !wanted {
        return None;
    }
    Some(if response.sft {
        State::Kept
    } else if response.capped {
        State::Dropped("cap".into())
    } else if response.outdated {
        State::Dropped("outdated".into())
    } else if response.stale && matches!(response.respond, State::Stale | State::Pending) {
        State::Stale
    } else if response.stale {
        // A person's text, or one whose making failed: nothing is made again by itself.
        State::Dropped("stale".into())
    } else if is_rejected(response.decision.as_ref()) {
        State::Dropped("rejected".into())
    } else {
        State::Dropped("not-chosen".into())
    })
}

//! What an instruction adds to the funnel: every item that reached a stage, once, in the stage's unit.

use crate::{
    domain::{CallKind, Ruling, Stage, tree::InstructionTree},
    pipeline::{
        settings::Settings,
        snapshot::Funnel,
        stale::{Due, due},
        view::{InstructionView, Reason, ResponseView, State, TaskView},
    },
};

use super::{Expect, is_rejected};

/// Counts a view.
pub fn count(view: &InstructionView, tree: &InstructionTree, settings: &Settings) -> Funnel {
    let mut funnel = Funnel::default();
    funnel.stage_mut(Stage::SelfInstruct).add(&view.novelty);
    if view.novelty != State::Kept {
        return funnel;
    }
    verifiers(&mut funnel, tree, settings);
    for (stage, state) in [
        (Stage::CrossValidate, &view.cross_validate),
        (Stage::BackTranslate, &view.back_translate),
        (Stage::Consistency, &view.consistency),
    ] {
        if let Some(state) = state {
            funnel.stage_mut(stage).add(state);
        }
    }
    for task in &view.tasks {
        count_task(&mut funnel, task);
    }
    for _ in &view.case_pairs {
        funnel.stage_mut(Stage::Pairs).add(&State::Kept);
    }
    funnel
}

fn verifiers(funnel: &mut Funnel, tree: &InstructionTree, settings: &Settings) {
    let Some(expect) = Expect::of(tree, settings) else { return };
    for sample in 0..settings.call(CallKind::Verifiers).samples {
        let slot = tree.verifiers.iter().find(|known| known.function.index == sample).map(|known| &known.function);
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
                Some(body) if body.source.is_some() => State::Kept,
                Some(body) => State::Dropped(body.problem.clone().map_or(Reason::Borrowed("empty"), Reason::Owned)),
                None => State::Pending,
            },
        };
        funnel.stage_mut(Stage::Verifiers).add(&state);
    }
}

fn count_task(funnel: &mut Funnel, task: &TaskView) {
    if is_rejected(task.decision.as_ref()) {
        funnel.stage_mut(Stage::PairQueries).add(&State::Dropped("rejected".into()));
        return;
    }
    funnel.stage_mut(Stage::PairQueries).add(&State::Kept);
    for response in &task.responses {
        count_response(funnel, response);
    }
    for _ in &task.pairs {
        funnel.stage_mut(Stage::Pairs).add(&State::Kept);
    }
}

fn count_response(funnel: &mut Funnel, response: &ResponseView) {
    funnel.stage_mut(Stage::Respond).add(&response.respond);
    if let Some(state) = &response.verify {
        funnel.stage_mut(Stage::Verify).add(state);
    }
    if let Some(state) = &response.score {
        funnel.stage_mut(Stage::Score).add(state);
    }
    if let Some(state) = sft(response) {
        funnel.stage_mut(Stage::Sft).add(&state);
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
    } else if response.outdated {
        State::Dropped("outdated".into())
    } else if response.stale {
        State::Stale
    } else if is_rejected(response.decision.as_ref()) {
        State::Dropped("rejected".into())
    } else {
        State::Dropped("not-chosen".into())
    })
}

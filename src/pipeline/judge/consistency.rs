//! Back-translation and consistency of an instruction (paper, 3.2).

use crate::{
    domain::{Ruling, Slot, VerifierSample, body::BackTranslation, tree::InstructionTree},
    pipeline::{
        expect::Expect,
        plan::asks_again,
        settings::Settings,
        stale::{Due, due, holds},
        view::{InstructionView, Reason, State},
    },
    rules::{
        consistency::{Labelled, consistency},
        profile::ConsistencyRule,
    },
};

/// How one function's back-translation or label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Done,
    Pending,
    Stale,
    Failed,
}

/// Fills labels, which functions are used, and the instruction's states.
pub fn fill(view: &mut InstructionView, tree: &InstructionTree, expect: &Expect<'_>, settings: &Settings) {
    if view.cross_validate != Some(State::Kept) {
        return;
    }
    let kept: Vec<usize> = (0..view.functions.len()).filter(|at| view.functions[*at].kept.is_ok()).collect();
    let samples: Vec<&VerifierSample> = kept.iter().filter_map(|at| sample(view, tree, *at)).collect();
    if samples.len() != kept.len() {
        return;
    }
    for (at, sample) in kept.iter().zip(&samples) {
        label(view, *at, sample, expect);
    }
    let backs: Vec<Step> = samples.iter().map(|sample| back_step(sample, expect)).collect();
    view.back_translate = Some(whole(&backs, "back-translation-failed"));
    if view.back_translate != Some(State::Kept) {
        return;
    }
    let off = settings.profile.consistency == ConsistencyRule::Off;
    let labels: Vec<Step> =
        samples.iter().map(|sample| if off { Step::Done } else { label_step(sample, expect) }).collect();
    view.consistency = Some(match whole(&labels, "entailment-failed") {
        State::Kept => decide(view, tree, &kept, settings),
        waiting => waiting,
    });
}

fn sample<'t>(view: &InstructionView, tree: &'t InstructionTree, at: usize) -> Option<&'t VerifierSample> {
    tree.verifiers.iter().find(|sample| sample.function.id == view.functions[at].id)
}

fn label(view: &mut InstructionView, at: usize, sample: &VerifierSample, expect: &Expect<'_>) {
    let Some(body) = sample.function.body() else { return };
    let index = sample.function.index;
    let Some(slot) = &sample.back else { return };
    let Some(back) = holds(slot, &expect.back(body, index)) else { return };
    view.functions[at].back = Some((slot.id, back.text.clone()));
    let Some(slot) = &sample.entailment else { return };
    let label = holds(slot, &expect.entailment(back, index));
    view.functions[at].probabilities = label.and_then(|body| body.probabilities);
    view.functions[at].label = label.and_then(|body| Some((body.label?, body.text.clone())));
}

fn step<T>(slot: Option<&Slot<T>>, due: impl Fn(&Slot<T>) -> Due) -> Step {
    match slot.map(due) {
        None | Some(Due::Call { stale: false, .. }) => Step::Pending,
        Some(Due::Call { stale: true, .. } | Due::Restore { .. }) => Step::Stale,
        Some(Due::Failed) => Step::Failed,
        Some(Due::No) => Step::Done,
    }
}

fn back_step(sample: &VerifierSample, expect: &Expect<'_>) -> Step {
    let Some(body) = sample.function.body() else { return Step::Pending };
    step(sample.back.as_ref(), |slot| due(slot, &expect.back(body, sample.function.index), true))
}

fn label_step(sample: &VerifierSample, expect: &Expect<'_>) -> Step {
    let Some(body) = sample.function.body() else { return Step::Pending };
    let now = expect.back(body, sample.function.index);
    let back = sample.back.as_ref().and_then(|slot| holds(slot, &now));
    let Some(back) = back.filter(|back: &&BackTranslation| !back.text.is_empty()) else { return Step::Done };
    let now = expect.entailment(back, sample.function.index);
    let again = |slot: &Slot<crate::domain::Entailment>| asks_again(slot, &now, |body| body.label.is_none());
    if sample.entailment.as_ref().is_some_and(again) {
        return Step::Pending;
    }
    step(sample.entailment.as_ref(), |slot| due(slot, &now, true))
}

/// An instruction waits for all its functions; a failed call costs its function only, unless all failed.
fn whole(steps: &[Step], failed: &'static str) -> State {
    if steps.contains(&Step::Stale) {
        State::Stale
    } else if steps.contains(&Step::Pending) {
        State::Pending
    } else if !steps.is_empty() && steps.iter().all(|step| *step == Step::Failed) {
        State::Failed(Reason::Borrowed(failed))
    } else {
        State::Kept
    }
}

/// Applies the profile's rule, a person's word first.
fn decide(view: &mut InstructionView, tree: &InstructionTree, kept: &[usize], settings: &Settings) -> State {
    let labelled: Vec<Labelled> = kept
        .iter()
        .map(|at| Labelled {
            label: view.functions[*at].label.as_ref().map(|(label, _)| *label),
            ruling: sample(view, tree, *at).and_then(|sample| sample.function.ruling()),
        })
        .collect();
    let result = consistency(&labelled, tree.slot.ruling() == Some(Ruling::Accepted), &settings.profile);
    for (at, found) in kept.iter().zip(&result.functions) {
        let function = &mut view.functions[*at];
        function.used = found.is_ok();
        if let Err(reason) = found {
            function.kept = Err(Reason::Borrowed(reason));
        }
    }
    result.instruction.map_or_else(|reason| State::Dropped(Reason::Borrowed(reason)), |()| State::Kept)
}

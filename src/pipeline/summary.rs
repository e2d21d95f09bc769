//! The short forms of a view: the row of a list, the counts of the data sets.

use crate::domain::Stage;

use super::{
    snapshot::{Datasets, InstructionRow},
    view::{InstructionView, PairStanding, PairView, ResponseView, Source, State},
};

/// The line of the Instructions list.
pub fn row(view: &InstructionView) -> InstructionRow {
    let (stage, state) = furthest(view);
    let responses: Vec<&ResponseView> = view.tasks.iter().flat_map(|task| &task.responses).collect();
    let verified = responses.iter().filter(|response| settled(response.verify.as_ref()));
    let passed = responses.iter().filter(|response| response.verify == Some(State::Kept));
    let sft = responses.iter().filter(|response| response.sft).count();
    let pairs = given(&view.case_pairs) + view.tasks.iter().map(|task| given(&task.pairs)).sum::<u64>();
    InstructionRow {
        id: view.id,
        text: view.text.clone(),
        language: view.language,
        category: view.category.clone(),
        seed: view.source == Source::Seed,
        stage,
        state,
        decision: view.decision.as_ref().map(|decision| decision.ruling),
        edited: view.edited,
        stale: is_stale(view),
        fell: fell(view),
        functions: (count(view.functions.iter().filter(|f| f.used).count()), count(view.functions.len())),
        cases: (count(view.cases.iter().filter(|case| case.kept.is_ok()).count()), count(view.cases.len())),
        disagreements: count(view.matrix.iter().flatten().filter(|cell| cell.agrees == Some(false)).count()),
        responses: (count(passed.count()), count(verified.count())),
        rows: (count(sft), u32::try_from(pairs).unwrap_or(u32::MAX)),
    }
}

/// The stages at which something of it was dropped or failed, as bits.
fn fell(view: &InstructionView) -> u16 {
    let fell_at = |stage: &Stage| {
        let counts = view.counts.stage(*stage);
        counts.dropped + counts.failed > 0
    };
    Stage::ALL.into_iter().filter(fell_at).fold(0, |bits, stage| bits | (1 << stage.index()))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn settled(state: Option<&State>) -> bool {
    matches!(state, Some(State::Kept | State::Dropped(_)))
}

/// Whether anything that a list should point at is out of date.
fn is_stale(view: &InstructionView) -> bool {
    if view.novelty != State::Kept {
        // Nothing of it is made again.
        return false;
    }
    view.functions.iter().any(|function| function.stale)
        || [&view.cross_validate, &view.back_translate, &view.consistency].contains(&&Some(State::Stale))
        || view
            .tasks
            .iter()
            .flat_map(|task| &task.responses)
            .any(|response| response.stale || response.score == Some(State::Stale))
}

/// The furthest stage the instruction reached, and where it stands there.
fn furthest(view: &InstructionView) -> (Stage, State) {
    if view.novelty != State::Kept {
        return (Stage::SelfInstruct, view.novelty.clone());
    }
    let steps = [
        (Stage::CrossValidate, &view.cross_validate),
        (Stage::BackTranslate, &view.back_translate),
        (Stage::Consistency, &view.consistency),
    ];
    let mut last = (Stage::Verifiers, State::Pending);
    for (stage, state) in steps {
        match state {
            Some(State::Kept) => last = (stage, State::Kept),
            Some(state) => return (stage, state.clone()),
            None => return if last.1 == State::Kept { (stage, State::Pending) } else { last },
        }
    }
    if view.tasks.is_empty() { last } else { answered(view) }
}

fn answered(view: &InstructionView) -> (Stage, State) {
    let asked = || view.tasks.iter().filter(|task| !task.is_out());
    let responses = || asked().flat_map(|task| &task.responses);
    let waits = |state: &State| matches!(state, State::Pending | State::Stale | State::Running);
    if responses().any(|response| waits(&response.respond)) {
        return (Stage::Respond, State::Pending);
    }
    if responses().any(|response| response.verify.as_ref().is_some_and(waits)) {
        return (Stage::Verify, State::Pending);
    }
    if responses().any(|response| response.score.as_ref().is_some_and(waits)) {
        return (Stage::Score, State::Pending);
    }
    if responses().any(|response| response.sft) {
        return (Stage::Sft, State::Kept);
    }
    if responses().any(|response| response.score.is_some()) {
        return (Stage::Score, State::Dropped("no-response-kept".into()));
    }
    (Stage::Verify, State::Dropped("no-response-passed".into()))
}

/// Rows and pairs an instruction gives, and what stays out because it is out of date.
pub fn datasets(view: &InstructionView) -> Datasets {
    let responses = || view.tasks.iter().flat_map(|task| &task.responses);
    let kept = |response: &&ResponseView| response.score == Some(State::Kept);
    let pairs = view.tasks.iter().flat_map(|task| &task.pairs).chain(&view.case_pairs);
    let pairs = pairs.filter(|pair| pair.standing == PairStanding::Outdated).count();
    Datasets {
        sft: responses().filter(|response| response.sft).count() as u64,
        pairs_instruction: given(&view.case_pairs),
        pairs_query: view.tasks.iter().map(|task| given(&task.pairs)).sum(),
        outdated: (responses().filter(|r| r.left_out || (kept(r) && r.outdated)).count() + pairs) as u64,
    }
}

/// How many pairs are rows.
fn given(pairs: &[PairView]) -> u64 {
    pairs.iter().filter(|pair| pair.is_given()).count() as u64
}

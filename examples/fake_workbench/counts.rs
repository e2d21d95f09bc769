//! How a made-up instruction stands in the list, and what it adds to the funnel.

use std::sync::Arc;

use assay::{
    domain::Stage,
    pipeline::{
        snapshot::{Funnel, InstructionRow},
        view::{InstructionView, Source, State},
    },
};

/// The line of an instruction.
pub fn row(view: &InstructionView) -> InstructionRow {
    let n = |n: usize| u32::try_from(n).unwrap_or(0);
    let responses = || view.tasks.iter().flat_map(|task| &task.responses);
    let fell = Stage::ALL.into_iter().fold(0, |bits, stage| {
        let counts = view.counts.stage(stage);
        bits | (u16::from(counts.dropped + counts.failed > 0) << stage.index())
    });
    let (stage, state) = furthest(view);
    InstructionRow {
        id: view.id,
        text: Arc::clone(&view.text),
        language: view.language,
        category: view.category.clone(),
        seed: view.source == Source::Seed,
        stage,
        state,
        decision: view.decision.as_ref().map(|decision| decision.ruling),
        edited: view.edited,
        stale: view.functions.iter().any(|function| function.stale) || responses().any(|response| response.stale),
        fell,
        functions: (n(view.functions.iter().filter(|f| f.used).count()), n(view.functions.len())),
        cases: (n(view.cases.iter().filter(|case| case.kept.is_ok()).count()), n(view.cases.len())),
        disagreements: n(view.matrix.iter().flatten().filter(|cell| cell.agrees == Some(false)).count()),
        responses: (
            n(responses().filter(|response| response.verify == Some(State::Kept)).count()),
            n(responses().filter(|response| response.accuracy.is_some()).count()),
        ),
        rows: (
            n(responses().filter(|response| response.sft).count()),
            n(view.tasks.iter().map(|t| t.pairs.len()).sum()),
        ),
    }
}

fn furthest(view: &InstructionView) -> (Stage, State) {
    let stages = [
        (Stage::Consistency, view.consistency.clone()),
        (Stage::BackTranslate, view.back_translate.clone()),
        (Stage::CrossValidate, view.cross_validate.clone()),
    ];
    stages
        .into_iter()
        .find_map(|(stage, state)| state.map(|state| (stage, state)))
        .unwrap_or((Stage::SelfInstruct, view.novelty.clone()))
}

/// Counts an instruction into the funnel.
pub fn count(view: &mut InstructionView) {
    let mut counts = Funnel::default();
    counts.stage_mut(Stage::SelfInstruct).add(&view.novelty);
    for function in &view.functions {
        let state = match &function.usable {
            _ if function.stale => State::Stale,
            Ok(()) => State::Kept,
            Err(reason) => State::Dropped(reason.clone()),
        };
        counts.stage_mut(Stage::Verifiers).add(&state);
    }
    for (stage, state) in [
        (Stage::CrossValidate, &view.cross_validate),
        (Stage::BackTranslate, &view.back_translate),
        (Stage::Consistency, &view.consistency),
    ] {
        if let Some(state) = state {
            counts.stage_mut(stage).add(state);
        }
    }
    for task in &view.tasks {
        counts.stage_mut(Stage::PairQueries).add(&State::Kept);
        for response in &task.responses {
            counts.stage_mut(Stage::Respond).add(if response.stale { &State::Stale } else { &response.respond });
            for (stage, state) in [(Stage::Verify, &response.verify), (Stage::Score, &response.score)] {
                if let Some(state) = state {
                    counts.stage_mut(stage).add(state);
                }
            }
            if response.sft {
                counts.stage_mut(Stage::Sft).add(&State::Kept);
            }
        }
        for _ in &task.pairs {
            counts.stage_mut(Stage::Pairs).add(&State::Kept);
        }
    }
    view.counts = counts;
}

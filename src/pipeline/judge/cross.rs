//! Cross-validation of an instruction's functions and cases (paper, 3.2).

use std::sync::Arc;

use crate::{
    domain::{Ruling, tree::InstructionTree},
    pipeline::{
        expect::Expect,
        settings::Settings,
        stale::{Due, due},
        view::{CaseView, Cell, Copies, FunctionView, InstructionView, Reason, State},
    },
    rules::{
        cross_validation::{CaseInput, CrossValidation as Cross, Input, Judged, cross_validate},
        verdict::{agreement, expected_bool, verdict},
    },
};

use super::sheet::{Case, Function, Sheet};

/// Fills functions, cases, the matrix and the instruction's state.
pub fn fill(view: &mut InstructionView, tree: &InstructionTree, expect: &Expect<'_>, settings: &Settings) {
    let sheet = Sheet::read(tree, expect, settings);
    let usable: Vec<usize> = sheet.usable().map(|(index, _)| index).collect();
    let result = judge(&sheet, &usable, settings);
    view.functions = (0..sheet.functions.len()).map(|at| function(&sheet, at, &usable, &result)).collect();
    view.cases = sheet.cases.iter().zip(&result.cases).map(|(case, found)| self::case(case, found, settings)).collect();
    view.matrix = sheet.functions.iter().map(|function| cells(function, &sheet.cases, settings)).collect();
    view.copies = Copies {
        functions: count(sheet.functions.iter().filter(|function| function.copied).count()),
        of_functions: count(sheet.functions.iter().filter(|function| function.source.is_some()).count()),
        cases: count(sheet.cases.iter().filter(|case| case.copied).count()),
        of_cases: count(sheet.cases.len()),
    };
    view.cross_validate = state(tree, &sheet, &result, expect, settings);
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn judge(sheet: &Sheet<'_>, usable: &[usize], settings: &Settings) -> Cross {
    let ruling = |at: &usize| sheet.functions[*at].sample.function.ruling();
    let functions: Vec<Option<Ruling>> = usable.iter().map(ruling).collect();
    let rejects = settings.profile.reject_copies;
    let cases: Vec<CaseInput<'_>> = sheet
        .cases
        .iter()
        .map(|case| CaseInput { expected: case.expected, ruling: case.slot.ruling(), copied: case.copied && rejects })
        .collect();
    let outcomes = usable
        .iter()
        .map(|at| sheet.functions[*at].row.outcomes.iter().map(|outcome| outcome.as_deref()).collect())
        .collect();
    cross_validate(&Input { functions, cases, outcomes }, &settings.profile)
}

fn function(sheet: &Sheet<'_>, at: usize, usable: &[usize], result: &Cross) -> FunctionView {
    let function = &sheet.functions[at];
    let slot = &function.sample.function;
    let found = usable.iter().position(|index| *index == at).and_then(|place| result.functions.get(place));
    let kept = match (&function.usable, found) {
        (Err(reason), _) => Err(reason.clone()),
        (Ok(()), Some(found)) => found.kept.map_err(Reason::Borrowed),
        (Ok(()), None) => Err(Reason::Borrowed("not-run")),
    };
    FunctionView {
        id: slot.id,
        sample: slot.index,
        source: function.source.as_ref().map(|source| source.text.clone()),
        usable: function.usable.clone(),
        accuracy: found.and_then(|found| found.accuracy),
        kept,
        used: false,
        back: None,
        label: None,
        probabilities: None,
        repairs: slot.body().map(|body| body.repairs.clone()).unwrap_or_default(),
        decision: slot.decision.clone(),
        edited: slot.is_edited(),
        stale: function.stale,
    }
}

fn case(case: &Case<'_>, found: &Judged, settings: &Settings) -> CaseView {
    CaseView {
        id: case.slot.id,
        sample: case.sample,
        input: case.input.text.clone(),
        expected_raw: case.expected.to_string(),
        expected: expected_bool(case.expected, settings.profile.value_policy),
        accuracy: found.accuracy,
        kept: found.kept.map_err(Reason::Borrowed),
        decision: case.slot.decision.clone(),
        edited: case.slot.is_edited(),
        stale: case.stale,
    }
}

fn cells(function: &Function<'_>, cases: &[Case<'_>], settings: &Settings) -> Vec<Cell> {
    let policy = settings.profile.value_policy;
    let cell = |(case, outcome): (&Case<'_>, Option<&Option<Arc<crate::domain::Outcome>>>)| {
        let outcome = outcome.and_then(Option::as_ref);
        Cell {
            outcome: outcome.cloned(),
            verdict: outcome.map(|outcome| verdict(outcome, policy)),
            agrees: outcome.and_then(|outcome| agreement(outcome, case.expected, policy)),
        }
    };
    (0..cases.len()).map(|at| cell((&cases[at], function.row.outcomes.get(at)))).collect()
}

/// Where the instruction stands: not there until every sample has ended, pending until every check is known.
fn state(
    tree: &InstructionTree,
    sheet: &Sheet<'_>,
    result: &Cross,
    expect: &Expect<'_>,
    settings: &Settings,
) -> Option<State> {
    let wanted = settings.call(crate::domain::CallKind::Verifiers).samples;
    let mut waits = false;
    let mut stale = false;
    for sample in 0..wanted {
        let slot = tree.verifiers.iter().find(|known| known.function.index == sample).map(|known| &known.function);
        match slot.map(|slot| due(slot, &expect.verifier(sample), true)) {
            None => waits = true,
            Some(Due::Call { stale: remake, .. }) => {
                waits |= !remake;
                stale |= remake;
            }
            Some(Due::Restore { .. }) => stale = true,
            Some(Due::No | Due::Failed) => {}
        }
    }
    if stale {
        return Some(State::Stale);
    }
    if waits {
        return None;
    }
    if !sheet.is_complete() {
        return Some(State::Pending);
    }
    Some(result.instruction.map_or_else(|reason| State::Dropped(Reason::Borrowed(reason)), |()| State::Kept))
}

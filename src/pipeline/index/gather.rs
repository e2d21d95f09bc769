//! From a tree and its view to the facts. Texts and outcomes are read whether the profile in force uses them or not.

use crate::{
    domain::{
        CallKind, Label, Language, QueryBody, ResponseSample, Ruling, Slot, Stage, VerifierSample,
        tree::InstructionTree,
    },
    pipeline::{
        batch::{Hashed, Row},
        expect::Expect,
        judge::{is_accepted, is_rejected, sheet::answers, unjudged},
        plan::asks_again,
        settings::Settings,
        stale::{Due, due},
        view::{InstructionView, PairStanding, PairView, ResponseView, State, TaskView},
    },
    rules::{datasets::begin_alike, profile::ResponseAccuracy, verdict},
};

use super::facts::{CaseFact, Facts, FunctionFact, LabelFact, ResponseFact, TaskFact};

/// Functions, cases and responses that a mask can hold; what is beyond is left out of what-if.
const MOST: usize = 64;

/// The facts of an instruction, packed.
pub fn facts_of(tree: &InstructionTree, view: &InstructionView, settings: &Settings) -> Vec<u8> {
    let mut facts = Facts::default();
    if view.novelty == State::Kept {
        gather(&mut facts, tree, view, settings);
    }
    facts.write()
}

fn gather(facts: &mut Facts, tree: &InstructionTree, view: &InstructionView, settings: &Settings) {
    facts.alive = true;
    facts.category.clone_from(&view.category);
    facts.chinese = view.language == Language::Chinese;
    facts.accepted = tree.slot.ruling() == Some(Ruling::Accepted);
    facts.unsettled = matches!(view.cross_validate, None | Some(State::Pending | State::Stale));
    let usable: Vec<usize> =
        (0..view.functions.len()).filter(|at| view.functions[*at].usable.is_ok()).take(MOST).collect();
    facts.functions = usable.iter().map(|at| function(tree, view, *at)).collect();
    let inputs: Vec<&str> = view.cases.iter().take(MOST).map(|case| &*case.input).collect();
    facts.cases = (0..inputs.len()).map(|at| case(tree, view, &usable, &inputs, at)).collect();
    let namespace = settings.namespace(Stage::Verify);
    let sources: Vec<Hashed> = usable
        .iter()
        .filter_map(|at| view.functions[*at].source.as_deref().map(|source| Hashed::source(source, namespace)))
        .collect();
    facts.kept_out = kept_out(&view.case_pairs);
    let Some(expect) = Expect::of(tree, settings) else { return };
    facts.samples = samples_to_come(tree, &expect, settings);
    let fallen = view.fell().then(|| unjudged(tree, settings));
    let tasks = fallen.as_ref().unwrap_or(&view.tasks);
    facts.tasks = tasks.iter().filter_map(|task| task_fact(tree, task, &sources, &expect, settings)).collect();
}

fn kept_out(pairs: &[PairView]) -> u32 {
    let out = |pair: &&PairView| matches!(pair.standing, PairStanding::Rejected | PairStanding::Outdated);
    u32::try_from(pairs.iter().filter(out).count()).unwrap_or(u32::MAX)
}

fn samples_to_come(tree: &InstructionTree, expect: &Expect<'_>, settings: &Settings) -> u32 {
    let comes = |sample: &u32| {
        let slot = tree.verifiers.iter().find(|known| known.function.index == *sample).map(|known| &known.function);
        slot.is_none_or(|slot| matches!(due(slot, &expect.verifier(*sample), true), Due::Call { .. }))
    };
    let all = 0..settings.call(CallKind::Verifiers).samples;
    u32::try_from(all.filter(comes).count()).unwrap_or(u32::MAX)
}

/// Decisions on functions and cases are those in force: one on another version says nothing about this one.
fn function(tree: &InstructionTree, view: &InstructionView, at: usize) -> FunctionFact {
    let sample = tree.verifiers.iter().find(|sample| sample.function.id == view.functions[at].id);
    let ruling = sample.and_then(|sample| sample.function.ruling());
    FunctionFact { ruling, label: sample.map_or(LabelFact::Nothing, label) }
}

fn label(sample: &VerifierSample) -> LabelFact {
    let Some(back) = sample.back.as_ref() else { return LabelFact::Nothing };
    let Some(body) = back.body() else {
        // A call that failed for good speaks against nothing.
        return if back.failure.is_some() { LabelFact::Agrees } else { LabelFact::Nothing };
    };
    if body.text.is_empty() || sample.entailment.as_ref().is_some_and(|slot| slot.failure.is_some()) {
        return LabelFact::Agrees;
    }
    match sample.entailment.as_ref().and_then(Slot::body).map(|body| body.label) {
        None => LabelFact::Described,
        Some(Some(Label::Contradiction)) => LabelFact::Contradicts,
        Some(_) => LabelFact::Agrees,
    }
}

/// Places of the others that begin like one; see the draw of pairs.
fn alike(texts: &[&str], at: usize) -> u64 {
    let begins = |other: &usize| *other != at && begin_alike(texts[*other], texts[at]);
    (0..texts.len().min(MOST)).filter(begins).fold(0, |mask, other| mask | (1 << other))
}

/// The place of the first text that says the same.
fn first(texts: &[&str], at: usize) -> u8 {
    texts.iter().position(|text| *text == texts[at]).and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
}

fn case(tree: &InstructionTree, view: &InstructionView, usable: &[usize], inputs: &[&str], at: usize) -> CaseFact {
    let seen = &view.cases[at];
    let mut cases = tree.verifiers.iter().flat_map(|sample| &sample.cases);
    let slot = cases.find(|slot| slot.id == seen.id);
    let mut fact = CaseFact {
        // A copied case is out as if a person had turned it down.
        ruling: match &seen.kept {
            Err(reason) if reason == "copied-example" => Some(Ruling::Rejected),
            _ => slot.and_then(Slot::ruling),
        },
        expected: seen.expected,
        first: (!inputs[at].trim().is_empty()).then(|| first(inputs, at)),
        alike: alike(inputs, at),
        ..CaseFact::default()
    };
    for (bit, function) in usable.iter().enumerate() {
        let Some(cell) = view.matrix.get(*function).and_then(|row| row.get(at)) else { continue };
        let mask = 1 << bit;
        fact.known |= if cell.outcome.is_some() { mask } else { 0 };
        fact.counted |= if cell.agrees.is_some() { mask } else { 0 };
        fact.agree |= if cell.agrees == Some(true) { mask } else { 0 };
        let gave = cell.verdict.and_then(verdict::Verdict::boolean);
        fact.gave.0 |= if gave == Some(true) { mask } else { 0 };
        fact.gave.1 |= if gave == Some(false) { mask } else { 0 };
    }
    fact
}

fn task_fact(
    tree: &InstructionTree,
    task: &TaskView,
    sources: &[Hashed],
    expect: &Expect<'_>,
    settings: &Settings,
) -> Option<TaskFact> {
    let profile = &settings.profile;
    let stored = tree.tasks.iter().find(|stored| stored.slot.id == task.id)?;
    let judges = settings.call(CallKind::Score).samples;
    let waits = |response: &&ResponseView| matches!(response.respond, State::Pending | State::Stale);
    let there: Vec<&ResponseView> = task
        .responses
        .iter()
        .filter(|response| response.respond == State::Kept && !response.stale)
        .take(MOST)
        .collect();
    let texts: Vec<&str> = there.iter().map(|response| response.text.as_deref().unwrap_or_default()).collect();
    let known = answers(stored);
    let hashed: Vec<Hashed> = known.iter().map(|answer| answer.text.clone()).collect();
    let rows: Vec<Row> = sources.iter().map(|source| Row::read(&tree.outcomes, source, &hashed)).collect();
    let response = |(at, seen): (usize, &&ResponseView)| {
        let mut fact = ResponseFact {
            // One on another version takes the response out; see `fit`.
            ruling: seen.decision.as_ref().map(|decision| decision.ruling),
            fit: !seen.outdated,
            first: first(&texts, at),
            alike: alike(&texts, at),
            score: stored
                .samples
                .iter()
                .find(|sample| sample.response.id == seen.id)
                .and_then(|sample| score(sample, &stored.query, expect, judges)),
            ..ResponseFact::default()
        };
        let place = known.iter().position(|answer| answer.id == seen.id);
        for (bit, row) in rows.iter().enumerate() {
            let Some(outcome) = place.and_then(|place| row.outcomes.get(place)?.as_deref()) else { continue };
            let mask = 1 << bit;
            fact.known |= mask;
            let gave = match profile.response_accuracy {
                ResponseAccuracy::IntMean => verdict::int_value(outcome).map(|number| number > 0.0),
                _ => verdict::verdict(outcome, profile.value_policy).boolean(),
            };
            fact.boolean |= if gave.is_some() { mask } else { 0 };
            fact.pass |= if gave == Some(true) { mask } else { 0 };
        }
        fact
    };
    Some(TaskFact {
        kept_out: kept_out(&task.pairs),
        rejected: is_rejected(task.decision.as_ref()),
        conflict: !task.conflicts.is_empty() && !is_accepted(task.decision.as_ref()),
        missing: u32::try_from(task.responses.iter().filter(waits).count()).unwrap_or(u32::MAX),
        responses: there.iter().enumerate().map(response).collect(),
    })
}

/// The mean of what judges said of a response, whether it passes now or not; nothing while one is still to be asked.
fn score(sample: &ResponseSample, query: &QueryBody, expect: &Expect<'_>, judges: u32) -> Option<Option<f64>> {
    let body = sample.response.body()?;
    let mut said = Vec::new();
    for judge in 0..judges {
        let slot = sample.scores.iter().find(|slot| slot.index == judge)?;
        let now = expect.score(query, body, judge);
        match due(slot, &now, true) {
            _ if asks_again(slot, &now, |body| body.value.is_none()) => return None,
            Due::Call { .. } | Due::Restore { .. } => return None,
            Due::Failed => said.push(None),
            Due::No => said.push(slot.body().and_then(|body| body.value)),
        }
    }
    Some(crate::rules::score::mean(&said))
}

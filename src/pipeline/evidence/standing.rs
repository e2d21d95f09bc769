//! How the items of one instruction stand under several profiles, with the rule and the numbers that decided.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    analysis::report::{Fate, Item, Standing},
    domain::{ItemId, Label},
    pipeline::view::{CaseView, Cell, FunctionView, InstructionView, PairView, ResponseView, State},
    rules::Verdict,
};

use super::words::Words;

/// A view with the profile that gave it.
#[derive(Clone, Copy, Debug)]
pub struct Under<'a> {
    /// The profile's rules.
    pub words: &'a Words,
    /// The view.
    pub view: &'a InstructionView,
}

/// Everything that is compared of an instruction: itself, then functions, cases, responses and pairs.
pub fn items(columns: &[Under<'_>]) -> Vec<Item> {
    let Some(first) = columns.first() else { return Vec::new() };
    let of = first.view.id.to_string();
    let item = |kind, id: ItemId, text: &str, standing: &dyn Fn(&Under<'_>) -> Standing| Item {
        kind,
        id: id.to_string(),
        instruction: of.clone(),
        text: text.to_owned(),
        standings: columns.iter().map(standing).collect(),
    };
    let mut all = vec![item("instruction", first.view.id, &first.view.text, &instruction)];
    for (id, text) in union(columns, |view| view.functions.iter().map(|f| (f.id, name_of(f))).collect()) {
        all.push(item("function", id, &text, &|under| function(under, id)));
    }
    for (id, text) in union(columns, |view| view.cases.iter().map(|case| (case.id, case.input.to_string())).collect()) {
        all.push(item("case", id, &text, &|under| case(under, id)));
    }
    for (id, text) in union(columns, |view| responses(view).filter_map(answered).collect()) {
        all.push(item("response", id, &text, &|under| response(under, id)));
    }
    for (id, text) in union(columns, |view| pairs(view).filter(|pair| pair.is_given()).map(named).collect()) {
        all.push(item("pair", id, &text, &|under| pair(under, id, columns)));
    }
    all
}

/// Items of all views, each once, in the order in which they are met.
fn union(columns: &[Under<'_>], of: impl Fn(&InstructionView) -> Vec<(ItemId, String)>) -> Vec<(ItemId, String)> {
    let mut seen = std::collections::HashSet::new();
    columns.iter().flat_map(|under| of(under.view)).filter(|(id, _)| seen.insert(*id)).collect()
}

fn name_of(function: &FunctionView) -> String {
    function.source.as_deref().unwrap_or("no function").to_owned()
}

fn responses(view: &InstructionView) -> impl Iterator<Item = &ResponseView> {
    view.tasks.iter().flat_map(|task| &task.responses)
}

fn pairs(view: &InstructionView) -> impl Iterator<Item = &PairView> {
    view.case_pairs.iter().chain(view.tasks.iter().flat_map(|task| &task.pairs))
}

fn answered(response: &ResponseView) -> Option<(ItemId, String)> {
    let text = response.text.as_ref().filter(|_| response.respond == State::Kept)?;
    Some((response.id, text.to_string()))
}

fn named(pair: &PairView) -> (ItemId, String) {
    (pair.id, format!("{} over {}", pair.chosen.text, pair.rejected.text))
}

#[expect(clippy::cast_precision_loss, reason = "counts of an instruction's items are small")]
fn numbers(counts: &[(&'static str, usize)], values: &[(&'static str, Option<f64>)]) -> BTreeMap<&'static str, f64> {
    let counts = counts.iter().map(|(name, n)| (*name, *n as f64));
    counts.chain(values.iter().filter_map(|(name, value)| Some((*name, (*value)?)))).collect()
}

fn standing(fate: Fate, reason: Option<&str>, rule: Arc<str>, numbers: BTreeMap<&'static str, f64>) -> Standing {
    Standing { fate, reason: reason.map(str::to_owned), rule, numbers }
}

/// What a state at a stage means for an item.
fn fate(state: &State) -> (Fate, Option<&str>) {
    match state {
        State::Kept => (Fate::Kept, None),
        State::Dropped(reason) | State::Failed(reason) => (Fate::Dropped, Some(reason)),
        State::Pending | State::Running => (Fate::Unknown, Some("not-run")),
        State::Stale => (Fate::Unknown, Some("stale")),
    }
}

/// The step that says what becomes of an instruction: the first that does not let it through, else the last.
fn last_step<'a>(under: &Under<'a>) -> (&'a State, Arc<str>) {
    let (view, words) = (under.view, under.words);
    if view.novelty != State::Kept {
        return (&view.novelty, words.novelty.clone());
    }
    let steps = [
        (&view.cross_validate, words.instruction.clone()),
        (&view.back_translate, words.back.clone()),
        (&view.consistency, words.consistency.clone()),
    ];
    let mut said = (&State::Pending, words.instruction.clone());
    for (state, rule) in steps {
        match state {
            Some(State::Kept) => said = (&State::Kept, rule),
            Some(state) => return (state, rule),
            None if *said.0 == State::Kept => return (&State::Pending, rule),
            None => return said,
        }
    }
    said
}

fn instruction(under: &Under<'_>) -> Standing {
    let view = under.view;
    let (state, rule) = last_step(under);
    let (fate, reason) = fate(state);
    let count = |holds: &dyn Fn(&FunctionView) -> bool| view.functions.iter().filter(|f| holds(f)).count();
    let counts = [
        ("usable functions", count(&|f| f.usable.is_ok())),
        ("kept functions", count(&|f| f.kept.is_ok())),
        (
            "contradicted functions",
            count(&|f| f.label.as_ref().is_some_and(|(label, _)| *label == Label::Contradiction)),
        ),
        ("cases", view.cases.len()),
        ("kept cases", view.cases.iter().filter(|case| case.kept.is_ok()).count()),
    ];
    standing(fate, reason, rule, numbers(&counts, &[]))
}

/// Whether the matrix is known, so that its verdicts are; else what stands in the way.
fn matrix(under: &Under<'_>) -> Result<(), Standing> {
    let view = under.view;
    let unknown = |fate, reason: &str| Err(standing(fate, Some(reason), under.words.none.clone(), BTreeMap::new()));
    match (&view.novelty, &view.cross_validate) {
        (State::Kept, Some(State::Kept | State::Dropped(_) | State::Failed(_))) => Ok(()),
        (State::Kept, Some(State::Stale)) => unknown(Fate::Unknown, "stale"),
        (State::Kept, _) => unknown(Fate::Unknown, "not-run"),
        _ => unknown(Fate::Unreached, "instruction-not-new"),
    }
}

fn function(under: &Under<'_>, id: ItemId) -> Standing {
    let (view, words) = (under.view, under.words);
    let Some(at) = view.functions.iter().position(|function| function.id == id) else {
        return standing(Fate::Unreached, Some("not-counted"), under.words.none.clone(), BTreeMap::new());
    };
    let function = &view.functions[at];
    if let Err(reason) = &function.usable {
        return standing(Fate::Dropped, Some(reason), words.usable.clone(), BTreeMap::new());
    }
    if let Err(unknown) = matrix(under) {
        return unknown;
    }
    let agreeing = |kept_only: bool| {
        let cells = view.matrix.get(at).into_iter().flatten().zip(&view.cases);
        let counted = cells.filter(|(_, case)| !kept_only || case.kept.is_ok());
        counted.filter(|(cell, _)| cell.agrees == Some(true)).count()
    };
    let counts = [
        ("agreeing cases", agreeing(false)),
        ("cases", view.cases.len()),
        ("agreeing kept cases", agreeing(true)),
        ("kept cases", view.cases.iter().filter(|case| case.kept.is_ok()).count()),
    ];
    let found = numbers(&counts, &[("accuracy", function.accuracy)]);
    match &function.kept {
        Ok(()) => standing(Fate::Kept, None, words.function.clone(), found),
        Err(reason) if reason == "contradiction" => {
            standing(Fate::Dropped, Some(reason), words.consistency.clone(), found)
        }
        Err(reason) => standing(Fate::Dropped, Some(reason), words.function.clone(), found),
    }
}

fn case(under: &Under<'_>, id: ItemId) -> Standing {
    let (view, words) = (under.view, under.words);
    if let Err(unknown) = matrix(under) {
        return unknown;
    }
    let Some(at) = view.cases.iter().position(|case| case.id == id) else {
        return standing(Fate::Dropped, Some("not-counted"), words.counted.clone(), BTreeMap::new());
    };
    let case: &CaseView = &view.cases[at];
    let rows = view.functions.iter().zip(&view.matrix).filter(|(function, _)| function.usable.is_ok());
    let cells: Vec<Option<bool>> = rows.map(|(_, row)| row.get(at).and_then(|cell| cell.agrees)).collect();
    let counts = [
        ("agreeing functions", cells.iter().filter(|agrees| **agrees == Some(true)).count()),
        ("functions with a boolean", cells.iter().flatten().count()),
        ("functions", cells.len()),
    ];
    let found = numbers(&counts, &[("accuracy", case.accuracy)]);
    match &case.kept {
        Ok(()) => standing(Fate::Kept, None, words.case.clone(), found),
        Err(reason) => standing(Fate::Dropped, Some(reason), words.case.clone(), found),
    }
}

/// Whether an instruction's responses are judged; else what stands in the way.
fn judged(under: &Under<'_>) -> Result<(), Standing> {
    let (state, _) = last_step(under);
    let (fate, reason) = fate(state);
    let nothing = |fate, reason: String| Err(standing(fate, Some(&reason), under.words.none.clone(), BTreeMap::new()));
    match fate {
        Fate::Kept => Ok(()),
        Fate::Unknown => nothing(Fate::Unknown, format!("instruction-{}", reason.unwrap_or("unknown"))),
        Fate::Dropped | Fate::Unreached => {
            nothing(Fate::Unreached, format!("instruction-dropped: {}", reason.unwrap_or("dropped")))
        }
    }
}

fn response(under: &Under<'_>, id: ItemId) -> Standing {
    if let Err(other) = judged(under) {
        return other;
    }
    let (view, words) = (under.view, under.words);
    let Some(response) = responses(view).find(|response| response.id == id) else {
        return standing(Fate::Unreached, Some("not-counted"), under.words.none.clone(), BTreeMap::new());
    };
    let found = evidence(response);
    let (verified, reason) = response.verify.as_ref().map_or((Fate::Unknown, Some("not-run")), fate);
    if verified != Fate::Kept {
        return standing(verified, reason, words.response.clone(), found);
    }
    let (scored, reason) = response.score.as_ref().map_or((Fate::Unknown, Some("not-scored")), fate);
    match scored {
        Fate::Kept if response.sft => standing(Fate::Kept, None, words.row.clone(), found),
        Fate::Kept => standing(Fate::Dropped, Some("not-chosen"), words.row.clone(), found),
        Fate::Unknown => standing(Fate::Unknown, Some("not-scored"), words.score.clone(), found),
        other => standing(other, reason, words.score.clone(), found),
    }
}

fn evidence(response: &ResponseView) -> BTreeMap<&'static str, f64> {
    let Some(found) = response.found else { return BTreeMap::new() };
    let counts = [("functions with a boolean", found.booleans), ("functions", found.of)];
    numbers(&counts, &[("accuracy", Some(found.value)), ("mean score", response.mean_score)])
}

/// How many of the used functions accept each case of a pair.
fn accepted(view: &InstructionView, (chosen, rejected): (ItemId, ItemId)) -> BTreeMap<&'static str, f64> {
    let used = || view.functions.iter().zip(&view.matrix).filter(|(function, _)| function.used);
    let accept = |id: ItemId| {
        let at = view.cases.iter().position(|case| case.id == id)?;
        let pass = |row: &[Cell]| row.get(at).and_then(|cell| cell.verdict).and_then(Verdict::boolean) == Some(true);
        Some(used().filter(|(_, row)| pass(row)).count())
    };
    let sides = [
        ("functions that accept the chosen", accept(chosen)),
        ("functions that accept the rejected", accept(rejected)),
    ];
    let counts: Vec<_> =
        sides.into_iter().filter_map(|(name, n)| Some((name, n?))).chain([("functions", used().count())]).collect();
    numbers(&counts, &[])
}

/// A pair is one of what a profile draws. Where it is not, the numbers of its sides say whether it could have been.
fn pair(under: &Under<'_>, id: ItemId, columns: &[Under<'_>]) -> Standing {
    if let Err(other) = judged(under) {
        return other;
    }
    let (view, words) = (under.view, under.words);
    let known = columns.iter().find_map(|column| pairs(column.view).find(|pair| pair.id == id));
    let sides = known.map(|pair| (pair.chosen.item, pair.rejected.item));
    let side = |id: ItemId| responses(view).find(|response| response.id == id);
    let (rule, found, open) = match sides.map(|(chosen, rejected)| (side(chosen), side(rejected))) {
        Some((Some(chosen), Some(rejected))) => {
            let accuracy = |response: &ResponseView| response.found.map(|found| found.value);
            let values = [
                ("chosen accuracy", accuracy(chosen)),
                ("chosen mean score", chosen.mean_score),
                ("rejected accuracy", accuracy(rejected)),
            ];
            let open = [chosen, rejected].iter().any(|response| response.found.is_none());
            (words.pair.clone(), numbers(&[], &values), open)
        }
        _ => (words.case_pair.clone(), sides.map(|sides| accepted(view, sides)).unwrap_or_default(), false),
    };
    match pairs(view).find(|pair| pair.id == id) {
        Some(pair) if pair.is_given() => standing(Fate::Kept, None, rule, found),
        Some(pair) => standing(Fate::Dropped, Some(&format!("{:?}", pair.standing).to_lowercase()), rule, found),
        None if open => standing(Fate::Unknown, Some("not-run"), rule, found),
        None => standing(Fate::Dropped, Some("not-drawn"), rule, found),
    }
}

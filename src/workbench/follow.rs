//! After every message: what is looked at is asked for, and selections follow what they select.

use std::sync::Arc;

use crate::{
    domain::ItemId,
    pipeline::{handle::Detail, view::TaskView},
};

use super::{
    list::List,
    listing,
    message::Effect,
    order::Order,
    panes::Focus,
    state::{Screen, State},
    tally::Tally,
};

pub(super) fn settle(state: &mut State, effects: &mut Vec<Effect>) {
    listing::look(state);
    listing::ask(state, effects);
    if state.screen == Screen::Jobs && state.jobs.log.is_none() {
        let left = state.job_count().saturating_sub(state.jobs.list.index);
        effects.extend(state.jobs.past.want(left));
    }
    if matches!(state.screen, Screen::Funnel | Screen::Jobs) {
        return;
    }
    let Some(current) = state.current() else { return };
    effects.extend(state.details.want(current));
    let below = state.instructions.list.index + 1;
    if let Some(next) = state.instructions.rows.get(&state.snapshot, below).map(|row| row.id) {
        effects.extend(state.details.want(next));
    }
    let Some(detail) = state.detail().cloned() else { return };
    functions_and_cases(state, current, &detail);
    wanted(state, &detail);
    responses(state, &detail);
    for source in detail.view.functions.iter().filter_map(|function| function.source.as_ref()) {
        if state.code.want(source) {
            effects.push(Effect::Highlight(Arc::clone(source)));
        }
    }
}

fn functions_and_cases(state: &mut State, current: ItemId, detail: &Arc<Detail>) {
    let view = &detail.view;
    let pane = &mut state.verifiers;
    let new = pane.of != Some(current);
    if new {
        pane.of = Some(current);
        pane.cases = List::default();
        pane.functions = List::default();
        pane.order = Order::of(view, pane.order.by);
        pane.code.top();
        state.instructions.detail.top();
        pane.code_across.top();
        pane.case.top();
        (pane.tally, pane.was) = (None, None);
    } else if pane.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, detail)) {
        return;
    }
    pane.seen = Some(Arc::clone(detail));
    pane.order.follow(view);
    let tally = Tally::of(view);
    if let Some(tally) = tally {
        if let Some(before) = pane.tally.take_if(|before| tally.moved_from(before)) {
            // What was changed and taken back compares with nothing.
            let back = pane.was.as_ref().is_some_and(|was| !tally.moved_from(was));
            pane.was = (!back).then_some(before);
        }
        pane.tally = Some(tally);
    }
    let order = &pane.order;
    let function = |at: usize| view.functions.get(at).map(|function| function.id);
    pane.cases.sync(view.cases.len(), |at| order.case(view, at).map(|(_, case)| case.id));
    pane.functions.sync(view.functions.len(), function);
    if new && let Some(used) = view.functions.iter().position(|function| function.used) {
        pane.functions.select(used, function);
    }
}

/// What was asked to be shown is selected.
fn wanted(state: &mut State, detail: &Detail) {
    let Some(item) = state.wanted.take() else { return };
    let view = &detail.view;
    let pane = &mut state.verifiers;
    if let Some(at) = view.functions.iter().position(|function| function.id == item) {
        pane.functions.select(at, |at| view.functions.get(at).map(|function| function.id));
        pane.focus = Focus::Code;
    }
    let order = &pane.order;
    let case = |at: usize| order.case(view, at).map(|(_, case)| case.id);
    if let Some(at) = (0..view.cases.len()).find(|at| case(*at) == Some(item)) {
        pane.cases.select(at, case);
        pane.focus = Focus::Matrix;
    }
    let of = |task: &&TaskView| task.responses.iter().any(|response| response.id == item);
    if let Some(task) = view.tasks.iter().find(of) {
        state.samples.task = Some(task.id);
        state.samples.responses = List::default();
        state.samples.responses.selected = Some(item);
    }
}

fn responses(state: &mut State, detail: &Detail) {
    let tasks = &detail.view.tasks;
    let task = tasks.iter().find(|task| Some(task.id) == state.samples.task).or_else(|| tasks.first());
    let changed = task.map(|task| task.id) != state.samples.task;
    if changed {
        state.samples.task = task.map(|task| task.id);
        state.samples.responses = List::default();
        state.samples.pairs = List::default();
        state.samples.text.top();
    }
    if let Some(task) = task {
        let key = |at: usize| task.responses.get(at).map(|response| response.id);
        state.samples.responses.sync(task.responses.len(), key);
        let pair = |at: usize| task.pairs.get(at).map(|pair| pair.id);
        state.samples.pairs.sync(task.pairs.len(), pair);
    }
}

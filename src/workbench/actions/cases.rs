//! What is done to a case in the matrix: turn it around, drop it, order all.

use crate::{
    domain::Ruling,
    pipeline::handle::{Command, Edit},
    workbench::{
        message::{Asked, Effect},
        order::{By, Order},
        state::State,
    },
};

/// Writes the other expected value; accuracies follow as soon as it is stored.
pub(super) fn flip(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((at, case)) = state.case() else { return };
    let Some(expected) = case.expected else { return };
    let edit = Edit::Case { input: case.input.to_string(), expected: !expected };
    let said = format!("c{} expects {} now", at + 1, !expected);
    effects.push(Effect::Command(Command::Edit { item: case.id, edit }, Asked::Said(said)));
}

/// Rejects a case without asking why; a dropped one is brought back.
pub(super) fn drop_or_keep(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((at, case)) = state.case() else { return };
    let dropped = case.decision.as_ref().is_some_and(|decision| decision.ruling != Ruling::Accepted);
    let (ruling, said) = if dropped {
        (None, format!("c{} is back", at + 1))
    } else {
        (Some(Ruling::Rejected), format!("c{} is dropped; `d` brings it back", at + 1))
    };
    let command = Command::Decide { items: vec![case.id], ruling, reason: None };
    effects.push(Effect::Command(command, Asked::Said(said)));
}

/// Orders the cases anew; the selected one stays selected.
pub(super) fn sort(state: &mut State) {
    let Some(detail) = state.detail().cloned() else { return };
    let view = &detail.view;
    let pane = &mut state.verifiers;
    let by = if pane.order.by == By::Made { By::Disagreement } else { By::Made };
    pane.order = Order::of(view, by);
    let order = &pane.order;
    pane.cases.sync(view.cases.len(), |at| order.case(view, at).map(|(_, case)| case.id));
}

//! Accept, reject, withdraw; then on to the next.

use tui_input::Input;

use super::many::{self, Bulk, Deed};

use crate::{
    domain::Ruling,
    pipeline::handle::Command,
    workbench::{
        draft::Form,
        go::{self, About},
        message::Effect,
        overlay::Overlay,
        state::State,
        target::{Target, target},
    },
};

/// How many decisions can be gone back to.
const REMEMBERED: usize = 64;

pub(super) fn accept(state: &mut State, effects: &mut Vec<Effect>) {
    if many::ask(state, Deed::Decide(Some(Ruling::Accepted), None)) {
        return;
    }
    if let Some(target) = here(state) {
        decide(state, &target, Some(Ruling::Accepted), None, effects);
    }
}

/// Asks why.
pub(super) fn ask(state: &mut State) {
    let many = many::meant(state, Deed::Decide(Some(Ruling::Rejected), None));
    let target = match &many {
        Some(bulk) => bulk.items.first().map(|item| Target { item: *item, form: Form::Instruction, name: bulk.what() }),
        None => here(state),
    };
    if let Some(target) = target {
        state.overlay = Some(Overlay::Reason { target, input: Input::default(), many });
    }
}

/// Rejects one, or many, with the reason that was given.
pub(in crate::workbench) fn reject(
    state: &mut State,
    target: &Target,
    many: Option<Bulk>,
    reason: Option<String>,
    effects: &mut Vec<Effect>,
) {
    match many {
        Some(bulk) => {
            let deed = Deed::Decide(Some(Ruling::Rejected), reason);
            many::act(state, Bulk { deed, ..bulk }, effects);
        }
        None => decide(state, target, Some(Ruling::Rejected), reason, effects),
    }
}

pub(super) fn use_as_negative(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(target) = here(state).filter(|target| target.form == Form::Response) {
        decide(state, &target, Some(Ruling::UseAsNegative), None, effects);
    }
}

/// Withdraws the decision; where an edit was refused, discards its text first.
pub(super) fn clear(state: &mut State, effects: &mut Vec<Effect>) {
    if many::ask(state, Deed::Decide(None, None)) {
        return;
    }
    if let Some(target) = here(state) {
        if state.drafts.contains_key(&target.item) {
            super::editor::forget(state, target.item, effects);
            state.tell(format!("the kept text of {} is discarded; nothing was edited", target.name));
            return;
        }
        super::send(effects, Command::Decide { items: vec![target.item], ruling: None, reason: None });
    }
}

/// Asks for a note on what is selected; the one that is there can be changed.
pub(super) fn note(state: &mut State) {
    let Some(target) = here(state) else { return };
    let notes = state.detail().map(|detail| &detail.notes[..]).unwrap_or_default();
    let now = notes.iter().find(|(item, _)| *item == target.item).map(|(_, note)| note.clone());
    state.overlay = Some(Overlay::Note { target, input: Input::new(now.unwrap_or_default()) });
}

/// Keeps a note.
pub(super) fn keep_note(state: &State, target: &Target, input: &Input, effects: &mut Vec<Effect>) {
    let text = Some(input.value().trim().to_owned()).filter(|text| !text.is_empty());
    super::send_on(state, effects, target, Command::Note { item: target.item, text });
}

/// Takes back what was done last; where that was the last decision made here, goes back to its item.
pub(super) fn undo(state: &mut State, effects: &mut Vec<Effect>) {
    super::send(effects, Command::Undo);
    state.toasts.0.retain(|toast| !toast.answer);
    let Some(About::Item { root, item, form }) = state.decided.last().copied() else { return };
    if state.snapshot.undo.as_ref().is_some_and(|label| label.contains(&item.short())) {
        state.decided.pop();
        if state.screen == go::screen(form) && super::moving::to_listed(state, root) && form != Form::Instruction {
            state.wanted = Some(item);
        }
    }
}

pub(super) fn toggle_advance(state: &mut State) {
    state.advance = !state.advance;
    state.tell(if state.advance { "a decision goes on to the next item" } else { "a decision stays on its item" });
}

fn here(state: &mut State) -> Option<Target> {
    let target = target(state);
    if target.is_none() {
        state.tell("nothing is selected to decide on");
    }
    target
}

fn decide(
    state: &mut State,
    target: &Target,
    ruling: Option<Ruling>,
    reason: Option<String>,
    effects: &mut Vec<Effect>,
) {
    super::send_on(state, effects, target, Command::Decide { items: vec![target.item], ruling, reason });
    if let Some(about) = target.about(state) {
        if state.decided.len() >= REMEMBERED {
            state.decided.remove(0);
        }
        state.decided.push(about);
    }
    if !state.advance {
        return;
    }
    // Who decides on what nobody has decided on yet goes through those.
    let first = state.current_row().is_some_and(|row| row.decision.is_none());
    if target.form == Form::Instruction && first {
        super::moving::advance_unreviewed(state);
    } else {
        super::moving::advance(state, target.form);
    }
}

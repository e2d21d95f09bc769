//! Edit, re-run, copy.

use super::many::{self, Deed};
use crate::{
    pipeline::handle::Command,
    workbench::{
        keymap::Context,
        message::Effect,
        overlay::{Overlay, Reading},
        state::State,
        target, watching,
    },
};

/// Opens the user's editor; with the text that was refused before, where there is one.
pub(super) fn outside(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(target) = target::target(state) else {
        state.tell("nothing is selected to edit");
        return;
    };
    match target::draft(state, &target) {
        Ok(draft) => {
            let draft = match state.drafts.get(&target.item) {
                Some(kept) => draft.again(&kept.text, &kept.wrong),
                None => draft,
            };
            effects.push(Effect::OpenEditor(draft));
        }
        Err(text) => state.warn(text),
    }
}

/// Asks for a new take.
pub(super) fn rerun(state: &mut State, effects: &mut Vec<Effect>) {
    if many::ask(state, Deed::Rerun) {
        return;
    }
    if let (Context::Jobs, Some(job)) = (state.context(), state.job()) {
        return super::send(effects, Command::Rerun { items: vec![job.item] });
    }
    match target::target(state) {
        Some(target) => {
            if let Some(about) = target.about(state) {
                watching::ask(state, target.item, about);
            }
            super::send_on(state, effects, &target, Command::Rerun { items: vec![target.item] });
        }
        None => state.tell("nothing is selected to re-run"),
    }
}

/// Copies the selected text, or the whole text being read.
pub(super) fn copy(state: &mut State, effects: &mut Vec<Effect>) {
    let text = match &state.overlay {
        Some(Overlay::Reader { reading, .. }) => read(state, *reading),
        _ => target::text(state),
    };
    match text {
        Some(text) => effects.push(Effect::Copy(text)),
        None => state.tell("nothing is selected to copy"),
    }
}

fn read(state: &State, reading: Reading) -> Option<String> {
    match reading {
        Reading::Case { .. } => state.case().map(|(_, case)| case.input.to_string()),
        Reading::Function(_) => state.function()?.1.source.as_ref().map(ToString::to_string),
        Reading::Response(_) => state.response()?.text.as_ref().map(ToString::to_string),
        Reading::Transcript(row) => Some(state.transcripts.get(&row)?.as_ref()?.content.clone()),
        Reading::Job(id) => {
            let job = state.job_by(id)?;
            match job.completion.and_then(|row| state.transcripts.get(&row)) {
                Some(transcript) => transcript.as_ref().map(|transcript| transcript.content.clone()),
                None => job.tail.as_ref().map(|tail| tail.sample().text),
            }
        }
    }
}

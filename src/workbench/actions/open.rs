//! Going into what is selected.

use crate::{
    domain::Stage,
    workbench::{
        filter::Filter,
        keymap::Context,
        list::Scroll,
        listing,
        message::Effect,
        overlay::{Overlay, Reading},
        panes::Focus,
        state::{Screen, State},
        trail::Place,
    },
};

pub(super) fn open(state: &mut State, effects: &mut Vec<Effect>) {
    match state.context() {
        Context::Funnel => stage(state),
        Context::Reasons => super::reasons::open(state, effects),
        Context::Instructions if state.current().is_some() => {
            let from = Place::here(state, false);
            state.screen = Screen::Verifiers;
            state.verifiers.focus = Focus::Matrix;
            from.left(state);
        }
        Context::Matrix if state.case().is_some() => {
            (state.verifiers.focus, state.zoom) = (Focus::Case, true);
        }
        Context::Case => {
            let function = state.function().map(|(_, function)| function.id);
            if let Some((_, case)) = state.case() {
                read(state, Reading::Case { case: case.id, function });
            }
        }
        Context::Code => {
            if let Some((_, function)) = state.function() {
                read(state, Reading::Function(function.id));
            }
        }
        Context::Pairs => super::diff::open(state, effects),
        Context::Samples | Context::Response => {
            if let Some(response) = state.response() {
                read(state, Reading::Response(response.id));
            }
        }
        Context::Jobs => {
            let Some(job) = state.job() else { return };
            if let Some(row) = job.completion.filter(|row| !state.transcripts.contains_key(row)) {
                effects.push(Effect::LoadTranscript(row));
            }
            let id = job.id;
            read(state, Reading::Job(id));
            if let Some(Overlay::Reader { scroll, .. }) = &state.overlay
                && state.job().is_some_and(|job| job.completion.is_none())
            {
                scroll.bottom();
            }
        }
        _ => {}
    }
}

/// The stored call behind the selected function or response.
pub(super) fn transcript(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(row) = completion(state) else { return };
    if !state.transcripts.contains_key(&row) {
        effects.push(Effect::LoadTranscript(row));
    }
    read(state, Reading::Transcript(row));
}

/// The stored answer behind the selected function or response.
pub fn completion(state: &State) -> Option<i64> {
    let tree = &state.detail()?.tree;
    if state.screen == Screen::Samples {
        let id = state.response()?.id;
        let samples = tree.tasks.iter().flat_map(|task| &task.samples);
        return samples.map(|sample| &sample.response).find(|slot| slot.id == id)?.version()?.completion;
    }
    let id = state.function()?.1.id;
    tree.verifiers.iter().map(|sample| &sample.function).find(|slot| slot.id == id)?.version()?.completion
}

fn read(state: &mut State, reading: Reading) {
    state.overlay = Some(Overlay::Reader { reading, scroll: Scroll::default() });
}

/// The instructions of which something fell at the selected stage.
fn stage(state: &mut State) {
    let Some(stage) = Stage::ALL.get(state.funnel.stage).copied() else { return };
    let counts = state.snapshot.funnel.stage(stage);
    if counts.dropped + counts.failed == 0 {
        state.tell(format!("nothing was dropped at {stage}"));
        return;
    }
    let from = Place::here(state, true);
    state.instructions.filter = Filter { fell: Some(stage), ..Filter::default() };
    state.screen = Screen::Instructions;
    from.left(state);
    listing::relist(state);
    super::reasons::tell_where(state, stage);
}

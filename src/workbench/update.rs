//! The one function that changes state.

use super::{arrive, follow, input, message::Effect, message::Message, state::State};

/// How many stored answers are kept at hand.
const TRANSCRIPTS: usize = 64;

/// Takes a message: changes the state, and says what is to be done. Pure but for the state it is given.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    match message {
        Message::Key(event) => input::key(state, event, &mut effects),
        Message::Paste(text) => input::paste(state, &text),
        Message::Resize(columns, rows) => {
            state.size = (columns, rows);
            state.dirty = true;
        }
        Message::Tick(now) => {
            state.now = now;
            let gone = state.toasts.expire(now);
            let looked = arrive::look(state);
            state.dirty |= gone || looked || state.is_working() || state.preparing().is_some();
        }
        Message::Snapshot(snapshot) => arrive::snapshot(state, snapshot),
        Message::Note(note) => arrive::note(state, note, &mut effects),
        Message::NotesLost => effects.extend(state.details.forget(state.current())),
        Message::Replied(asked, reply) => arrive::reply(state, asked, reply),
        Message::Detail(id, detail) => arrive::detail(state, id, detail, &mut effects),
        Message::Transcript(completion, transcript) => {
            if state.transcripts.len() >= TRANSCRIPTS {
                state.transcripts.clear();
            }
            state.transcripts.insert(completion, transcript);
            state.dirty = true;
        }
        Message::WhatIf(dial, answer) => {
            if let Some(whatif) = &mut state.funnel.whatif {
                whatif.take(dial, answer, state.now);
                state.dirty = true;
            }
        }
        Message::Highlighted(source, code) => {
            state.code.put(&source, code);
            state.dirty = true;
        }
        Message::Edited(draft, result) => arrive::edited(state, draft, result, &mut effects),
        Message::Failed(text) => {
            state.warn(text);
            state.dirty = true;
        }
    }
    follow::settle(state, &mut effects);
    super::actions::whatif::ask(state, &mut effects, false);
    effects
}

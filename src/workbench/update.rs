//! The one function that changes state.

use super::{actions, arrive, follow, input, listing, message::Effect, message::Message, state::State};

/// How many stored answers are kept at hand.
const TRANSCRIPTS: usize = 64;

/// Takes a message: changes the state, and says what is to be done. Pure but for the state it is given.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let mut effects = Vec::new();
    match message {
        Message::Key(event) => input::key(state, event, &mut effects),
        Message::Paste(text) => input::paste(state, &text, &mut effects),
        Message::Resize(columns, rows) => {
            state.size = (columns, rows);
            state.dirty = true;
        }
        Message::Tick(now) => {
            state.now = now;
            let gone = state.toasts.expire(now);
            if let Some(log) = &mut state.jobs.log
                && log.is_due(now)
            {
                effects.push(Effect::LoadLog);
            }
            state.dirty |= gone || state.is_working() || state.preparing().is_some();
        }
        Message::Snapshot(snapshot) => arrive::snapshot(state, snapshot),
        Message::Note(note) => arrive::note(state, note, &mut effects),
        Message::NotesLost => effects.extend(state.details.forget(state.current())),
        Message::Replied(asked, reply) => arrive::reply(state, asked, reply, &mut effects),
        Message::Detail(id, detail) => arrive::detail(state, id, detail, &mut effects),
        Message::Transcript(completion, transcript) => {
            if state.transcripts.len() >= TRANSCRIPTS {
                state.transcripts.clear();
            }
            state.transcripts.insert(completion, transcript);
            state.dirty = true;
        }
        Message::Past(page) => {
            state.jobs.past.take(page.as_deref(), &state.snapshot.jobs);
            arrive::jobs(state);
        }
        Message::WhatIf(dial, answer) => {
            if let Some(whatif) = &mut state.funnel.whatif {
                whatif.take(dial, answer, state.now);
                state.dirty = true;
            }
        }
        Message::Sifted(sifted) => listing::sifted(state, *sifted),
        Message::Unsifted(serial, said) => listing::unsifted(state, serial, &said),
        Message::Log(lines) => {
            if let Some(log) = &mut state.jobs.log {
                log.lines = lines;
                state.dirty = true;
            }
        }
        Message::Fell(stage, reason, of) => actions::reasons::show(state, stage, reason, of),
        Message::Highlighted(source, code) => {
            arrive::highlighted(state, &source, code);
        }
        Message::Edited(draft, result) => arrive::edited(state, draft, result, &mut effects),
        Message::Checked(source, facts) => {
            actions::editor::checked(state, &source, facts.as_deref(), &mut effects);
        }
        Message::Diffed(texts, diff) => arrive::diffed(state, &texts, diff),
        Message::Recovered(found) => actions::editor::recovered(state, found),
        Message::Failed(text) => {
            state.warn(text);
            state.dirty = true;
        }
    }
    follow::settle(state, &mut effects);
    actions::editor::colour(state, &mut effects);
    actions::whatif::ask(state, &mut effects, false);
    effects
}

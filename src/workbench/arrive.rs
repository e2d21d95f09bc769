//! What happens when something comes from outside: snapshots, notes, replies, details, edited files.

use std::sync::Arc;

use crate::{
    domain::{ItemId, Stage},
    pipeline::{
        handle::{Command, Detail, Note, Reply},
        snapshot::{EngineState, Snapshot},
    },
    term::width,
};

use super::{
    actions,
    code::Code,
    diff::Diff,
    draft::{self, Draft, Form},
    go::About,
    keymap::{Action, Context},
    listing,
    message::{Asked, Effect},
    overlay::Overlay,
    state::{Screen, StaleCounts, State, Watch},
    unsaved::Unsaved,
    watching,
};

/// Cells of an instruction in a message.
const NAME: usize = 44;

/// What can be done with a text that was refused.
fn kept_text(state: &State) -> String {
    let [edit, clear] =
        [Action::Edit, Action::ClearDecision].map(|action| state.keymap.name_of(Context::Review, action));
    format!("your text is kept: {edit} opens it again, {clear} discards it")
}

pub(super) fn snapshot(state: &mut State, snapshot: Arc<Snapshot>) {
    state.snapshot_at = state.now;
    state.done_at = match snapshot.engine {
        EngineState::Done => Some(state.done_at.unwrap_or(snapshot.elapsed)),
        _ => None,
    };
    state.jobs.rates.take(state.now, snapshot.rate);
    let held = listing::hold(state, snapshot);
    let old = std::mem::replace(&mut state.snapshot, held);
    if !Arc::ptr_eq(&old.instructions, &state.snapshot.instructions) {
        listing::arrived(state, &old.instructions);
    }
    watching::look(state);
    state.jobs.past.follow(&old.jobs, &state.snapshot.jobs);
    listing::discard(state, old);
    jobs(state);
}

/// The list of jobs changed.
pub(super) fn jobs(state: &mut State) {
    let ids: Vec<u64> = (0..state.job_count()).filter_map(|at| state.job_at(at)).map(|job| job.id).collect();
    let key = |at: usize| ids.get(at).copied();
    state.jobs.list.sync(ids.len(), key);
    if !state.jobs.chosen {
        state.jobs.list.select(0, key);
    }
    state.dirty = true;
}

pub(super) fn note(state: &mut State, note: Note, effects: &mut Vec<Effect>) {
    match note {
        Note::Changed(id) => {
            let shown = state.current() == Some(id);
            effects.extend(state.details.changed(id, shown));
            return;
        }
        Note::Info(text) => state.tell(text),
        Note::Warning(text) => state.warn(text),
        // The Funnel screen says so by itself.
        Note::Finished if state.screen == Screen::Funnel => {}
        Note::Finished => state.tell("everything is done; re-run, edit or decide, or quit and export"),
    }
    state.dirty = true;
}

pub(super) fn reply(state: &mut State, asked: Asked, reply: Reply, effects: &mut Vec<Effect>) {
    match (reply, asked) {
        (Ok(text), Asked::Said(said)) => {
            let consequences = text.split_once("; ").map(|(_, after)| format!("; {after}")).unwrap_or_default();
            state.tell(format!("{said}{consequences}"));
        }
        (Ok(text), asked) => {
            let told = text.contains("stale");
            match asked {
                _ if text.is_empty() => {}
                Asked::On(about) => answer(state, &text, about),
                _ => state.tell(text),
            }
            if let Asked::Edit(kept) = asked {
                actions::editor::forget(state, kept.item, effects);
                if told {
                    state.watch = None;
                }
            }
        }
        (Err(wrong), Asked::Edit(kept)) => {
            state.warn(format!("{wrong}; {}", kept_text(state)));
            keep(state, Unsaved { wrong, ..kept }, effects);
            state.watch = None;
        }
        (Err(text), Asked::Plain | Asked::Said(_) | Asked::On(_)) => state.warn(text),
    }
    state.dirty = true;
}

/// Tells what was done to an item: to which, in its first words, and how it is taken back.
fn answer(state: &mut State, text: &str, about: About) {
    let undo = state.key(Action::Undo);
    let mut text = text.to_owned();
    if let About::Item { root, item, form: Form::Instruction } = about
        && let Some(row) = listing::near(state, root).and_then(|at| state.instructions.rows.get(&state.snapshot, at))
    {
        let name = width::fit(&row.text, NAME, "…");
        text = text.replacen(&item.short(), &format!("{} \"{name}\"", item.short()), 1);
    }
    state.toasts.answer(state.now, format!("{text}; {undo} takes it back"), about);
}

pub(super) fn detail(state: &mut State, id: ItemId, detail: Option<Arc<Detail>>, effects: &mut Vec<Effect>) {
    if let (Some(watch), Some(detail)) = (state.watch, &detail)
        && watch.root == id
        && let Some(text) = consequences(&watch.before, &waiting(detail))
    {
        state.watch = None;
        state.tell(text);
    }
    effects.extend(state.details.put(id, detail));
    state.dirty |= state.current() == Some(id);
}

/// What of an instruction is stale or being made, by stage.
fn waiting(detail: &Detail) -> StaleCounts {
    Stage::ALL.map(|stage| {
        let counts = detail.view.counts.stage(stage);
        counts.stale + counts.pending + counts.running
    })
}

fn consequences(before: &StaleCounts, after: &StaleCounts) -> Option<String> {
    let grown = Stage::ALL.into_iter().zip(before.iter().zip(after)).filter(|(_, (before, after))| after > before);
    let parts: Vec<_> = grown.map(|(stage, (before, after))| (after - before, stage.id())).collect();
    let words: Vec<_> = parts.iter().map(|(n, stage)| format!("{n} at {stage}")).collect();
    // As the engine says it.
    match parts.iter().map(|(n, _)| n).sum::<u64>() {
        0 => None,
        1 => Some(format!("1 item became stale and is made again: {}", words.join(", "))),
        n => Some(format!("{n} items became stale and are made again: {}", words.join(", "))),
    }
}

pub(super) fn edited(state: &mut State, draft: Draft, result: Result<String, String>, effects: &mut Vec<Effect>) {
    state.dirty = true;
    let file = match result {
        Ok(file) => file,
        Err(text) => {
            state.warn(text);
            return;
        }
    };
    let body = draft::body(&file);
    if body == draft.original {
        actions::editor::forget(state, draft.item, effects);
        state.tell(format!("the {} is as it was; nothing was edited", draft.form.noun()));
        return;
    }
    match draft.read(body) {
        Ok(edit) => {
            watch(state);
            let asked = Asked::Edit(Unsaved::of(&draft, body, ""));
            effects.push(Effect::Command(Command::Edit { item: draft.item, edit }, asked));
        }
        // Closed as it was opened, mistake and all: the person gives up for now.
        Err(wrong) if file == draft.text => {
            state.warn(format!("not edited: {wrong}; {}", kept_text(state)));
            keep(state, Unsaved::of(&draft, body, wrong), effects);
        }
        Err(wrong) => {
            let body = body.to_owned();
            effects.push(Effect::OpenEditor(draft.again(&body, &wrong)));
        }
    }
}

/// From now on it is looked at what an edit makes stale.
pub(super) fn watch(state: &mut State) {
    if let Some((root, detail)) = state.current().zip(state.detail()) {
        state.watch = Some(Watch { root, before: waiting(detail) });
    }
}

/// A text that was not taken stays where it can be found.
fn keep(state: &mut State, kept: Unsaved, effects: &mut Vec<Effect>) {
    effects.push(Effect::Keep(kept.clone()));
    state.drafts.insert(kept.item, kept);
}

pub(super) fn highlighted(state: &mut State, source: &Arc<str>, code: Arc<Code>) {
    state.dirty = true;
    if let Some(Overlay::Editor(editor)) = &mut state.overlay
        && editor.colouring.as_ref() == Some(source)
    {
        editor.colouring = None;
        editor.colours = Some((Arc::clone(source), code));
        return;
    }
    state.code.put(source, code);
}

pub(super) fn diffed(state: &mut State, texts: &(Arc<str>, Arc<str>), diff: Arc<Diff>) {
    if let Some(Overlay::Diff(comparing)) = &mut state.overlay
        && comparing.texts().as_ref() == Some(texts)
    {
        comparing.diff = Some(diff);
        state.dirty = true;
    }
}

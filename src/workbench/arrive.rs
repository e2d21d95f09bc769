//! What happens when something comes from outside: snapshots, notes, replies, details, edited files.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::{ItemId, Stage},
    pipeline::{
        handle::{Command, Detail, Note, Reply},
        snapshot::{EngineState, Snapshot},
    },
};

use super::{
    draft::{self, Draft},
    message::{Asked, Effect},
    state::{Screen, StaleCounts, State, Watch},
};

/// What can be done with a text that was refused.
const KEPT_TEXT: &str = "your text is kept: `e` opens it again, `c` discards it";

pub(super) fn snapshot(state: &mut State, snapshot: Arc<Snapshot>) {
    state.snapshot_at = state.now;
    let same = Arc::ptr_eq(&state.snapshot.instructions, &snapshot.instructions);
    state.done_at = match snapshot.engine {
        EngineState::Done => Some(state.done_at.unwrap_or(snapshot.elapsed)),
        _ => None,
    };
    state.snapshot = snapshot;
    if !same {
        relist(state);
    }
    let jobs = Arc::clone(&state.snapshot.jobs);
    let key = |at: usize| jobs.get(at).map(|job| job.id);
    state.jobs.list.sync(jobs.len(), key);
    if !state.jobs.chosen {
        state.jobs.list.select(0, key);
    }
    state.dirty = true;
}

/// How long new instructions are pointed at while the list is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// New ones in a list that is looked at are new for a while only; whether that ended now.
pub(super) fn look(state: &mut State) -> bool {
    if !state.shows_new() {
        state.instructions.noticed = None;
        return false;
    }
    let since = *state.instructions.noticed.get_or_insert(state.now);
    let over = state.now.saturating_sub(since) >= LOOK;
    if over {
        state.instructions.seen = state.snapshot.instructions.len();
        state.instructions.noticed = None;
    }
    over
}

/// Applies the filter to the rows as they are now.
pub(super) fn relist(state: &mut State) {
    let pane = &mut state.instructions;
    pane.rows = pane.filter.pick(&state.snapshot);
    if pane.seen == 0 {
        pane.seen = state.snapshot.instructions.len();
    }
    let (rows, snapshot) = (&pane.rows, &state.snapshot);
    if rows.is_empty() && pane.filter.is_empty() {
        // Nothing has come yet: a remembered selection is waited for.
        pane.list.len = 0;
    } else {
        pane.list.sync(rows.len(), |at| rows.get(snapshot, at).map(|row| row.id));
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

pub(super) fn reply(state: &mut State, asked: Asked, reply: Reply) {
    match (reply, asked) {
        (Ok(text), Asked::Said(said)) => {
            let consequences = text.split_once("; ").map(|(_, after)| format!("; {after}")).unwrap_or_default();
            state.tell(format!("{said}{consequences}"));
        }
        (Ok(text), asked) => {
            let told = text.contains("stale");
            if !text.is_empty() {
                state.tell(text);
            }
            if let Asked::Edit(item, _) = asked {
                state.drafts.remove(&item);
                if told {
                    state.watch = None;
                }
            }
        }
        (Err(text), Asked::Edit(item, body)) => {
            state.warn(format!("{text}; {KEPT_TEXT}"));
            state.drafts.insert(item, (body, text));
            state.watch = None;
        }
        (Err(text), Asked::Plain | Asked::Said(_)) => state.warn(text),
    }
    state.dirty = true;
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
        state.drafts.remove(&draft.item);
        state.tell(format!("the {} is as it was; nothing was edited", draft.form.noun()));
        return;
    }
    match draft.read(body) {
        Ok(edit) => {
            if let Some((root, detail)) = state.current().zip(state.detail()) {
                state.watch = Some(Watch { root, before: waiting(detail) });
            }
            let asked = Asked::Edit(draft.item, body.to_owned());
            effects.push(Effect::Command(Command::Edit { item: draft.item, edit }, asked));
        }
        // Closed as it was opened, mistake and all: the person gives up for now.
        Err(wrong) if file == draft.text => {
            state.warn(format!("not edited: {wrong}; {KEPT_TEXT}"));
            state.drafts.insert(draft.item, (body.to_owned(), wrong));
        }
        Err(wrong) => {
            let body = body.to_owned();
            effects.push(Effect::OpenEditor(draft.again(&body, &wrong)));
        }
    }
}

//! Writing inside the workbench: open, save, leave, look for something; and what was not saved.

use std::sync::Arc;

use tui_input::Input;

use crate::{
    domain::ItemId,
    pipeline::handle::Command,
    sandbox::Facts,
    workbench::{
        arrive,
        draft::{Draft, Form},
        editor::Editor,
        go::{self, About},
        keymap::{Action, Context},
        message::{Asked, Effect},
        overlay::Overlay,
        state::State,
        target,
        unsaved::Unsaved,
    },
};

/// Opens the editor on what is selected; with the text that was kept, where there is one.
pub(super) fn open(state: &mut State) {
    let Some(target) = target::target(state) else {
        state.tell("nothing is selected to edit");
        return;
    };
    match target::draft(state, &target) {
        Ok(draft) if is_long(&draft.original) => {
            let key = state.keymap.name_of(state.context(), Action::EditOutside);
            let size = draft.original.len() / 1000;
            state.tell(format!("{} is long ({size} kB): {key} edits it in $VISUAL, $EDITOR or vi", draft.name));
        }
        Ok(draft) => show(state, draft),
        Err(text) => state.warn(text),
    }
}

/// Whether a text is too long to be laid out anew for every key.
fn is_long(text: &str) -> bool {
    text.len() > 400_000 || text.lines().any(|line| line.len() > 60_000)
}

fn show(state: &mut State, draft: Draft) {
    let kept = state.drafts.get(&draft.item);
    let mut editor = Editor::open(draft, kept.map(|kept| kept.text.as_str()));
    if let Some(kept) = kept {
        let wrong = if kept.wrong.is_empty() { "this is your text that was not saved" } else { kept.wrong.as_str() };
        editor.warning = Some(wrong.to_owned());
    }
    state.overlay = Some(Overlay::Editor(Box::new(editor)));
}

/// What keys of the editor's table do; whether it was one of them.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(Overlay::Editor(editor)) = &mut state.overlay else { return false };
    if editor.find.is_some() {
        match action {
            Action::Back => editor.find = None,
            Action::Find | Action::FindNext => editor.search_on(true, false),
            Action::FindPrevious => editor.search_on(false, false),
            Action::Quit | Action::QuitNow | Action::Suspend => return false,
            _ => {}
        }
        return true;
    }
    match action {
        Action::Save => save(state, effects),
        Action::Back => leave(state, effects),
        Action::Undo | Action::Redo => {
            let changed = editor.turn_back(action == Action::Redo);
            changes(state, changed, effects);
        }
        Action::Spaces => state.spaces = !state.spaces,
        Action::Find => editor.find = Some(Input::default()),
        Action::FindNext => editor.search_on(true, false),
        Action::FindPrevious => editor.search_on(false, false),
        Action::EditOutside => outside(state, effects),
        _ => return false,
    }
    true
}

/// After a change: the text is kept on disk, and its colours are asked for.
pub(in crate::workbench) fn changes(state: &mut State, changed: bool, effects: &mut Vec<Effect>) {
    let Some(Overlay::Editor(editor)) = &mut state.overlay else { return };
    if changed {
        effects.push(Effect::Keep(Unsaved::of(&editor.draft, &editor.text(), "")));
    }
}

/// Asks for the colours of what is being written, one text at a time.
pub(in crate::workbench) fn colour(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(Overlay::Editor(editor)) = &mut state.overlay else { return };
    if editor.wraps() || editor.colouring.is_some() || editor.coloured == Some(editor.changes) {
        return;
    }
    let text: Arc<str> = editor.text().into();
    editor.coloured = Some(editor.changes);
    editor.colouring = Some(Arc::clone(&text));
    effects.push(Effect::Highlight(text));
}

fn save(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(Overlay::Editor(editor)) = &mut state.overlay else { return };
    let text = editor.text();
    if !editor.is_changed() {
        let noun = editor.draft.form.noun();
        let item = editor.draft.item;
        state.overlay = None;
        forget(state, item, effects);
        state.tell(format!("the {noun} is as it was; nothing was edited"));
        return;
    }
    if let Err(wrong) = editor.draft.read(&text) {
        editor.warning = Some(wrong);
        return;
    }
    let source: Arc<str> = text.strip_suffix('\n').unwrap_or(&text).into();
    if editor.draft.form == Form::Verifier && editor.checked.as_ref() != Some(&source) {
        editor.checked = Some(Arc::clone(&source));
        effects.push(Effect::Check(source));
        return;
    }
    submit(state, effects);
}

/// The sandbox has a word about a source: where it has nothing to say, it is saved.
pub(in crate::workbench) fn checked(
    state: &mut State,
    source: &Arc<str>,
    facts: Option<&Facts>,
    effects: &mut Vec<Effect>,
) {
    let Some(Overlay::Editor(editor)) = &mut state.overlay else { return };
    if editor.checked.as_ref() != Some(source) || editor.text().strip_suffix('\n') != Some(source) {
        return;
    }
    if facts.is_none_or(|facts| editor.take_facts(facts)) {
        submit(state, effects);
    }
    state.dirty = true;
}

fn submit(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(Overlay::Editor(editor)) = &state.overlay else { return };
    let text = editor.text();
    let Ok(edit) = editor.draft.read(&text) else { return };
    let kept = Unsaved::of(&editor.draft, &text, "");
    let item = editor.draft.item;
    state.overlay = None;
    // Kept until it is durable: a crash before that loses nothing.
    state.drafts.insert(item, kept.clone());
    arrive::watch(state);
    effects.push(Effect::Command(Command::Edit { item, edit }, Asked::Edit(kept)));
}

/// Out of the editor; what was written is kept.
fn leave(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(Overlay::Editor(editor)) = state.overlay.take() else { return };
    if editor.is_changed() {
        let kept = Unsaved::of(&editor.draft, &editor.text(), "");
        state.drafts.insert(kept.item, kept);
        let name = editor.draft.name.clone();
        let [edit, clear] = [Action::Edit, Action::ClearDecision].map(|action| state.key(action));
        state.tell(format!("not saved, and kept: {edit} opens your text of {name} again, {clear} discards it"));
    } else {
        forget(state, editor.draft.item, effects);
    }
}

/// Goes on in the user's editor.
fn outside(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(Overlay::Editor(editor)) = state.overlay.take() else { return };
    let text = editor.text();
    if editor.is_changed() {
        state.drafts.insert(editor.draft.item, Unsaved::of(&editor.draft, &text, ""));
    }
    effects.push(Effect::OpenEditor(Draft { text, ..editor.draft }));
}

/// Nothing of an item is left to be saved.
pub(in crate::workbench) fn forget(state: &mut State, item: ItemId, effects: &mut Vec<Effect>) {
    state.drafts.remove(&item);
    effects.push(Effect::Forget(item));
}

/// What an earlier run of the workbench left unsaved: kept, and offered.
pub(in crate::workbench) fn recovered(state: &mut State, found: Vec<Unsaved>) {
    if found.is_empty() {
        return;
    }
    let items = found.iter().map(|kept| kept.item).collect();
    state.drafts.extend(found.into_iter().map(|kept| (kept.item, kept)));
    state.overlay = Some(Overlay::Recovered { items, at: 0 });
    state.dirty = true;
}

/// What keys do where unsaved texts are offered; whether it was one of them.
pub(super) fn offered(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(Overlay::Recovered { items, at }) = &mut state.overlay else { return false };
    let last = items.len().saturating_sub(1);
    match action {
        Action::Up => *at = at.saturating_sub(1),
        Action::Down => *at = (*at + 1).min(last),
        Action::Confirm => {
            let item = items.get(*at).copied();
            state.overlay = None;
            if let Some(kept) = item.and_then(|item| state.drafts.get(&item)).cloned() {
                if let Some(root) = kept.root {
                    go::to(state, About::Item { root, item: kept.item, form: kept.form });
                }
                show(state, kept.draft());
            }
        }
        Action::ClearDecision => {
            if *at < items.len() {
                let item = items.remove(*at);
                *at = (*at).min(items.len().saturating_sub(1));
                if items.is_empty() {
                    state.overlay = None;
                }
                forget(state, item, effects);
            }
        }
        Action::Back => {
            state.overlay = None;
            let edit = state.keymap.name_of(Context::Review, Action::Edit);
            state.tell(format!("kept: {edit} on the item opens the text again"));
        }
        _ => return false,
    }
    true
}

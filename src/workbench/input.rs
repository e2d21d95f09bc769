//! Keys: looked up in the table, or typed into a line.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};
use tui_input::{Input, backend::crossterm::EventHandler};

use super::{
    actions,
    chord::{Chord, Keys},
    keymap::{Context, Pressed},
    listing,
    message::Effect,
    overlay::Overlay,
    state::{Screen, State},
    target,
};

pub(super) fn key(state: &mut State, event: KeyEvent, effects: &mut Vec<Effect>) {
    if event.kind == KeyEventKind::Release {
        return;
    }
    state.dirty = true;
    let context = state.context();
    let chord = Chord::from(event);
    let begun = std::mem::take(&mut state.begun);
    let keys = Keys(begun.iter().copied().chain([chord]).collect());
    match state.keymap.pressed(context, &keys) {
        Pressed::Does(action) => return actions::act(state, action, effects),
        Pressed::Begins => {
            state.begun = keys.0;
            return;
        }
        // Keys that go on to nothing do nothing, the last one of them included.
        Pressed::Nothing if !begun.is_empty() => return,
        Pressed::Nothing => {}
    }
    if pick_reason(state, chord, effects) || write(state, event, effects) {
        return;
    }
    if let Some(input) = line(state) {
        input.handle_event(&Event::Key(event));
        typed(state);
    }
}

/// Pasted text goes into the line being typed, if there is one, without its line breaks; else nowhere.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    if let Some(Overlay::Editor(editor)) = &mut state.overlay
        && editor.find.is_none()
    {
        state.dirty = true;
        let changed = editor.paste(text);
        actions::editor::changes(state, changed, effects);
        return;
    }
    let Some(input) = line(state) else {
        state.tell("pasted text goes into a filter, a reason, a note or the editor only; it never runs as commands");
        state.dirty = true;
        return;
    };
    for c in text.chars().filter(|c| !c.is_control()).take(1000) {
        input.handle(tui_input::InputRequest::InsertChar(c));
    }
    typed(state);
}

/// Into the editor, or the search in it; whether one is open.
fn write(state: &mut State, event: KeyEvent, effects: &mut Vec<Effect>) -> bool {
    let Some(Overlay::Editor(editor)) = &mut state.overlay else { return false };
    match &mut editor.find {
        Some(input) if event.code == KeyCode::Enter => {
            let wanted = input.value().to_owned();
            editor.find = None;
            editor.search(&wanted);
        }
        Some(input) => {
            input.handle_event(&Event::Key(event));
            let wanted = input.value().to_owned();
            editor.search(&wanted);
        }
        None => {
            let changed = editor.key(event);
            actions::editor::changes(state, changed, effects);
        }
    }
    true
}

/// A digit picks a reason where nothing was typed yet. One item is rejected with it at once; many are when that is
/// confirmed, and until then another digit picks another reason.
fn pick_reason(state: &mut State, chord: Chord, effects: &mut Vec<Effect>) -> bool {
    let Some(Overlay::Reason { target, input, many }) = &mut state.overlay else { return false };
    let KeyCode::Char(c) = chord.code else { return false };
    let reasons = target::reasons(target.form);
    let picks = input.value().is_empty() || many.is_some() && reasons.contains(&input.value());
    let Some(digit) = c.to_digit(10).filter(|digit| *digit > 0 && picks) else { return false };
    let Some(reason) = usize::try_from(digit).ok().and_then(|n| reasons.get(n - 1)) else { return false };
    if many.is_some() {
        *input = Input::new((*reason).to_owned());
        return true;
    }
    let target = target.clone();
    state.overlay = None;
    actions::decide::reject(state, &target, None, Some((*reason).to_owned()), effects);
    true
}

fn line(state: &mut State) -> Option<&mut Input> {
    match (&mut state.overlay, &mut state.instructions.typing) {
        (Some(Overlay::Help { input, .. } | Overlay::Reason { input, .. } | Overlay::Note { input, .. }), _) => {
            Some(input)
        }
        (Some(Overlay::Palette(palette)), _) => Some(&mut palette.input),
        (Some(Overlay::Editor(editor)), _) => editor.find.as_mut(),
        (None, Some(input)) if state.screen == Screen::Instructions => Some(input),
        _ => None,
    }
}

fn typed(state: &mut State) {
    state.dirty = true;
    if state.context() == Context::Help
        && let Some(Overlay::Help { scroll, .. }) = &state.overlay
    {
        scroll.top();
    }
    if let Some(Overlay::Palette(mut palette)) = state.overlay.take_if(|overlay| matches!(overlay, Overlay::Palette(_)))
    {
        palette.search(state);
        state.overlay = Some(Overlay::Palette(palette));
    }
    if state.overlay.is_none()
        && let Some(input) = &state.instructions.typing
    {
        input.value().clone_into(&mut state.instructions.filter.text);
        listing::relist(state);
    }
}

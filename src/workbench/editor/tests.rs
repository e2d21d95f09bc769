use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::domain::{Fault, ItemId};

fn editor(form: Form, text: &str) -> Editor {
    let editor = Editor::open(Draft::of_text(ItemId::seed("x"), form, text), None);
    editor.view.size.set((20, 5));
    editor
}

fn press(editor: &mut Editor, code: KeyCode) -> bool {
    editor.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn write(editor: &mut Editor, text: &str) {
    for c in text.chars() {
        press(editor, if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) });
    }
}

#[test]
fn a_text_comes_back_as_it_went_in() {
    for text in ["one", "one\n\n", "a\r\nb\r\n", "", "\u{1b}[31m\tx"] {
        let editor = editor(Form::Response, text);
        assert_eq!(editor.text(), format!("{text}\n"));
        assert!(!editor.is_changed());
    }
}

#[test]
fn code_is_indented_as_one_writes() {
    let mut editor = editor(Form::Verifier, "");
    write(&mut editor, "def evaluate(response):\nif response:\nreturn True");
    assert_eq!(editor.text(), "def evaluate(response):\n    if response:\n        return True\n");
    assert!(press(&mut editor, KeyCode::BackTab));
    assert!(editor.text().ends_with("\n    return True\n"));
    assert_eq!(editor.place(), (2, 15));
    while editor.turn_back(false) {}
    assert!(!editor.is_changed());
}

#[test]
fn levels_are_kept_left_and_taken_together() {
    let mut editor = editor(Form::Verifier, "def evaluate(response):");
    editor.area.move_cursor(CursorMove::End);
    write(&mut editor, "\nfor c in response:\nif c == 'x':\nreturn True\nreturn f(a,\nb)");
    let text = "def evaluate(response):\n    for c in response:\n        if c == 'x':\n            return True\n        \
                return f(a,\n        b)\n";
    assert_eq!(editor.text(), text, "what ends a block leads out of it, an open bracket does not");
    // Backspace before the first word goes back by a level, elsewhere by a character.
    press(&mut editor, KeyCode::Enter);
    press(&mut editor, KeyCode::Backspace);
    press(&mut editor, KeyCode::Backspace);
    assert_eq!(editor.place(), (6, 0));
    press(&mut editor, KeyCode::Tab);
    write(&mut editor, "xy");
    press(&mut editor, KeyCode::Backspace);
    assert_eq!(editor.text().lines().last(), Some("    x"));
    // Several lines are moved together, and stay selected; one undo takes it back.
    editor.area.move_cursor(CursorMove::Top);
    editor.area.move_cursor(CursorMove::Head);
    let shift = |code| KeyEvent::new(code, KeyModifiers::SHIFT);
    editor.key(shift(KeyCode::Down));
    editor.key(shift(KeyCode::Down));
    let before = editor.text();
    assert!(press(&mut editor, KeyCode::Tab));
    assert!(editor.text().starts_with("    def evaluate(response):\n        for c in response:\n        if c"));
    assert!(editor.has_selection());
    press(&mut editor, KeyCode::BackTab);
    assert_eq!(editor.text(), before);
    editor.turn_back(false);
    editor.turn_back(false);
    assert_eq!(editor.text(), before);
}

#[test]
fn an_undo_takes_back_a_word() {
    let mut editor = editor(Form::Verifier, "");
    write(&mut editor, "one two");
    press(&mut editor, KeyCode::Left);
    write(&mut editor, "x");
    let mut seen = Vec::new();
    while editor.can_turn_back(false) {
        editor.turn_back(false);
        seen.push(editor.text().trim_end_matches('\n').to_owned());
    }
    assert_eq!(seen, ["one two", "one", ""]);
    editor.turn_back(true);
    assert_eq!(editor.text(), "one\n");
    write(&mut editor, "!");
    assert!(!editor.can_turn_back(true), "what was written since is not overwritten");
}

proptest::proptest! {
    #[test]
    fn everything_can_be_taken_back(keys in proptest::collection::vec(0_usize..16, 0..60)) {
        let start = "def evaluate(response):\n    if response:\n        return True\n    return 三";
        let mut editor = editor(Form::Verifier, start);
        for key in keys {
            let (code, modifiers) = match key {
                0 => (KeyCode::Enter, KeyModifiers::NONE),
                1 => (KeyCode::Tab, KeyModifiers::NONE),
                2 => (KeyCode::BackTab, KeyModifiers::SHIFT),
                3 | 4 => (KeyCode::Backspace, KeyModifiers::NONE),
                5 => (KeyCode::Down, KeyModifiers::SHIFT),
                6 => (KeyCode::Right, KeyModifiers::SHIFT),
                7 => (KeyCode::Down, KeyModifiers::NONE),
                8 => (KeyCode::End, KeyModifiers::NONE),
                9 => (KeyCode::Delete, KeyModifiers::NONE),
                10 => (KeyCode::Char('k'), KeyModifiers::CONTROL),
                11 => (KeyCode::Char(' '), KeyModifiers::NONE),
                12 => (KeyCode::Up, KeyModifiers::NONE),
                13 => { editor.paste("a\n  b"); continue }
                14 => { editor.turn_back(true); continue }
                _ => (KeyCode::Char('x'), KeyModifiers::NONE),
            };
            editor.key(KeyEvent::new(code, modifiers));
        }
        let end = editor.text();
        while editor.turn_back(false) {}
        proptest::prop_assert!(!editor.is_changed(), "{}", editor.text());
        while editor.turn_back(true) {}
        proptest::prop_assert_eq!(editor.text(), end);
    }
}

#[test]
fn up_and_down_go_by_rows_of_the_screen() {
    let mut editor = editor(Form::Response, "one two three four five six seven\nend");
    for _ in 0..3 {
        press(&mut editor, KeyCode::Right);
    }
    press(&mut editor, KeyCode::Down);
    assert_eq!(editor.place(), (0, 22));
    press(&mut editor, KeyCode::Down);
    assert_eq!(editor.place(), (1, 3));
    press(&mut editor, KeyCode::PageUp);
    assert_eq!(editor.place(), (0, 3));
}

#[test]
fn a_paste_is_text_and_searching_finds_it() {
    let mut editor = editor(Form::Response, "start");
    editor.area.move_cursor(CursorMove::End);
    assert!(editor.paste("\rq: quit\r\nx (a+b)"));
    assert_eq!(editor.text(), "start\nq: quit\nx (a+b)\n");
    editor.area.move_cursor(CursorMove::Top);
    editor.search("(a+b)");
    assert_eq!((editor.place(), editor.warning.as_deref()), ((2, 2), None));
    editor.search("nowhere");
    assert_eq!(editor.warning.as_deref(), Some("not found"));
}

#[test]
fn the_sandbox_has_a_word_before_it_is_saved() {
    let mut editor = editor(Form::Verifier, "import os\ndef evaluate(response)\n    return 1");
    let fault =
        Fault { type_name: "SyntaxError".into(), message: "expected ':'".into(), line: Some(2), ..Fault::default() };
    assert!(!editor.take_facts(&Facts { syntax: Some(fault), ..Facts::default() }));
    assert_eq!((editor.line, editor.place().0), (Some(2), 1));
    assert!(editor.warning.as_ref().unwrap().contains("expected ':'"));
    // Writing on takes the warning away.
    write(&mut editor, " ");
    assert_eq!((editor.line, editor.warning.as_ref()), (None, None));
    let sound = Facts { evaluate: true, line: Some(1), required: Some(1), accepted: Some(1), ..Facts::default() };
    assert!(editor.take_facts(&sound));
    assert!(!editor.take_facts(&Facts { constant: Some("True".into()), ..sound.clone() }));
    assert!(!editor.take_facts(&Facts { required: Some(2), accepted: Some(2), ..sound }));
}

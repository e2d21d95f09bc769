//! Texts name the keys that there are: with every key somewhere else, no screen and no message names an old one.

use std::{collections::HashSet, fmt::Write, sync::Arc};

use crossterm::event::{KeyEvent, KeyModifiers};
use ratatui::{Terminal, buffer::Cell};

use crate::{
    term::{ColourLevel, background::Background},
    workbench::{
        Keymap, Message, State,
        chord::{Chord, Keys},
        keymap::{Action, Context, Pressed},
        rehearsal::Stage,
    },
};

use super::{Theme, Ui, glass::Glass, glyphs};

/// A table in which every action has one key that nothing had before.
fn elsewhere(builtin: &Keymap) -> Keymap {
    let signs: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').filter(|c| *c != 'g').collect();
    let shared = [Context::Global, Context::Move, Context::Review];
    let (mut file, mut taken) = (String::new(), 0);
    for context in Context::ALL {
        writeln!(file, "[{}]", context.name()).unwrap();
        for (at, row) in builtin.bindings(context).iter().enumerate() {
            let key = if shared.contains(&context) {
                taken += 1;
                format!("ctrl-alt-{}", signs[taken - 1])
            } else {
                format!("alt-{}", signs[at])
            };
            writeln!(file, "{} = '{key}'", row.action.name()).unwrap();
        }
    }
    builtin.with(&file).unwrap()
}

/// Presses what these keys mean, wherever that is now; characters that are no keys are typed.
fn play(stage: &mut Stage, builtin: &Keymap, keys: &str) {
    for word in keys.split_whitespace() {
        let chords =
            word.parse().map_or_else(|_| word.chars().map(|c| c.to_string().parse().unwrap()).collect(), |c| vec![c]);
        for chord in chords {
            let pressed = builtin.pressed(stage.state.context(), &Keys::from(chord));
            let Pressed::Does(action) = pressed else {
                press(stage, chord);
                continue;
            };
            let there = stage.state.keymap.key_in(stage.state.context(), action).unwrap().clone();
            there.0.into_iter().for_each(|chord| press(stage, chord));
        }
    }
}

fn press(stage: &mut Stage, chord: Chord) {
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::CONTROL, chord.ctrl);
    modifiers.set(KeyModifiers::ALT, chord.alt);
    stage.message(Message::Key(KeyEvent::new(chord.code, modifiers)));
}

fn moved(n: usize) -> (Stage, Arc<Keymap>) {
    let builtin = Arc::new(Keymap::builtin().unwrap());
    let mut stage = Stage::new(n);
    stage.state.keymap = Arc::new(elsewhere(&builtin));
    (stage, builtin)
}

fn drawn(state: &State) -> String {
    let ui = Ui::new(Theme::builtin(Background::Dark, ColourLevel::None).unwrap(), &glyphs::UNICODE);
    let mut terminal = Terminal::new(Glass::new(160, 45)).unwrap();
    terminal.draw(|frame| ui.draw(state, frame)).unwrap();
    let rows = terminal.backend().seen().into_iter();
    let lines = rows.map(|row| row.iter().map(Cell::symbol).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

/// The words of a text that name one of these keys.
fn named<'t>(text: &'t str, keys: &HashSet<String>) -> Vec<&'t str> {
    let words = text.split_whitespace().map(|word| word.trim_matches(['.', ',', ';', ':', '`', '(', ')']));
    words.filter(|word| keys.contains(*word)).collect()
}

/// The keys that come with the program; `signs`: single characters, too, those left out that are words or numbers.
fn old_keys(builtin: &Keymap, signs: bool) -> HashSet<String> {
    let rows = Context::ALL.into_iter().flat_map(|context| builtin.bindings(context));
    let chords = rows.flat_map(|row| &row.keys).flat_map(|keys| &keys.0).map(ToString::to_string);
    let words = ["up", "down", "left", "right", "space", "end", "home", "a", "A", "K", "-", "+", "="];
    chords.filter(|key| !words.contains(&key.as_str()) && (signs || key.len() > 1)).collect()
}

/// Scenes over a project, as keys.
const SCENES: [&str; 25] = [
    "1",
    "1 jjjjjjj l",
    "1 t",
    "2",
    "2 / z z z z z z enter",
    "2 f",
    "2 x",
    "2 * x",
    "2 * a",
    "2 n",
    "3",
    "3 w",
    "3 w w",
    "3 w e",
    "3 w e ctrl-f",
    "3 w e z",
    "3 w D",
    "4",
    "4 w",
    "4 w w",
    "4 jj enter",
    "5",
    "5 enter",
    "5 L",
    "q",
];

#[test]
fn screens_name_the_keys_that_there_are() {
    for keys in SCENES {
        let (mut stage, builtin) = moved(24);
        play(&mut stage, &builtin, keys);
        let text = drawn(&stage.state);
        // The search in the editor ends with a key of its own.
        let old: HashSet<_> =
            old_keys(&builtin, false).into_iter().filter(|key| !(keys == "3 w e ctrl-f" && key == "enter")).collect();
        assert_eq!(named(&text, &old), [""; 0], "after {keys}:\n{text}");
    }
    // Where there is no project's text, single characters tell as well.
    for keys in ["1", "2", "3", "4", "5", "5 L"] {
        let (mut stage, builtin) = moved(0);
        stage.state.banner = None;
        play(&mut stage, &builtin, keys);
        let text = drawn(&stage.state);
        let old: HashSet<_> =
            old_keys(&builtin, true).into_iter().filter(|key| !key.chars().all(|c| c.is_ascii_digit())).collect();
        assert_eq!(named(&text, &old), [""; 0], "after {keys}:\n{text}");
    }
}

#[test]
fn messages_name_the_keys_that_there_are() {
    for (scene, n) in SCENES.into_iter().flat_map(|scene| [(scene, 0), (scene, 24)]) {
        let (mut stage, builtin) = moved(n);
        let old = old_keys(&builtin, true);
        play(&mut stage, &builtin, scene);
        let before = stage.state.clone();
        for action in Action::ALL.iter().filter(|action| **action != Action::Quit) {
            let Some(keys) = before.keymap.key_in(before.context(), *action).cloned() else { continue };
            keys.0.into_iter().for_each(|chord| press(&mut stage, chord));
            for toast in &stage.state.toasts.0 {
                assert_eq!(named(&toast.text, &old), [""; 0], "{action:?} after {scene}: {}", toast.text);
            }
            stage.state = before.clone();
        }
    }
}

//! What must hold on any size and after any keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;

use crate::workbench::{Message, rehearsal::Stage};

use super::tests::{screen, ui};

/// Keys that a cat on the keyboard finds, those with an effect outside left in.
fn any_key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        8 => prop::sample::select("1234512345jkhlgGnaxcdeEruyp/[]?J K-PR".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
        3 => prop::sample::select(vec![
            KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::PageDown, KeyCode::PageUp,
            KeyCode::Home, KeyCode::End, KeyCode::Backspace, KeyCode::Left, KeyCode::Right,
        ]),
        1 => any::<char>().prop_map(KeyCode::Char),
    ];
    (code, prop::bool::weighted(0.05))
        .prop_map(|(code, ctrl)| KeyEvent::new(code, if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_keys_on_any_size(
        keys in prop::collection::vec(any_key(), 0..60),
        sizes in prop::collection::vec((1_u16..200, 1_u16..60), 1..6),
        n in prop::sample::select(vec![0_usize, 1, 24]),
    ) {
        let mut stage = Stage::new(n);
        let ui = ui();
        let mut terminal = screen(&ui, &stage.state, (80, 24));
        for (at, key) in keys.into_iter().enumerate() {
            stage.message(Message::Key(key));
            let (w, h) = sizes[at % sizes.len()];
            if at % 7 == 0 {
                terminal.backend_mut().resize(w, h);
                terminal.resize(ratatui::layout::Rect::new(0, 0, w, h)).unwrap();
                stage.message(Message::Resize(w, h));
            }
            terminal.draw(|frame| ui.draw(&stage.state, frame)).unwrap();
        }
        // What was drawn step by step is what is drawn from scratch.
        let size = terminal.size().unwrap();
        let fresh = screen(&ui, &stage.state, (size.width, size.height));
        for (y, (stepped, scratch)) in terminal.backend().seen().iter().zip(&fresh.backend().seen()).enumerate() {
            prop_assert_eq!(stepped, scratch, "on line {}", y);
        }
    }
}

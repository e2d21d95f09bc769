//! Texts on the screen: white space that is asked for, what is folded, and very long or unusual ones in every pane.

use insta::assert_snapshot;

use crate::{
    pipeline::handle::Note,
    term::width::width,
    workbench::{Message, rehearsal::Stage},
};

use super::tests::{after, screen, text, ui};

/// A text of so many lines, one of which another one has not.
fn lines(n: usize, other: usize) -> String {
    (0..n).map(|n| format!("line {n}{}\n", if n == other { " is\tanother" } else { "" })).collect()
}

fn changed(stage: &mut Stage) {
    let id = stage.project.views[0].id;
    stage.message(Message::Note(Note::Changed(id)));
}

#[test]
fn what_is_the_same_is_folded() {
    let mut stage = Stage::new(3);
    let view = &mut stage.project.views[0];
    view.tasks[0].responses[0].text = Some(lines(100, 40).into());
    view.tasks[0].responses[2].text = Some(lines(100, 1000).into());
    changed(&mut stage);
    stage.keys("4 D");
    assert_snapshot!("diff-folded-80x24", text(&stage.state, (80, 24)));
    assert_snapshot!("diff-folded-120x40", text(&stage.state, (120, 40)));
    stage.keys("f");
    let whole = text(&stage.state, (80, 24));
    assert!(whole.contains("line 12") && !whole.contains("lines the same") && whole.contains("f fold"), "{whole}");
}

#[test]
fn pairs_and_white_space() {
    assert_snapshot!("pairs-120x40", text(&after("4 w w"), (120, 40)));
    assert_snapshot!("pairs-80x24", text(&after("4 w w"), (80, 24)));
    assert_snapshot!("spaces-120x40", text(&after("4 jj w . z"), (120, 40)));
    assert_snapshot!("spaces-code-120x40", text(&after("3 w ."), (120, 40)));
    assert_snapshot!("spaces-diff-80x24", text(&after("3 w D ."), (80, 24)));
    assert_snapshot!("spaces-read-80x24", text(&after("4 jj enter ."), (80, 24)));
    assert_snapshot!("spaces-edit-80x24", text(&after("3 w . e"), (80, 24)));
}

/// A tab and the end of a line are seen where code, a case, a response and a comparison are read.
#[test]
fn a_tab_is_seen_wherever_texts_are_read() {
    let mut stage = Stage::new(3);
    let view = &mut stage.project.views[0];
    view.functions[0].source = Some("def evaluate(response):\n\treturn True\u{a0}\n".into());
    view.cases[0].input = "one\ttwo\u{3000}".into();
    view.tasks[0].responses[0].text = Some("three\tfour \r\n".into());
    changed(&mut stage);
    for keys in ["3", "3 w", "3 enter", "3 enter enter", "3 w enter", "3 w D", "4", "4 w", "4 enter", "4 D"] {
        stage.keys("esc esc esc esc 1 2");
        stage.keys(keys);
        let plain = text(&stage.state, (160, 45));
        assert!(!plain.contains('⇥') && !plain.contains('↵'), "{keys}: {plain}");
        assert!(plain.contains(". spaces"), "{keys}: {plain}");
        stage.keys(".");
        let shown = text(&stage.state, (160, 45));
        assert!(shown.contains('⇥') && shown.contains(". no spaces"), "{keys}: {shown}");
        stage.keys(".");
    }
}

#[test]
fn a_filter_that_matches_nothing_is_told_where_something_is_missed() {
    for keys in ["2 / z z z z enter 3", "2 / z z z z enter 4"] {
        let shown = text(&after(keys), (80, 24));
        let teaches = shown.contains("The filter `zzzz` lets none of the 24") && shown.contains("F takes it away");
        assert!(teaches && !shown.contains("a accept"), "{shown}");
    }
}

/// Texts that are long, or that terminals disagree about.
fn unusual(n: usize) -> Vec<String> {
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    vec![
        lines(10 * n, 5 * n),
        "word ".repeat(200 * n),
        "x".repeat(1_000 * n),
        "\t".repeat(300 * n),
        "请用三句话回答。".repeat(20 * n),
        format!("{family} {family}\n").repeat(n),
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202e}\u{645}\u{631}\u{62d}\u{628}\u{627}\n".repeat(n),
        format!("e{}", "\u{301}".repeat(10 * n)),
        "a\tb\r\nc\rd\u{0}e\u{b}f".repeat(n),
        "\u{1f1e9}\u{1f1ea}\u{1f3fd}\u{fe0f}\u{20e3}".repeat(2 * n),
    ]
}

#[test]
fn unusual_texts_are_right_in_every_pane() {
    let ui = ui();
    for (n, long) in unusual(40).into_iter().enumerate() {
        let mut stage = Stage::new(2);
        let view = &mut stage.project.views[0];
        view.text = long.as_str().into();
        view.functions[0].source = Some(long.as_str().into());
        view.cases[0].input = long.as_str().into();
        view.tasks[0].query = long.as_str().into();
        view.tasks[0].responses[0].text = Some(long.as_str().into());
        changed(&mut stage);
        for keys in [
            "3",
            "enter",
            "enter",
            "esc esc w",
            "G",
            "l l l",
            "enter",
            "G",
            "esc .",
            "enter",
            "esc 4",
            "w",
            "G",
            "D",
            "G",
            "esc . w",
        ] {
            stage.keys(keys);
            for (w, h) in [(80, 24), (160, 45)] {
                let terminal = screen(&ui, &stage.state, (w, h));
                for row in terminal.backend().seen() {
                    let cells: usize = row.iter().map(|cell| width(cell.symbol())).sum();
                    assert!(cells <= usize::from(w), "text {n}, {keys}: {cells} cells");
                    let raw =
                        row.iter().flat_map(|cell| cell.symbol().chars()).find(|c| c.is_control() || *c == '\u{202e}');
                    assert_eq!(raw, None, "text {n}, {keys}");
                }
            }
        }
    }
}

/// By hand: how long a draw takes where a text is very long.
/// `cargo test --lib ui::text_tests::draws -- --ignored --nocapture`
#[test]
#[ignore = "measures"]
fn draws() {
    let ui = ui();
    for (n, long) in unusual(1_000).into_iter().enumerate() {
        let mut stage = Stage::new(2);
        let view = &mut stage.project.views[0];
        view.functions[0].source = Some(long.as_str().into());
        view.cases[0].input = long.as_str().into();
        view.tasks[0].responses[0].text = Some(long.as_str().into());
        changed(&mut stage);
        let mut told = String::new();
        for (name, keys) in [
            ("matrix", "3"),
            ("cell", "enter"),
            ("case", "enter"),
            ("code", "esc esc w"),
            ("end", "G"),
            ("read", "enter"),
            ("signs", "esc ."),
            ("response", "esc . 4"),
            ("list", "w"),
            ("diff", "D"),
            ("close", "esc"),
            ("edit", "e"),
            ("typed", "x"),
        ] {
            let start = std::time::Instant::now();
            stage.keys(keys);
            let pressed = start.elapsed();
            screen(&ui, &stage.state, (160, 45));
            let first = start.elapsed() - pressed;
            let again = std::time::Instant::now();
            screen(&ui, &stage.state, (160, 45));
            let ms = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
            told += &format!("{name} {:.0}/{:.0}/{:.0}  ", ms(pressed), ms(first), ms(again.elapsed()));
        }
        println!("text {n}, {} kB (key/first draw/again, ms): {told}", long.len() / 1000);
    }
}

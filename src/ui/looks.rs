//! What must hold of how the screens look, whatever they show.

use ratatui::{
    buffer::Cell,
    style::{Color, Modifier, Style},
};

use crate::{
    term::{ColourLevel, background::Background},
    ui::{
        Theme, Ui,
        glyphs::{self, UNICODE},
        tests::{after, screen, text},
        theme::{Role, contrast},
    },
};

const SMALL: (u16, u16) = (80, 24);

/// Keys that lead to every screen and to what is laid over them.
const PLACES: [&str; 20] = [
    "1",
    "1 l",
    "1 t l",
    "2",
    "2 space j space x",
    "2 space x 2",
    "2 f",
    "2 / e",
    "2 enter",
    "3 w",
    "3 w e",
    "3 w D",
    "4",
    "4 jj w",
    "4 jj x",
    "5",
    "5 L",
    "?",
    ":",
    "q",
];

/// The colours of a character, where the terminal's own are these.
fn colours(cell: &Cell, (text, behind): (Color, Color)) -> (Color, Color) {
    let own = |colour: Color, of: Color| if colour == Color::Reset { of } else { colour };
    let (fg, bg) = (own(cell.fg, text), own(cell.bg, behind));
    if cell.modifier.contains(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) }
}

#[test]
fn every_character_on_every_screen_can_be_read() {
    let lines = [UNICODE.rule, UNICODE.bar, UNICODE.join, UNICODE.thumb, UNICODE.track, UNICODE.dot];
    for (background, own) in [
        (Background::Dark, (Color::Rgb(0xc8, 0xcc, 0xd4), Color::Rgb(0x12, 0x14, 0x18))),
        (Background::Light, (Color::Rgb(0x1f, 0x23, 0x28), Color::Rgb(0xfd, 0xfd, 0xfd))),
    ] {
        let theme = Theme::builtin(background, ColourLevel::True).unwrap();
        let rule = theme.style(Role::Rule).fg;
        let ui = Ui::new(theme, &UNICODE);
        for keys in PLACES {
            let mut state = after(keys);
            state.tell("something was done");
            state.warn("something failed");
            for cell in screen(&ui, &state, (120, 40)).backend().seen().concat() {
                let sign = cell.symbol();
                // Lines, and the dots of what is not there, only separate.
                if sign.trim().is_empty() || Some(cell.fg) == rule && lines.contains(&sign) {
                    continue;
                }
                let (fg, bg) = colours(&cell, own);
                let found = contrast(fg, bg);
                assert!(found >= 4.5, "{background:?}, after {keys}: {sign:?} {fg:?} on {bg:?}: {found:.2}");
            }
        }
    }
}

#[test]
fn messages_leave_questions_readable() {
    for (keys, asked) in [("2 space x", "or type"), ("2 space a", "It is one step"), ("q", "Quitting is safe")] {
        let mut state = after(keys);
        state.tell("something else was done");
        let drawn = text(&state, SMALL);
        assert!(drawn.contains(asked) && drawn.contains("something else was done"), "{drawn}");
    }
}

#[test]
fn messages_leave_the_selected_line_in_sight() {
    let mut state = after("2 G");
    state.warn("a message that stands over the last lines of the list");
    let drawn = text(&state, SMALL);
    let at = |wanted: &str| drawn.lines().position(|line| line.contains(wanted)).unwrap();
    assert!(at(UNICODE.edge) + 1 < at("a message that stands"), "{drawn}");
}

#[test]
fn a_list_that_goes_on_says_so() {
    let marked = |keys: &str, size: (u16, u16)| -> Vec<usize> {
        let drawn = text(&after(keys), size);
        drawn.lines().enumerate().filter(|(_, line)| line.ends_with(UNICODE.thumb)).map(|(at, _)| at).collect()
    };
    let (first, last) = (marked("2", SMALL), marked("2 G", SMALL));
    assert!(!first.is_empty() && first.len() == last.len() && first < last, "{first:?} {last:?}");
    assert_eq!(marked("2", (100, 60)), Vec::<usize>::new(), "all is shown");
}

/// One pane alone has the colour of the keys, and the selection's edge stands in it.
#[test]
fn one_pane_is_focused() {
    let theme = Theme::builtin(Background::Dark, ColourLevel::True).unwrap();
    let accent = theme.style(Role::Accent).fg;
    let ui = Ui::new(theme, &UNICODE);
    for keys in ["2", "3", "3 w", "3 w w", "4", "4 w", "4 w w", "5", "2 f", "2 space x", ":"] {
        let seen = screen(&ui, &after(keys), (160, 45)).backend().seen();
        let starts = |row: &Vec<Cell>| {
            let pairs = row.windows(2).enumerate();
            pairs
                .filter(|(at, pair)| {
                    let is_rule = |cell: &Cell| cell.symbol() == UNICODE.rule && Some(cell.fg) == accent;
                    is_rule(&pair[0]) && !is_rule(&pair[1]) && (*at == 0 || !is_rule(&row[at - 1]))
                })
                .count()
        };
        let titles: usize = seen.iter().skip(2).map(starts).sum();
        assert_eq!(titles, 1, "after {keys}");
        let edges = seen.iter().flatten().filter(|cell| cell.symbol() == UNICODE.edge).count();
        assert!(edges <= 1, "after {keys}: {edges} lines look selected");
    }
}

#[test]
fn without_colour_the_selected_line_has_an_edge() {
    let ui = Ui::new(Theme::builtin(Background::Dark, ColourLevel::None).unwrap(), &glyphs::ASCII);
    let terminal = screen(&ui, &after("2 j"), SMALL);
    let edge = terminal.backend().seen().into_iter().filter(|row| row[0].symbol() == glyphs::ASCII.edge).count();
    assert_eq!(edge, 1);
    assert_eq!(Style::new(), ui.theme.style(Role::Bad));
}

//! Pictures of every screen in text.

use std::sync::Arc;

use insta::assert_snapshot;
use ratatui::{Terminal, buffer::Cell};

use crate::{
    pipeline::{
        snapshot::{JobState, Snapshot},
        view::State as Standing,
        whatif::{Dial, Outlook},
    },
    term::{ColourLevel, background::Background},
    ui::{Theme, Ui, glass::Glass, glyphs},
    workbench::{Effect, Message, State, update, whatif::Answer},
};

use crate::workbench::rehearsal::{self, Stage};

pub(super) fn ui() -> Ui {
    Ui::new(Theme::builtin(Background::Dark, ColourLevel::True).unwrap(), &glyphs::UNICODE)
}

pub(super) fn screen(ui: &Ui, state: &State, (w, h): (u16, u16)) -> Terminal<Glass> {
    let mut terminal = Terminal::new(Glass::new(w, h)).unwrap();
    terminal.draw(|frame| ui.draw(state, frame)).unwrap();
    terminal
}

pub(super) fn text(state: &State, size: (u16, u16)) -> String {
    let rows = screen(&ui(), state, size).backend().seen().into_iter();
    let lines = rows.map(|row| row.iter().map(Cell::symbol).collect::<String>().trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// A workbench over the made-up project, after these keys.
pub(super) fn after(keys: &str) -> State {
    let mut stage = Stage::new(24);
    stage.keys(keys);
    stage.state
}

const SIZES: [(u16, u16); 4] = [(160, 45), (120, 40), (80, 24), (20, 6)];

fn shots(name: &str, keys: &str) {
    let state = after(keys);
    for size in SIZES {
        assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text(&state, size));
    }
}

#[test]
fn funnel() {
    shots("funnel", "1jjjjjjj");
}

#[test]
fn instructions() {
    shots("instructions", "2jjj");
}

#[test]
fn matrix() {
    shots("matrix", "2 enter jjj ll");
}

#[test]
fn code() {
    shots("code", "2 enter w");
}

#[test]
fn cells() {
    shots("cell", "2 enter jjj ll enter");
    assert_snapshot!("by-disagreement-120x40", text(&after("3 s d"), (120, 40)));
}

#[test]
fn zoomed() {
    assert_snapshot!("zoom-matrix-80x24", text(&after("3 z"), (80, 24)));
    assert_snapshot!("zoom-code-120x40", text(&after("3 w z"), (120, 40)));
}

#[test]
fn editing() {
    shots("edit-code", "3 w e");
    shots("edit-response", "4 jj e");
    assert_snapshot!("edit-case-120x40", text(&after("3 e"), (120, 40)));
    assert_snapshot!("edit-find-80x24", text(&after("3 w e ctrl-f r e"), (80, 24)));
}

#[test]
fn comparing() {
    shots("diff", "3 w D");
    assert_snapshot!("diff-responses-120x40", text(&after("4 jj D"), (120, 40)));
    assert_snapshot!("diff-responses-80x24", text(&after("4 D ]"), (80, 24)));
}

#[test]
fn samples() {
    shots("samples", "4 jj");
}

/// A request that is sent again shows which attempt it is and what the ones before died of, in no more than its place.
#[test]
fn retries() {
    let mut stage = Stage::new(24);
    stage.keys("5");
    let jobs = stage.state.snapshot.jobs.clone();
    let at = jobs.iter().position(|job| job.tail.is_some()).unwrap();
    let tail = jobs[at].tail.as_ref().unwrap();
    tail.trouble("endpoint `main` answered HTTP 429: slow down; wait or lower concurrency");
    tail.clear();
    tail.attempt(3);
    tail.trouble("endpoint `main`: the answer was \u{1b}[31mcut\u{202e} off");
    tail.push("def evaluate(response):");
    let mut views = jobs.as_ref().clone();
    views[at].state = JobState::Running { attempt: 3 };
    let snapshot = Snapshot { jobs: views.into(), ..stage.state.snapshot.as_ref().clone() };
    stage.message(Message::Snapshot(snapshot.into()));
    stage.keys(&"j".repeat(at));
    let shown = text(&stage.state, (120, 40));
    for part in ["attempt 3", "HTTP 429: slow down", "the answer was", "def evaluate(response):"] {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "servers' words are no commands");
    let small = text(&stage.state, (80, 24));
    assert!(small.contains("attempt 3") && small.contains("def evaluate"), "{small}");
}

/// Two values turned, and what that would give.
fn turned() -> State {
    let mut stage = Stage::new(24);
    stage.keys("1 t jjjjjj l l j h");
    let (dial, serial) = asked(&mut stage);
    let base = Outlook { instructions: 15, sft: 30, pairs_query: 30, pairs_instruction: 15, ..Outlook::default() };
    let turned = Outlook { sft: 21, unknown_responses: 12, calls: 12, checks: 36, ..base };
    let range = dial.range(&stage.state.snapshot.rules);
    let falling = |at: usize| Outlook { sft: 42 - 2 * at as u64, pairs_query: 40 - at as u64, ..base };
    let curve = Some(range.iter().enumerate().map(|(at, point)| (*point, falling(at))).collect());
    let answer = Answer { serial, base, turned, curve, ..Answer::default() };
    stage.message(Message::WhatIf(dial, answer));
    stage.state
}

fn asked(stage: &mut Stage) -> (Dial, u64) {
    let asks = std::mem::take(&mut stage.effects).into_iter().filter_map(|effect| match effect {
        Effect::WhatIf(ask) => Some((ask.dial, ask.serial)),
        _ => None,
    });
    asks.last().unwrap()
}

#[test]
fn what_if() {
    let state = turned();
    for size in SIZES {
        assert_snapshot!(format!("what-if-{}x{}", size.0, size.1), text(&state, size));
    }
}

#[test]
fn reasons() {
    shots("reasons", "1 jjjjjjj l");
}

#[test]
fn jobs() {
    shots("jobs", "5 jjjj");
}

#[test]
fn help() {
    shots("help", "?");
}

#[test]
fn facets() {
    shots("facets", "2 f j space");
}

#[test]
fn sorted_and_selected() {
    shots("list-sorted", "2 s d j j v j j");
    assert_snapshot!("sort-keys-80x24", text(&after("2 s"), (80, 24)));
    assert_snapshot!("confirm-80x24", text(&after("2 space space space a"), (80, 24)));
}

#[test]
fn notes() {
    let mut stage = Stage::new(24);
    let view = &stage.project.views[0];
    stage.project.notes.push((view.functions[1].id, "splits at \u{1b}[31mabbreviations".to_owned()));
    stage.keys("2 z");
    assert_snapshot!("summary-zoomed-80x24", text(&stage.state, (80, 24)));
    stage.keys("z n m a y b e");
    assert_snapshot!("note-80x24", text(&stage.state, (80, 24)));
}

#[test]
fn palette() {
    shots("palette", "2 : r e");
}

#[test]
fn filtered_and_empty() {
    let state = after("2 / d u p l i c a t e");
    assert_snapshot!("filter-80x24", text(&state, (80, 24)));
    let state = after("2 / z z z z enter");
    assert_snapshot!("filter-empty-80x24", text(&state, (80, 24)));
    let mut stage = Stage::new(0);
    stage.keys("2");
    assert_snapshot!("instructions-empty-80x24", text(&stage.state, (80, 24)));
    stage.keys("4");
    assert_snapshot!("samples-empty-80x24", text(&stage.state, (80, 24)));
    stage.keys("5");
    assert_snapshot!("jobs-empty-80x24", text(&stage.state, (80, 24)));
}

#[test]
fn overlays_and_messages() {
    assert_snapshot!("reject-80x24", text(&after("4 x m a y b e"), (80, 24)));
    assert_snapshot!("reject-many-80x24", text(&after("2 space / u enter space x 2"), (80, 24)));
    assert_snapshot!("leaving-80x24", text(&after("q"), (80, 24)));
    assert_snapshot!("read-case-80x24", text(&after("2 enter jjjjj enter"), (80, 24)));
    assert_snapshot!("read-response-80x24", text(&after("4 jj enter"), (80, 24)));
    let mut state = after("2");
    state.tell("edited; 3 back-translations and 8 outcomes became stale and are made again");
    state.warn("endpoint `local` is not reachable at its address; start the server, work goes on by itself");
    assert_snapshot!("messages-80x24", text(&state, (80, 24)));
}

#[test]
fn ascii_mode_draws_ascii() {
    let ui = Ui::new(Theme::builtin(Background::Dark, ColourLevel::None).unwrap(), &glyphs::ASCII);
    for keys in ["1", "2 enter", "3 w D", "3 w e", "4", "4 w .", "5", "?", "q"] {
        let state = after(keys);
        let terminal = screen(&ui, &state, (120, 40));
        let own = |c: char| !c.is_ascii() && !rehearsal::is_content(c);
        let bad: String = terminal
            .backend()
            .seen()
            .concat()
            .iter()
            .flat_map(|cell| cell.symbol().chars())
            .filter(|c| own(*c))
            .collect();
        assert_eq!(bad, "", "on {keys}");
    }
}

#[test]
fn what_is_undecided_does_not_look_failed() {
    let mut stage = Stage::new(24);
    let at = stage.project.views.iter().position(|view| view.consistency == Some(Standing::Kept)).unwrap();
    let view = &mut stage.project.views[at];
    view.consistency = Some(Standing::Pending);
    view.functions.iter_mut().for_each(|function| function.used = false);
    let kept = view.functions.iter().filter(|function| function.kept.is_ok()).count();
    assert!(kept > 0);
    stage.keys(&format!("2 {} enter", "j".repeat(at)));
    let drawn = text(&stage.state, (160, 45));
    let used = drawn.lines().find(|line| line.contains("  used  ")).unwrap();
    assert_eq!(used.matches('·').count(), kept, "{used}");
    assert!(!drawn.contains("kept, not used"));
}

#[test]
fn instructions_can_be_read_in_the_list() {
    for (size, cells) in [((120, 40), 30), ((160, 45), 45)] {
        let drawn = text(&after("2"), size);
        let head = drawn.lines().find(|line| line.contains("instruction  ")).unwrap();
        let (from, to) = (head.find("instruction").unwrap(), head.find("  fns").unwrap());
        assert!(to - from + 1 >= cells, "{head}");
    }
}

#[test]
fn untrusted_text_is_drawn_as_escapes() {
    let state = after("2 enter G");
    let drawn = text(&state, (160, 45));
    assert!(drawn.contains("\\u{202e}") && !drawn.contains('\u{202e}'));
    let state = after("4 jj enter G");
    assert!(text(&state, (160, 45)).contains("\\x1b[31mred?"));
}

#[test]
fn a_million_rows_cost_no_more_than_the_screen() {
    // No time is asserted: what is checked is that only a window of the list is looked at.
    let mut stage = Stage::new(3);
    let mut snapshot = (*stage.state.snapshot).clone();
    let row = Arc::clone(&snapshot.instructions[0]);
    snapshot.instructions = Arc::new(vec![row; 1_000_000]);
    stage.message(Message::Snapshot(Arc::new(snapshot)));
    stage.keys("2 G");
    let drawn = text(&stage.state, (80, 24));
    assert!(drawn.contains("1000000"), "{drawn}");
    assert_eq!(stage.state.instructions.list.window(20).len(), 20);
    assert!(
        update(&mut stage.state, Message::Tick(std::time::Duration::from_secs(1)))
            .iter()
            .all(|effect| { !matches!(effect, Effect::Quit) })
    );
}

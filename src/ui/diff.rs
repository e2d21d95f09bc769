//! Two texts compared: side by side where there is room, one below the other where there is not.

use std::{rc::Rc, sync::Arc};

use ratatui::{
    Frame,
    layout::Rect,
    style::{Modifier, Style},
};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    term::{
        escape::{self, Spaces},
        width,
    },
    workbench::{
        State,
        diff::{Comparing, Diff, Half, Line},
        keymap::{Action, Context},
    },
};

use super::{Ui, part, row::Row, theme::Role};

/// From this width on the texts stand side by side.
const BESIDE: u16 = 118;
/// Cells before a text: its line's number and a sign.
const GUTTER: usize = 6;

/// A side of a line, broken to the width; further bytes of a very long one are told of.
type Wrapped = Rc<Vec<Pieces>>;

/// A row of it: which of its pieces differ.
type Pieces = Vec<(bool, String)>;

/// Bytes of a side of a line that are shown.
const MOST: usize = 100_000;

/// A row on screen.
#[derive(Clone, Debug)]
enum Place {
    /// Which line, and which of its rows of the sides that are shown here; in one column that is one.
    Line { line: usize, row: usize, left: Option<Wrapped>, right: Option<Wrapped> },
    /// So many lines that are the same.
    Fold(usize),
}

/// How one side of a line differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Same,
    Gone,
    Come,
}

/// The rows of a comparison at a width, kept while the same one is shown.
#[derive(Debug, Default)]
pub(super) struct Compared(Option<Shown>);

#[derive(Debug)]
struct Shown {
    diff: Arc<Diff>,
    look: Look,
    places: Rc<Vec<Place>>,
}

/// How a comparison is looked at.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// Cells of a side's text.
    cells: usize,
    beside: bool,
    whole: bool,
    signs: Option<Spaces>,
}

impl Look {
    const fn key(&self) -> (usize, bool, bool, bool) {
        (self.cells, self.beside, self.whole, self.signs.is_some())
    }
}

impl Compared {
    fn get(&mut self, diff: &Arc<Diff>, look: Look) -> Rc<Vec<Place>> {
        if let Some(shown) = &self.0
            && Arc::ptr_eq(&shown.diff, diff)
            && shown.look.key() == look.key()
        {
            return Rc::clone(&shown.places);
        }
        let places = Rc::new(places(diff, look));
        self.0 = Some(Shown { diff: Arc::clone(diff), look, places: Rc::clone(&places) });
        places
    }
}

fn places(diff: &Diff, look: Look) -> Vec<Place> {
    let rows = |half: Option<&Half>| half.map(|half| Rc::new(wrapped(half, look)));
    let mut out = Vec::new();
    let put = |out: &mut Vec<Place>, line: usize, left: Option<Wrapped>, right: Option<Wrapped>| {
        let tall = [&left, &right].into_iter().flatten().map(|rows| rows.len()).max().unwrap_or(0);
        out.extend((0..tall).map(|row| Place::Line { line, row, left: left.clone(), right: right.clone() }));
    };
    let folds = if look.whole { Vec::new() } else { diff.folds() };
    let mut at = 0;
    for block in diff.lines.chunk_by(|a, b| a.same == b.same) {
        for (place, line) in block.iter().enumerate() {
            if let Some(fold) = folds.iter().find(|fold| fold.contains(&(at + place))) {
                out.extend((at + place == fold.start).then_some(Place::Fold(fold.len())));
                continue;
            }
            let right = if look.beside { rows(line.right.as_ref()) } else { None };
            put(&mut out, at + place, rows(line.left.as_ref()), right);
        }
        // In one column what goes stands before what comes, block by block.
        for (place, line) in block.iter().enumerate().filter(|(_, line)| !look.beside && !line.same) {
            put(&mut out, at + place, None, rows(line.right.as_ref()));
        }
        at += block.len();
    }
    out
}

/// A line's pieces broken to a width, at words where they fit a row: nothing is left out.
fn wrapped(half: &Half, look: Look) -> Vec<Pieces> {
    let mut rows = Rows { out: vec![Vec::new()], used: 0, cells: look.cells.max(2) };
    let space = look.signs.map_or(" ", |signs| signs.space);
    let (mut column, mut room) = (0, MOST);
    let all: usize = half.pieces.iter().map(|(_, text)| text.len()).sum();
    for (marked, text) in &half.pieces {
        let text = text.get(..text.floor_char_boundary(room)).unwrap_or(text);
        room -= text.len();
        let text = escape::shown(text, column, look.signs.as_ref());
        column += width::width(&text);
        for word in text.split_inclusive(space) {
            if width::width(word.trim_end()) <= rows.cells {
                rows.put(*marked, word);
            } else {
                word.graphemes(true).for_each(|grapheme| rows.put(*marked, grapheme));
            }
        }
    }
    if all > MOST {
        rows.out.push(vec![(false, format!("({} further bytes are not shown here)", all - MOST))]);
    }
    rows.out
}

/// Rows being filled.
struct Rows {
    out: Vec<Pieces>,
    used: usize,
    cells: usize,
}

impl Rows {
    fn put(&mut self, marked: bool, text: &str) {
        // A space may hang over the edge, as it is not seen.
        let wide = width::width(text.trim_end());
        if self.used + wide > self.cells && self.used > 0 {
            self.out.push(Vec::new());
            self.used = 0;
            if text == " " {
                return; // A space at a break is not seen.
            }
        }
        self.used += width::width(text);
        let Some(row) = self.out.last_mut() else { return };
        match row.last_mut() {
            Some((same, before)) if *same == marked => before.push_str(text),
            _ => row.push((marked, text.to_owned())),
        }
    }
}

impl Ui {
    pub(super) fn diff(&self, state: &State, comparing: &Comparing, frame: &mut Frame<'_>, area: Rect) {
        let beside = area.width >= BESIDE;
        let column = if beside { (area.width - 3) / 2 } else { area.width };
        let cells = usize::from(column).saturating_sub(GUTTER);
        self.diff_title(state, comparing, frame, area);
        let body = part(area, 0, 2, area.width, area.height.saturating_sub(2));
        let Some(diff) = &comparing.diff else {
            Row::of("comparing", self.theme.style(Role::Muted)).draw(frame, body, 0);
            return;
        };
        let look = Look { cells, beside, whole: comparing.whole, signs: self.space_signs(state) };
        let places = self.compared.borrow_mut().get(diff, look);
        let window = comparing.scroll.window(places.len(), body.height.into());
        self.scrollbar(frame, body, &window, places.len());
        if beside {
            self.bar(frame, part(body, column + 1, 0, 1, body.height));
        }
        let second = part(body, column + 3, 0, column, body.height);
        for (at, place) in places.iter().skip(window.start).take(window.len()).enumerate() {
            let (line, row, left, right) = match place {
                Place::Line { line, row, left, right } => (*line, *row, left.as_deref(), right.as_deref()),
                Place::Fold(lines) => {
                    let said = format!("      {} {lines} lines the same", self.glyphs.dots);
                    Row::of(said, self.theme.style(Role::Muted)).draw(frame, body, at);
                    continue;
                }
            };
            let Some(line) = diff.lines.get(line) else { continue };
            if beside {
                let first = part(body, 0, 0, column, body.height);
                self.half(line.left.as_ref().zip(left), sign(line, false), row, look).draw(frame, first, at);
                self.half(line.right.as_ref().zip(right), sign(line, true), row, look).draw(frame, second, at);
            } else {
                let half = line.right.as_ref().zip(right);
                let is_right = half.is_some();
                let half = half.or_else(|| line.left.as_ref().zip(left));
                self.half(half, sign(line, is_right), row, look).draw(frame, body, at);
            }
        }
    }

    fn diff_title(&self, state: &State, comparing: &Comparing, frame: &mut Frame<'_>, area: Rect) {
        let name = |at: usize| comparing.sides.get(at).map(|side| escape::prose(&side.name)).unwrap_or_default();
        let muted = self.theme.style(Role::Muted);
        let mut title = Row::of("Compare  ", self.theme.bold(Role::Accent));
        title.put(name(comparing.left), self.theme.bold(Role::Bad));
        title.put(format!(" {} ", self.glyphs.arrow), muted).put(name(comparing.right), self.theme.bold(Role::Good));
        self.title(frame, area, 0, title, true);
        let mut row = Row::new();
        match &comparing.diff {
            Some(diff) if diff.is_empty() => row.put("both say the same", muted),
            Some(diff) => {
                row.put(format!("-{}", diff.changed.0), self.theme.style(Role::Bad));
                row.put(format!(" +{} lines", diff.changed.1), self.theme.style(Role::Good))
            }
            None => &mut row,
        };
        if comparing.sides.len() > 2 {
            let [before, after] = [Action::PreviousFunction, Action::NextFunction]
                .map(|action| state.keymap.name_of(Context::Diff, action));
            let place = comparing.left + 1 - usize::from(comparing.left > comparing.right);
            row.put(
                format!("   {place} of {}: {before} {after} compare with another", comparing.sides.len() - 1),
                muted,
            );
        }
        row.draw(frame, area, 1);
    }

    fn half(&self, half: Option<(&Half, &Vec<Pieces>)>, sign: Sign, row: usize, look: Look) -> Row {
        let mut out = Row::new();
        let Some((half, rows)) = half else { return out };
        let (mark, role) = match sign {
            Sign::Same => (" ", Role::Muted),
            Sign::Gone => ("-", Role::Bad),
            Sign::Come => ("+", Role::Good),
        };
        let Some(pieces) = rows.get(row) else { return out };
        let number = if row == 0 { half.no.to_string() } else { String::new() };
        out.right(&number, 4, self.theme.style(Role::Muted)).put(mark, self.theme.style(role)).gap(1);
        for (marked, text) in pieces {
            let style = match (sign, marked) {
                (Sign::Same, _) => Style::new(),
                (_, false) => self.theme.style(role),
                (_, true) => self.theme.style(role).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            };
            self.signed(&mut out, text, style, look.signs.as_ref());
        }
        out
    }
}

const fn sign(line: &Line, right: bool) -> Sign {
    match (line.same, right) {
        (true, _) => Sign::Same,
        (false, false) => Sign::Gone,
        (false, true) => Sign::Come,
    }
}

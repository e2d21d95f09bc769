//! Lines being collected for a pane.

use std::{ops::Range, rc::Rc, sync::Arc};

use ratatui::{Frame, layout::Rect, style::Style};

use crate::{
    term::{escape::Spaces, width},
    workbench::code::Code,
};

use super::{Ui, row::Row, theme::Role};

/// Lines being collected for a pane. Long texts are not copied into it: of them only what is on screen is drawn.
pub(super) struct Page {
    parts: Vec<Part>,
    len: usize,
    cells: usize,
}

enum Part {
    Row(Row),
    /// Wrapped lines, indented, with the signs for white space in them.
    Lines(Rc<Vec<String>>, usize, Option<Spaces>),
    Code(Arc<Code>, Option<Spaces>),
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Row(_) => 1,
            Self::Lines(lines, ..) => lines.len(),
            Self::Code(code, _) => code.lines.len(),
        }
    }
}

impl Page {
    pub(super) const fn new(cells: usize) -> Self {
        Self { parts: Vec::new(), len: 0, cells }
    }

    pub(super) const fn width(&self) -> usize {
        self.cells
    }

    /// How many lines there are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn add(&mut self, part: Part) {
        self.len += part.len();
        self.parts.push(part);
    }

    pub(super) fn push(&mut self, row: Row) {
        self.add(Part::Row(row));
    }

    /// Adds lines that are wrapped already.
    pub(super) fn lines(&mut self, lines: Rc<Vec<String>>, indent: usize, signs: Option<Spaces>) {
        self.add(Part::Lines(lines, indent, signs));
    }

    /// Adds source with its numbers.
    pub(super) fn code(&mut self, code: Arc<Code>, signs: Option<Spaces>) {
        self.add(Part::Code(code, signs));
    }

    /// Adds wrapped, already escaped text, indented.
    pub(super) fn text(&mut self, text: &str, indent: usize, style: Style, most: usize) {
        let cells = self.cells.saturating_sub(indent);
        // Of a text of which little is shown, no more is wrapped than could be; a cell has few bytes.
        let cut = text.floor_char_boundary(most.saturating_add(1).saturating_mul(cells.max(2) * 8));
        let lines = width::wrap(text.get(..cut).unwrap_or(text), cells);
        let more = lines.len() > most;
        for (at, line) in lines.into_iter().take(most).enumerate() {
            let mut row = Row::new();
            row.gap(indent).put(line, style);
            if more && at + 1 == most {
                row.put("…", style);
            }
            self.push(row);
        }
    }

    pub(super) fn blank(&mut self) {
        self.push(Row::new());
    }
}

impl Ui {
    /// Draws some lines of a page.
    pub(super) fn page(&self, page: Page, window: Range<usize>, frame: &mut Frame<'_>, area: Rect) {
        let mut from = 0;
        for part in page.parts {
            let here = from..from + part.len();
            from = here.end;
            let seen = here.start.max(window.start)..here.end.min(window.end);
            if seen.is_empty() {
                continue;
            }
            let at = seen.start - window.start;
            let own = seen.start - here.start..seen.end - here.start;
            match part {
                Part::Row(row) => row.draw(frame, area, at),
                Part::Lines(lines, indent, signs) => {
                    for (n, line) in lines.get(own).unwrap_or_default().iter().enumerate() {
                        let mut row = Row::new();
                        row.gap(indent);
                        self.signed(&mut row, line, self.theme.style(Role::Text), signs.as_ref());
                        row.draw(frame, area, at + n);
                    }
                }
                Part::Code(code, signs) => {
                    for (n, line) in own.enumerate() {
                        let row = self.code_line(&code, line, None, (0, page.cells), signs.as_ref());
                        row.draw(frame, area, at + n);
                    }
                }
            }
        }
    }
}

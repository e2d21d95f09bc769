//! A line put together piece by piece, measured as it grows.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::term::width::{fit, width};

/// A line being put together.
#[derive(Debug, Default)]
pub(super) struct Row {
    spans: Vec<Span<'static>>,
    used: usize,
}

impl Row {
    /// An empty line.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A line of one piece.
    pub(super) fn of(text: impl Into<String>, style: Style) -> Self {
        let mut row = Self::new();
        row.put(text, style);
        row
    }

    /// Cells used.
    pub(super) const fn used(&self) -> usize {
        self.used
    }

    /// Adds a piece as it is.
    pub(super) fn put(&mut self, text: impl Into<String>, style: Style) -> &mut Self {
        let text = text.into();
        self.used += width(&text);
        self.spans.push(Span::styled(text, style));
        self
    }

    /// Adds a piece in so many cells, cut at its end, left-aligned.
    pub(super) fn left(&mut self, text: &str, cells: usize, style: Style) -> &mut Self {
        let text = fit(text, cells, "…");
        let room = cells.saturating_sub(width(&text));
        self.put(text, style).gap(room)
    }

    /// Adds a piece in so many cells, right-aligned.
    pub(super) fn right(&mut self, text: &str, cells: usize, style: Style) -> &mut Self {
        let text = fit(text, cells, "…");
        let room = cells.saturating_sub(width(&text));
        self.gap(room).put(text, style)
    }

    /// Adds space.
    pub(super) fn gap(&mut self, cells: usize) -> &mut Self {
        if cells > 0 {
            self.put(" ".repeat(cells), Style::new());
        }
        self
    }

    /// Adds space up to a column.
    pub(super) fn to(&mut self, column: usize) -> &mut Self {
        let room = column.saturating_sub(self.used);
        self.gap(room)
    }

    /// Adds another line's pieces.
    pub(super) fn join(&mut self, other: Self) -> &mut Self {
        self.used += other.used;
        self.spans.extend(other.spans);
        self
    }

    /// Gives the first piece another style.
    pub(super) fn lead(&mut self, style: Style) -> &mut Self {
        if let Some(first) = self.spans.first_mut() {
            first.style = style;
        }
        self
    }

    /// Draws it on a line of an area, cut there.
    pub(super) fn draw(self, frame: &mut Frame<'_>, area: Rect, at: usize) {
        let Ok(at) = u16::try_from(at) else { return };
        if at < area.height {
            let line = Line::from(self.spans);
            frame.buffer_mut().set_line(area.x, area.y + at, &line, area.width);
        }
    }
}

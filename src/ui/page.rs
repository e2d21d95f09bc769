//! Lines being collected for a pane.

use ratatui::style::Style;

use crate::term::width;

use super::row::Row;

/// Lines being collected for a pane.
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    cells: usize,
}

impl Page {
    pub(super) const fn new(cells: usize) -> Self {
        Self { rows: Vec::new(), cells }
    }

    pub(super) const fn width(&self) -> usize {
        self.cells
    }

    /// Adds wrapped, already escaped text, indented.
    pub(super) fn text(&mut self, text: &str, indent: usize, style: Style, most: usize) {
        let lines = width::wrap(text, self.cells.saturating_sub(indent));
        let more = lines.len() > most;
        for (at, line) in lines.into_iter().take(most).enumerate() {
            let mut row = Row::new();
            row.gap(indent).put(line, style);
            if more && at + 1 == most {
                row.put("…", style);
            }
            self.rows.push(row);
        }
    }

    pub(super) fn blank(&mut self) {
        self.rows.push(Row::new());
    }
}

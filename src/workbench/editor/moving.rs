//! Up and down by what is on screen: a broken line has several rows.

use ratatui_textarea::CursorMove;

use super::{Editor, layout};

impl Editor {
    /// Rows of a page.
    pub(super) fn page(&self) -> isize {
        self.view.size.get().1.saturating_sub(1).max(1).cast_signed()
    }

    pub(super) fn jump(&mut self, to: CursorMove, select: bool) -> bool {
        self.selecting(select);
        self.area.move_cursor(to);
        false
    }

    /// Up or down by rows of the screen, keeping the cell.
    pub(super) fn vertical(&mut self, by: isize, select: bool) -> bool {
        self.selecting(select);
        let (line, column) = self.place();
        let (row, cell) = self.laid(line).place(column);
        let (line, row) = self.walk(line, row.cast_signed() + by);
        let laid = self.laid(line);
        let Some(range) = laid.rows.get(row) else { return false };
        let column = layout::character(&laid.pieces, range, cell, row + 1 == laid.rows.len());
        let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(short(line), short(column)));
        false
    }

    /// The line and row that lies so many rows from the first row of a line.
    pub fn walk(&self, line: usize, rows: isize) -> (usize, usize) {
        let lines = self.area.lines();
        let count = |line: usize| self.rows(line).cast_signed();
        let (mut line, mut rows) = (line, rows);
        while rows < 0 {
            if line == 0 {
                return (0, 0);
            }
            line -= 1;
            rows += count(line);
        }
        while rows >= count(line) {
            if line + 1 >= lines.len() {
                return (line, usize::try_from(count(line) - 1).unwrap_or(0));
            }
            rows -= count(line);
            line += 1;
        }
        (line, rows.cast_unsigned())
    }

    /// How many rows a line has; only long ones are laid out for that.
    fn rows(&self, line: usize) -> usize {
        let short = |text: &String| self.wrap_at().is_none_or(|wide| layout::fits(text, wide));
        if self.area.lines().get(line).is_none_or(short) { 1 } else { self.laid(line).rows.len() }
    }

    fn selecting(&mut self, select: bool) {
        match (select, self.area.is_selecting()) {
            (true, false) => self.area.start_selection(),
            (false, true) => self.area.cancel_selection(),
            _ => {}
        }
    }
}

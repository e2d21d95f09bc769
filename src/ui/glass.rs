//! For tests: a terminal that treats wide characters as real ones do. Writing over one half of a wide character blanks
//! the other half; the stock test backend leaves there what once stood behind it.

use std::convert::Infallible;

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::{Buffer, Cell},
    layout::{Position, Rect, Size},
};

use crate::term::width::width;

/// The screen.
pub struct Glass {
    buffer: Buffer,
}

impl Glass {
    pub fn new(w: u16, h: u16) -> Self {
        Self { buffer: Buffer::empty(Rect::new(0, 0, w, h)) }
    }

    pub fn resize(&mut self, w: u16, h: u16) {
        self.buffer = Buffer::empty(Rect::new(0, 0, w, h));
    }

    /// Every character with its style, line by line.
    pub fn seen(&self) -> Vec<Vec<Cell>> {
        let area = self.buffer.area;
        let row = |y| {
            let cells = (0..area.width).map(|x| &self.buffer[(x, y)]);
            let mut out: Vec<Cell> = Vec::new();
            let mut hidden = 0;
            for cell in cells {
                if hidden == 0 {
                    out.push(cell.clone());
                    hidden = width(cell.symbol()).saturating_sub(1);
                } else {
                    hidden -= 1;
                }
            }
            out
        };
        (0..area.height).map(row).collect()
    }

    fn put(&mut self, x: u16, y: u16, cell: &Cell) {
        if x > 0 && width(self.buffer[(x - 1, y)].symbol()) == 2 {
            self.buffer[(x - 1, y)].reset();
        }
        let wide = |cell: &Cell| width(cell.symbol()) == 2;
        if (wide(cell) || wide(&self.buffer[(x, y)])) && x + 1 < self.buffer.area.width {
            self.buffer[(x + 1, y)].reset();
        }
        self.buffer[(x, y)] = cell.clone();
    }
}

impl Backend for Glass {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<(), Infallible> {
        for (x, y, cell) in content {
            self.put(x, y, cell);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, _: P) -> Result<(), Infallible> {
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.buffer.reset();
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.buffer.area.as_size())
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.buffer.area.as_size(), pixels: Size::ZERO })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

//! Where a list stands. Selection is an identity, so that rows may come and go around it; what is drawn is a window.

use std::{cell::Cell, ops::Range};

/// A list's selection and window. The window's place and height are told by drawing, as only drawing knows the size.
#[derive(Clone, Debug)]
pub struct List<K> {
    /// The selected item.
    pub selected: Option<K>,
    /// Its index.
    pub index: usize,
    /// How many items there are.
    pub len: usize,
    offset: Cell<usize>,
    height: Cell<usize>,
}

impl<K> Default for List<K> {
    fn default() -> Self {
        Self { selected: None, index: 0, len: 0, offset: Cell::new(0), height: Cell::new(10) }
    }
}

impl<K: Copy + PartialEq> List<K> {
    /// Selects by index, as far as there are items.
    pub fn select(&mut self, index: usize, key: impl Fn(usize) -> Option<K>) {
        self.index = index.min(self.len.saturating_sub(1));
        self.selected = if self.len == 0 { None } else { key(self.index) };
    }

    /// Moves by some items, stopping at the ends.
    pub fn step(&mut self, by: isize, key: impl Fn(usize) -> Option<K>) {
        self.select(self.index.saturating_add_signed(by), key);
    }

    /// Takes new rows: the selected item stays selected and keeps its place on the screen; where it is gone, what
    /// stands in its place is selected.
    pub fn sync(&mut self, len: usize, key: impl Fn(usize) -> Option<K>) {
        self.len = len;
        let Some(wanted) = self.selected else {
            self.select(self.index, key);
            return;
        };
        if self.index < len && key(self.index) == Some(wanted) {
            return;
        }
        match (0..len).find(|index| key(*index) == Some(wanted)) {
            Some(index) => {
                let moved = self.offset.get().saturating_add_signed(index.cast_signed() - self.index.cast_signed());
                self.offset.set(moved);
                self.index = index;
            }
            None => self.select(self.index, key),
        }
    }

    /// The same where it is known that the selected item, as it was a while ago, is at a place now.
    pub fn sync_at(&mut self, len: usize, at: Option<usize>, key: impl Fn(usize) -> Option<K>) {
        if let Some(at) = at.filter(|at| *at < len && self.selected.is_some() && key(*at) == self.selected) {
            let moved = self.offset.get().saturating_add_signed(at.cast_signed() - self.index.cast_signed());
            self.offset.set(moved);
            self.index = at;
        }
        self.sync(len, key);
    }

    /// The rows to draw in this height. Called by drawing; the same state gives the same window again.
    pub fn window(&self, height: usize) -> Range<usize> {
        self.height.set(height);
        if height == 0 {
            return 0..0;
        }
        let mut offset = self.offset.get().min(self.len.saturating_sub(height));
        if self.index < offset {
            offset = self.index;
        } else if self.index >= offset + height {
            offset = self.index + 1 - height;
        }
        self.offset.set(offset);
        offset..(offset + height).min(self.len)
    }

    /// How many rows a page has.
    pub fn page(&self) -> isize {
        self.height.get().saturating_sub(1).max(1).cast_signed()
    }
}

/// Where a text stands that is longer than its pane.
#[derive(Clone, Debug, Default)]
pub struct Scroll {
    offset: Cell<usize>,
    height: Cell<usize>,
    lines: Cell<usize>,
    follow: Cell<bool>,
}

impl Scroll {
    /// Scrolls by some lines; drawing stops it at the end.
    pub fn by(&self, lines: isize) {
        self.follow.set(false);
        self.offset.set(self.offset.get().saturating_add_signed(lines));
    }

    /// To the first line.
    pub fn top(&self) {
        self.follow.set(false);
        self.offset.set(0);
    }

    /// To the last line, and with it as it moves.
    pub fn bottom(&self) {
        self.follow.set(true);
    }

    /// Whether the last line is kept in sight.
    pub const fn follows(&self) -> bool {
        self.follow.get()
    }

    /// Whether there was room for all lines when they were drawn last.
    pub const fn is_all_seen(&self) -> bool {
        self.lines.get() <= self.height.get()
    }

    /// How many lines a page has.
    pub fn page(&self) -> isize {
        self.height.get().saturating_sub(1).max(1).cast_signed()
    }

    /// Brings a line into view.
    pub fn reveal(&self, line: usize) {
        let (offset, height) = (self.offset.get(), self.height.get().max(1));
        if line < offset {
            self.offset.set(line);
        } else if line >= offset + height {
            self.offset.set(line + 1 - height);
        }
    }

    /// The lines to draw of so many in this height.
    pub fn window(&self, lines: usize, height: usize) -> Range<usize> {
        self.height.set(height);
        self.lines.set(lines);
        let last = lines.saturating_sub(height);
        let offset = if self.follow.get() { last } else { self.offset.get().min(last) };
        self.offset.set(offset);
        offset..(offset + height).min(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection_is_kept_by_identity_and_place() {
        let mut rows: Vec<u32> = (0..100).collect();
        let mut list = List::default();
        list.sync(rows.len(), |i| rows.get(i).copied());
        list.select(50, |i| rows.get(i).copied());
        let before = list.window(10);
        rows.splice(10..10, 200..207);
        list.sync(rows.len(), |i| rows.get(i).copied());
        assert_eq!((list.selected, list.index), (Some(50), 57));
        assert_eq!(list.window(10).start - before.start, 7);
    }

    #[test]
    fn what_is_gone_gives_its_place() {
        let mut rows = vec![1, 2, 3];
        let mut list = List::default();
        list.sync(3, |i| rows.get(i).copied());
        list.select(2, |i| rows.get(i).copied());
        rows.pop();
        list.sync(2, |i| rows.get(i).copied());
        assert_eq!(list.selected, Some(2));
        list.sync(0, |_| None);
        assert_eq!(list.selected, None);
        assert_eq!(list.window(5), 0..0);
    }
}

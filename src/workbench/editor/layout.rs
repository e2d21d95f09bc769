//! Where the characters of a line stand on screen: escaped, tabs expanded, by cells, broken at words or not at all.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::term::{escape, width::width};

/// Cells a tab goes on to.
const TAB: usize = 4;

/// What is drawn for some characters that stay together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The first of the characters.
    pub from: usize,
    /// How many characters.
    pub chars: usize,
    /// The cell it begins in, in the line as a whole.
    pub at: usize,
    /// What is drawn.
    pub text: String,
    /// Its cells; at least one, so that the cursor can stand on it.
    pub cells: usize,
}

/// A line laid out.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its pieces.
    pub pieces: Vec<Piece>,
    /// The rows it is broken into, as places among them.
    pub rows: Vec<Range<usize>>,
}

impl Line {
    /// The row that a character stands in, and its cell in that row.
    pub fn place(&self, character: usize) -> (usize, usize) {
        place(&self.pieces, &self.rows, character)
    }
}

/// The pieces of a line.
pub fn pieces(line: &str) -> Vec<Piece> {
    let (mut from, mut at) = (0, 0);
    let mut out = Vec::new();
    for grapheme in line.graphemes(true) {
        let chars = grapheme.chars().count();
        let mut text = if grapheme == "\t" { " ".repeat(TAB - at % TAB) } else { escape::line_of(grapheme) };
        if width(&text) == 0 {
            // A mark with nothing to stand on.
            text = "\u{fffd}".to_owned();
        }
        let cells = width(&text);
        out.push(Piece { from, chars, at, text, cells });
        from += chars;
        at += cells;
    }
    out
}

/// The rows of a line, as places among its pieces. At least one; without a width exactly one.
pub fn rows(pieces: &[Piece], wrap_at: Option<usize>) -> Vec<Range<usize>> {
    let whole = 0..pieces.len();
    let Some(wide) = wrap_at else { return Vec::from([whole]) };
    let mut out = Vec::new();
    let (mut start, mut used, mut after_space) = (0, 0, None);
    for (at, piece) in pieces.iter().enumerate() {
        // A space may hang over the edge, as it is not seen.
        if used + piece.cells > wide && piece.text != " " && at > start {
            let end = after_space.filter(|place| *place > start).unwrap_or(at);
            out.push(start..end);
            used = pieces.get(end..at).unwrap_or_default().iter().map(|piece| piece.cells).sum();
            (start, after_space) = (end, None);
        }
        used += piece.cells;
        if piece.text == " " {
            after_space = Some(at + 1);
        }
    }
    out.push(start..pieces.len());
    out
}

/// Whether a line is seen to fit at a glance; where it is not, it may fit all the same.
pub fn fits(line: &str, wide: usize) -> bool {
    line.is_ascii() && line.len() <= wide && !line.bytes().any(|byte| byte < b' ')
}

/// The row of a line that a character stands in, and its cell in that row.
pub fn place(pieces: &[Piece], rows: &[Range<usize>], character: usize) -> (usize, usize) {
    let at = pieces.partition_point(|piece| piece.from + piece.chars <= character);
    let row = rows.partition_point(|row| row.start <= at).saturating_sub(1);
    let start = rows.get(row).map_or(0, |row| row.start);
    let cells = pieces.get(start..at).unwrap_or_default().iter().map(|piece| piece.cells).sum();
    (row, cells)
}

/// The character nearest to a cell of a row.
pub fn character(pieces: &[Piece], row: &Range<usize>, cell: usize, last: bool) -> usize {
    let shown = pieces.get(row.clone()).unwrap_or_default();
    let mut used = 0;
    for piece in shown {
        if cell < used + piece.cells {
            return piece.from;
        }
        used += piece.cells;
    }
    // The end of a row that is not the last is the start of the next: stay before it.
    match shown.last() {
        Some(piece) if last => piece.from + piece.chars,
        Some(piece) => piece.from,
        None => pieces.get(row.start).map_or(0, |piece| piece.from),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(line: &str, wide: usize) -> Vec<String> {
        let pieces = pieces(line);
        let rows = rows(&pieces, Some(wide));
        rows.into_iter().map(|row| pieces[row].iter().map(|piece| piece.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_break_at_words_and_wide_characters_count() {
        assert_eq!(drawn("one two three", 8), ["one two ", "three"]);
        assert_eq!(drawn("请用三句话回答", 6), ["请用三", "句话回", "答"]);
        assert_eq!(drawn("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(drawn("", 3), [""]);
        assert_eq!(drawn("a\tb\u{1b}", 80), ["a   b\\x1b"]);
    }

    #[test]
    fn the_cursor_finds_its_cell_and_back() {
        let line = "one 三 three";
        let pieces = pieces(line);
        let rows = rows(&pieces, Some(6));
        assert_eq!(rows.len(), 2);
        assert_eq!(place(&pieces, &rows, 5), (0, 6));
        assert_eq!(place(&pieces, &rows, 6), (1, 0));
        assert_eq!(character(&pieces, &rows[1], 2, true), 8);
        assert_eq!(place(&pieces, &rows, 11), (1, 5));
    }

    proptest! {
        #[test]
        fn every_character_is_drawn_once_and_found_again(line in "\\PC{0,40}", wide in 4_usize..30) {
            let pieces = pieces(&line);
            let rows = rows(&pieces, Some(wide));
            prop_assert_eq!(rows.iter().map(ExactSizeIterator::len).sum::<usize>(), pieces.len());
            prop_assert_eq!(pieces.iter().map(|piece| piece.chars).sum::<usize>(), line.chars().count());
            for piece in &pieces {
                let (row, cell) = place(&pieces, &rows, piece.from);
                prop_assert_eq!(character(&pieces, &rows[row], cell, row + 1 == rows.len()), piece.from);
            }
            prop_assert!(!fits(&line, wide) || rows.len() == 1);
        }
    }
}

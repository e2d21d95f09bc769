//! Keys that know that the text is code: line breaks, tab, backspace, and the same over several lines.

use ratatui_textarea::CursorMove;

use super::{Editor, Form};

/// Columns of a level.
const LEVEL: usize = 4;

impl Editor {
    const fn is_code(&self) -> bool {
        matches!(self.draft.form, Form::Verifier)
    }

    fn line(&self, row: usize) -> &str {
        self.area.lines().get(row).map(String::as_str).unwrap_or_default()
    }

    /// Whether some text is selected.
    pub(super) fn has_selection(&self) -> bool {
        self.area.selection_range().is_some_and(|(from, to)| from != to)
    }

    /// Lines that are selected, where that is more than one.
    fn selected_lines(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let ((from, _), (to, column)) = self.area.selection_range()?;
        // The line that a selection ends at the start of is not in it.
        let last = if column == 0 { to.saturating_sub(1) } else { to };
        (to > from).then_some(from..=last.max(from))
    }

    /// A line break; in code with the indentation of the line, one level more after a colon, one less after what ends a
    /// block. Gives how many edits that took.
    pub(super) fn new_line(&mut self) -> usize {
        let selected = usize::from(self.has_selection());
        self.area.insert_newline();
        if !self.is_code() {
            return 1 + selected;
        }
        let (row, _) = self.place();
        let before = self.line(row.saturating_sub(1));
        let mut indent: String = before.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        let said = before.trim();
        let first = said.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if said.ends_with(':') {
            indent.push_str(&" ".repeat(LEVEL));
        } else if matches!(first, "return" | "pass" | "break" | "continue" | "raise") && closes(said) {
            indent.truncate(indent.len().saturating_sub(LEVEL));
        }
        let indented = usize::from(!indent.is_empty());
        self.area.insert_str(indent);
        1 + selected + indented
    }

    /// To the next stop; several selected lines are moved in by a level instead of being replaced.
    pub(super) fn indent(&mut self) -> usize {
        let Some(lines) = self.selected_lines() else {
            let selected = usize::from(self.has_selection());
            return if self.area.insert_tab() { 1 + selected } else { selected };
        };
        let mut edits = 0;
        for row in lines.clone() {
            if !self.line(row).trim().is_empty() {
                self.go(row, 0);
                self.area.insert_str(" ".repeat(LEVEL));
                edits += 1;
            }
        }
        self.select_lines(lines);
        edits
    }

    /// Takes up to a level of spaces off the start of the line, or of several selected ones.
    pub(super) fn outdent(&mut self) -> usize {
        let (row, column) = self.place();
        let selected = self.selected_lines();
        let mut edits = 0;
        for row in selected.clone().unwrap_or(row..=row) {
            let spaces = self.line(row).chars().take(LEVEL).take_while(|c| *c == ' ').count();
            if spaces > 0 {
                self.go(row, 0);
                self.area.delete_str(spaces);
                edits += 1;
                if selected.is_none() {
                    self.go(row, column.saturating_sub(spaces));
                }
            }
        }
        if let Some(lines) = selected {
            self.select_lines(lines);
        }
        edits
    }

    /// Before the first word of a line of code, back to the stop before; else a character.
    pub(super) fn backspace(&mut self) -> usize {
        let (row, column) = self.place();
        let ahead = self.line(row).chars().take(column);
        let blank = column > 0 && ahead.clone().all(|c| c == ' ');
        if !self.is_code() || self.has_selection() || !blank {
            return usize::from(self.area.delete_char());
        }
        let spaces = (column - 1) % LEVEL + 1;
        self.go(row, column - spaces);
        usize::from(self.area.delete_str(spaces))
    }

    fn go(&mut self, row: usize, column: usize) {
        let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.cancel_selection();
        self.area.move_cursor(CursorMove::Jump(short(row), short(column)));
    }

    fn select_lines(&mut self, lines: std::ops::RangeInclusive<usize>) {
        let end = self.line(*lines.end()).chars().count();
        self.go(*lines.start(), 0);
        self.area.start_selection();
        let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(short(*lines.end()), short(end)));
    }
}

/// Whether no bracket stays open on a line, so that what it says ends there.
fn closes(line: &str) -> bool {
    let count = |signs: &[char]| line.chars().filter(|c| signs.contains(c)).count();
    count(&['(', '[', '{']) <= count(&[')', ']', '}']) && !line.ends_with('\\')
}

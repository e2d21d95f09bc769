//! The help: every key of the table, searchable.

use ratatui::{Frame, layout::Rect};
use tui_input::Input;

use crate::{
    term::{escape, width},
    workbench::{
        State,
        keymap::{Action, Context, chain},
        list::Scroll,
    },
};

use super::{Ui, part, row::Row, theme::Role};

/// Cells of the keys.
const KEYS: usize = 16;

impl Ui {
    pub(super) fn help(&self, state: &State, input: &Input, scroll: &Scroll, frame: &mut Frame<'_>, area: Rect) {
        let rows = self.help_rows(state, &input.value().to_lowercase(), area.width.into());
        let body = part(area, 0, 1, area.width, area.height.saturating_sub(1));
        let window = scroll.window(rows.len(), body.height.into());
        let mut row = Row::of("Help  ", self.theme.bold(Role::Accent));
        row.put("search: ", self.theme.style(Role::Muted));
        row.put(escape::prose(input.value()), self.theme.style(Role::Text));
        row.put(self.glyphs.cursor, self.theme.style(Role::Accent));
        if rows.len() > window.len() {
            let lines = format!("  lines {}-{} of {}", window.start + 1, window.end, rows.len());
            row.put(lines, self.theme.style(Role::Muted));
        }
        self.title(frame, area, 0, row, true);
        if rows.is_empty() {
            let esc = state.keymap.name_of(Context::Help, Action::Back);
            let line = format!("No key does that. Try another word; {esc} closes.");
            self.empty(frame, body, "Nothing found", &[&line]);
            return;
        }
        self.scrollbar(frame, body, &window, rows.len());
        for (at, row) in rows.into_iter().skip(window.start).take(window.len()).enumerate() {
            row.draw(frame, body, at);
        }
    }

    fn help_rows(&self, state: &State, search: &str, cells: usize) -> Vec<Row> {
        let mut out = Vec::new();
        if search.is_empty() {
            out.extend(self.signs());
        }
        // What works here comes first.
        let here = chain(state.beneath());
        let elsewhere = Context::ALL.into_iter().filter(|context| !here.contains(context));
        for context in here.iter().copied().chain(elsewhere) {
            let title = context.title();
            let mut rows = Vec::new();
            for binding in state.keymap.bindings(context) {
                let keys: Vec<_> = binding.keys.iter().map(ToString::to_string).collect();
                let keys = keys.join(", ");
                let found = search.split_whitespace().all(|word| {
                    binding.desc.to_lowercase().contains(word)
                        || binding.hint.as_ref().is_some_and(|hint| hint.contains(word))
                        || keys.to_lowercase() == word
                        || title.to_lowercase().contains(word)
                });
                if !found {
                    continue;
                }
                let mut keys = Some(keys);
                for line in width::wrap(&binding.desc, cells.saturating_sub(KEYS + 3)) {
                    let mut row = Row::new();
                    row.gap(2).left(&keys.take().unwrap_or_default(), KEYS, self.theme.style(Role::Accent)).gap(1);
                    row.put(line, self.theme.style(Role::Text));
                    rows.push(row);
                }
            }
            if !rows.is_empty() {
                out.push(Row::of(title, self.theme.bold(Role::Text)));
                out.append(&mut rows);
                out.push(Row::new());
            }
        }
        out
    }

    fn signs(&self) -> Vec<Row> {
        let g = self.glyphs;
        let lines = [
            vec![
                (g.pass, Role::Good, "passes, kept"),
                (g.fail, Role::Bad, "fails, dropped"),
                (g.error, Role::Warn, "error, no verdict"),
            ],
            vec![
                (g.timeout, Role::Warn, "timeout"),
                (g.invalid, Role::Warn, "invalid value"),
                (g.pending, Role::Muted, "pending"),
                (g.running, Role::Running, "running"),
                (g.stale, Role::Stale, "stale"),
            ],
            vec![
                (g.accepted, Role::Good, "accepted"),
                (g.rejected, Role::Bad, "rejected"),
                (g.negative, Role::Bad, "rejected, serves as a negative"),
                (g.edited, Role::Accent, "edited"),
            ],
        ];
        let mut out = vec![Row::of("Signs", self.theme.bold(Role::Text))];
        for line in lines {
            let mut row = Row::new();
            row.gap(2);
            for (glyph, role, word) in line {
                row.put(glyph, self.theme.style(role)).put(format!(" {word}"), self.theme.style(Role::Text)).gap(3);
            }
            out.push(row);
        }
        out.push(Row::new());
        out
    }
}

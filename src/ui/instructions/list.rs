//! The list of instructions.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::{snapshot::InstructionRow, view::State as Standing},
    term::{escape, width},
    ui::{
        Ui, part,
        row::{Row, paint},
        theme::Role,
    },
    workbench::{State, filter::Filter},
};

/// Cells of the numbers at a line's end.
const NUMBERS: usize = 5 + 6 + 6;

impl Ui {
    pub(super) fn list(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let pane = &state.instructions;
        let focused = state.overlay.is_none();
        self.title(frame, area, 0, self.heading_of_list(state), focused);
        let mut top = 1;
        if let Some(input) = &pane.typing {
            let mut row = Row::of("/ ", self.theme.bold(Role::Accent));
            row.put(
                width::take_end(&escape::prose(input.value()), usize::from(area.width) - 4).to_owned(),
                self.theme.style(Role::Text),
            );
            row.put(self.glyphs.cursor, self.theme.style(Role::Accent));
            row.draw(frame, area, top.into());
            top += 1;
        }
        let body = part(area, 0, top, area.width, area.height - top);
        if pane.rows.is_empty() {
            self.no_instructions(state, frame, body);
            return;
        }
        self.columns(body.width.into()).draw(frame, body, 0);
        let body = part(body, 0, 1, body.width, body.height.saturating_sub(1));
        for (at, index) in pane.list.window(body.height.into()).enumerate() {
            let Some(row) = pane.rows.get(&state.snapshot, index) else { break };
            if index == pane.list.index {
                paint(frame, body, at, self.theme.selection(focused));
            }
            self.instruction(row, body.width.into()).draw(frame, body, at);
        }
    }

    fn heading_of_list(&self, state: &State) -> Row {
        let pane = &state.instructions;
        let muted = self.theme.style(Role::Muted);
        let all = state.snapshot.instructions.len();
        let filtered = !pane.filter.is_empty();
        let mut row = Row::of(if filtered { "" } else { "Instructions  " }, self.theme.style(Role::Text));
        let shown = pane.rows.len();
        row.put(if shown == all { format!("{all}") } else { format!("{shown} of {all}") }, self.theme.bold(Role::Text));
        let new = all.saturating_sub(pane.seen);
        if new > 0 {
            row.put(format!("  +{new} new"), self.theme.style(Role::Running));
        }
        let Filter { text, fell } = &pane.filter;
        if let Some(stage) = fell {
            row.put(format!("  fell at {stage}"), self.theme.style(Role::Warn));
        }
        if !text.trim().is_empty() && pane.typing.is_none() {
            row.put(
                format!("  /{}", width::fit(&escape::prose(text), 20, self.glyphs.dots)),
                self.theme.style(Role::Warn),
            );
        }
        if filtered {
            row.put("  esc clears", muted);
        }
        row
    }

    fn no_instructions(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        if state.instructions.filter.is_empty() {
            let lines = [
                "Seeds are the first instructions: `assay import seeds FILE` brings them in, one a line.",
                "",
                "Self-instruct writes further ones from them while the engine runs.",
            ];
            self.empty(frame, area, "No instructions yet", &lines);
        } else {
            let lines = [
                "esc shows all instructions again; / changes the filter.",
                "",
                "A filter takes words of the text, and facts: rejected, accepted, unreviewed, edited, stale, seed, zh, \
                 a category, a stage, a reason such as bad-json, or an id.",
            ];
            self.empty(frame, area, "Nothing fits the filter", &lines);
        }
    }

    fn columns(&self, cells: usize) -> Row {
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        row.gap(5).left("instruction", cells.saturating_sub(5 + NUMBERS), muted);
        row.right("fns", 5, muted).right("cases", 6, muted).right("pass", 6, muted);
        row
    }

    fn instruction(&self, row: &InstructionRow, cells: usize) -> Row {
        let g = self.glyphs;
        let mut line = Row::new();
        let (ruling, ruled) = self.ruling(row.decision);
        let (state, style) = self.standing(&row.state);
        line.put(ruling, ruled);
        line.put(if row.edited { g.edited } else { " " }, self.theme.style(Role::Accent));
        if row.stale {
            line.put(g.stale, self.theme.style(Role::Stale));
        } else {
            line.put(state, style);
        }
        line.gap(2);
        let gone = matches!(row.state, Standing::Dropped(_));
        let text = self.theme.style(if gone { Role::Muted } else { Role::Text });
        // Only what can be seen is escaped: texts may be long.
        let head = row.text.get(..row.text.floor_char_boundary(cells * 4)).unwrap_or_default();
        line.left(&escape::prose(head), cells.saturating_sub(5 + NUMBERS), text);
        // Nothing is said to be bad before it was judged.
        let open = matches!(row.state, Standing::Pending | Standing::Running | Standing::Stale);
        let pair = |(some, all): (u32, u32)| match (some, all) {
            (_, 0) => g.none.to_owned(),
            (0, _) if open => format!("{}/{all}", if row.stale { g.stale } else { g.pending }),
            _ => format!("{some}/{all}"),
        };
        let tone = |(some, all): (u32, u32)| {
            self.theme.style(match (some, all) {
                (0, _) if open => Role::Muted,
                (_, 0) => Role::Muted,
                (0, _) => Role::Bad,
                (some, all) if some == all => Role::Good,
                _ => Role::Text,
            })
        };
        line.right(&pair(row.functions), 5, tone(row.functions));
        line.right(&pair(row.cases), 6, tone(row.cases));
        line.right(&pair(row.responses), 6, tone(row.responses));
        line
    }
}

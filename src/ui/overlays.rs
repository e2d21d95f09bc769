//! Small questions at the foot of a screen.

use ratatui::{Frame, layout::Rect, widgets::Clear};
use tui_input::Input;

use crate::{
    term::{escape, width},
    workbench::{
        State,
        chord::Keys,
        target::{Target, reasons},
    },
};

use super::{Ui, format, part, row::Row, theme::Role};

impl Ui {
    fn panel(&self, frame: &mut Frame<'_>, body: Rect, title: &str, rows: Vec<Row>) {
        let height = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX).min(body.height);
        let area = part(body, 0, body.height - height, body.width, height);
        frame.render_widget(Clear, area);
        self.title(frame, area, 0, Row::of(title, self.theme.bold(Role::Accent)), true);
        for (at, row) in rows.into_iter().enumerate() {
            row.draw(frame, area, at + 1);
        }
    }

    pub(super) fn reason(&self, target: &Target, input: &Input, frame: &mut Frame<'_>, body: Rect) {
        let mut rows = Vec::new();
        for (at, reason) in reasons(target.form).iter().enumerate() {
            let mut row = Row::of(format!(" {}  ", at + 1), self.theme.style(Role::Accent));
            row.put(*reason, self.theme.style(Role::Text));
            rows.push(row);
        }
        rows.push(Row::new());
        let mut row = Row::of(" or type ", self.theme.style(Role::Muted));
        let room = usize::from(body.width).saturating_sub(12);
        row.put(width::take_end(&escape::prose(input.value()), room).to_owned(), self.theme.style(Role::Text));
        row.put(self.glyphs.cursor, self.theme.style(Role::Accent));
        if input.value().is_empty() {
            row.put("  enter rejects without a reason", self.theme.style(Role::Muted));
        }
        rows.push(row);
        self.panel(frame, body, &format!("Reject {}: why?", target.name), rows);
    }

    /// How keys that were begun go on.
    pub(super) fn begun(&self, state: &State, frame: &mut Frame<'_>, body: Rect) {
        let next = state.keymap.continuations(state.context(), &state.begun);
        let rows = next.map(|(keys, binding)| {
            let mut row = Row::new();
            row.gap(1).left(&keys.to_string(), 6, self.theme.style(Role::Accent));
            let room = usize::from(body.width).saturating_sub(row.used());
            row.put(width::fit(&binding.desc, room, self.glyphs.dots), self.theme.style(Role::Text));
            row
        });
        let title = Keys(state.begun.clone()).to_string();
        self.panel(frame, body, &format!("{title} {}", self.glyphs.dots), rows.collect());
    }

    pub(super) fn leaving(&self, state: &State, frame: &mut Frame<'_>, body: Rect) {
        let flight = format::plural(state.running(), "job");
        let text = format!(
            "{flight} in flight. Quitting is safe: all that was answered is stored, and only what is in flight is asked \
             again at the next start."
        );
        let rows = width::wrap(&text, usize::from(body.width).saturating_sub(2));
        let rows = rows.into_iter().map(|line| Row::of(format!(" {line}"), self.theme.style(Role::Text))).collect();
        self.panel(frame, body, "Quit?", rows);
    }
}

//! Small questions at the foot of a screen.

use ratatui::{Frame, layout::Rect};
use tui_input::Input;

use crate::{
    domain::ItemId,
    term::{escape, width},
    workbench::{
        State,
        actions::many::Bulk,
        chord::Keys,
        keymap::{Action, Context},
        target::{Target, reasons},
    },
};

use super::{Ui, format, part, row::Row, theme::Role};

impl Ui {
    /// A question at the foot of the screen; gives the lines it takes.
    fn panel(&self, frame: &mut Frame<'_>, body: Rect, title: &str, rows: Vec<Row>) -> u16 {
        let height = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX).min(body.height);
        let area = part(body, 0, body.height - height, body.width, height);
        Self::cover(frame, area);
        self.title(frame, area, 0, Row::of(title, self.theme.bold(Role::Accent)), true);
        for (at, row) in rows.into_iter().enumerate() {
            row.draw(frame, area, at + 1);
        }
        height
    }

    pub(super) fn reason(
        &self,
        state: &State,
        (target, many): (&Target, Option<&Bulk>),
        input: &Input,
        frame: &mut Frame<'_>,
        body: Rect,
    ) -> u16 {
        let mut rows = Vec::new();
        let enter = state.keymap.name_of(Context::Reason, Action::Confirm);
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
            row.put(format!("  {enter} rejects without a reason"), self.theme.style(Role::Muted));
        }
        rows.push(row);
        if let Some(bulk) = many {
            rows.extend(self.hidden(bulk, usize::from(body.width).saturating_sub(2)));
            let text = format!(" {enter} rejects {} as one step, which undo takes back.", bulk.items.len());
            rows.push(Row::of(text, self.theme.style(Role::Muted)));
        }
        self.panel(frame, body, &format!("Reject {}: why?", target.name), rows)
    }

    pub(super) fn note(&self, target: &Target, input: &Input, frame: &mut Frame<'_>, body: Rect) -> u16 {
        let room = usize::from(body.width).saturating_sub(4);
        let mut row = Row::of(" ", self.theme.style(Role::Text));
        row.put(width::take_end(&escape::prose(input.value()), room).to_owned(), self.theme.style(Role::Text));
        row.put(self.glyphs.cursor, self.theme.style(Role::Accent));
        if input.value().is_empty() {
            row.put("  what is to be remembered of it", self.theme.style(Role::Muted));
        }
        self.panel(frame, body, &format!("Note on {}", target.name), vec![row])
    }

    /// What is about to be done to many.
    pub(super) fn confirm(&self, state: &State, bulk: &Bulk, frame: &mut Frame<'_>, body: Rect) -> u16 {
        let cells = usize::from(body.width).saturating_sub(2);
        let mut rows: Vec<Row> = self.hidden(bulk, cells).into_iter().collect();
        let key = |action| state.keymap.name_of(Context::Confirm, action);
        let keys = format!("{} does it, {} does nothing.", key(Action::Confirm), key(Action::Back));
        let lines = width::wrap(&format!("It is one step: undo takes all of it back. {keys}"), cells).into_iter();
        rows.extend(lines.map(|line| Row::of(format!(" {line}"), self.theme.style(Role::Muted))));
        self.panel(frame, body, &format!("{}?", bulk.words()), rows)
    }

    /// That some of many cannot be seen in the list.
    fn hidden(&self, bulk: &Bulk, cells: usize) -> Option<Row> {
        let text = format!(" {} of them are not listed now: they were selected before.", bulk.hidden);
        (bulk.hidden > 0).then(|| Row::of(width::fit(&text, cells, self.glyphs.dots), self.theme.style(Role::Warn)))
    }

    /// How keys that were begun go on.
    pub(super) fn begun(&self, state: &State, frame: &mut Frame<'_>, body: Rect) -> u16 {
        let next = state.keymap.continuations(state.context(), &state.begun);
        let rows = next.map(|(keys, binding)| {
            let mut row = Row::new();
            row.gap(1).left(&keys.to_string(), 6, self.theme.style(Role::Accent));
            let room = usize::from(body.width).saturating_sub(row.used());
            row.put(width::fit(&binding.desc, room, self.glyphs.dots), self.theme.style(Role::Text));
            row
        });
        let title = Keys(state.begun.clone()).to_string();
        self.panel(frame, body, &format!("{title} {}", self.glyphs.dots), rows.collect())
    }

    /// Texts that an earlier run left unsaved.
    pub(super) fn recovered(
        &self,
        state: &State,
        items: &[ItemId],
        at: usize,
        frame: &mut Frame<'_>,
        body: Rect,
    ) -> u16 {
        let room = usize::from(body.width).saturating_sub(4);
        let most = usize::from(body.height).saturating_sub(6).max(1);
        let first = (at + 1).saturating_sub(most);
        let mut rows = vec![Row::of(
            " They were written, but not saved, when the workbench ended.",
            self.theme.style(Role::Muted),
        )];
        for (place, item) in items.iter().enumerate().skip(first).take(most) {
            let Some(kept) = state.drafts.get(item) else { continue };
            let here = place == at;
            let style = if here { self.theme.bold(Role::Accent) } else { self.theme.style(Role::Text) };
            let mut row = Row::of(if here { format!(" {} ", self.glyphs.here) } else { "   ".to_owned() }, style);
            row.put(format!("{}  ", kept.name), style);
            row.put(format!("{}  ", kept.item.short()), self.theme.style(Role::Muted));
            let text = escape::prose(kept.text.get(..kept.text.floor_char_boundary(400)).unwrap_or_default());
            let room = room.saturating_sub(row.used());
            row.put(width::fit(&text, room, self.glyphs.dots), self.theme.style(Role::Muted));
            rows.push(row);
        }
        let title = match items {
            [_] => "A text of yours was not saved".to_owned(),
            items => format!("{} texts of yours were not saved", items.len()),
        };
        self.panel(frame, body, &title, rows)
    }

    pub(super) fn leaving(&self, state: &State, frame: &mut Frame<'_>, body: Rect) -> u16 {
        let flight = format::plural(state.running(), "job");
        let text = format!(
            "{flight} in flight. Quitting is safe: all that was answered is stored, and only what is in flight is asked \
             again at the next start."
        );
        let rows = width::wrap(&text, usize::from(body.width).saturating_sub(2));
        let rows = rows.into_iter().map(|line| Row::of(format!(" {line}"), self.theme.style(Role::Text))).collect();
        self.panel(frame, body, "Quit?", rows)
    }
}

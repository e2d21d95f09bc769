//! The selected response in full, and why it stands where it does.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::InstructionView,
    ui::{Ui, page::Page, part, row::Row, scrollbar::scroll_keys, theme::Role, verdicts::state_words},
    workbench::{State, keymap::Action, panes::Part},
};

impl Ui {
    pub(super) fn response_text(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let Some(response) = state.response() else { return };
        let focused = state.samples.focus == Part::Text && state.overlay.is_none();
        let body = part(area, 0, 1, area.width, area.height.saturating_sub(1));
        let mut title = Row::of(format!("r{} in full", response.sample + 1), self.theme.style(Role::Text));
        let Some(text) = &response.text else {
            self.title(frame, area, 0, title, focused);
            self.streaming(state, response.id, &state_words(&response.respond), frame, body);
            return;
        };
        let signs = self.space_signs(state);
        let cells = usize::from(body.width).saturating_sub(1);
        let lines = self.wraps.borrow_mut().get(text, cells, signs.as_ref());
        let window = state.samples.text.window(lines.len(), body.height.into());
        self.scrollbar(frame, body, &window, lines.len());
        let muted = self.theme.style(Role::Muted);
        if window.len() < lines.len() {
            title.put(
                format!("  lines {}-{} of {}: {}", window.start + 1, window.end, lines.len(), scroll_keys(state)),
                muted,
            );
        }
        self.title(frame, area, 0, title, focused);
        for (at, line) in lines.iter().skip(window.start).take(window.len()).enumerate() {
            let mut row = Row::new();
            self.signed(&mut row, line, self.theme.style(Role::Text), signs.as_ref());
            row.draw(frame, body, at);
        }
    }

    pub(super) fn judgement(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let Some(response) = state.response() else { return };
        self.title(frame, area, 0, Row::of("Why", self.theme.style(Role::Text)), false);
        let mut page = Page::new(usize::from(area.width).saturating_sub(1));
        self.response_words(view, response, &mut page, 3);
        let room = usize::from(area.height).saturating_sub(1);
        let all = page.len();
        let shown = if all > room { room.saturating_sub(1) } else { all };
        self.page(page, 0..shown, frame, part(area, 0, 1, area.width, area.height.saturating_sub(1)));
        if shown < all {
            let text = format!("{} {} more lines: {} reads", self.glyphs.dots, all - shown, state.key(Action::Open));
            Row::of(text, self.theme.style(Role::Muted)).draw(frame, area, shown + 1);
        }
    }
}

//! The palette of commands, over the screen.

use ratatui::{Frame, layout::Rect};

use crate::{
    term::{escape, width},
    workbench::palette::{Command, Palette},
};

use super::{Ui, part, row::Row, theme::Role};

/// Cells of a command's name and of its keys.
const NAME: usize = 22;
const KEYS: usize = 14;

impl Ui {
    pub(super) fn palette(&self, palette: &Palette, frame: &mut Frame<'_>, body: Rect) -> u16 {
        let height = body.height.min(18);
        let area = part(body, 0, body.height - height, body.width, height);
        self.clear(frame, area);
        let mut title = Row::of("Commands  ", self.theme.bold(Role::Accent));
        let room = usize::from(area.width).saturating_sub(20);
        let typed = escape::prose(palette.input.value());
        title.put(format!(":{}", width::take_end(&typed, room)), self.theme.style(Role::Text));
        title.put(self.glyphs.cursor, self.theme.style(Role::Accent));
        self.title(frame, area, 0, title, true);
        let rows = part(area, 0, 1, area.width, area.height - 1);
        if palette.found.is_empty() {
            Row::of(" No command is called so; try another word.", self.theme.style(Role::Muted)).draw(frame, rows, 0);
            return height;
        }
        let window = palette.list.window(rows.height.into());
        self.extent(frame, rows, &window, palette.found.len());
        for (at, index) in window.enumerate() {
            let Some(command) = palette.found.get(index) else { break };
            if index == palette.list.index {
                self.select(frame, rows, at, true);
            }
            self.command(command, rows.width.into()).draw(frame, rows, at);
        }
        height
    }

    fn command(&self, command: &Command, cells: usize) -> Row {
        let here = command.not_here.is_none();
        let tone = |role| self.theme.style(if here { role } else { Role::Muted });
        let mut row = Row::new();
        row.gap(1).left(&command.name, NAME, tone(Role::Text)).gap(1);
        row.left(&command.keys, KEYS, tone(Role::Accent)).gap(1);
        let room = cells.saturating_sub(row.used());
        let words = match &command.not_here {
            Some(why) => format!("{why}: {}", command.desc),
            None => command.desc.clone(),
        };
        row.put(width::fit(&words, room, self.glyphs.dots), self.theme.style(Role::Muted));
        row
    }
}

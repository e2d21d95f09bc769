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
/// Cells before what it does.
const TEXT: usize = NAME + KEYS + 3;

impl Ui {
    pub(super) fn palette(&self, palette: &Palette, frame: &mut Frame<'_>, body: Rect) -> u16 {
        let height = body.height.min(18);
        let area = part(body, 0, body.height - height, body.width, height);
        Self::cover(frame, area);
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
        let room = usize::from(rows.width).saturating_sub(TEXT);
        let rows = match palette.found.iter().any(|command| width::width(&words(command)) > room) {
            true => self.in_full(palette, frame, rows),
            false => rows,
        };
        let window = palette.list.window(rows.height.into());
        self.scrollbar(frame, rows, &window, palette.found.len());
        for (at, index) in window.enumerate() {
            let Some(command) = palette.found.get(index) else { break };
            if index == palette.list.index {
                self.select(frame, rows, at, true);
            }
            self.command(command, rows.width.into()).draw(frame, rows, at);
        }
        height
    }

    /// What the selected command does, in full, where lines are cut; gives what is left for the list.
    fn in_full(&self, palette: &Palette, frame: &mut Frame<'_>, area: Rect) -> Rect {
        let list = part(area, 0, 0, area.width, area.height.saturating_sub(3));
        let foot = part(area, 0, list.height, area.width, 3);
        self.rule(frame, part(foot, 0, 0, foot.width, 1));
        let selected = palette.found.get(palette.list.index).map(words).unwrap_or_default();
        for (at, line) in width::wrap(&selected, usize::from(foot.width).saturating_sub(2)).into_iter().enumerate() {
            Row::of(format!(" {line}"), self.theme.style(Role::Text)).draw(frame, foot, at + 1);
        }
        list
    }

    fn command(&self, command: &Command, cells: usize) -> Row {
        let here = command.not_here.is_none();
        let tone = |role| self.theme.style(if here { role } else { Role::Muted });
        let mut row = Row::new();
        row.gap(1).left(&command.name, NAME, tone(Role::Text)).gap(1);
        row.left(&command.keys, KEYS, tone(Role::Accent)).gap(1);
        let room = cells.saturating_sub(row.used());
        row.put(width::fit(&words(command), room, self.glyphs.dots), self.theme.style(Role::Muted));
        row
    }
}

/// What a command does, and why it would do nothing here.
fn words(command: &Command) -> String {
    match &command.not_here {
        Some(why) => format!("{why}: {}", command.desc),
        None => command.desc.clone(),
    }
}

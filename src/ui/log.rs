//! The program's log, on the Jobs screen.

use ratatui::{Frame, layout::Rect};

use crate::{
    diag::log::{Level, Line},
    term::{escape, width},
    workbench::{State, keymap::Action, log::Log},
};

use super::{Ui, part, row::Row, theme::Role};

impl Ui {
    pub(super) fn log(&self, state: &State, log: &Log, frame: &mut Frame<'_>, area: Rect) {
        let muted = self.theme.style(Role::Muted);
        let mut title = Row::of("Log", self.theme.style(Role::Text));
        title.put(format!("  {}", levels(log.least)), muted);
        if log.scroll.follows() {
            title.put("  as it is written", muted);
        }
        self.title(frame, area, 0, title, true);
        let rest = part(area, 0, 1, area.width, area.height - 1);
        if let Err(why) = &log.lines {
            let why = escape::prose(why);
            self.empty(frame, rest, "No log", &[&why, "", "Everything else works without it."]);
            return;
        }
        let lines: Vec<&Line> = log.shown().collect();
        if lines.is_empty() {
            let hint = format!(
                "{} shows other levels; warnings and errors of this program and of `assay run` come here.",
                state.key(Action::Levels)
            );
            self.empty(frame, rest, "Nothing of these levels was written lately", &[&hint]);
            return;
        }
        let window = log.scroll.window(lines.len(), rest.height.into());
        self.scrollbar(frame, rest, &window, lines.len());
        for (at, index) in window.enumerate() {
            if let Some(line) = lines.get(index) {
                self.log_line(line, rest.width.into()).draw(frame, rest, at);
            }
        }
    }

    fn log_line(&self, line: &Line, cells: usize) -> Row {
        let (word, role) = match line.level {
            Level::Error => ("error", Role::Bad),
            Level::Warn => ("warn", Role::Warn),
            Level::Info => ("info", Role::Text),
            Level::Debug => ("debug", Role::Muted),
            Level::Trace => ("trace", Role::Muted),
        };
        let mut row = Row::new();
        // Seconds are enough; the file has the rest.
        let clock = line.at.split_once('T').map_or("", |(_, time)| time);
        row.left(clock.get(..8).unwrap_or(clock), 9, self.theme.style(Role::Muted));
        row.left(if line.at.is_empty() { "" } else { word }, 6, self.theme.style(role));
        let room = cells.saturating_sub(row.used());
        row.put(width::fit(&escape::prose(&line.text), room, self.glyphs.dots), self.theme.style(role));
        row
    }
}

const fn levels(least: Level) -> &'static str {
    match least {
        Level::Trace => "everything",
        Level::Debug => "from debug",
        Level::Info => "from info",
        Level::Warn => "warnings and errors",
        Level::Error => "errors",
    }
}

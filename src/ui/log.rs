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
        title.put(if log.all { "  all projects" } else { "  this project" }, muted);
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
        let rows: Vec<Row> = log.shown().flat_map(|line| self.log_line(line, log.all, rest.width.into())).collect();
        if rows.is_empty() {
            let hint = format!(
                "{} shows other levels, {} other projects; what this program and `assay run` note comes here.",
                state.key(Action::Levels),
                state.key(Action::AllProjects)
            );
            self.empty(frame, rest, "Nothing of these levels was written lately", &[&hint]);
            return;
        }
        let window = log.scroll.window(rows.len(), rest.height.into());
        self.scrollbar(frame, rest, &window, rows.len());
        for (at, row) in rows.into_iter().skip(window.start).take(window.len()).enumerate() {
            row.draw(frame, rest, at);
        }
    }

    /// A line in as many rows as it needs.
    fn log_line(&self, line: &Line, whose: bool, cells: usize) -> Vec<Row> {
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
        let room = cells.saturating_sub(row.used() + 1).max(1);
        let whose = if whose && !line.at.is_empty() { format!("[{}] ", line.whose) } else { String::new() };
        let text = width::wrap(&escape::prose(&format!("{whose}{}", line.text)), room);
        let indent = row.used();
        let mut rows: Vec<Row> = Vec::with_capacity(text.len());
        for text in text {
            let mut row = std::mem::replace(&mut row, Row::of(" ".repeat(indent), self.theme.style(Role::Muted)));
            row.put(text, self.theme.style(role));
            rows.push(row);
        }
        rows
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

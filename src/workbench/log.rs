//! The program's log on the Jobs screen.

use std::time::Duration;

use crate::diag::log::{Level, Line};

use super::list::Scroll;

/// How often it is read again while it is shown.
const EVERY: Duration = Duration::from_secs(1);

/// The log while it is shown.
#[derive(Clone, Debug)]
pub struct Log {
    /// The newest lines, oldest first; or why there are none.
    pub lines: Result<Vec<Line>, String>,
    /// The least level that is shown.
    pub least: Level,
    /// Whether lines of other projects are shown, too.
    pub all: bool,
    /// Where it stands.
    pub scroll: Scroll,
    asked: Duration,
}

impl Log {
    /// Not read yet.
    pub fn new(now: Duration) -> Self {
        let scroll = Scroll::default();
        scroll.bottom();
        Self { lines: Ok(Vec::new()), least: Level::Info, all: false, scroll, asked: now }
    }

    /// Whether it is time to read it again; if so, the time is noted.
    pub fn is_due(&mut self, now: Duration) -> bool {
        let due = now.saturating_sub(self.asked) >= EVERY;
        if due {
            self.asked = now;
        }
        due
    }

    /// Shows the next set of levels: from info, from warnings, errors alone, everything.
    pub const fn next_level(&mut self) {
        self.least = match self.least {
            Level::Trace | Level::Debug => Level::Info,
            Level::Info => Level::Warn,
            Level::Warn => Level::Error,
            Level::Error => Level::Trace,
        };
    }

    /// The lines that are shown, by level and project.
    pub fn shown(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().flatten().filter(|line| line.level >= self.least && (self.all || line.mine))
    }
}

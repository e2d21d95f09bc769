//! How a run shows itself: bars on a terminal, now and then a line elsewhere, events with `--json`.

use std::{
    collections::{HashMap, HashSet},
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::{
    cli::{exit::Exit, items::Units},
    domain::Stage,
    pipeline::{
        cost::Estimate,
        handle::Note,
        pace::Pace,
        snapshot::{EngineState, SandboxState, Snapshot},
    },
    term::escape,
};

use super::{
    events::{Event, Teller},
    funnel, json_line, json_lines,
    status::Status,
};

/// Least time between two lines where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Warnings that are remembered.
const WARNINGS: usize = 100;

/// Who is told about a run.
pub struct Reporter {
    project: String,
    profile: String,
    way: Way,
    /// The latest warnings: what ends the run was often told before.
    warned: HashSet<String>,
}

enum Way {
    Json(Teller),
    Bars(Bars),
    Lines(Lines),
}

impl Reporter {
    /// Events on stdout with `json`; else bars or lines on stderr, and the funnel on stdout at the end.
    pub fn new(project: String, profile: String, json: bool) -> Self {
        let way = match (json, io::stderr().is_terminal()) {
            (true, _) => Way::Json(Teller::default()),
            (false, true) => Way::Bars(Bars::default()),
            (false, false) => Way::Lines(Lines::default()),
        };
        Self { project, profile, way, warned: HashSet::new() }
    }

    /// The run begins.
    pub fn started(&self, plan: serde_json::Value) -> io::Result<()> {
        match &self.way {
            Way::Json(_) => json_line(&Event::started(plan)),
            Way::Bars(_) | Way::Lines(_) => Ok(()),
        }
    }

    /// The project looks like this now.
    pub fn snapshot(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        match &mut self.way {
            Way::Json(teller) => json_lines(&teller.tell(snapshot)),
            Way::Bars(bars) => {
                bars.show(snapshot);
                Ok(())
            }
            Way::Lines(lines) => {
                lines.show(snapshot);
                Ok(())
            }
        }
    }

    /// Everything made from an instruction stands so now; only events tell of single items.
    pub fn items(&mut self, units: &Units) -> io::Result<()> {
        match &mut self.way {
            Way::Json(teller) => json_lines(&teller.tell_items(units)),
            Way::Bars(_) | Way::Lines(_) => Ok(()),
        }
    }

    /// The engine says something.
    pub fn note(&mut self, note: &Note) -> io::Result<()> {
        let (kind, text) = match note {
            Note::Info(text) => ("info", text),
            Note::Warning(text) => ("warning", text),
            Note::Changed(_) | Note::Finished => return Ok(()),
        };
        if kind == "warning" {
            if self.warned.len() >= WARNINGS {
                self.warned.clear();
            }
            self.warned.insert(text.clone());
        }
        match &self.way {
            Way::Json(_) if kind == "warning" => json_line(&Event::message("warning", "engine", text, None)),
            Way::Json(_) => Ok(()),
            Way::Bars(bars) => {
                bars.say(&escape::prose(text));
                Ok(())
            }
            Way::Lines(_) => {
                super::say(escape::prose(text));
                Ok(())
            }
        }
    }

    /// The run ended; `why` says what stands in the way, where something does.
    pub fn finished(&self, exit: Exit, why: Option<&str>, snapshot: &Snapshot) -> io::Result<()> {
        if let Way::Bars(bars) = &self.way {
            bars.clear();
        }
        if let Way::Json(_) = &self.way {
            if let Some(why) = why {
                json_line(&Event::message("error", "stopped", why, None))?;
            }
            let status = Status::of(&self.project, &self.profile, snapshot);
            return json_line(&Event::finished(exit.code(), &status));
        }
        if let Some(why) = why {
            if !self.warned.contains(why) {
                super::say(format!("assay: {}", escape::prose(why)));
            }
            if !why.contains("What is stored is whole") {
                super::say("what is stored is whole; the same command continues");
            }
        }
        super::out(&format!("{}{}", funnel::table(&snapshot.funnel, snapshot.datasets), super::spent(snapshot)))
    }
}

/// What is compiled already is ready within a second or so; only what takes longer is being compiled.
const fn is_compiling(sandbox: &SandboxState) -> bool {
    matches!(sandbox, SandboxState::Preparing { seconds: 2.. })
}

/// One bar a stage, as soon as something reaches it.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    stages: HashMap<Stage, (ProgressBar, Pace)>,
    sandbox: Option<ProgressBar>,
}

impl Bars {
    fn show(&mut self, snapshot: &Snapshot) {
        self.show_sandbox(&snapshot.sandbox);
        for stage in Stage::ALL {
            let counts = snapshot.funnel.stage(stage);
            if counts.total == 0 {
                continue;
            }
            // Bars stand in the order of the stages, whichever was reached first.
            let place =
                usize::from(self.sandbox.is_some()) + self.stages.keys().filter(|other| **other < stage).count();
            let all = &self.all;
            let (bar, pace) =
                self.stages.entry(stage).or_insert_with(|| (all.insert(place, bar(stage)), Pace::default()));
            let waiting = counts.pending + counts.running + counts.stale;
            let settled = counts.total - waiting;
            pace.note(snapshot.elapsed, settled);
            bar.set_length(counts.total);
            bar.set_position(settled);
            let failed = if counts.failed > 0 { format!("  failed {}", counts.failed) } else { String::new() };
            bar.set_message(format!("kept {}{failed}{}", counts.kept, speed(pace, waiting)));
        }
    }

    fn show_sandbox(&mut self, sandbox: &SandboxState) {
        if let SandboxState::Preparing { seconds } = sandbox
            && is_compiling(sandbox)
        {
            let all = &self.all;
            let line = self.sandbox.get_or_insert_with(|| all.insert(0, ProgressBar::new_spinner()));
            line.set_message(format!("compiling Python for this machine, once: {seconds} s"));
            line.tick();
        } else if let Some(line) = self.sandbox.take() {
            line.finish_and_clear();
        }
    }

    fn say(&self, text: &str) {
        // A terminal that is gone reads nothing.
        let _unheard = self.all.println(text);
    }

    fn clear(&self) {
        let _unheard = self.all.clear();
    }
}

/// How fast a stage goes and how long what has reached it takes; that it is too early to say; nothing where it rests.
fn speed(pace: &Pace, waiting: u64) -> String {
    match (pace.rate(), pace.left(waiting)) {
        _ if waiting == 0 => String::new(),
        (Some(rate), Some(left)) => format!("  {rate:.1}/s, about {}", span(left)),
        _ => "  too early to say how long".to_owned(),
    }
}

/// `40 s`, `12 min`, `3 h 20 min`.
fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=99 => format!("{} s", seconds.max(1)),
        seconds @ 100..=5999 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// What is left of the whole run.
fn left(ahead: &Estimate) -> String {
    let time = ahead.time().map_or_else(|| "too early to say how long".to_owned(), span);
    format!(" · left about {:.0} calls, {time}", ahead.calls)
}

fn bar(stage: Stage) -> ProgressBar {
    let usual = ProgressStyle::default_bar();
    let style = usual.clone().template("{prefix:15} {bar:30} {pos:>6}/{len:<6} {msg}").unwrap_or(usual);
    ProgressBar::new(0).with_style(style).with_prefix(stage.id())
}

/// Now and then a line.
#[derive(Default)]
struct Lines {
    last: Option<Instant>,
    said: String,
    preparing: bool,
}

impl Lines {
    fn show(&mut self, snapshot: &Snapshot) {
        if is_compiling(&snapshot.sandbox) && !self.preparing {
            self.preparing = true;
            super::say("compiling Python for this machine, once; it takes some seconds");
        }
        if self.last.is_some_and(|last| last.elapsed() < BETWEEN_LINES) {
            return;
        }
        let line = summary(snapshot);
        if line != self.said && !line.is_empty() {
            super::say(&line);
            self.said = line;
        }
        self.last = Some(Instant::now());
    }
}

/// What has been settled of what reached each stage: `verifiers 40/96 · respond 12/80`.
fn summary(snapshot: &Snapshot) -> String {
    let stages = Stage::ALL.into_iter().filter_map(|stage| {
        let counts = snapshot.funnel.stage(stage);
        let settled = counts.kept + counts.dropped + counts.failed;
        (counts.total > 0).then(|| format!("{stage} {settled}/{}", counts.total))
    });
    let mut said = stages.collect::<Vec<_>>().join(" · ");
    said.extend(snapshot.ahead.iter().filter(|_| snapshot.engine == EngineState::Running).map(|ahead| left(ahead)));
    said
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::pipeline::{snapshot::Funnel, view::State};

    #[test]
    fn a_line_says_what_is_settled() {
        let mut funnel = Funnel::default();
        for state in [State::Kept, State::Pending, State::Dropped("x".into())] {
            funnel.stage_mut(Stage::Respond).add(&state);
        }
        let snapshot = Snapshot { funnel: Arc::new(funnel), ..Snapshot::default() };
        assert_eq!(summary(&snapshot), "respond 2/3");
    }
}

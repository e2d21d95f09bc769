//! The Jobs screen: what runs, what failed and why, what ended.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::snapshot::{EngineState, JobState, JobView},
    term::{escape, width},
    workbench::{State, keymap::Action},
};

use super::{
    Ui, format,
    now::{end_of, kind_name, speed},
    part,
    row::Row,
    theme::Role,
};

impl Ui {
    pub(super) fn jobs(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        if let Some(log) = &state.jobs.log {
            self.log(state, log, frame, area);
            return;
        }
        let jobs = &state.snapshot.jobs;
        let past = &state.jobs.past;
        let failed = jobs.iter().filter(|job| matches!(job.state, JobState::Failed { .. })).count() + past.failed();
        let mut title = Row::of("Jobs  ", self.theme.style(Role::Text));
        let running = state.running();
        let tone = self.theme.style(if running > 0 { Role::Running } else { Role::Muted });
        if let EngineState::Following(_) = state.snapshot.engine {
            title.put("run in another process", self.theme.style(Role::Muted));
        } else {
            title.put(format!("{running} running"), tone);
            title.put(format!("  {} queued", format::count(state.snapshot.queued)), self.theme.style(Role::Muted));
        }
        if failed > 0 {
            title.put(format!("  {failed} failed"), self.theme.style(Role::Bad));
        }
        if !past.is_empty() {
            let below = if past.is_cut() { "  the latest of earlier calls below" } else { "  earlier calls below" };
            title.put(below, self.theme.style(Role::Muted));
        }
        self.title(frame, area, 0, title, state.overlay.is_none());
        let rest = part(area, 0, 1, area.width, area.height - 1);
        let none = state.job_count() == 0;
        if let (true, EngineState::Following(holder)) = (none, &state.snapshot.engine) {
            let place = format!("The work runs in {}.", escape::prose(holder));
            let lines = [place.as_str(), "", "Its jobs are listed there; what they bring is shown here."];
            self.empty(frame, rest, "No jobs here", &lines);
            return;
        }
        if none {
            let why = format!(
                "Nothing has run so far: everything may be done already ({} says so), or paused ({} goes on).",
                state.key(Action::Funnel),
                state.key(Action::Pause)
            );
            let lines = [
                "Model calls and sandbox runs are listed here while they last and after, with what they streamed.",
                "",
                why.as_str(),
            ];
            self.empty(frame, rest, "No jobs yet", &lines);
            return;
        }
        let lower = (rest.height / 3).max(5);
        let list = part(rest, 0, 0, rest.width, rest.height.saturating_sub(lower));
        let window = state.jobs.list.window(list.height.into());
        self.scrollbar(frame, list, &window, state.job_count());
        for (at, index) in window.enumerate() {
            let Some(job) = state.job_at(index) else { break };
            if index == state.jobs.list.index {
                self.select(frame, list, at, state.overlay.is_none());
            }
            self.job(job, list.width.into()).draw(frame, list, at);
        }
        self.job_below(state, frame, part(rest, 0, list.height, rest.width, lower));
    }

    fn job(&self, job: &JobView, cells: usize) -> Row {
        let g = self.glyphs;
        let muted = self.theme.style(Role::Muted);
        let (glyph, role, word) = match &job.state {
            JobState::Queued => (g.pending, Role::Muted, "queued".to_owned()),
            JobState::Running { attempt: 1 } => (g.running, Role::Running, String::new()),
            JobState::Running { attempt } => (g.running, Role::Warn, format!("attempt {attempt}")),
            JobState::Done => match job.tail.as_ref().map_or(1, |tail| tail.attempts().number) {
                0 | 1 => (g.pass, Role::Good, String::new()),
                attempts => (g.pass, Role::Good, format!("{attempts} attempts")),
            },
            JobState::Failed { code, .. } => (g.error, Role::Bad, escape::prose(code)),
            JobState::Cancelled => (g.fail, Role::Muted, "cancelled".to_owned()),
        };
        let mut right = Row::new();
        right.put(width::fit(&word, 16, g.dots), self.theme.style(role));
        let speed = job.tail.as_deref().filter(|_| job.took.is_none()).map(speed).unwrap_or_default();
        let took = job.took.map_or(speed, format::span);
        let tokens =
            job.usage.map_or_else(String::new, |usage| format!("{} tok", format::count(usage.completion_tokens)));
        right.right(&tokens, 10, muted).right(&took, 10, muted);
        let mut row = Row::of(format!("{glyph} "), self.theme.style(role));
        // What is over stands back.
        let over = job.is_past() || matches!(job.state, JobState::Done | JobState::Cancelled);
        row.left(kind_name(job.kind), 15, self.theme.style(if over { Role::Muted } else { Role::Text })).gap(1);
        if cells >= 100 {
            row.left(&escape::prose(&job.at), 14, muted).gap(1);
        }
        let room = cells.saturating_sub(row.used() + right.used() + 1);
        row.left(&escape::prose(&job.about), room, muted).gap(1).join(right);
        row
    }

    /// The selected job: its message, or the end of what streams.
    fn job_below(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let Some(job) = state.job() else { return };
        let cells = usize::from(area.width).saturating_sub(1);
        let mut title = Row::of(kind_name(job.kind), self.theme.style(Role::Text));
        title.put(format!("  {}  ", job.item.short()), self.theme.style(Role::Muted));
        let about = cells.saturating_sub(title.used() + 4);
        title.put(width::fit(&escape::prose(&job.about), about, self.glyphs.dots), self.theme.style(Role::Muted));
        self.title(frame, area, 0, title, false);
        let lines = usize::from(area.height).saturating_sub(1);
        let (text, role) = match (&job.state, &job.tail) {
            (JobState::Failed { message, .. }, _) => (width::wrap(&escape::prose(message), cells), Role::Bad),
            (_, Some(tail)) => (end_of(tail, cells, lines), Role::Muted),
            (JobState::Done, None) if job.completion.is_some() => {
                (vec![format!("ended; {} reads the transcript", state.key(Action::Open))], Role::Muted)
            }
            (JobState::Done, None) => (vec!["ended".to_owned()], Role::Muted),
            _ => (vec!["nothing to show yet".to_owned()], Role::Muted),
        };
        let mut at = 1;
        // What earlier attempts died of; the last ones where there are many, and room for the text is left.
        let troubles = job.tail.as_ref().map(|tail| tail.attempts().troubles).unwrap_or_default();
        for trouble in &troubles[troubles.len().saturating_sub(lines / 2)..] {
            let line = width::fit(&escape::prose(trouble), cells, self.glyphs.dots);
            Row::of(line, self.theme.style(Role::Warn)).draw(frame, area, at);
            at += 1;
        }
        for line in text.into_iter().take((lines + 1).saturating_sub(at)) {
            Row::of(line, self.theme.style(role)).draw(frame, area, at);
            at += 1;
        }
    }
}

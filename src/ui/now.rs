//! What runs now, with the ends of the answers as they stream in.

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::{CallKind, ItemId, Stage},
    llm::Tail,
    pipeline::snapshot::{EngineState, JobKind, JobState, JobView, SandboxState},
    term::{escape, width},
    workbench::{State, keymap::Action},
};

use super::{Ui, format, row::Row, theme::Role};

/// Answers from which on it is told what is left: the means of fewer are wild.
const PILOT: u64 = 16;

impl Ui {
    pub(super) fn now(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let muted = self.theme.style(Role::Muted);
        let running: Vec<_> =
            state.snapshot.jobs.iter().filter(|job| matches!(job.state, JobState::Running { .. })).collect();
        let mut title = Row::of("Now", self.theme.style(Role::Text));
        let idle = running.is_empty() && state.snapshot.queued == 0;
        if !idle && !matches!(state.snapshot.engine, EngineState::Following(_)) {
            title.put(format!("  {} running  {} queued", running.len(), format::count(state.snapshot.queued)), muted);
        }
        if state.snapshot.rate > 0.0 {
            title.put(format!("  {:.1}/s", state.snapshot.rate), muted);
        }
        self.title(frame, area, 0, title, false);
        let mut lines = self.condition(state, area.width.into());
        let foot = if area.height >= 6 { self.pace(state, area.width.into()) } else { Vec::new() };
        let room = usize::from(area.height).saturating_sub(1 + lines.len() + foot.len());
        let each = match running.len() {
            0 => 0,
            n => (room / n).clamp(2, 6),
        };
        for job in running.iter().take(room / each.max(1)) {
            lines.extend(self.running(job, area.width.into(), each));
        }
        lines.resize_with((lines.len() + 1).max(usize::from(area.height).saturating_sub(1 + foot.len())), Row::new);
        lines.truncate(usize::from(area.height).saturating_sub(1 + foot.len()));
        lines.extend(foot);
        for (at, row) in lines.into_iter().enumerate() {
            row.draw(frame, area, at + 1);
        }
    }

    /// What holds the whole engine or the sandbox up, if anything.
    fn condition(&self, state: &State, cells: usize) -> Vec<Row> {
        let snapshot = &state.snapshot;
        let mut out = Vec::new();
        let mut say = |glyph: &str, role: Role, text: &str| {
            for (at, line) in width::wrap(&escape::prose(text), cells.saturating_sub(2)).into_iter().enumerate() {
                let mut row =
                    Row::of(if at == 0 { format!("{glyph} ") } else { "  ".to_owned() }, self.theme.style(role));
                row.put(line, self.theme.style(role));
                out.push(row);
            }
        };
        match &snapshot.sandbox {
            SandboxState::Ready => {}
            SandboxState::Preparing { .. } => {
                if let Some(seconds) = state.preparing() {
                    let text = format!(
                        "preparing Python, once on this machine: {seconds} s. Everything else works meanwhile."
                    );
                    say(self.glyphs.running, Role::Running, &text);
                }
            }
            SandboxState::Failed(why) => say(self.glyphs.error, Role::Bad, why),
        }
        match &snapshot.engine {
            EngineState::Opening => say(self.glyphs.pending, Role::Muted, "opening the project"),
            EngineState::Paused => {
                say(self.glyphs.paused, Role::Warn, &format!("paused; {} goes on", state.key(Action::Pause)));
            }
            EngineState::Done => {
                let [list, verifiers, samples] =
                    [Action::Instructions, Action::Verifiers, Action::Samples].map(|action| state.key(action));
                let text = format!(
                    "everything is done. Review on {list}, {verifiers} and {samples}, edit or re-run what you doubt, \
                     then quit and `assay export`."
                );
                say(self.glyphs.pass, Role::Good, &text);
            }
            EngineState::Blocked(why) => say(self.glyphs.error, Role::Bad, why),
            EngineState::Following(holder) => {
                let text = format!("the work runs in {holder}; this one reads along, and decisions are stored.");
                say(self.glyphs.here, Role::Running, &text);
            }
            EngineState::Running => {}
        }
        out
    }

    fn running(&self, job: &JobView, cells: usize, lines: usize) -> Vec<Row> {
        let muted = self.theme.style(Role::Muted);
        let mut head = Row::of(format!("{} ", self.glyphs.running), self.theme.style(Role::Running));
        head.left(kind_name(job.kind), 15, self.theme.style(Role::Text)).gap(1);
        let speed = job.tail.as_deref().map(speed).unwrap_or_default();
        let about = cells.saturating_sub(head.used() + width::width(&speed) + 2);
        head.left(&escape::prose(&job.about), about, muted);
        head.to(cells.saturating_sub(width::width(&speed))).put(speed, muted);
        let mut out = vec![head];
        // What earlier attempts died of, until this one brings something.
        let trouble = job.tail.as_ref().and_then(|tail| tail.attempts().troubles.pop());
        if let Some(trouble) = trouble.filter(|_| job.tail.as_ref().is_some_and(|tail| tail.sample().text.is_empty())) {
            for line in width::wrap(&escape::prose(&trouble), cells.saturating_sub(4)).into_iter().take(lines - 1) {
                let mut row = Row::new();
                row.gap(2).put(line, self.theme.style(Role::Warn));
                out.push(row);
            }
        } else if let Some(tail) = &job.tail {
            let text = end_of(tail, cells.saturating_sub(4), lines - 1);
            for line in text {
                let mut row = Row::new();
                row.gap(2).put(line, muted);
                out.push(row);
            }
        }
        // A fixed height keeps the jobs below in place while this one streams.
        out.resize_with(lines, Row::new);
        out
    }

    /// What streams into an item that is being made; where nothing does, why.
    pub(super) fn streaming(&self, state: &State, item: ItemId, why: &str, frame: &mut Frame<'_>, area: Rect) {
        let muted = self.theme.style(Role::Muted);
        let cells = usize::from(area.width).saturating_sub(1);
        let Some(job) = state.filling(item) else {
            Row::of(width::fit(why, cells, self.glyphs.dots), muted).draw(frame, area, 0);
            return;
        };
        let mut head =
            Row::of(format!("{} {} ", self.glyphs.running, kind_name(job.kind)), self.theme.style(Role::Running));
        if let Some(tail) = &job.tail {
            head.put(speed(tail), muted);
            let lines = end_of(tail, cells, usize::from(area.height).saturating_sub(1));
            for (at, line) in lines.into_iter().enumerate() {
                Row::of(line, muted).draw(frame, area, at + 1);
            }
        }
        head.draw(frame, area, 0);
    }

    /// How fast it goes, what is left of it, and what was used.
    fn pace(&self, state: &State, cells: usize) -> Vec<Row> {
        let snapshot = &state.snapshot;
        let muted = self.theme.style(Role::Muted);
        let mut lines = Vec::new();
        let rates: Vec<f64> = state.jobs.rates.latest((cells / 2).min(40)).collect();
        let most = rates.iter().copied().fold(snapshot.rate, f64::max);
        if rates.len() > 1 && most > 0.0 {
            let mut row = Row::new();
            for rate in &rates {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a height")]
                let part = (rate / most * 1000.0).round() as u64;
                row.put(self.glyphs.height(part, 1000, 1, 0), self.theme.style(Role::Running));
            }
            row.put(format!("  {:.1}/s", snapshot.rate), self.theme.style(Role::Text));
            row.put(format!("  at most {most:.1}/s"), muted);
            lines.push(row);
        }
        let told = usize::try_from(snapshot.requests).unwrap_or(usize::MAX);
        if let Some(ahead) = snapshot.ahead.as_ref().filter(|_| snapshot.engine == EngineState::Running) {
            let mut row = Row::of("left  ", muted);
            if ahead.pilot < PILOT || ahead.unknown > ahead.calls / 2.0 {
                row.put(format!("measuring: {} so far", format::plural(told, "answer")), muted);
                lines.push(row);
                lines.push(self.spent(state));
                return lines;
            }
            row.put(format!("about {:.0} calls", ahead.calls), self.theme.style(Role::Text));
            match ahead.time() {
                Some(time) if time.as_secs() > 0 => {
                    row.put(format!(", {}", format::span(time)), self.theme.style(Role::Text));
                }
                Some(_) => {}
                None => {
                    row.put(", too early to say how long", muted);
                }
            }
            if let Some(cost) = ahead.cost.filter(|_| !ahead.early) {
                row.put(format!(", ${cost:.2}"), self.theme.style(Role::Text));
            }
            if ahead.unknown >= 1.0 {
                row.put(format!("  {:.0} of them of kinds not seen yet", ahead.unknown), muted);
            }
            lines.push(row);
        }
        lines.push(self.spent(state));
        lines
    }

    fn spent(&self, state: &State) -> Row {
        let snapshot = &state.snapshot;
        let usage = &snapshot.usage;
        let mut row = Row::of(
            format!(
                "{} answers  {} tokens in, {} out",
                format::count(snapshot.requests),
                format::count(usage.prompt_tokens),
                format::count(usage.completion_tokens)
            ),
            self.theme.style(Role::Muted),
        );
        if let Some(cost) = snapshot.cost {
            let of = snapshot.budget.money.map(|money| format!(" of ${money:.2}")).unwrap_or_default();
            row.put(format!("  ${cost:.2}{of}"), self.theme.style(Role::Muted));
        }
        row
    }
}

/// The name of what a job does: that of its stage.
pub(super) const fn kind_name(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Call(call) => match call {
            CallKind::SelfInstruct => Stage::SelfInstruct.id(),
            CallKind::Verifiers => Stage::Verifiers.id(),
            CallKind::BackTranslate => Stage::BackTranslate.id(),
            CallKind::Entail => Stage::Consistency.id(),
            CallKind::Respond => Stage::Respond.id(),
            CallKind::Score => Stage::Score.id(),
        },
        JobKind::Execute(stage) => stage.id(),
    }
}

/// Tokens a second, where some came.
pub(super) fn speed(tail: &Tail) -> String {
    let sample = tail.sample();
    let seconds = sample.streaming.as_secs_f64();
    if sample.chunks > 4 && seconds > 0.2 {
        format!("{:.0} tok/s", sample.chunks as f64 / seconds)
    } else {
        String::new()
    }
}

/// The last lines of a streaming answer.
pub(super) fn end_of(tail: &Tail, cells: usize, lines: usize) -> Vec<String> {
    let sample = tail.sample();
    // Only the end is looked at: a screenful at most.
    let from = sample.text.floor_char_boundary(sample.text.len().saturating_sub(cells * (lines + 2) * 4));
    let text = sample.text.get(from..).unwrap_or_default();
    let all: Vec<_> = escape::block(text).iter().flat_map(|line| width::wrap(line, cells)).collect();
    let all: Vec<_> = all.into_iter().filter(|line| !line.is_empty()).collect();
    all[all.len().saturating_sub(lines)..].to_vec()
}

//! The Funnel screen: what goes on, what falls, why; what runs now.

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::{CallKind, Stage},
    pipeline::snapshot::{JobKind, JobState, JobView, StageCounts},
    term::width::width,
    workbench::{
        State,
        actions::reasons::{place, sorted},
        whatif::WhatIf,
    },
};

use super::{Ui, format, part, row::Row, theme::Role, verdicts::phrase, whatif};

/// Widths of the columns.
struct Columns {
    bar: usize,
    /// Whether failed, running and stale have columns of their own.
    all: bool,
    why: usize,
}

/// Lines of the selected stage above what runs now, where there is room for both; one of them is empty.
const WHY: u16 = 9;

/// The columns of counts, and their widths.
const COUNTS: [(&str, usize); 5] = [("dropped", 9), ("failed", 8), ("pending", 9), ("running", 9), ("stale", 7)];

impl Columns {
    fn of(width: usize) -> Self {
        let all = width >= 96;
        let numbers = if all { 16 + 6 + 7 + 2 + 42 } else { 15 + 5 + 6 + 2 + 8 + 11 };
        let left = width.saturating_sub(numbers);
        let bar = (left / 4).clamp(5, 28);
        Self { bar, all, why: left.saturating_sub(bar + 2) }
    }

    /// Cells of the name, of what came in and of what is kept.
    const fn first(&self) -> [usize; 3] {
        if self.all { [16, 6, 7] } else { [15, 5, 6] }
    }
}

impl Ui {
    pub(super) fn funnel(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let wide = area.width >= 128;
        let side = if wide { (area.width / 3).clamp(40, 56) } else { 0 };
        let left = part(area, 0, 0, area.width - side - 3 * u16::from(wide), area.height);
        let (bar, right) = (left.width + 1, part(area, left.width + 3, 0, side, area.height));
        if let Some(whatif) = &state.funnel.whatif {
            self.turning(state, whatif, frame, left);
            if wide {
                self.bar(frame, part(area, bar, 0, 1, area.height));
                self.now(state, frame, right);
            }
            return;
        }
        let used = self.stages(state, frame, left);
        let rest = part(left, 0, used, left.width, left.height.saturating_sub(used));
        let used = self.exports(state, frame, rest);
        let rest = part(rest, 0, used, rest.width, rest.height.saturating_sub(used));
        if wide {
            self.bar(frame, part(area, bar, 0, 1, area.height));
            self.now(state, frame, right);
            self.why(state, frame, rest);
        } else if rest.height >= 2 * WHY {
            self.why(state, frame, part(rest, 0, 0, rest.width, WHY - 1));
            self.now(state, frame, part(rest, 0, WHY, rest.width, rest.height - WHY));
        } else if state.funnel.reason.is_some() {
            self.why(state, frame, rest);
        } else {
            self.now(state, frame, rest);
        }
    }

    /// Values being turned: under the stages where there is room, else in their place.
    fn turning(&self, state: &State, whatif: &WhatIf, frame: &mut Frame<'_>, area: Rect) {
        let stages = Stage::ALL.len() as u16 + 2;
        let used = if area.height >= stages + whatif::HEIGHT { self.stages(state, frame, area) } else { 0 };
        self.what_if(state, whatif, frame, part(area, 0, used, area.width, area.height - used));
    }

    fn stages(&self, state: &State, frame: &mut Frame<'_>, area: Rect) -> u16 {
        let columns = Columns::of(area.width.into());
        self.heading(&columns).draw(frame, area, 0);
        for (at, stage) in Stage::ALL.into_iter().enumerate() {
            if at == state.funnel.stage {
                self.select(frame, area, at + 1, state.overlay.is_none() && state.funnel.reason.is_none());
            }
            self.stage(state, stage, &columns).draw(frame, area, at + 1);
        }
        13
    }

    fn heading(&self, columns: &Columns) -> Row {
        let style = self.theme.style(Role::Muted);
        let mut row = Row::new();
        let [name, total, kept] = columns.first();
        row.left("stage", name, style).right("in", total, style).right("kept", kept, style).gap(1);
        row.gap(columns.bar + 1);
        if columns.all {
            for (name, cells) in COUNTS {
                row.right(name, cells, style);
            }
        } else {
            row.right("dropped", 8, style).right("pending", 8, style).gap(2);
        }
        row.gap(2).left("why", columns.why, style);
        row
    }

    fn stage(&self, state: &State, stage: Stage, columns: &Columns) -> Row {
        let counts = state.snapshot.funnel.stage(stage);
        let muted = self.theme.style(Role::Muted);
        let some = |n: u64, role: Role| self.theme.style(if n == 0 { Role::Rule } else { role });
        let none = |n: u64| if n == 0 { self.glyphs.dot.to_owned() } else { format::count(n) };
        let paused = state.snapshot.paused.contains(&stage);
        let mut row = Row::new();
        let name = if paused { format!("{} {}", self.glyphs.paused, stage.id()) } else { stage.id().to_owned() };
        let style = self.theme.style(if paused {
            Role::Warn
        } else if counts.total == 0 {
            Role::Muted
        } else {
            Role::Text
        });
        let [cells, total, kept] = columns.first();
        row.left(&name, cells, style).right(&none(counts.total), total, some(counts.total, Role::Text));
        row.right(&none(counts.kept), kept, some(counts.kept, Role::Good)).gap(2);
        self.share(&mut row, counts, columns.bar);
        if columns.all {
            let counted = [
                (counts.dropped, Role::Bad),
                (counts.failed, Role::Warn),
                (counts.pending, Role::Text),
                (counts.running, Role::Running),
                (counts.stale, Role::Stale),
            ];
            for ((n, role), (_, cells)) in counted.into_iter().zip(COUNTS) {
                row.right(&none(n), cells, some(n, role));
            }
        } else {
            row.right(&none(counts.dropped), 8, some(counts.dropped, Role::Bad));
            // What runs is pending, too, and has a sign instead of a column.
            let pending = counts.pending + counts.running;
            row.right(&none(pending), 8, some(pending, Role::Text)).gap(1);
            row.put(if counts.running > 0 { self.glyphs.running } else { " " }, self.theme.style(Role::Running));
        }
        let mut why = self.reasons_of(counts, !columns.all);
        if stage == Stage::SelfInstruct {
            why.splice(0..0, calls(state));
        }
        row.gap(2).left(&some_of(&why, (self.glyphs.dot, self.glyphs.dots), columns.why), columns.why, muted);
        row
    }

    /// The reasons of a stage, the most frequent first; `all`: with the counts that have no column.
    fn reasons_of(&self, counts: &StageCounts, all: bool) -> Vec<String> {
        let g = self.glyphs;
        let counted = [(counts.failed, g.error, "failed"), (counts.stale, g.stale, "stale")];
        let some = counted.into_iter().filter(|(n, ..)| all && *n > 0);
        let mut parts: Vec<_> = some.map(|(n, sign, word)| format!("{sign} {n} {word}")).collect();
        parts.extend(sorted(counts).into_iter().map(|(reason, n)| format!("{} {n}", phrase(reason))));
        parts
    }

    /// A bar of what was kept of what came in; thin where work is left.
    fn share(&self, row: &mut Row, counts: &StageCounts, cells: usize) {
        if counts.total == 0 {
            row.gap(cells);
            return;
        }
        let share = |n: u64| usize::try_from(n * cells as u64 / counts.total.max(1)).unwrap_or(0).min(cells);
        let full = share(counts.kept).max(usize::from(counts.kept > 0));
        row.put(self.glyphs.full.repeat(full), self.theme.style(Role::Good));
        row.put(self.glyphs.empty.repeat(cells - full), self.theme.style(Role::Rule));
    }

    /// What would be exported now.
    fn exports(&self, state: &State, frame: &mut Frame<'_>, area: Rect) -> u16 {
        let data = &state.snapshot.datasets;
        let muted = self.theme.style(Role::Muted);
        let number = self.theme.bold(Role::Text);
        self.title(frame, area, 0, Row::of("To export", self.theme.style(Role::Text)), false);
        let mut row = Row::of("SFT rows ", muted);
        row.put(format::count(data.sft), number).put("   pairs ", muted);
        row.put(format::count(data.pairs_query), number).put(" by query ", muted);
        row.put(format!("+ {}", format::count(data.pairs_instruction)), number).put(" by instruction", muted);
        if data.outdated > 0 {
            row.put(format!("   {} outdated, left out", data.outdated), self.theme.style(Role::Stale));
        }
        row.draw(frame, area, 1);
        if area.height > 8 { 3 } else { 2 }
    }

    /// The selected stage in words, with every reason.
    fn why(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let Some(stage) = Stage::ALL.get(state.funnel.stage).copied() else { return };
        let counts = state.snapshot.funnel.stage(stage);
        let muted = self.theme.style(Role::Muted);
        let mut title = Row::of(stage.id(), self.theme.style(Role::Text));
        title.put(format!("  counts {}s", stage.unit()), muted);
        self.title(frame, area, 0, title, state.funnel.reason.is_some());
        let mut at = 1;
        // Where there is little room, the reasons have it.
        if usize::from(area.height) >= counts.reasons.len() + 5 || state.funnel.reason.is_none() {
            for line in crate::term::width::wrap(about(stage), usize::from(area.width.min(96))) {
                Row::of(line, muted).draw(frame, area, at);
                at += 1;
            }
            at += 1;
        }
        let fell = (counts.dropped + counts.failed).max(1);
        let room = usize::from(area.height).saturating_sub(at).max(1);
        let selected = place(state, counts);
        let from = (selected.unwrap_or_default() + 1).saturating_sub(room);
        let top = u16::try_from(at).unwrap_or(u16::MAX);
        let window = from..(from + room).min(counts.reasons.len());
        self.scrollbar(frame, part(area, 0, top, area.width, area.height), &window, counts.reasons.len());
        for (place, (reason, n)) in sorted(counts).into_iter().enumerate().skip(from) {
            if selected == Some(place) {
                self.select(frame, area, at, state.overlay.is_none());
            }
            let mut row = Row::new();
            row.left(&phrase(reason), 30, self.theme.style(Role::Text));
            row.right(&format::count(n), 7, self.theme.style(Role::Bad)).gap(2);
            let full = usize::try_from(n * 24 / fell).unwrap_or(0).clamp(1, 24);
            row.put(self.glyphs.full.repeat(full), self.theme.style(Role::Bad));
            row.draw(frame, area, at);
            at += 1;
        }
        if counts.reasons.is_empty() {
            Row::of("nothing was dropped here", muted).draw(frame, area, at);
        }
    }
}

/// Self-instruct calls under way or queued: what they will bring is in no column yet.
fn calls(state: &State) -> Option<String> {
    let mine = |job: &&JobView| job.kind == JobKind::Call(CallKind::SelfInstruct);
    let count = |wanted: fn(&JobState) -> bool| {
        state.snapshot.jobs.iter().filter(mine).filter(|job| wanted(&job.state)).count()
    };
    let running = count(|state| matches!(state, JobState::Running { .. }));
    let queued = count(|state| *state == JobState::Queued);
    match (running, queued) {
        (0, 0) => None,
        (0, n) => Some(format!("{} queued", format::plural(n, "call"))),
        (n, _) => Some(format!("{} running", format::plural(n, "call"))),
    }
}

/// As many of the parts as there is room for, whole, and how many more there are.
fn some_of(parts: &[String], (dot, dots): (&str, &str), cells: usize) -> String {
    let between = format!(" {dot} ");
    (1..=parts.len())
        .rev()
        .map(|shown| {
            let more = Some(parts.len() - shown).filter(|more| *more > 0).map(|more| format!("{more} more"));
            parts.iter().take(shown).cloned().chain(more).collect::<Vec<_>>().join(&between)
        })
        .find(|line| width(line) <= cells)
        .unwrap_or_else(|| match parts {
            [first] => first.clone(),
            [first, ..] => format!("{first} {dots}"),
            [] => String::new(),
        })
}

/// What a stage does, in a sentence.
const fn about(stage: Stage) -> &'static str {
    match stage {
        Stage::SelfInstruct => "A supervisor model writes new instructions from the seeds; repeats are dropped.",
        Stage::Verifiers => "The model writes K Python functions for each instruction, with test cases.",
        Stage::CrossValidate => "Functions and cases are run against each other; what does not agree is dropped.",
        Stage::BackTranslate => "Each kept function is turned back into an instruction.",
        Stage::Consistency => "A function whose back-translation contradicts its instruction is dropped.",
        Stage::PairQueries => "Kept instructions meet user queries; each pair is a task.",
        Stage::Respond => "The model answers each task K times.",
        Stage::Verify => "The kept functions run over every response; the pass rate decides.",
        Stage::Score => "A judge rates what passed, from 0 to 10.",
        Stage::Sft => "Responses that passed and were rated well become rows for supervised fine-tuning.",
        Stage::Pairs => "A response that passed and one that failed make a preference pair.",
    }
}

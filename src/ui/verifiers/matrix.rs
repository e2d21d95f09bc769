//! The matrix of cases and functions.

use std::ops::Range;

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::{CaseView, InstructionView},
    rules::Verdict,
    term::escape,
    ui::{Ui, format, part, row::Row, theme::Role},
    workbench::{State, order::By, panes::Focus, tally::Tally},
};

use super::{
    code::{is_run, is_unjudged, is_unmade, open_step},
    focused,
};

/// Cells of a function's column.
const COLUMN: usize = 5;
/// Cells before the input.
const HEAD: usize = 7;
/// Cells of the expected value.
const EXPECTED: usize = 9;
/// Cells of a case's accuracy.
const ACCURACY: usize = 5;
/// Cells of the input below which functions are scrolled rather than the input made narrower.
const INPUT: usize = 18;

/// What a cell may show; a boolean is held against the expected value.
const SIGNS: [(Option<Verdict>, &str); 6] = [
    (Some(Verdict::Pass), "agrees"),
    (Some(Verdict::Fail), "disagrees"),
    (Some(Verdict::Error), "error"),
    (Some(Verdict::Timeout), "timeout"),
    (Some(Verdict::Invalid), "invalid"),
    (None, "not run"),
];

/// What of the matrix is on screen.
struct Columns {
    /// Cells of the input.
    input: usize,
    /// The functions.
    functions: Range<usize>,
}

/// Cells that a matrix likes to have.
pub(super) fn wish(view: &InstructionView) -> usize {
    HEAD + EXPECTED + ACCURACY + COLUMN * view.functions.len() + 34
}

/// Lines that it needs, its title included.
pub(super) fn lines(state: &State, view: &InstructionView) -> usize {
    view.cases.len() + 4 + usize::from(state.verifiers.was.is_some())
}

impl Ui {
    pub(in crate::ui) fn matrix(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let focused = focused(state, Focus::Matrix);
        let pane = &state.verifiers;
        let heading = self.cases_heading(state, view);
        let left = usize::from(area.width).saturating_sub(heading.used() + 6);
        self.title(frame, area, 0, heading, focused);
        let cells = usize::from(area.width);
        let fixed = HEAD + EXPECTED + ACCURACY;
        let fits = cells.saturating_sub(fixed + INPUT) / COLUMN;
        let functions = pane.functions.window(fits.clamp(1, view.functions.len().max(1)));
        let columns = Columns { input: cells.saturating_sub(fixed + COLUMN * functions.len()), functions };
        self.names(state, view, &columns).draw(frame, area, 1);
        let foot = 2 + usize::from(pane.was.is_some());
        let height = usize::from(area.height).saturating_sub(2 + foot);
        let body = part(area, 0, 2, area.width, u16::try_from(height).unwrap_or(0));
        let window = pane.cases.window(height);
        self.scrollbar(frame, body, &window, view.cases.len());
        for (at, place) in window.clone().enumerate() {
            let Some((case, found)) = pane.order.case(view, place) else { break };
            let here = place == pane.cases.index;
            if here {
                self.select(frame, body, at, focused);
            }
            let mut row = self.case(case, found, columns.input);
            self.cells(&mut row, view, case, &columns, here.then_some(pane.functions.index));
            row.right(&format::share(found.accuracy, self.glyphs.none), ACCURACY, self.theme.style(Role::Muted));
            row.draw(frame, body, at);
        }
        let mut at = 2 + window.len();
        self.accuracies(view, &columns).draw(frame, area, at);
        if let Some(was) = &pane.was {
            at += 1;
            self.before(view, was, &columns).draw(frame, area, at);
        }
        self.kept(view, &columns).draw(frame, area, at + 1);
        self.legend(left, at + 3, frame, area);
    }

    /// What the signs mean: on the title's line where it has room, else below, where there is.
    fn legend(&self, left: usize, below: usize, frame: &mut Frame<'_>, area: Rect) {
        let mut signs: Vec<Row> = Vec::new();
        for (verdict, word) in SIGNS {
            let (glyph, style) = self.verdict(verdict);
            let mut row = Row::of(glyph, style);
            row.put(format!(" {word}"), self.theme.style(Role::Muted));
            signs.push(row);
        }
        let wide = signs.iter().map(|sign| sign.used() + 2).sum::<usize>();
        if wide <= left {
            let mut row = Row::of(" ", self.theme.style(Role::Muted));
            for sign in signs {
                row.join(sign).gap(2);
            }
            let x = area.width.saturating_sub(u16::try_from(wide + 2).unwrap_or(0));
            row.draw(frame, part(area, x, 0, area.width - x - 1, 1), 0);
            return;
        }
        let cells = usize::from(area.width);
        let mut rows = vec![Row::new()];
        for sign in signs {
            let Some(row) = rows.last_mut() else { return };
            if row.used() + sign.used() > cells {
                rows.push(Row::new());
            }
            let Some(row) = rows.last_mut() else { return };
            if row.used() == 0 {
                row.gap(HEAD);
            }
            row.join(sign).gap(2);
        }
        if below + rows.len() <= usize::from(area.height) {
            for (n, row) in rows.into_iter().enumerate() {
                row.draw(frame, area, below + n);
            }
        }
    }

    fn cases_heading(&self, state: &State, view: &InstructionView) -> Row {
        let muted = self.theme.style(Role::Muted);
        let kept = view.cases.iter().filter(|case| case.kept.is_ok()).count();
        let mut title = Row::of("Cases  ", self.theme.style(Role::Text));
        title.put(view.cases.len().to_string(), self.theme.bold(Role::Text));
        let counted = if is_run(view) { format!("  {kept} kept") } else { "  not run yet".to_owned() };
        title.put(counted, muted);
        if let Some(was) = &state.verifiers.was
            && was.kept_cases() != kept
        {
            title.put(format!(", {} before", was.kept_cases()), self.theme.style(Role::Warn));
        }
        if state.verifiers.order.by == By::Disagreement {
            title.put("  by disagreement", self.theme.style(Role::Accent));
        }
        title
    }

    fn names(&self, state: &State, view: &InstructionView, columns: &Columns) -> Row {
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        row.gap(HEAD).left("input", columns.input, muted).left("expected", EXPECTED, muted);
        let Range { start, end } = columns.functions;
        for at in columns.functions.clone() {
            let chosen = at == state.verifiers.functions.index;
            let used = view.functions.get(at).is_some_and(|function| function.used);
            let style = match (chosen, used) {
                (true, _) => self.theme.bold(Role::Accent),
                (false, true) => self.theme.style(Role::Text),
                (false, false) => muted,
            };
            // Further functions to the left and right are pointed at.
            let name = match at {
                at if at == start && start > 0 => format!("{}f{}", self.glyphs.before, at + 1),
                at if at + 1 == end && end < view.functions.len() => format!("f{}{}", at + 1, self.glyphs.after),
                at => format!("f{}", at + 1),
            };
            row.right(&name, COLUMN - 1, style).gap(1);
        }
        row.right("acc", ACCURACY, muted);
        row
    }

    fn case(&self, index: usize, case: &CaseView, text: usize) -> Row {
        let g = self.glyphs;
        let (ruling, ruled) = self.ruling(case.decision.as_ref().map(|decision| decision.ruling));
        let plain = self.theme.style(if case.kept.is_ok() { Role::Text } else { Role::Muted });
        let mut row = Row::of(ruling, ruled);
        let (mark, style) = match (case.stale, case.edited) {
            (true, _) => (g.stale, self.theme.style(Role::Stale)),
            (false, true) => (g.edited, self.theme.style(Role::Accent)),
            _ => (" ", plain),
        };
        row.put(mark, style).left(&format!("c{}", index + 1), HEAD - 2, plain);
        // Only what can be seen is escaped: texts may be long.
        let head = case.input.get(..case.input.floor_char_boundary(text * 4)).unwrap_or_default();
        row.left(&format!("\"{}\"", escape::literal(head)), text.saturating_sub(1), plain).gap(1);
        let expected = match case.expected {
            Some(expected) => expected.to_string(),
            None => format!("?{}", escape::literal(&case.expected_raw)),
        };
        row.left(&expected, EXPECTED - 1, plain).gap(1);
        row
    }

    fn cells(&self, row: &mut Row, view: &InstructionView, case: usize, columns: &Columns, chosen: Option<usize>) {
        for function in columns.functions.clone() {
            let cell = view.matrix.get(function).and_then(|row| row.get(case)).cloned().unwrap_or_default();
            let (glyph, mut style) = self.cell(&cell);
            if chosen == Some(function) {
                style = self.theme.crossing(style);
            }
            row.gap(COLUMN - 3).put(format!(" {glyph} "), style);
        }
    }

    fn accuracies(&self, view: &InstructionView, columns: &Columns) -> Row {
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        row.gap(HEAD).left("accuracy", columns.input + EXPECTED, muted);
        for function in view.functions.get(columns.functions.clone()).unwrap_or_default() {
            let style = self.theme.style(if function.kept.is_ok() { Role::Text } else { Role::Muted });
            let accuracy = function.accuracy.filter(|_| is_run(view));
            row.right(&format::share(accuracy, self.glyphs.none), COLUMN - 1, style).gap(1);
        }
        row
    }

    /// What accuracies were before the last change; what did not move is a dot.
    fn before(&self, view: &InstructionView, was: &Tally, columns: &Columns) -> Row {
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        row.gap(HEAD).left("before", columns.input + EXPECTED, self.theme.style(Role::Warn));
        for function in view.functions.get(columns.functions.clone()).unwrap_or_default() {
            let before = was.function(function.id);
            let (text, style) = match before {
                None => (self.glyphs.none.to_owned(), muted),
                Some(before) if before.accuracy == function.accuracy => (self.glyphs.pending.to_owned(), muted),
                Some(before) => {
                    let better = function.accuracy.unwrap_or(0.0) > before.accuracy.unwrap_or(0.0);
                    let role = if better { Role::Good } else { Role::Bad };
                    (format::share(before.accuracy, self.glyphs.none), self.theme.style(role))
                }
            };
            row.right(&text, COLUMN - 1, style).gap(1);
        }
        row
    }

    fn kept(&self, view: &InstructionView, columns: &Columns) -> Row {
        let open = open_step(view);
        let mut row = Row::new();
        row.gap(HEAD).left("used", columns.input + EXPECTED, self.theme.style(Role::Muted));
        for function in view.functions.get(columns.functions.clone()).unwrap_or_default() {
            let (glyph, style) = match &function.decision {
                Some(decision) => self.ruling(Some(decision.ruling)),
                None if function.used => (self.glyphs.pass, self.theme.style(Role::Good)),
                None if is_unmade(function) => (self.glyphs.pending, self.theme.style(Role::Muted)),
                None if function.usable.is_ok() && (is_unjudged(view) || function.kept.is_ok()) && open.is_some() => {
                    match open {
                        Some((_, true)) => (self.glyphs.stale, self.theme.style(Role::Stale)),
                        _ => (self.glyphs.pending, self.theme.style(Role::Muted)),
                    }
                }
                None => (self.glyphs.fail, self.theme.style(Role::Bad)),
            };
            row.right(glyph, COLUMN - 1, style).gap(1);
        }
        row
    }
}

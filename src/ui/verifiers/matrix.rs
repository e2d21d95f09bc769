//! The matrix of cases and functions.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::{CaseView, InstructionView},
    term::escape,
    ui::{
        Ui, format, part,
        row::{Row, paint},
        theme::Role,
    },
    workbench::{State, panes::Focus},
};

use super::{
    code::{is_unjudged, is_unmade, open_step},
    focused,
};

/// Cells of a function's column.
const COLUMN: usize = 5;
/// Cells before the input.
const HEAD: usize = 7;
/// Cells of the expected value.
const EXPECTED: usize = 8;

impl Ui {
    pub(in crate::ui) fn matrix(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let focused = focused(state, Focus::Matrix);
        let kept = view.cases.iter().filter(|case| case.kept.is_ok()).count();
        let mut title = Row::of("Cases  ", self.theme.style(Role::Text));
        title.put(view.cases.len().to_string(), self.theme.bold(Role::Text));
        title.put(format!("  {kept} kept"), self.theme.style(Role::Muted));
        self.title(frame, area, 0, title, focused);
        let cells = usize::from(area.width);
        let shown = (cells.saturating_sub(HEAD + EXPECTED + 20) / COLUMN).clamp(1, view.functions.len().max(1));
        let chosen = state.verifiers.functions.index;
        let first = (chosen + 1).saturating_sub(shown);
        let text = cells.saturating_sub(HEAD + EXPECTED + COLUMN * shown + 5);
        let functions = first..(first + shown).min(view.functions.len());
        self.names(view, functions.clone(), chosen, text).draw(frame, area, 1);
        let height = usize::from(area.height).saturating_sub(4);
        let body = part(area, 0, 2, area.width, u16::try_from(height).unwrap_or(0));
        let window = state.verifiers.cases.window(height);
        for (at, index) in window.clone().enumerate() {
            let Some(case) = view.cases.get(index) else { break };
            let here = index == state.verifiers.cases.index;
            if here {
                paint(frame, body, at, self.theme.selection(focused));
            }
            let mut row = self.case(index, case, text);
            for function in functions.clone() {
                let cell = view.matrix.get(function).and_then(|row| row.get(index)).cloned().unwrap_or_default();
                let (glyph, mut style) = self.cell(&cell);
                if here && function == chosen {
                    style = self.theme.crossing(style);
                }
                row.gap(COLUMN - 3).put(format!(" {glyph} "), style);
            }
            row.right(&format::share(case.accuracy, self.glyphs.none), 5, self.theme.style(Role::Muted));
            row.draw(frame, body, at);
        }
        let at = 2 + window.len();
        self.accuracies(view, functions.clone(), text).draw(frame, area, at);
        self.kept(view, functions, text).draw(frame, area, at + 1);
    }

    fn names(&self, view: &InstructionView, functions: std::ops::Range<usize>, chosen: usize, text: usize) -> Row {
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        row.gap(HEAD).left("input", text, muted).left("expected", EXPECTED, muted);
        for function in functions {
            let used = view.functions.get(function).is_some_and(|function| function.used);
            let style = match (function == chosen, used) {
                (true, _) => self.theme.bold(Role::Accent),
                (false, true) => self.theme.style(Role::Text),
                (false, false) => muted,
            };
            row.right(&format!("f{}", function + 1), COLUMN - 1, style).gap(1);
        }
        row.right("acc", 5, muted);
        row
    }

    fn case(&self, index: usize, case: &CaseView, text: usize) -> Row {
        let g = self.glyphs;
        let (ruling, ruled) = self.ruling(case.decision.as_ref().map(|decision| decision.ruling));
        let kept = case.kept.is_ok();
        let plain = self.theme.style(if kept { Role::Text } else { Role::Muted });
        let mut row = Row::of(ruling, ruled);
        let (mark, style) = match (case.stale, case.edited) {
            (true, _) => (g.stale, self.theme.style(Role::Stale)),
            (false, true) => (g.edited, self.theme.style(Role::Accent)),
            _ => (" ", plain),
        };
        row.put(mark, style).left(&format!("c{}", index + 1), HEAD - 2, plain);
        let head = case.input.get(..case.input.floor_char_boundary(text * 4)).unwrap_or_default();
        row.left(&format!("\"{}\"", escape::literal(head)), text.saturating_sub(1), plain).gap(1);
        let expected = match case.expected {
            Some(expected) => expected.to_string(),
            None => format!("?{}", escape::literal(&case.expected_raw)),
        };
        row.left(&expected, EXPECTED, plain);
        row
    }

    fn accuracies(&self, view: &InstructionView, functions: std::ops::Range<usize>, text: usize) -> Row {
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        row.gap(HEAD).left("accuracy", text + EXPECTED, muted);
        for function in view.functions.get(functions).unwrap_or_default() {
            row.right(&format::share(function.accuracy, self.glyphs.none), COLUMN - 1, muted).gap(1);
        }
        row
    }

    fn kept(&self, view: &InstructionView, functions: std::ops::Range<usize>, text: usize) -> Row {
        let open = open_step(view);
        let mut row = Row::new();
        row.gap(HEAD).left("used", text + EXPECTED, self.theme.style(Role::Muted));
        for function in view.functions.get(functions).unwrap_or_default() {
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

//! What a function did on a case, and what else is known of the function: beside the code, and in full in the reader.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::{Cell, FunctionView, InstructionView},
    rules::Verdict,
    term::{escape, width},
    ui::{
        Ui,
        page::Page,
        part,
        row::Row,
        scrollbar::scroll_keys,
        theme::Role,
        verdicts::{decision_words, outcome_words, phrase, traceback},
    },
    workbench::{State, panes::Focus},
};

use super::{
    code::{is_run, label_words},
    focused,
};

impl Ui {
    /// What the selected function did on the selected case, and what is known of both.
    pub(super) fn case_pane(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let f = state.verifiers.functions.index;
        let Some((c, _)) = state.case() else {
            self.title(frame, area, 0, Row::of("Case", self.theme.style(Role::Text)), focused(state, Focus::Case));
            let why = "No case was found in the models' answers; without cases no function can be kept.";
            self.empty(frame, part(area, 0, 1, area.width, area.height.saturating_sub(1)), "No cases", &[why]);
            return;
        };
        let mut page = Page::new(usize::from(area.width).saturating_sub(1));
        self.cell_words(state, view, f, c, &mut page);
        page.blank();
        self.others(view, f, c, &mut page);
        if let Some(function) = view.functions.get(f) {
            self.function_words(function, &mut page, 6);
        }
        let body = part(area, 0, 1, area.width, area.height.saturating_sub(1));
        let all = page.len();
        let window = state.verifiers.case.window(all, body.height.into());
        self.scrollbar(frame, body, &window, all);
        let mut title = Row::of(format!("f{} on c{}", f + 1, c + 1), self.theme.style(Role::Text));
        if window.len() < all {
            let more = format!("  lines {}-{} of {all}: {}", window.start + 1, window.end, scroll_keys(state));
            title.put(more, self.theme.style(Role::Muted));
        }
        self.title(frame, area, 0, title, focused(state, Focus::Case));
        self.page(page, window, frame, body);
    }

    /// A case and what a function did on it.
    pub(in crate::ui) fn cell_words(&self, state: &State, view: &InstructionView, f: usize, c: usize, page: &mut Page) {
        let muted = self.theme.style(Role::Muted);
        let text = self.theme.style(Role::Text);
        let Some(case) = view.cases.get(c) else { return };
        self.input(state, &case.input, page);
        let expected = match case.expected {
            Some(expected) => expected.to_string(),
            None => format!("{}, which is no boolean", escape::literal(&case.expected_raw)),
        };
        let by = if case.edited { "written by hand".to_owned() } else { format!("written with f{}", case.sample + 1) };
        page.text(&format!("expected {expected}, {by}"), 0, muted, 2);
        if let Err(reason) = &case.kept
            && is_run(view)
        {
            page.text(&format!("case dropped: {}", phrase(reason)), 0, self.theme.style(Role::Bad), 2);
        }
        if let Some(decision) = &case.decision {
            page.text(&format!("case {}", decision_words(decision)), 0, text, 2);
        }
        let empty = Cell::default();
        let cell = view.matrix.get(f).and_then(|row| row.get(c)).unwrap_or(&empty);
        self.outcome_words(cell, page, 12);
    }

    /// A case's input: short ones quoted on a line, long ones as the lines they are.
    fn input(&self, state: &State, input: &str, page: &mut Page) {
        let text = self.theme.style(Role::Text);
        let signs = self.space_signs(state);
        if signs.is_none() && input.len() < 400 && !input.contains('\n') {
            page.text(&format!("\"{}\"", escape::literal(input)), 0, text, 8);
            return;
        }
        page.text(&format!("input, {} characters", input.chars().count()), 0, self.theme.style(Role::Muted), 1);
        let lines = self.wraps.borrow_mut().get(input, page.width().saturating_sub(2), signs.as_ref());
        page.lines(lines, 2, signs);
    }

    /// What the other functions made of the case, a line each.
    fn others(&self, view: &InstructionView, f: usize, c: usize, page: &mut Page) {
        for other in (0..view.functions.len()).filter(|other| *other != f) {
            let Some(cell) = view.matrix.get(other).and_then(|row| row.get(c)) else { continue };
            let Some(outcome) = &cell.outcome else { continue };
            let (glyph, style) = self.cell(cell);
            let mut row = Row::of(format!("f{} ", other + 1), self.theme.style(Role::Muted));
            let room = page.width().saturating_sub(6);
            row.put(format!("{glyph} "), style);
            row.put(width::fit(&outcome_words(outcome), room, self.glyphs.dots), self.theme.style(Role::Muted));
            page.push(row);
        }
        if view.functions.len() > 1 {
            page.blank();
        }
    }

    /// What happened in one check.
    pub(in crate::ui) fn outcome_words(&self, cell: &Cell, page: &mut Page, most: usize) {
        let muted = self.theme.style(Role::Muted);
        let Some(outcome) = &cell.outcome else {
            page.text("not run yet", 0, muted, 1);
            return;
        };
        let (glyph, style) = self.cell(cell);
        let agrees = match cell.agrees {
            Some(true) => ", which agrees",
            Some(false) if cell.verdict.is_some_and(|verdict| verdict.boolean().is_some()) => ", which disagrees",
            _ if cell.verdict == Some(Verdict::Invalid) => ", which is no verdict",
            _ => "",
        };
        page.text(&format!("{glyph} {}{agrees}", outcome_words(outcome)), 0, style, most);
        if let Some(trace) = traceback(outcome) {
            for line in escape::block(trace).iter().take(most * 3) {
                page.text(line, 2, muted, 2);
            }
        }
        if !outcome.stdout.is_empty() {
            page.text(&format!("printed: {}", escape::literal(&outcome.stdout)), 0, muted, most);
        }
    }

    /// A function's back-translation, repairs and decision.
    pub(in crate::ui) fn function_words(&self, function: &FunctionView, page: &mut Page, most: usize) {
        let muted = self.theme.style(Role::Muted);
        if let Some((_, back)) = &function.back {
            page.text("read back from the code:", 0, muted, 1);
            page.text(&escape::prose(back), 2, self.theme.style(Role::Text), most);
        }
        if let Some((label, words)) = &function.label {
            let (word, role) = label_words(*label);
            // Entailment, neutral, contradiction.
            let chances = function.probabilities.map(|[e, n, c]| format!("  {e:.2} · {n:.2} · {c:.2}"));
            let word = &format!("{word}{}", chances.unwrap_or_default());
            page.text(word, 2, self.theme.style(role), 1);
            if !words.trim().is_empty() {
                page.text(&escape::prose(words), 2, muted, most);
            }
        }
        for repair in &function.repairs {
            page.text(&format!("repaired: {}", escape::prose(repair)), 0, self.theme.style(Role::Warn), 2);
        }
        if let Some(decision) = &function.decision {
            page.text(&format!("function {}", decision_words(decision)), 0, self.theme.style(Role::Text), 2);
        }
    }
}

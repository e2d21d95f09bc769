//! What a function did on a case, and what else is known of the function: beside the code, and in full in the reader.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::{Cell, FunctionView, InstructionView},
    term::escape,
    ui::{
        Ui,
        page::Page,
        row::Row,
        theme::Role,
        verdicts::{decision_words, outcome_words, phrase, traceback},
    },
    workbench::{State, panes::Focus},
};

use super::{code::label_words, focused};

impl Ui {
    pub(in crate::ui) fn evidence(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let (f, c) = (state.verifiers.functions.index, state.verifiers.cases.index);
        let title = Row::of(format!("f{} on c{}", f + 1, c + 1), self.theme.style(Role::Text));
        self.title(frame, area, 0, title, focused(state, Focus::Case));
        let mut page = Page::new(usize::from(area.width).saturating_sub(1));
        self.cell_words(view, f, c, &mut page, 4);
        page.blank();
        if let Some(function) = view.functions.get(f) {
            self.function_words(function, &mut page, 3);
        }
        for (at, row) in page.rows.into_iter().enumerate() {
            row.draw(frame, area, at + 1);
        }
    }

    /// A case and what a function did on it.
    pub(in crate::ui) fn cell_words(&self, view: &InstructionView, f: usize, c: usize, page: &mut Page, most: usize) {
        let muted = self.theme.style(Role::Muted);
        let text = self.theme.style(Role::Text);
        let Some(case) = view.cases.get(c) else {
            page.text("no cases", 0, muted, 1);
            return;
        };
        page.text(&format!("\"{}\"", escape::literal(&case.input)), 0, text, most);
        let expected = match case.expected {
            Some(expected) => expected.to_string(),
            None => format!("{}, which is no boolean", escape::literal(&case.expected_raw)),
        };
        page.text(&format!("expected {expected}, written with f{}", case.sample + 1), 0, muted, 2);
        if let Err(reason) = &case.kept {
            page.text(&format!("case dropped: {}", phrase(reason)), 0, self.theme.style(Role::Bad), 2);
        }
        if let Some(decision) = &case.decision {
            page.text(&format!("case {}", decision_words(decision)), 0, text, 2);
        }
        let empty = Cell::default();
        let cell = view.matrix.get(f).and_then(|row| row.get(c)).unwrap_or(&empty);
        self.outcome_words(cell, page, most);
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

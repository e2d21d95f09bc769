//! Something in full, over the whole screen.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::{
        handle::Transcript,
        snapshot::{JobState, JobView},
    },
    term::escape,
    workbench::{
        State,
        keymap::{Action, Context},
        list::Scroll,
        overlay::Reading,
    },
};

use super::{Ui, now::kind_name, page::Page, part, row::Row, theme::Role, verifiers::coloured};

impl Ui {
    pub(super) fn reader(&self, state: &State, reading: Reading, scroll: &Scroll, frame: &mut Frame<'_>, area: Rect) {
        let cells = usize::from(area.width);
        let mut page = Page::new(cells);
        let title = match reading {
            Reading::Case { case, function } => self.read_case(state, case, function, &mut page),
            Reading::Function(id) => self.read_function(state, id, &mut page),
            Reading::Response(id) => self.read_response(state, id, &mut page),
            Reading::Transcript(row) => {
                match state.transcripts.get(&row) {
                    Some(Some(transcript)) => self.transcript(state, transcript, &mut page),
                    Some(None) => page.text("this answer is not stored here", 0, self.theme.style(Role::Muted), 1),
                    None => page.text("loading the transcript", 0, self.theme.style(Role::Muted), 1),
                }
                "Transcript".to_owned()
            }
            Reading::Job(id) => self.read_job(state, id, &mut page),
        };
        let body = part(area, 0, 1, area.width, area.height.saturating_sub(1));
        let all = page.len();
        let window = scroll.window(all, body.height.into());
        self.scrollbar(frame, body, &window, all);
        let mut row = Row::of(title, self.theme.bold(Role::Accent));
        if all > window.len() {
            row.put(format!("   lines {}-{} of {all}", window.start + 1, window.end), self.theme.style(Role::Muted));
        }
        self.title(frame, area, 0, row, true);
        self.page(page, window, frame, body);
    }

    fn section(&self, page: &mut Page, name: &str) {
        if !page.is_empty() {
            page.blank();
        }
        page.text(name, 0, self.theme.bold(Role::Text), 1);
    }

    fn long(&self, state: &State, page: &mut Page, text: &str) {
        let signs = self.space_signs(state);
        let lines = self.wraps.borrow_mut().get(text, page.width(), signs.as_ref());
        page.lines(lines, 0, signs);
    }

    fn gone(&self, state: &State, page: &mut Page) -> String {
        let text = format!("this is no longer there; {} closes", state.keymap.name_of(Context::Reader, Action::Back));
        page.text(&text, 0, self.theme.style(Role::Muted), 2);
        "Gone".to_owned()
    }

    fn read_case(
        &self,
        state: &State,
        case: crate::domain::ItemId,
        function: Option<crate::domain::ItemId>,
        page: &mut Page,
    ) -> String {
        let Some(view) = state.detail().map(|detail| &detail.view) else { return self.gone(state, page) };
        let Some(c) = view.cases.iter().position(|other| other.id == case) else { return self.gone(state, page) };
        let f = view.functions.iter().position(|other| Some(other.id) == function).unwrap_or(0);
        let Some(found) = view.cases.get(c) else { return self.gone(state, page) };
        self.section(page, "Input");
        self.long(state, page, &found.input);
        self.section(page, &format!("f{} on it", f + 1));
        self.cell_words(state, view, f, c, page);
        for other in (0..view.functions.len()).filter(|other| *other != f) {
            let Some(cell) = view.matrix.get(other).and_then(|row| row.get(c)) else { continue };
            self.section(page, &format!("f{}", other + 1));
            self.outcome_words(cell, page, 10);
        }
        format!("Case c{}  {}", c + 1, case.short())
    }

    fn read_function(&self, state: &State, id: crate::domain::ItemId, page: &mut Page) -> String {
        let Some(view) = state.detail().map(|detail| &detail.view) else { return self.gone(state, page) };
        let Some((at, function)) = view.functions.iter().enumerate().find(|(_, function)| function.id == id) else {
            return self.gone(state, page);
        };
        if let Some(source) = &function.source {
            page.code(coloured(state, source), self.space_signs(state));
        }
        self.section(page, "What became of it");
        for reason in [&function.usable, &function.kept].into_iter().filter_map(|result| result.as_ref().err()) {
            page.text(&super::verdicts::phrase(reason), 2, self.theme.style(Role::Bad), 3);
        }
        if function.used {
            page.text("verifies responses", 2, self.theme.style(Role::Good), 1);
        }
        self.function_words(function, page, 100);
        format!("Function f{}  {}", at + 1, id.short())
    }

    fn read_response(&self, state: &State, id: crate::domain::ItemId, page: &mut Page) -> String {
        let Some(view) = state.detail().map(|detail| &detail.view) else { return self.gone(state, page) };
        let all = view.tasks.iter().flat_map(|task| &task.responses);
        let Some(response) = all.into_iter().find(|response| response.id == id) else { return self.gone(state, page) };
        if let Some(text) = &response.text {
            self.long(state, page, text);
        }
        self.section(page, "Why");
        self.response_words(view, response, page, 100);
        format!("Response r{}  {}", response.sample + 1, id.short())
    }

    fn read_job(&self, state: &State, id: u64, page: &mut Page) -> String {
        let Some(job) = state.job_by(id) else { return self.gone(state, page) };
        match job.completion.and_then(|row| state.transcripts.get(&row)) {
            Some(Some(transcript)) => self.transcript(state, transcript, page),
            _ => self.live(job, page),
        }
        format!("{}  {}", kind_name(job.kind), job.item.short())
    }

    fn transcript(&self, state: &State, transcript: &Transcript, page: &mut Page) {
        for (name, value) in &transcript.facts {
            let mut row = Row::new();
            row.left(name, 16, self.theme.style(Role::Muted));
            row.put(escape::prose(value), self.theme.style(Role::Text));
            page.push(row);
        }
        self.section(page, "Prompt");
        self.long(state, page, &transcript.prompt);
        if let Some(reasoning) = &transcript.reasoning {
            self.section(page, "Reasoning");
            self.long(state, page, reasoning);
        }
        self.section(page, "Answer");
        self.long(state, page, &transcript.content);
    }

    fn live(&self, job: &JobView, page: &mut Page) {
        let muted = self.theme.style(Role::Muted);
        page.text(&escape::prose(&job.about), 0, muted, 3);
        page.blank();
        if let JobState::Failed { message, .. } = &job.state {
            page.text(&escape::prose(message), 0, self.theme.style(Role::Bad), 20);
        }
        match &job.tail {
            Some(tail) => {
                for line in escape::block(&tail.sample().text) {
                    page.text(&line, 0, self.theme.style(Role::Text), usize::MAX);
                }
            }
            None if job.completion.is_some() => page.text("loading the transcript", 0, muted, 1),
            None => page.text("nothing streamed", 0, muted, 1),
        }
    }
}

//! The selected instruction beside the list: where it comes from, what was made from it, what people said.

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::{ItemId, Stage},
    pipeline::{
        handle::Detail,
        snapshot::InstructionRow,
        view::{CaseView, FunctionView, InstructionView, Source, State as Standing, TaskView},
    },
    term::{escape, width},
    ui::{
        Ui, format,
        page::Page,
        row::Row,
        theme::Role,
        verdicts::{decision_words, phrase, state_words},
    },
    workbench::State,
};

impl Ui {
    pub(super) fn summary(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let Some((row, detail, rest)) = self.head(state, frame, area) else { return };
        let page = self.detail_page(detail, row, rest.width.into());
        let window = state.instructions.detail.window(page.len(), rest.height.into());
        self.scrollbar(frame, rest, &window, page.len());
        self.page(page, window, frame, rest);
    }

    fn detail_page(&self, detail: &Detail, line: &InstructionRow, cells: usize) -> Page {
        let view = &detail.view;
        let mut page = Page::new(cells);
        self.notes(detail, &mut page);
        self.origin(view, line, &mut page);
        self.functions_of(view, &mut page);
        self.cases_of(view, &mut page);
        self.tasks_of(view, &mut page);
        page
    }

    fn part_of_page(&self, page: &mut Page, title: &str, facts: &str) {
        if !page.is_empty() {
            page.blank();
        }
        let mut row = Row::of(title, self.theme.bold(Role::Text));
        row.gap(2).put(facts, self.theme.style(Role::Muted));
        page.push(row);
    }

    fn notes(&self, detail: &Detail, page: &mut Page) {
        if detail.notes.is_empty() {
            return;
        }
        self.part_of_page(page, "Notes", "");
        for (item, note) in &detail.notes {
            let name = name_of(&detail.view, *item);
            page.text(&format!("{name}: {}", escape::prose(note)), 2, self.theme.style(Role::Accent), 4);
        }
    }

    fn origin(&self, view: &InstructionView, line: &InstructionRow, page: &mut Page) {
        let facts = match &view.source {
            Source::Seed => "a seed".to_owned(),
            Source::SelfInstruct { call, line, shown } => {
                let seeds = format::plural(shown.len(), "seed");
                format!("self-instruct call {}, line {}, which was shown {seeds}", call + 1, line + 1)
            }
        };
        self.part_of_page(page, "Origin", &facts);
        let stages = [
            ("self-instruct", Some(&view.novelty)),
            ("cross-validate", view.cross_validate.as_ref()),
            ("back-translate", view.back_translate.as_ref()),
            ("consistency", view.consistency.as_ref()),
        ];
        for (stage, standing) in stages {
            let Some(standing) = standing else { continue };
            self.stage_line(stage, standing, page);
        }
        // What became of its responses is what the list says of it.
        if line.stage > Stage::Consistency {
            self.stage_line(line.stage.id(), &line.state, page);
        }
        if let Some(decision) = &view.decision {
            page.text(&decision_words(decision), 2, self.theme.style(Role::Text), 3);
        }
    }

    fn stage_line(&self, stage: &str, standing: &Standing, page: &mut Page) {
        let (glyph, style) = self.standing(standing);
        let mut row = Row::new();
        row.gap(2).put(glyph, style).gap(1).left(stage, 16, self.theme.style(Role::Text));
        row.put(state_words(standing), self.theme.style(Role::Muted));
        page.push(row);
    }

    fn functions_of(&self, view: &InstructionView, page: &mut Page) {
        let used = view.functions.iter().filter(|function| function.used).count();
        let facts = match view.functions.len() {
            0 => "none yet: the verifiers stage makes them".to_owned(),
            all => format!("{used} of {all} used"),
        };
        self.part_of_page(page, "Functions", &facts);
        for (at, function) in view.functions.iter().enumerate() {
            self.function_lines(view, at, function, page);
        }
    }

    fn function_lines(&self, view: &InstructionView, at: usize, function: &FunctionView, page: &mut Page) {
        let g = self.glyphs;
        let (ruling, ruled) = self.ruling(function.decision.as_ref().map(|decision| decision.ruling));
        // Nothing is said to have fallen before it was judged.
        let crossing = is_open(view.cross_validate.as_ref());
        let fallen = function.usable.is_err() || !crossing && function.kept.is_err();
        let (glyph, role) = match (function.used, fallen) {
            (true, _) => (g.pass, Role::Good),
            (false, false) if crossing || is_open(view.consistency.as_ref()) => (g.pending, Role::Muted),
            (false, _) => (g.fail, Role::Bad),
        };
        let mut row = Row::new();
        row.put(ruling, ruled).gap(1).put(glyph, self.theme.style(role));
        row.put(format!(" f{}", at + 1), self.theme.bold(Role::Text)).gap(2);
        row.put(format!("accuracy {}", format::share(function.accuracy, g.none)), self.theme.style(Role::Text));
        if let Some((label, _)) = &function.label {
            row.gap(2).put(format!("{label:?}").to_lowercase(), self.theme.style(Role::Muted));
        }
        let why = if crossing {
            function.usable.as_ref().err()
        } else {
            function.usable.as_ref().and(function.kept.as_ref()).err()
        };
        if let Some(why) = why {
            row.gap(2).put(phrase(why), self.theme.style(Role::Warn));
        }
        let signs = [(function.edited, g.edited, Role::Accent), (function.stale, g.stale, Role::Stale)];
        for (_, sign, role) in signs.into_iter().filter(|(on, ..)| *on) {
            row.gap(1).put(sign, self.theme.style(role));
        }
        page.push(row);
        if let Some((_, back)) = &function.back {
            page.text(&escape::prose(back), 5, self.theme.style(Role::Muted), 2);
        }
        if let Some(decision) = &function.decision {
            page.text(&decision_words(decision), 5, self.theme.style(Role::Text), 2);
        }
    }

    fn cases_of(&self, view: &InstructionView, page: &mut Page) {
        let kept = view.cases.iter().filter(|case| case.kept.is_ok()).count();
        let facts = match view.cases.len() {
            0 => "none yet".to_owned(),
            all => format!("{kept} of {all} kept"),
        };
        self.part_of_page(page, "Cases", &facts);
        for (at, case) in view.cases.iter().enumerate() {
            page.push(self.case_line(view, at, case, page.width()));
        }
    }

    fn case_line(&self, view: &InstructionView, at: usize, case: &CaseView, cells: usize) -> Row {
        let g = self.glyphs;
        let (ruling, ruled) = self.ruling(case.decision.as_ref().map(|decision| decision.ruling));
        let (glyph, role) = match &case.kept {
            Ok(_) => (g.pass, Role::Good),
            Err(_) if is_open(view.cross_validate.as_ref()) => (g.pending, Role::Muted),
            Err(_) => (g.fail, Role::Bad),
        };
        let mut row = Row::new();
        row.put(ruling, ruled).gap(1).put(glyph, self.theme.style(role)).gap(1);
        row.left(&format!("c{}", at + 1), 4, self.theme.style(Role::Text));
        let expected = case.expected.map_or_else(|| escape::prose(&case.expected_raw), |value| value.to_string());
        row.left(&expected, 6, self.theme.style(Role::Muted));
        let room = cells.saturating_sub(row.used() + 5);
        let head = case.input.get(..case.input.floor_char_boundary(room * 4)).unwrap_or_default();
        row.left(&format!("\"{}\"", escape::prose(head)), room, self.theme.style(Role::Text));
        row.right(&format::share(case.accuracy, g.none), 5, self.theme.style(Role::Muted));
        row
    }

    fn tasks_of(&self, view: &InstructionView, page: &mut Page) {
        if view.tasks.is_empty() {
            return;
        }
        self.part_of_page(page, "Queries", &format::plural(view.tasks.len(), "query"));
        for task in &view.tasks {
            page.push(self.task_line(task, page.width()));
        }
    }

    fn task_line(&self, task: &TaskView, cells: usize) -> Row {
        let (ruling, ruled) = self.ruling(task.decision.as_ref().map(|decision| decision.ruling));
        let sft = task.responses.iter().filter(|response| response.sft).count();
        let facts = format!("{} of {} SFT, {}", sft, task.responses.len(), format::plural(task.pairs.len(), "pair"));
        let mut row = Row::new();
        row.put(ruling, ruled).gap(1);
        let room = cells.saturating_sub(row.used() + width::width(&facts) + 2);
        let head = task.query.get(..task.query.floor_char_boundary(room * 4)).unwrap_or_default();
        row.left(&escape::prose(head), room, self.theme.style(Role::Text));
        row.gap(2).put(facts, self.theme.style(Role::Muted));
        row
    }
}

/// What an item is called beside its siblings.
fn name_of(view: &InstructionView, item: ItemId) -> String {
    if let Some(at) = view.functions.iter().position(|function| function.id == item) {
        return format!("f{}", at + 1);
    }
    if let Some(at) = view.cases.iter().position(|case| case.id == item) {
        return format!("c{}", at + 1);
    }
    for (at, task) in view.tasks.iter().enumerate() {
        if let Some(response) = task.responses.iter().find(|response| response.id == item) {
            return format!("query {}, r{}", at + 1, response.sample + 1);
        }
    }
    if item == view.id { "the instruction".to_owned() } else { item.short() }
}

/// Whether a stage has not said its last word on an instruction.
const fn is_open(standing: Option<&Standing>) -> bool {
    matches!(standing, None | Some(Standing::Pending | Standing::Running | Standing::Stale))
}

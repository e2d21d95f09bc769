//! The Samples screen: a task's responses with verdicts and scores, and the selected one in full.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::{InstructionView, ResponseView, State as Standing, TaskView},
    rules::{datasets::Band, preamble::preamble},
    term::{escape, width},
    workbench::{State, idle::nothing_here, keymap::Action, panes::Part},
};

mod pairs;
mod text;

use super::{
    Ui, format,
    page::Page,
    part,
    row::Row,
    theme::Role,
    verdicts::{decision_words, outcome_words, state_words},
};

/// Cells of what a response is used for.
const USE: usize = 18;

impl Ui {
    pub(super) fn samples(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let Some(row) = state.current_row() else {
            let what = "Responses appear here once an instruction has passed consistency and met its queries.";
            let (title, lines) = nothing_here(state, what);
            self.empty(frame, area, title, &lines);
            return;
        };
        let Some((detail, (at, task))) = state.detail().zip(state.task()) else {
            let text = width::fit(&escape::prose(&row.text), area.width.into(), self.glyphs.dots);
            Row::of(text, self.theme.bold(Role::Text)).draw(frame, area, 0);
            if state.detail().is_some() {
                let accept = format!(
                    "It meets its queries once it has passed consistency, or once you accept it on {}.",
                    state.key(Action::Instructions)
                );
                let next = format!("{} goes to the next instruction that has responses.", state.key(Action::NextTask));
                let standing = format!("The instruction stands at {}: {}.", row.stage, state_words(&row.state));
                let lines = [standing.as_str(), accept.as_str(), "", next.as_str()];
                self.empty(frame, area, "No responses", &lines);
            }
            return;
        };
        let view = &detail.view;
        let focus = state.samples.focus;
        if state.zoom && state.editor().is_none() {
            match focus {
                Part::Responses => self.responses(state, task, frame, area),
                Part::Text => self.response_text(state, frame, area),
                Part::Pairs => self.pairs(state, task, frame, area),
            }
            return;
        }
        let used = self.task_head(view, task, at, frame, area);
        let room = area.height.saturating_sub(used);
        let list = u16::try_from(task.responses.len() + 2).unwrap_or(u16::MAX).min(room / 2).max(4);
        self.responses(state, task, frame, part(area, 0, used, area.width, list));
        let lower = part(area, 0, used + list, area.width, room.saturating_sub(list));
        if state.editor().is_some() {
            self.editor(state, frame, lower);
            return;
        }
        let side = lower.width * 2 / 5;
        let left = part(lower, 0, 0, lower.width - side - 3, lower.height);
        self.response_text(state, frame, left);
        self.bar(frame, part(lower, lower.width - side - 2, 0, 1, lower.height));
        let right = part(lower, lower.width - side, 0, side, lower.height);
        // The pairs take what they need above the words, where no message covers them; where there is little room, one
        // of the two.
        // Where there are none, two lines say why.
        let needed = u16::try_from(task.pairs.len().max(2) + 1).unwrap_or(u16::MAX);
        if right.height >= 12 {
            let pairs = needed.min(right.height / 3).max(2);
            self.pairs(state, task, frame, part(right, 0, 0, side, pairs));
            self.judgement(state, view, frame, part(right, 0, pairs, side, right.height - pairs));
        } else if focus == Part::Pairs {
            self.pairs(state, task, frame, right);
        } else {
            self.judgement(state, view, frame, right);
        }
    }

    fn task_head(&self, view: &InstructionView, task: &TaskView, at: usize, frame: &mut Frame<'_>, area: Rect) -> u16 {
        let cells = usize::from(area.width);
        let muted = self.theme.style(Role::Muted);
        let most = if area.height > 30 { 3 } else { 1 };
        let mut line = 0;
        let texts = [
            ("instruction", escape::prose(&view.text), self.theme.bold(Role::Text)),
            ("query", escape::prose(&task.query), self.theme.style(Role::Text)),
        ];
        for (name, text, style) in texts {
            Row::of(name, muted).draw(frame, area, line);
            let mut page = Page::new(cells.saturating_sub(13));
            page.text(&text, 0, style, most);
            let rows = page.len();
            let beside = part(area, 13, u16::try_from(line).unwrap_or(0), area.width.saturating_sub(13), area.height);
            self.page(page, 0..rows, frame, beside);
            line += rows;
        }
        let sft = task.responses.iter().filter(|response| response.sft).count();
        let mut facts = vec![
            format!("query {} of {}", at + 1, view.tasks.len()),
            format::plural(task.responses.len(), "response"),
            format::plural(sft, "SFT row"),
            format::plural(task.pairs.len(), "pair"),
        ];
        facts.extend(Self::limits(task));
        if let Some(decision) = &task.decision {
            facts.push(decision_words(decision));
        }
        facts.push(task.id.short());
        let mut row = Row::new();
        let between = if cells < 100 { format!(" {} ", self.glyphs.dot) } else { format!("  {}  ", self.glyphs.dot) };
        row.gap(13).left(&facts.join(&between), cells.saturating_sub(13), muted);
        row.draw(frame, area, line);
        u16::try_from(line + 2).unwrap_or(3)
    }

    /// What stands against a task: conflicts of its texts, a pass rate outside the band.
    fn limits(task: &TaskView) -> Vec<String> {
        let mut facts = Vec::new();
        if !task.conflicts.is_empty() {
            let words: Vec<&str> = task.conflicts.iter().map(|conflict| conflict.word()).collect();
            let left_out = if task.left_out { ", left out" } else { "" };
            facts.push(format!("at odds over {}{left_out}", words.join(" and ")));
        }
        if let (Band::Outside, Some(rate)) = (task.band, task.pass_rate) {
            facts.push(format!("pass rate {:.0}%, outside the band", rate * 100.0));
        }
        facts
    }

    fn responses(&self, state: &State, task: &TaskView, frame: &mut Frame<'_>, area: Rect) {
        let list = &state.samples.responses;
        let mut title = Row::of("Responses  ", self.theme.style(Role::Text));
        title.put(task.responses.len().to_string(), self.theme.bold(Role::Text));
        let focused = state.samples.focus == Part::Responses && state.overlay.is_none();
        self.title(frame, area, 0, title, focused);
        let verdicts = task.responses.iter().map(|response| response.cells.len()).max().unwrap_or(0).clamp(3, 12);
        self.response_columns(verdicts, area.width.into()).draw(frame, area, 1);
        let body = part(area, 0, 2, area.width, area.height.saturating_sub(2));
        let window = list.window(body.height.into());
        self.scrollbar(frame, body, &window, list.len);
        for (at, index) in window.enumerate() {
            let Some(response) = task.responses.get(index) else { break };
            if index == list.index {
                self.select(frame, body, at, focused);
            }
            self.response(response, verdicts, body.width.into()).draw(frame, body, at);
        }
    }

    fn response_columns(&self, verdicts: usize, cells: usize) -> Row {
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        row.gap(6).left("fns", verdicts + 1, muted).right("acc", 4, muted).right("score", 6, muted).gap(2);
        row.left("use", USE, muted).gap(2);
        let room = cells.saturating_sub(row.used());
        row.left("text", room, muted);
        row
    }

    fn response(&self, response: &ResponseView, verdicts: usize, cells: usize) -> Row {
        let g = self.glyphs;
        let muted = self.theme.style(Role::Muted);
        let (ruling, ruled) = self.ruling(response.decision.as_ref().map(|decision| decision.ruling));
        let mut row = Row::of(ruling, ruled);
        let (mark, style) = match (response.stale, response.edited) {
            (true, _) => (g.stale, self.theme.style(Role::Stale)),
            (false, true) => (g.edited, self.theme.style(Role::Accent)),
            _ => (" ", muted),
        };
        row.put(mark, style).left(&format!("r{}", response.sample + 1), 4, self.theme.style(Role::Text));
        let start = row.used();
        for cell in response.cells.iter().take(verdicts) {
            let (glyph, style) = self.verdict(cell.verdict);
            row.put(glyph, style);
        }
        row.to(start + verdicts + 1);
        row.right(&format::share(response.accuracy, g.none), 4, self.theme.style(Role::Text)).gap(2);
        let score = response.mean_score.map_or_else(|| g.none.to_owned(), trim);
        let tone = match &response.score {
            Some(Standing::Kept) => Role::Good,
            Some(Standing::Dropped(_) | Standing::Failed(_)) => Role::Bad,
            _ => Role::Muted,
        };
        row.right(&score, 4, self.theme.style(tone)).gap(2);
        let (role, tone) = part_played(response);
        row.left(&role, USE, self.theme.style(tone)).gap(2);
        let room = cells.saturating_sub(row.used());
        match &response.text {
            Some(text) => {
                if preamble(text).is_some() {
                    row.put("[preamble]", self.theme.style(Role::Warn)).gap(1);
                }
                let room = cells.saturating_sub(row.used());
                let head = text.get(..text.floor_char_boundary(room * 4)).unwrap_or_default();
                row.left(&escape::prose(head), room, muted);
            }
            None => {
                let (glyph, style) = self.standing(&response.respond);
                row.put(format!("{glyph} "), style);
                row.left(&state_words(&response.respond), room.saturating_sub(2), muted);
            }
        }
        row
    }

    /// Each function's verdict, where the response stands, the judge's words.
    pub(super) fn response_words(&self, view: &InstructionView, response: &ResponseView, page: &mut Page, most: usize) {
        let muted = self.theme.style(Role::Muted);
        let text = self.theme.style(Role::Text);
        let used = view.functions.iter().enumerate().filter(|(_, function)| function.used);
        for ((at, _), cell) in used.zip(&response.cells) {
            let (glyph, style) = self.verdict(cell.verdict);
            let words = cell.outcome.as_ref().map_or_else(|| "not run yet".to_owned(), |o| outcome_words(o));
            page.text(&format!("f{} {glyph} {words}", at + 1), 0, style, most);
        }
        if let Some(state) = &response.verify {
            page.text(&format!("verify: {}", state_words(state)), 0, text, 2);
        }
        if let Some((text, at)) = response.text.as_ref().and_then(|text| Some((text, preamble(text)?))) {
            let opening = escape::prose(text.get(..at).unwrap_or_default());
            page.text(&format!("starts with a preamble: \"{opening}\""), 0, self.theme.style(Role::Warn), 3);
        }
        if let Some(same) = response.same_as {
            page.text(&format!("same text as r{}, which stands for both", same + 1), 0, muted, 2);
        }
        if let Some(decision) = &response.decision {
            page.text(&decision_words(decision), 0, text, 3);
        }
        if response.stale {
            page.text(
                &format!("{} stale: what it was made from changed", self.glyphs.stale),
                0,
                self.theme.style(Role::Stale),
                2,
            );
        }
        page.blank();
        if response.judges.is_empty() {
            let why = match &response.score {
                Some(state) => format!("judge: {}", state_words(state)),
                None if matches!(response.verify, Some(Standing::Dropped(_) | Standing::Failed(_))) => {
                    "judge: not asked, it did not pass".to_owned()
                }
                None => "judge: pending".to_owned(),
            };
            page.text(&why, 0, muted, 2);
        }
        for words in &response.judges {
            let score = response.mean_score.map_or_else(String::new, |score| format!(" {}", trim(score)));
            page.text(&format!("judge{score}"), 0, text, 1);
            for line in escape::block(words).iter().filter(|line| !line.trim().is_empty()) {
                page.text(line, 2, muted, most * 3);
            }
        }
    }
}

/// A score without needless zeros.
fn trim(score: f64) -> String {
    let text = format!("{score:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// What a response is used for, in how many pairs, or why it is not.
fn part_played(response: &ResponseView) -> (String, Role) {
    let (chosen, rejected) = response.pairs;
    match (response.sft, chosen, rejected) {
        (true, 0, _) => ("SFT".to_owned(), Role::Good),
        (true, n, _) => (format!("SFT, chosen in {n}"), Role::Good),
        (false, n, _) if n > 0 => (format!("chosen in {n}"), Role::Good),
        (false, _, n) if n > 0 => (format!("rejected in {n}"), Role::Bad),
        _ => match (&response.score, &response.verify, &response.respond) {
            (Some(Standing::Dropped(reason) | Standing::Failed(reason)), _, _)
            | (_, Some(Standing::Dropped(reason) | Standing::Failed(reason)), _)
            | (_, _, Standing::Dropped(reason) | Standing::Failed(reason)) => {
                (super::verdicts::phrase(reason), Role::Muted)
            }
            _ => (String::new(), Role::Muted),
        },
    }
}

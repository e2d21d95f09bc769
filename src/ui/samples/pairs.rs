//! The pairs that a task gives, and those that were decided on.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::{PairStanding, PairView, TaskView},
    term::{escape, width},
    ui::{Ui, format, part, row::Row, theme::Role},
    workbench::{State, panes::Part},
};

impl Ui {
    pub(super) fn pairs(&self, state: &State, task: &TaskView, frame: &mut Frame<'_>, area: Rect) {
        let focused = state.samples.focus == Part::Pairs && state.overlay.is_none();
        let given = task.pairs.iter().filter(|pair| pair.is_given()).count();
        let mut title = Row::of("Pairs  ", self.theme.style(Role::Text));
        title.put(given.to_string(), self.theme.bold(Role::Text));
        if given < task.pairs.len() {
            title.put(format!("  of {}", task.pairs.len()), self.theme.style(Role::Muted));
        }
        self.title(frame, area, 0, title, focused);
        let body = part(area, 0, 1, area.width, area.height.saturating_sub(1));
        if task.pairs.is_empty() {
            let why = "A pair needs a response that is kept and one that no function passes.";
            for (at, line) in width::wrap(why, body.width.into()).into_iter().enumerate() {
                Row::of(line, self.theme.style(Role::Muted)).draw(frame, body, at);
            }
            return;
        }
        let list = &state.samples.pairs;
        let window = list.window(body.height.into());
        self.scrollbar(frame, body, &window, task.pairs.len());
        for (at, index) in window.enumerate() {
            let Some(pair) = task.pairs.get(index) else { break };
            if index == list.index && focused {
                self.select(frame, body, at, true);
            }
            self.pair(task, pair, body.width.into()).draw(frame, body, at);
        }
    }

    fn pair(&self, task: &TaskView, pair: &PairView, cells: usize) -> Row {
        let muted = self.theme.style(Role::Muted);
        let (ruling, style) = self.ruling(pair.decision.as_ref().map(|decision| decision.ruling));
        let mut row = Row::of(format!("{ruling} "), style);
        let gone = !pair.is_given();
        let score = |sample: u32| {
            let response = task.responses.iter().find(|response| response.sample == sample);
            let score = response.and_then(|response| response.mean_score);
            score.map_or_else(String::new, |score| format!(" {}", super::trim(score)))
        };
        let share = |sample: u32| {
            let response = task.responses.iter().find(|response| response.sample == sample);
            format::share(response.and_then(|response| response.accuracy), self.glyphs.none)
        };
        let good = self.theme.style(if gone { Role::Muted } else { Role::Good });
        let bad = self.theme.style(if gone { Role::Muted } else { Role::Bad });
        let (chosen, rejected) = (pair.chosen.sample, pair.rejected.sample);
        row.put(format!("r{}", chosen + 1), good).put(format!(" {}{}", share(chosen), score(chosen)), muted);
        row.put(" over ", muted);
        row.put(format!("r{}", rejected + 1), bad).put(format!(" {}", share(rejected)), muted).gap(2);
        let (words, role) = standing(pair.standing);
        if !words.is_empty() {
            row.put(words, self.theme.style(role)).gap(2);
        }
        let room = cells.saturating_sub(row.used());
        let text = &pair.rejected.text;
        let head = text.get(..text.floor_char_boundary(room * 4)).unwrap_or_default();
        row.left(&escape::prose(head), room, muted);
        row
    }
}

/// How a pair stands, where it is not simply given.
const fn standing(standing: PairStanding) -> (&'static str, Role) {
    match standing {
        PairStanding::Given => ("", Role::Text),
        PairStanding::Rejected => ("rejected", Role::Bad),
        PairStanding::Outdated => ("decided before it changed", Role::Stale),
        PairStanding::Capped => ("over the cap", Role::Muted),
        PairStanding::Stale => ("stale", Role::Stale),
        PairStanding::NotDrawn => ("no longer drawn", Role::Muted),
    }
}

//! The Instructions screen: a list, and beside it the selected one.

mod detail;
mod facets;
mod list;

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::Ruling,
    pipeline::{
        handle::Detail,
        snapshot::InstructionRow,
        view::{Copies, InstructionView, Source, State as Standing},
    },
    term::{escape, width},
    workbench::{
        State,
        keymap::{Action, Context},
    },
};

use super::{
    Ui, part,
    row::Row,
    theme::Role,
    verdicts::{decision_words, phrase, state_words},
};

/// From this width on list and detail stand side by side.
const BOTH: u16 = 110;

impl Ui {
    pub(super) fn instructions(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let covered = self.covered(state, area);
        if state.instructions.rows.is_empty() {
            self.list(state, frame, area, covered);
        } else if state.zoom && state.current().is_some() {
            self.summary(state, frame, area);
        } else if area.width >= BOTH {
            let left = (area.width * 9 / 20).clamp(50, 67).max(area.width * 7 / 20);
            self.list(state, frame, part(area, 0, 0, left, area.height), covered);
            self.bar(frame, part(area, left + 1, 0, 1, area.height));
            self.summary(state, frame, part(area, left + 3, 0, area.width - left - 3, area.height));
        } else {
            self.list(state, frame, area, covered);
        }
    }

    /// The instruction, and under it its cases and functions, for the Verifiers screen.
    pub(super) fn detail(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let Some((row, detail, rest)) = self.head(state, frame, area) else { return };
        let view = &detail.view;
        let key = |action| state.keymap.name_of(Context::Instructions, action);
        if view.functions.is_empty() && row.decision.is_some_and(|ruling| ruling != Ruling::Accepted) {
            let how = format!(
                "{} on {} withdraws the decision and brings them back; {} takes back what was done last.",
                key(Action::ClearDecision),
                key(Action::Instructions),
                key(Action::Undo)
            );
            let why = [
                "Functions, cases and responses are stored, but a rejected instruction uses none of them.",
                how.as_str(),
            ];
            self.empty(frame, rest, "Rejected", &why);
            return;
        }
        if let (true, Standing::Dropped(reason)) = (view.functions.is_empty(), &view.novelty) {
            let dropped = format!(
                "The instruction was dropped at self-instruct ({}): no functions are asked for.",
                phrase(reason)
            );
            let how = format!(
                "{} on {} accepts it all the same; then they are.",
                key(Action::Accept),
                key(Action::Instructions)
            );
            let why = [dropped.as_str(), how.as_str()];
            self.empty(frame, rest, "No functions", &why);
            return;
        }
        if view.functions.is_empty() {
            let how = format!("{} on {} asks for them again.", key(Action::Rerun), key(Action::Instructions));
            let why = ["Functions and cases appear here once the verifiers stage has answered.", how.as_str()];
            self.empty(frame, rest, "No functions yet", &why);
            return;
        }
        self.verifier_panes(state, view, frame, rest);
    }

    /// The selected instruction on top, and the room below; only its text while it is not there in full.
    fn head<'s>(
        &self,
        state: &'s State,
        frame: &mut Frame<'_>,
        area: Rect,
    ) -> Option<(&'s InstructionRow, &'s Detail, Rect)> {
        let row = state.current_row()?;
        let Some(detail) = state.detail() else {
            let text = width::fit(&escape::prose(&row.text), area.width.into(), self.glyphs.dots);
            Row::of(text, self.theme.bold(Role::Text)).draw(frame, area, 0);
            return None;
        };
        let used = self.about(&detail.view, frame, area);
        Some((row, detail, part(area, 0, used, area.width, area.height.saturating_sub(used))))
    }

    /// The instruction in full, where it comes from and where it stands.
    fn about(&self, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) -> u16 {
        let cells = usize::from(area.width);
        let muted = self.theme.style(Role::Muted);
        let (ruling, style) = self.ruling(view.decision.as_ref().map(|decision| decision.ruling));
        let most = if area.height > 30 { 4 } else { 2 };
        let mut lines = width::wrap(&escape::prose(&view.text), cells.saturating_sub(2));
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                *last = format!("{}{}", width::fit(last, cells.saturating_sub(3), ""), self.glyphs.dots);
            }
        }
        let mut at = 0;
        for line in lines {
            let mut row = Row::of(if at == 0 { format!("{ruling} ") } else { "  ".to_owned() }, style);
            row.put(line, self.theme.bold(Role::Text));
            row.draw(frame, area, at);
            at += 1;
        }
        let mut row = Row::new();
        row.gap(2).put(self.facts(view, cells.saturating_sub(2)), muted);
        row.draw(frame, area, at);
        u16::try_from(at + 2).unwrap_or(2)
    }

    /// Facts on one line. Where it stands, what was decided and its id stay; what lies between goes first.
    fn facts(&self, view: &InstructionView, cells: usize) -> String {
        let mut middle = vec![view.language.code().to_owned()];
        if let Some(category) = &view.category {
            middle.push(escape::prose(category));
        }
        if let Some((near, score)) = view.nearest {
            middle.push(format!("nearest {} at {score:.2}", near.short()));
        }
        middle.push(match &view.source {
            Source::Seed => "seed".to_owned(),
            Source::SelfInstruct { call, line, .. } => format!("self-instruct call {}, line {}", call + 1, line + 1),
        });
        if view.copies.functions + view.copies.cases > 0 {
            let Copies { functions, of_functions, cases, of_cases } = view.copies;
            middle.push(format!("copied {functions}/{of_functions} functions, {cases}/{of_cases} cases"));
        }
        if view.edited {
            middle.push(format!("{} edited", self.glyphs.edited));
        }
        let between = format!("  {}  ", self.glyphs.dot);
        let mut end = vec![view.id.short()];
        if let Some(decision) = &view.decision {
            let room = cells.saturating_sub(width::width(&end[0]) + 2 * width::width(&between) + 16);
            end.insert(0, width::fit(&decision_words(decision), room, self.glyphs.dots));
        }
        let end = end.join(&between);
        let first = standing(view);
        let first_room = cells.saturating_sub(width::width(&end) + width::width(&between));
        loop {
            let parts: Vec<&str> = [first.as_str()].into_iter().chain(middle.iter().map(String::as_str)).collect();
            let start = parts.join(&between);
            if width::width(&start) <= first_room || middle.is_empty() {
                return format!("{}{between}{end}", width::fit(&start, first_room, self.glyphs.dots));
            }
            middle.remove(0);
        }
    }
}

/// Where an instruction stands, at the furthest stage it reached.
fn standing(view: &InstructionView) -> String {
    let stages = [
        ("consistency", view.consistency.as_ref()),
        ("back-translate", view.back_translate.as_ref()),
        ("cross-validate", view.cross_validate.as_ref()),
        ("self-instruct", Some(&view.novelty)),
    ];
    let furthest = stages.into_iter().find_map(|(name, state)| state.map(|state| (name, state)));
    furthest.map_or_else(String::new, |(name, state)| format!("{}: {}", name, state_words(state)))
}

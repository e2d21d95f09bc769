//! The selected function: tabs, what became of it, its source.

use std::sync::Arc;

use ratatui::{Frame, layout::Rect, style::Modifier};

use crate::{
    domain::{Label, Stage},
    pipeline::view::{FunctionView, InstructionView, State},
    term::{
        escape::{self, Spaces},
        width,
    },
    ui::{
        Ui, format, part,
        row::Row,
        theme::Role,
        verdicts::{decision_words, phrase},
    },
    workbench::{
        State as Workbench,
        code::{Code, Syntax},
        keymap::{Action, Context},
        panes::Focus,
    },
};

use super::focused;

/// Cells before the source: a mark, the line's number, space.
pub(in crate::ui) const GUTTER: usize = 6;

impl Ui {
    pub(in crate::ui) fn code(&self, state: &Workbench, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let focused = focused(state, Focus::Code);
        let chosen = state.verifiers.functions.index;
        let mut title = Row::of("Code  ", self.theme.style(Role::Text));
        for (at, function) in view.functions.iter().enumerate() {
            let style = match (at == chosen, function.used) {
                (true, _) => self.theme.bold(Role::Accent).add_modifier(Modifier::UNDERLINED),
                (false, true) => self.theme.style(Role::Text),
                (false, false) => self.theme.style(Role::Muted),
            };
            if at > 0 {
                title.gap(1);
            }
            title.put(format!("f{}", at + 1), style);
        }
        if view.functions.len() > 1 {
            let [before, after] = [Action::PreviousFunction, Action::NextFunction]
                .map(|action| state.keymap.name_of(Context::Code, action));
            title.put(format!("  {before} {after}"), self.theme.style(Role::Muted));
        }
        self.title(frame, area, 0, title, focused);
        let Some(function) = view.functions.get(chosen) else { return };
        self.fate(view, function, area.width.into()).draw(frame, area, 1);
        let body = part(area, 0, 2, area.width, area.height.saturating_sub(2));
        let Some(source) = &function.source else {
            if is_unmade(function) {
                self.streaming(state, function.id, "pending: the model has not answered yet", frame, body);
                return;
            }
            let why = function.usable.as_ref().err().map(|reason| phrase(reason)).unwrap_or_default();
            let [again, edit] = [Action::Rerun, Action::Edit].map(|action| state.key(action));
            let how = format!("{again} asks the model again; {edit} writes one by hand.");
            let lines = [why.as_str(), "", how.as_str()];
            self.empty(frame, body, "The answer held no function", &lines);
            return;
        };
        let marked = state.cell().and_then(|cell| cell.outcome.as_ref()?.line());
        let code = coloured(state, source);
        let signs = self.space_signs(state);
        let window = state.verifiers.code.window(code.lines.len(), body.height.into());
        self.scrollbar(frame, body, &window, code.lines.len());
        let cells = usize::from(body.width);
        let across = state.verifiers.code_across.window(code.widest, cells.saturating_sub(GUTTER)).start;
        for (at, line) in window.enumerate() {
            self.code_line(&code, line, marked, (across, cells), signs.as_ref()).draw(frame, body, at);
        }
    }

    /// A line of source with its number, from a column on; the line an outcome points at is marked.
    pub(in crate::ui) fn code_line(
        &self,
        code: &Code,
        line: usize,
        marked: Option<u32>,
        (across, cells): (usize, usize),
        signs: Option<&Spaces>,
    ) -> Row {
        let here = marked.is_some_and(|marked| usize::try_from(marked).is_ok_and(|marked| marked == line + 1));
        let mut row = Row::new();
        let gutter = self.theme.style(if here { Role::Warn } else { Role::Muted });
        row.put(if here { self.glyphs.here } else { " " }, gutter);
        row.right(&(line + 1).to_string(), 3, gutter).gap(2);
        self.pieces(&mut row, code.lines.get(line).map_or(&[][..], Vec::as_slice), (across, cells), signs);
        row
    }

    /// Coloured pieces from a column on, as far as there is room; where something is cut, a sign says so.
    fn pieces(
        &self,
        row: &mut Row,
        pieces: &[(Syntax, String)],
        (across, cells): (usize, usize),
        signs: Option<&Spaces>,
    ) {
        let (mut before, mut column) = (across, 0);
        let dots = self.theme.style(Role::Muted);
        if across > 0 && !pieces.is_empty() && cells > row.used() {
            row.put(self.glyphs.before, dots);
            before += 1;
        }
        let mut shown = Vec::with_capacity(pieces.len());
        for (syntax, text) in pieces {
            let text = escape::shown(text, column, signs);
            let wide = width::width(&text);
            column += wide;
            shown.push((syntax, text, wide));
        }
        let cut = row.used() + column.saturating_sub(before) > cells;
        let end = cells.saturating_sub(usize::from(cut));
        for (syntax, text, wide) in shown {
            if wide <= before {
                before -= wide;
                continue;
            }
            let text = width::skip(&text, before);
            before = 0;
            let room = end.saturating_sub(row.used());
            self.signed(row, width::take(&text, room), self.theme.syntax(*syntax), signs);
            if width::width(&text) > room {
                break;
            }
        }
        if cut {
            row.to(end).put(self.glyphs.after, dots);
        }
    }

    /// What became of a function, in one line.
    fn fate(&self, view: &InstructionView, function: &FunctionView, cells: usize) -> Row {
        let g = self.glyphs;
        let muted = self.theme.style(Role::Muted);
        let mut row = Row::new();
        let open = open_step(view);
        match (&function.usable, &function.kept, function.used) {
            _ if is_unmade(function) => row.put("not made yet", muted),
            (Ok(()), _, _) if is_unjudged(view) => match open {
                Some((_, true)) => row.put("stale; checked against the cases again", self.theme.style(Role::Stale)),
                _ => row.put("pending: not run on the cases yet", muted),
            },
            (Err(reason), _, _) => row.put(format!("unusable: {}", phrase(reason)), self.theme.style(Role::Bad)),
            (_, Err(reason), false) => row.put(format!("dropped: {}", phrase(reason)), self.theme.style(Role::Bad)),
            (_, _, true) => row.put("used", self.theme.style(Role::Good)),
            _ => match open {
                Some((step, true)) => row.put(format!("kept so far; {step} is stale"), self.theme.style(Role::Stale)),
                Some((step, false)) => row.put(format!("kept so far; {step} is pending"), muted),
                None => row.put("kept, not used", self.theme.style(Role::Warn)),
            },
        };
        let mut facts = Vec::new();
        if let Some(accuracy) = function.accuracy.filter(|_| is_run(view)) {
            facts.push((format!("accuracy {}", format::share(Some(accuracy), g.none)), muted));
        }
        if let Some((label, _)) = &function.label {
            let (word, role) = label_words(*label);
            facts.push((format!("back-translation {word}"), self.theme.style(role)));
        }
        if function.stale {
            facts.push((format!("{} stale", g.stale), self.theme.style(Role::Stale)));
        }
        if function.edited {
            facts.push((format!("{} edited", g.edited), self.theme.style(Role::Accent)));
        }
        if let Some(decision) = &function.decision {
            facts.push((decision_words(decision), muted));
        }
        for (text, style) in facts {
            let room = cells.saturating_sub(row.used() + 3);
            if room < 4 {
                break;
            }
            row.put(format!(" {} ", g.dot), muted).put(width::fit(&text, room, g.dots), style);
        }
        row
    }
}

/// Whether a function has not been asked for, or its answer has not come.
pub(in crate::ui) fn is_unmade(function: &FunctionView) -> bool {
    function.usable.as_ref().is_err_and(|reason| reason == "not-made")
}

/// Whether any function ran on any case: before that accuracies and what would be dropped say nothing.
pub(in crate::ui) fn is_run(view: &InstructionView) -> bool {
    view.matrix.iter().flatten().any(|cell| cell.outcome.is_some())
}

/// Whether cross-validation has still to say which functions and cases hold.
pub(in crate::ui) const fn is_unjudged(view: &InstructionView) -> bool {
    matches!(view.cross_validate, None | Some(State::Pending | State::Running | State::Stale))
}

/// The step that has still to say whether the functions of an instruction are used, and whether it is stale rather than
/// waiting; nothing where all is said.
pub(in crate::ui) fn open_step(view: &InstructionView) -> Option<(Stage, bool)> {
    let steps = [
        (Stage::CrossValidate, &view.cross_validate),
        (Stage::BackTranslate, &view.back_translate),
        (Stage::Consistency, &view.consistency),
    ];
    let (stage, state) = steps.into_iter().find(|(_, state)| **state != Some(State::Kept))?;
    match state {
        None if view.novelty != State::Kept => None,
        None | Some(State::Pending | State::Running) => Some((stage, false)),
        Some(State::Stale) => Some((stage, true)),
        Some(State::Kept | State::Dropped(_) | State::Failed(_)) => None,
    }
}

/// A label in words.
pub(in crate::ui) const fn label_words(label: Label) -> (&'static str, Role) {
    match label {
        Label::Entailment => ("entailed", Role::Good),
        Label::Neutral => ("neutral", Role::Text),
        Label::Contradiction => ("contradicted", Role::Bad),
    }
}

/// A source with its colours; plain while they are still being worked out.
pub(in crate::ui) fn coloured(state: &Workbench, source: &str) -> Arc<Code> {
    state.code.get(source).map_or_else(|| Arc::new(Code::plain(source)), Arc::clone)
}

//! How verdicts, states and decisions look.

use ratatui::style::Style;

use crate::{
    domain::{Decision, Outcome, OutcomeKind, Ruling, Value},
    pipeline::view::{Cell, State},
    rules::Verdict,
    term::escape,
};

use super::{Ui, theme::Role};

impl Ui {
    /// What a function says of a text.
    pub(super) fn verdict(&self, verdict: Option<Verdict>) -> (&'static str, Style) {
        let g = self.glyphs;
        let (glyph, role) = match verdict {
            Some(Verdict::Pass) => (g.pass, Role::Good),
            Some(Verdict::Fail) => (g.fail, Role::Bad),
            Some(Verdict::Error) => (g.error, Role::Warn),
            Some(Verdict::Timeout) => (g.timeout, Role::Warn),
            Some(Verdict::Invalid) => (g.invalid, Role::Warn),
            None => (g.pending, Role::Muted),
        };
        (glyph, self.theme.style(role))
    }

    /// A cell of the matrix: agreement with the expected value where there is a boolean, else why there is none.
    pub(super) fn cell(&self, cell: &Cell) -> (&'static str, Style) {
        match (cell.verdict.and_then(Verdict::boolean), cell.agrees) {
            (Some(_), Some(true)) => (self.glyphs.pass, self.theme.style(Role::Good)),
            (Some(_), Some(false)) => (self.glyphs.fail, self.theme.style(Role::Bad)),
            _ => self.verdict(cell.verdict),
        }
    }

    /// Where an item stands.
    pub(super) fn standing(&self, state: &State) -> (&'static str, Style) {
        let g = self.glyphs;
        let (glyph, role) = match state {
            State::Kept => (g.pass, Role::Good),
            State::Dropped(_) => (g.fail, Role::Bad),
            State::Failed(_) => (g.error, Role::Warn),
            State::Pending => (g.pending, Role::Muted),
            State::Running => (g.running, Role::Running),
            State::Stale => (g.stale, Role::Stale),
        };
        (glyph, self.theme.style(role))
    }

    /// What a person decided, if anything.
    pub(super) fn ruling(&self, ruling: Option<Ruling>) -> (&'static str, Style) {
        match ruling {
            Some(Ruling::Accepted) => (self.glyphs.accepted, self.theme.style(Role::Good)),
            Some(Ruling::Rejected) => (self.glyphs.rejected, self.theme.style(Role::Bad)),
            Some(Ruling::UseAsNegative) => (self.glyphs.negative, self.theme.style(Role::Bad)),
            None => (" ", Style::new()),
        }
    }
}

/// A reason's stable word, as the command line prints it and the filter takes it.
pub(super) fn phrase(reason: &str) -> String {
    escape::prose(reason)
}

/// A state in words.
pub(super) fn state_words(state: &State) -> String {
    match state {
        State::Kept => "kept".to_owned(),
        State::Dropped(reason) => format!("dropped: {}", phrase(reason)),
        State::Failed(reason) => format!("failed: {}", phrase(reason)),
        State::Pending => "pending".to_owned(),
        State::Running => "running".to_owned(),
        State::Stale => "stale".to_owned(),
    }
}

/// A decision in words.
pub(super) fn decision_words(decision: &Decision) -> String {
    let word = match decision.ruling {
        Ruling::Accepted => "accepted",
        Ruling::Rejected => "rejected",
        Ruling::UseAsNegative => "rejected, serves as a negative",
    };
    match &decision.reason {
        Some(reason) => format!("{word}: {}", escape::prose(reason)),
        None => word.to_owned(),
    }
}

/// An outcome in one line.
pub(super) fn outcome_words(outcome: &Outcome) -> String {
    match &outcome.kind {
        OutcomeKind::Returned { value: Value::Bool(true), .. } => "returned True".to_owned(),
        OutcomeKind::Returned { value: Value::Bool(false), .. } => "returned False".to_owned(),
        OutcomeKind::Returned { repr, .. } => format!("returned {}", escape::literal(repr)),
        OutcomeKind::Raised(fault) => {
            let at = fault.line.map_or_else(String::new, |line| format!(" at line {line}"));
            format!("raised {}{at}: {}", escape::prose(&fault.type_name), escape::prose(&fault.message))
        }
        OutcomeKind::Timeout => "did not end in time".to_owned(),
        OutcomeKind::Memory => "used up its memory".to_owned(),
        OutcomeKind::Exit => "left the interpreter".to_owned(),
        OutcomeKind::Forbidden { what } => format!("tried what the sandbox lacks: {}", escape::prose(what)),
        OutcomeKind::Load { error, .. } => {
            let at = error.line.map_or_else(String::new, |line| format!(" at line {line}"));
            format!("does not load: {}{at}: {}", escape::prose(&error.type_name), escape::prose(&error.message))
        }
        OutcomeKind::Skipped => "skipped after two timeouts".to_owned(),
    }
}

/// The traceback of an outcome, where there is one.
pub(super) fn traceback(outcome: &Outcome) -> Option<&str> {
    let text = match &outcome.kind {
        OutcomeKind::Raised(fault) => &fault.traceback,
        OutcomeKind::Load { error, .. } => &error.traceback,
        _ => return None,
    };
    Some(text.as_str()).filter(|text| !text.trim().is_empty())
}

//! The Verifiers screen: the functions and cases of one instruction, and what happened between them.

pub(super) use code::uncoloured;

mod code;
mod evidence;
mod matrix;

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::InstructionView,
    workbench::{State, panes::Focus, state::Screen},
};

use super::{Ui, part};

impl Ui {
    pub(super) fn verifiers(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        self.detail(state, frame, area);
    }

    /// Matrix, code and what happened, as they fit.
    pub(super) fn verifier_panes(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, rest: Rect) {
        // The matrix takes what it needs, the code keeps at least half.
        let needed = u16::try_from(view.cases.len() + 4).unwrap_or(u16::MAX);
        let matrix = needed.min(rest.height / 2).max(6);
        self.matrix(state, view, frame, part(rest, 0, 0, rest.width, matrix));
        let lower = part(rest, 0, matrix, rest.width, rest.height.saturating_sub(matrix));
        if lower.width >= 92 {
            let code = lower.width * 3 / 5;
            self.code(state, view, frame, part(lower, 0, 0, code, lower.height));
            self.evidence(state, view, frame, part(lower, code + 1, 0, lower.width - code - 1, lower.height));
        } else if lower.height >= 20 {
            let code = lower.height * 3 / 5;
            self.code(state, view, frame, part(lower, 0, 0, lower.width, code));
            self.evidence(state, view, frame, part(lower, 0, code, lower.width, lower.height - code));
        } else if state.verifiers.focus == Focus::Code {
            self.code(state, view, frame, lower);
        } else {
            self.evidence(state, view, frame, lower);
        }
    }
}

/// Whether a pane of this screen takes the keys.
fn focused(state: &State, focus: Focus) -> bool {
    state.screen == Screen::Verifiers && state.verifiers.focus == focus && state.overlay.is_none()
}

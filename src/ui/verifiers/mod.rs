//! The Verifiers screen: the functions and cases of one instruction, and what happened between them.

pub(super) use code::coloured;

mod code;
mod evidence;
mod matrix;

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::view::InstructionView,
    workbench::{State, idle::nothing_here, panes::Focus, state::Screen},
};

use super::{Ui, part};

/// From this width on the matrix stands beside the code.
const BESIDE: u16 = 100;
/// Below this height the focused pane takes from the other one.
const LOW: u16 = 24;

impl Ui {
    pub(super) fn verifiers(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        if state.current_row().is_none() {
            let what =
                "Functions and cases of an instruction are shown here: how they agree, and what each function did.";
            let (title, lines) = nothing_here(state, what);
            self.empty(frame, area, title, &lines);
            return;
        }
        self.detail(state, frame, area);
    }

    /// Matrix, code and what happened, as they fit.
    pub(super) fn verifier_panes(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let here = state.screen == Screen::Verifiers;
        match state.verifiers.focus {
            focus if here && state.zoom => self.one_pane(state, view, focus, frame, area),
            _ if here && area.width >= BESIDE => self.side_by_side(state, view, frame, area),
            _ => self.stacked(state, view, frame, area),
        }
    }

    fn one_pane(&self, state: &State, view: &InstructionView, focus: Focus, frame: &mut Frame<'_>, area: Rect) {
        match focus {
            Focus::Matrix => self.matrix(state, view, frame, area),
            Focus::Code => self.code(state, view, frame, area),
            // The code beside the case.
            Focus::Case if area.width >= BESIDE => {
                let code = area.width * 3 / 5;
                self.code(state, view, frame, part(area, 0, 0, code, area.height));
                self.bar(frame, part(area, code + 1, 0, 1, area.height));
                self.case_pane(state, view, frame, part(area, code + 3, 0, area.width - code - 3, area.height));
            }
            Focus::Case => {
                let code = area.height / 2;
                self.code(state, view, frame, part(area, 0, 0, area.width, code));
                self.case_pane(state, view, frame, part(area, 0, code, area.width, area.height - code));
            }
        }
    }

    fn side_by_side(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        let wish = u16::try_from(matrix::wish(view)).unwrap_or(u16::MAX);
        let left = wish.clamp(area.width * 2 / 5, area.width / 2);
        self.matrix(state, view, frame, part(area, 0, 0, left, area.height));
        self.bar(frame, part(area, left + 1, 0, 1, area.height));
        let right = part(area, left + 3, 0, area.width - left - 3, area.height);
        if state.editor().is_some() {
            self.editor(state, frame, right);
            return;
        }
        let code = (right.height * 3 / 5).max(right.height.saturating_sub(18));
        self.code(state, view, frame, part(right, 0, 0, right.width, code));
        self.case_pane(state, view, frame, part(right, 0, code, right.width, right.height - code));
    }

    fn stacked(&self, state: &State, view: &InstructionView, frame: &mut Frame<'_>, area: Rect) {
        // The matrix takes what it needs, the code keeps at least half; on a small screen the focused one has more.
        let needed = u16::try_from(matrix::lines(state, view)).unwrap_or(u16::MAX);
        let most = match state.verifiers.focus {
            Focus::Matrix if state.screen == Screen::Verifiers && area.height < LOW => area.height.saturating_sub(6),
            _ => area.height / 2,
        };
        let matrix = needed.min(most).max(7);
        self.matrix(state, view, frame, part(area, 0, 0, area.width, matrix));
        let lower = part(area, 0, matrix, area.width, area.height.saturating_sub(matrix));
        if lower.height >= 20 {
            let code = lower.height * 3 / 5;
            self.code(state, view, frame, part(lower, 0, 0, lower.width, code));
            self.case_pane(state, view, frame, part(lower, 0, code, lower.width, lower.height - code));
        } else if state.verifiers.focus == Focus::Code {
            self.code(state, view, frame, lower);
        } else {
            self.case_pane(state, view, frame, lower);
        }
    }
}

/// Whether a pane of this screen takes the keys.
fn focused(state: &State, focus: Focus) -> bool {
    state.screen == Screen::Verifiers && state.verifiers.focus == focus && state.overlay.is_none()
}

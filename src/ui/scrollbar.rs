//! Where a window stands in what is longer than it: one mark for lists, the matrix, texts and panels.

use std::ops::Range;

use ratatui::{Frame, layout::Rect, widgets::Clear};

use crate::workbench::{State, keymap::Action};

use super::{Ui, row::Row, theme::Role};

/// The keys that scroll the lower text of a screen.
pub(super) fn scroll_keys(state: &State) -> String {
    format!("{} {}", state.key(Action::ScrollDown), state.key(Action::ScrollUp))
}

impl Ui {
    /// Shows beside a body, in the column to its right, which of so many lines are in the window; nothing where all
    /// are. Every pane leaves that column empty.
    pub(super) fn scrollbar(&self, frame: &mut Frame<'_>, body: Rect, window: &Range<usize>, all: usize) {
        let Some(thumb) = thumb(window, all, body.height.into()) else { return };
        let column = Rect { x: body.right(), width: 1, ..body }.intersection(frame.area());
        for at in 0..usize::from(column.height) {
            let (sign, role) =
                if thumb.contains(&at) { (self.glyphs.thumb, Role::Muted) } else { (self.glyphs.track, Role::Rule) };
            Row::of(sign, self.theme.style(role)).draw(frame, column, at);
        }
    }

    /// Empties an area for what is laid over the screen, and its margins: the selection's edge and the scroll bar of
    /// what lies below.
    pub(super) fn cover(frame: &mut Frame<'_>, area: Rect) {
        let x = area.x.saturating_sub(1);
        let area = Rect { x, width: area.right().saturating_add(1) - x, ..area };
        frame.render_widget(Clear, area.intersection(frame.area()));
    }
}

/// The lines of a bar that stand for the window. The first one only where nothing is above, the last one only where
/// nothing is below, as far as there are lines enough.
fn thumb(window: &Range<usize>, all: usize, height: usize) -> Option<Range<usize>> {
    let hidden = all.checked_sub(window.len()).filter(|hidden| *hidden > 0 && height > 0)?;
    let size = (window.len() * height / all).clamp(1, height.saturating_sub(2).max(1));
    let room = height - size;
    let at = match (window.start, window.end) {
        (0, _) => 0,
        (_, end) if end >= all => room,
        (start, _) => (start * room / hidden).clamp(usize::from(room > 1), room.saturating_sub(1)),
    };
    Some(at..at + size)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_thumb_tells_truly_what_is_above_and_below(
            all in 0_usize..3_000_000,
            height in 0_usize..60,
            start: prop::sample::Index,
        ) {
            let shown = height.min(all);
            let start = start.index(all - shown + 1);
            match thumb(&(start..start + shown), all, height) {
                None => prop_assert!(shown == all || height == 0, "all of it is in sight"),
                Some(thumb) => {
                    prop_assert!(!thumb.is_empty() && thumb.end <= height && shown < all);
                    if height > 2 {
                        prop_assert_eq!(thumb.start == 0, start == 0);
                        prop_assert_eq!(thumb.end == height, start + shown == all);
                    }
                }
            }
        }

        #[test]
        fn it_never_moves_against_the_window(all in 3_usize..5_000, height in 3_usize..60, start in 0_usize..5_000) {
            let shown = height.min(all - 1);
            let at = |start: usize| thumb(&(start..start + shown), all, height).map(|thumb| thumb.start);
            let start = start % (all - shown);
            prop_assert!(at(start) <= at(start + 1));
        }
    }
}

//! The facets of the list, over its right side.

use ratatui::{Frame, layout::Rect};

use crate::{
    term::escape,
    ui::{Ui, part, row::Row, theme::Role},
    workbench::{State, listing::FacetPanel},
};

/// Cells of the panel.
const WIDE: u16 = 36;

impl Ui {
    pub(in crate::ui) fn facets(&self, state: &State, panel: &FacetPanel, frame: &mut Frame<'_>, body: Rect) {
        let wide = WIDE.min(body.width);
        let area = part(body, body.width - wide, 0, wide, body.height);
        // The second half of a wide character may lie where the panel begins.
        let left = Rect { x: area.x.saturating_sub(1), width: area.width + u16::from(area.x > 0), ..area };
        Self::cover(frame, left.intersection(frame.area()));
        self.bar(frame, part(area, 0, 0, 1, area.height));
        let area = part(area, 2, 0, area.width.saturating_sub(2), area.height);
        self.title(frame, area, 0, Row::of("Narrow to", self.theme.bold(Role::Accent)), true);
        let area = part(area, 0, 1, area.width, area.height.saturating_sub(1));
        let lines = self.facet_lines(state, panel, area.width.into());
        let at = lines.iter().position(|(facet, _)| *facet == Some(panel.list.index)).unwrap_or(0);
        // The selected one in the middle, as far as there is something to show on both sides.
        let height = usize::from(area.height);
        let first = at.saturating_sub(height / 2).min(lines.len().saturating_sub(height));
        self.scrollbar(frame, area, &(first..(first + height).min(lines.len())), lines.len());
        for (at, (facet, row)) in lines.into_iter().skip(first).take(height).enumerate() {
            if facet == Some(panel.list.index) {
                self.select(frame, area, at, true);
            }
            row.draw(frame, area, at);
        }
    }

    /// The lines of the panel, with the place of the value where one is a value.
    fn facet_lines(&self, state: &State, panel: &FacetPanel, cells: usize) -> Vec<(Option<usize>, Row)> {
        let mut lines = Vec::new();
        let mut group = "";
        for (at, (facet, n)) in panel.counts.iter().enumerate() {
            if facet.title() != group {
                group = facet.title();
                if at > 0 {
                    lines.push((None, Row::new()));
                }
                lines.push((None, Row::of(group, self.theme.bold(Role::Text))));
            }
            let on = state.instructions.filter.facets.has(facet);
            let role = match (on, n) {
                (true, _) => Role::Accent,
                (false, 0) => Role::Muted,
                (false, _) => Role::Text,
            };
            let style = if on { self.theme.bold(role) } else { self.theme.style(role) };
            let mut row = Row::of(if on { "[x] " } else { "[ ] " }, style);
            row.left(&escape::prose(facet.name()), cells.saturating_sub(12), style);
            row.right(&n.to_string(), 8, self.theme.style(if *n == 0 { Role::Muted } else { Role::Text }));
            lines.push((Some(at), row));
        }
        lines
    }
}

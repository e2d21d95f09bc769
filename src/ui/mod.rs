//! Drawing: reads the state, decides nothing.

mod chrome;
mod diff;
mod editor;
mod format;
mod funnel;
pub mod glyphs;
mod help;
pub mod highlight;
mod instructions;
mod jobs;
mod log;
mod now;
mod overlays;
mod page;
mod palette;
mod reader;
mod row;
mod samples;
mod scrollbar;
pub mod theme;
mod verdicts;
mod verifiers;
mod whatif;
mod wraps;

use std::cell::RefCell;

use ratatui::{Frame, layout::Rect, style::Style};

use crate::{
    term::{escape::Spaces, width::width},
    workbench::{State, overlay::Overlay, state::Screen},
};

pub use glyphs::Glyphs;
pub use theme::Theme;

use row::Row;
use theme::Role;
use wraps::Wraps;

/// The smallest terminal that the workbench is drawn on.
pub const SMALLEST: (u16, u16) = (60, 16);

/// What drawing needs beside the state.
#[derive(Debug)]
pub struct Ui {
    theme: Theme,
    glyphs: &'static Glyphs,
    wraps: RefCell<Wraps>,
    compared: RefCell<diff::Compared>,
}

impl Ui {
    /// Draws with these colours and glyphs.
    pub fn new(theme: Theme, glyphs: &'static Glyphs) -> Self {
        Self { theme, glyphs, wraps: RefCell::default(), compared: RefCell::default() }
    }

    /// Draws the state. The same state on the same size gives the same screen.
    pub fn draw(&self, state: &State, frame: &mut Frame<'_>) {
        let area = frame.area();
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            self.too_small(frame, area);
            return;
        }
        let body = self.chrome(state, frame, area);
        let mut below = 0;
        match &state.overlay {
            Some(Overlay::Help { input, scroll }) => self.help(state, input, scroll, frame, body),
            Some(Overlay::Diff(comparing)) => self.diff(state, comparing, frame, body),
            Some(Overlay::Reader { reading, scroll }) => self.reader(state, *reading, scroll, frame, body),
            other => {
                match state.screen {
                    _ if editor::alone(state, body) => self.editor(state, frame, body),
                    Screen::Funnel => self.funnel(state, frame, body),
                    Screen::Instructions => self.instructions(state, frame, body),
                    Screen::Verifiers => self.verifiers(state, frame, body),
                    Screen::Samples => self.samples(state, frame, body),
                    Screen::Jobs => self.jobs(state, frame, body),
                }
                below = match other {
                    Some(Overlay::Reason { target, input, many }) => {
                        self.reason(state, (target, many.as_ref()), input, frame, body)
                    }
                    Some(Overlay::Recovered { items, at }) => self.recovered(state, items, *at, frame, body),
                    Some(Overlay::Note { target, input }) => self.note(target, input, frame, body),
                    Some(Overlay::Leaving(_)) => self.leaving(state, frame, body),
                    Some(Overlay::Facets(panel)) => {
                        self.facets(state, panel, frame, body);
                        0
                    }
                    Some(Overlay::Confirm(bulk)) => self.confirm(state, bulk, frame, body),
                    Some(Overlay::Palette(palette)) => self.palette(palette, frame, body),
                    _ if !state.begun.is_empty() => self.begun(state, frame, body),
                    _ => 0,
                };
            }
        }
        self.footer(state, frame, area);
        // What is asked at the foot of the screen stays readable: messages rise above it.
        self.toasts(state, frame, part(body, 0, 0, body.width, body.height - below));
        self.plain(frame);
    }

    /// The signs for white space, where it is to be seen.
    fn space_signs(&self, state: &State) -> Option<Spaces> {
        let Glyphs { space, tab, line_end, .. } = *self.glyphs;
        state.spaces.then_some(Spaces { space, tab, line_end })
    }

    /// An escaped text, the signs for white space in it dimmed.
    fn signed(&self, row: &mut Row, text: &str, style: Style, signs: Option<&Spaces>) {
        let Some(Spaces { space, tab, line_end }) = signs else {
            row.put(text, style);
            return;
        };
        let dim = self.theme.style(Role::Muted);
        let is_sign = |c: char| [space, tab, line_end].iter().any(|sign| sign.starts_with(c));
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let sign = is_sign(c);
            let end = rest.find(|c: char| is_sign(c) != sign).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            row.put(part, if sign { dim } else { style });
            rest = after;
        }
    }

    /// In ASCII mode, the one sign that texts are cut with everywhere; it takes the cell before it as well.
    fn plain(&self, frame: &mut Frame<'_>) {
        if !self.glyphs.dots.is_ascii() {
            return;
        }
        let buffer = frame.buffer_mut();
        let area = buffer.area;
        for y in area.top()..area.bottom() {
            for x in (area.left()..area.right()).filter(|x| *x > 0) {
                if buffer[(x, y)].symbol() != "…" {
                    continue;
                }
                buffer[(x, y)].set_symbol(".");
                // A wide character's second half cannot be written alone.
                if x > 1 && width(buffer[(x - 2, y)].symbol()) > 1 {
                    buffer[(x - 2, y)].set_symbol(" ");
                }
                buffer[(x - 1, y)].set_symbol(".");
            }
        }
    }
}

/// A part of an area, cut to it.
fn part(area: Rect, x: u16, y: u16, width: u16, height: u16) -> Rect {
    let x = x.min(area.width);
    let y = y.min(area.height);
    Rect { x: area.x + x, y: area.y + y, width: width.min(area.width - x), height: height.min(area.height - y) }
}

#[cfg(test)]
mod any_keys;
#[cfg(test)]
mod glass;
#[cfg(test)]
mod jobs_tests;
#[cfg(test)]
mod key_tests;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_tests;

//! The editor inside the workbench. The widget keeps the text, its history, selection and search; where lines break,
//! what is on screen and how it looks is ours, as texts of models are never drawn raw.

mod history;
pub mod layout;
mod moving;
mod typing;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui_textarea::{CursorMove, TextArea};
use tui_input::Input;

use crate::sandbox::Facts;

use history::{History, Step};
use layout::Line;

use super::{
    code::Code,
    draft::{Draft, Form},
};

/// How many changes can be taken back.
const HISTORY: usize = 1_000;

/// What is on screen. Told by drawing, as only drawing knows the size.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The first line, and which of the rows it is broken into.
    pub top: Cell<(usize, usize)>,
    /// Cells scrolled to the right, where lines are not broken.
    pub left: Cell<usize>,
    /// Cells and rows of the text.
    pub size: Cell<(usize, usize)>,
    laid: RefCell<Laid>,
}

/// Lines as they were laid out last, while nothing changes: long ones are not laid out for every frame.
#[derive(Clone, Debug, Default)]
struct Laid {
    /// After how many changes, and for which width.
    of: (u64, Option<usize>),
    lines: HashMap<usize, Rc<Line>>,
}

/// How many lines are kept laid out.
const LAID: usize = 256;

/// A text being edited.
#[derive(Clone, Debug)]
pub struct Editor {
    /// What it becomes, and what it was.
    pub draft: Draft,
    /// The text.
    pub area: TextArea<'static>,
    /// A search being typed.
    pub find: Option<Input>,
    /// What is wrong with it, or worth a second look.
    pub warning: Option<String>,
    /// The line that the warning is about, from 1.
    pub line: Option<u32>,
    /// What is on screen.
    pub view: View,
    /// Colours of a text that this one was a moment ago.
    pub colours: Option<(Arc<str>, Arc<Code>)>,
    /// The text whose colours were asked for.
    pub colouring: Option<Arc<str>>,
    /// How often the text changed.
    pub changes: u64,
    /// After how many changes colours were asked for last.
    pub coloured: Option<u64>,
    history: History,
    /// The text about which facts were asked for, or that was warned about already.
    pub checked: Option<Arc<str>>,
}

impl Editor {
    /// An editor on a draft, with the text that was kept, where there is one.
    pub fn open(draft: Draft, kept: Option<&str>) -> Self {
        let text = kept.unwrap_or(&draft.original);
        let mut area = TextArea::new(lines(text));
        area.set_max_histories(HISTORY);
        area.set_tab_length(4);
        Self {
            draft,
            area,
            find: None,
            warning: None,
            line: None,
            view: View::default(),
            colours: None,
            colouring: None,
            changes: 0,
            coloured: None,
            history: History::default(),
            checked: None,
        }
    }

    /// The text as it is now, as a file: with the line break at its end that editors put there.
    pub fn text(&self) -> String {
        let mut text = self.area.lines().join("\n");
        text.push('\n');
        text
    }

    /// Whether it says something else than the item.
    pub fn is_changed(&self) -> bool {
        self.text() != self.draft.original
    }

    /// Whether long lines are broken: prose is, code scrolls.
    pub fn wraps(&self) -> bool {
        self.draft.form != Form::Verifier
    }

    /// The width at which lines are broken, where they are.
    pub fn wrap_at(&self) -> Option<usize> {
        self.wraps().then(|| self.view.size.get().0.max(2))
    }

    /// Takes a key that no table names; whether the text changed.
    pub fn key(&mut self, event: KeyEvent) -> bool {
        let shift = event.modifiers.contains(KeyModifiers::SHIFT);
        let plain = !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let selected = usize::from(self.has_selection());
        let one = |changed: bool| usize::from(changed);
        let (edits, step) = match event.code {
            KeyCode::Enter => (self.new_line(), Step::Other),
            KeyCode::Tab => (self.indent(), Step::Other),
            KeyCode::BackTab => (self.outdent(), Step::Other),
            KeyCode::Backspace if plain => (self.backspace(), Step::Erased),
            KeyCode::Char(c) if plain => (one(self.area.input(event)) * (1 + selected), Step::Typed(c)),
            _ => (one(self.moved(event, plain, shift)), Step::Other),
        };
        if edits > 0 {
            self.history.made(edits, step);
        } else {
            self.history.pause();
        }
        self.changed(edits > 0)
    }

    /// Keys that move the cursor, and those that the widget knows; whether the text changed.
    fn moved(&mut self, event: KeyEvent, plain: bool, shift: bool) -> bool {
        match event.code {
            KeyCode::Up if plain => self.vertical(-1, shift),
            KeyCode::Down if plain => self.vertical(1, shift),
            KeyCode::PageUp => self.vertical(-self.page(), shift),
            KeyCode::PageDown => self.vertical(self.page(), shift),
            KeyCode::Home if !plain => self.jump(CursorMove::Top, shift),
            KeyCode::End if !plain => self.jump(CursorMove::Bottom, shift),
            _ => self.area.input(event),
        }
    }

    /// Takes pasted text as text.
    pub fn paste(&mut self, text: &str) -> bool {
        // Terminals send line breaks of pastes as carriage returns.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let selected = usize::from(self.has_selection());
        let changed = self.area.insert_str(text);
        if changed {
            self.history.made(1 + selected, Step::Other);
        }
        self.changed(changed)
    }

    /// Whether something can be taken back, or done again.
    pub const fn can_turn_back(&self, again: bool) -> bool {
        self.history.can(again)
    }

    /// Takes the last change back, or does it again; whether the text changed.
    pub fn turn_back(&mut self, again: bool) -> bool {
        let mut changed = false;
        for _ in 0..self.history.turn(again).unwrap_or(1) {
            changed |= if again { self.area.redo() } else { self.area.undo() };
        }
        self.changed(changed)
    }

    fn changed(&mut self, changed: bool) -> bool {
        if changed {
            self.changes += 1;
            (self.warning, self.line) = (None, None);
        }
        changed
    }

    /// A line as it is laid out.
    pub fn laid(&self, line: usize) -> Rc<Line> {
        let of = (self.changes, self.wrap_at());
        let mut laid = self.view.laid.borrow_mut();
        if laid.of != of || laid.lines.len() > LAID {
            *laid = Laid { of, lines: HashMap::new() };
        }
        let lay = || {
            let text = self.area.lines().get(line).map(String::as_str).unwrap_or_default();
            let pieces = layout::pieces(text);
            let rows = layout::rows(&pieces, of.1);
            Rc::new(Line { pieces, rows })
        };
        Rc::clone(laid.lines.entry(line).or_insert_with(lay))
    }

    /// Searches for a text from the cursor on; what is no pattern is said.
    pub fn search(&mut self, text: &str) {
        if let Err(error) = self.area.set_search_pattern(regex::escape(text)) {
            self.warning = Some(format!("cannot search for this: {error}"));
            return;
        }
        self.search_on(true, true);
    }

    /// On to the next place found, or the one before.
    pub fn search_on(&mut self, forward: bool, here: bool) {
        let found = if forward { self.area.search_forward(here) } else { self.area.search_back(here) };
        self.warning = (!found).then(|| "not found".to_owned());
        self.line = None;
    }

    /// Row and character of the cursor.
    pub fn place(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Puts the cursor on a line, from 1.
    pub fn go_to_line(&mut self, line: u32) {
        let row = u16::try_from(line.saturating_sub(1)).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(row, 0));
    }

    /// Takes what the sandbox says of the source; whether it may be saved without asking again.
    pub fn take_facts(&mut self, facts: &Facts) -> bool {
        let (line, warning) = match facts {
            Facts { syntax: Some(fault), .. } => {
                let at = fault.line.map_or_else(String::new, |line| format!(" at line {line}"));
                (fault.line, format!("does not compile: {}{at}: {}", fault.type_name, fault.message))
            }
            Facts { evaluate: false, .. } => (None, "defines no `evaluate` at its top level".to_owned()),
            facts if !facts.takes_one_text() => (facts.line, "`evaluate` does not take one text".to_owned()),
            Facts { unavailable, .. } if !unavailable.is_empty() => {
                (None, format!("the sandbox has no module {}", unavailable.join(", ")))
            }
            Facts { constant: Some(constant), .. } => (facts.line, format!("always returns {constant}")),
            _ => return true,
        };
        if let Some(line) = line {
            self.go_to_line(line);
        }
        (self.line, self.warning) = (line, Some(warning));
        false
    }
}

/// A file as lines of the widget: the line break at its end is no line.
fn lines(file: &str) -> Vec<String> {
    let text = file.strip_suffix('\n').unwrap_or(file);
    text.split('\n').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;

//! The editor: what of the text is on screen, with its colours, the cursor, what is selected and what was found.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    term::{
        escape::{self, Spaces},
        width,
    },
    workbench::{
        State,
        code::Syntax,
        editor::{
            Editor,
            layout::{Line, Piece},
        },
        keymap::{Action, Context},
        state::Screen,
    },
};

use super::{Ui, part, row::Row, theme::Role};

/// From this width on the screen stays beside the editor.
const BESIDE: u16 = 100;
/// Cells before a line of code: its number, space.
const NUMBERS: usize = 6;

/// Whether the editor takes the whole screen.
pub(super) fn alone(state: &State, body: Rect) -> bool {
    let beside = match state.screen {
        Screen::Verifiers => body.width >= BESIDE && state.detail().is_some_and(|d| !d.view.functions.is_empty()),
        Screen::Samples => body.height >= 20 && state.task().is_some(),
        _ => false,
    };
    state.editor().is_some() && (state.zoom || !beside)
}

/// What lies over the characters of a line.
struct Marks {
    cursor: Option<usize>,
    selected: Range<usize>,
    found: Vec<Range<usize>>,
}

impl Ui {
    /// The editor in an area: a title, the text, and a line below for what is wrong or looked for.
    pub(super) fn editor(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let Some(editor) = state.editor() else { return };
        self.title(frame, area, 0, self.editor_title(editor), true);
        let foot = self.editor_foot(state, editor, area.width.into());
        let below = u16::try_from(foot.len()).unwrap_or(0).min(area.height / 2);
        let body = part(area, 0, 1, area.width, area.height.saturating_sub(1 + below));
        let gutter = if editor.wraps() { 1 } else { NUMBERS };
        let cells = usize::from(body.width).saturating_sub(gutter + 1);
        editor.view.size.set((cells, body.height.into()));
        self.text(editor, self.space_signs(state), (gutter, cells), frame, body);
        let under = part(area, 0, area.height - below, area.width, below);
        for (at, row) in foot.into_iter().enumerate() {
            row.draw(frame, under, at);
        }
    }

    fn editor_title(&self, editor: &Editor) -> Row {
        let muted = self.theme.style(Role::Muted);
        let (line, column) = editor.place();
        let mut title = Row::of(format!("Editing {}", editor.draft.name), self.theme.bold(Role::Accent));
        title.put(format!("  line {} of {}, {}", line + 1, editor.area.lines().len(), column + 1), muted);
        if editor.is_changed() {
            title.put(format!("  {} not saved", self.glyphs.edited), self.theme.style(Role::Warn));
        }
        title
    }

    fn editor_foot(&self, state: &State, editor: &Editor, cells: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        if let Some(input) = &editor.find {
            let mut row = Row::of("find ", self.theme.bold(Role::Accent));
            let typed = escape::prose(input.value());
            row.put(width::take_end(&typed, cells.saturating_sub(30)).to_owned(), self.theme.style(Role::Text));
            row.put(self.glyphs.cursor, self.theme.style(Role::Accent));
            let esc = state.keymap.name_of(Context::Editor, Action::Back);
            row.put(format!("  enter stays there, {esc} ends"), self.theme.style(Role::Muted));
            rows.push(row);
        }
        if let Some(warning) = &editor.warning {
            let again = if editor.checked.is_some() && editor.find.is_none() && *warning != "not found" {
                let save = state.keymap.name_of(Context::Editor, Action::Save);
                format!("; {save} once more saves it all the same")
            } else {
                String::new()
            };
            let text = escape::prose(&format!("{warning}{again}"));
            for (at, line) in width::wrap(&text, cells.saturating_sub(3)).into_iter().take(4).enumerate() {
                let sign = if at == 0 { format!("{} ", self.glyphs.error) } else { "  ".to_owned() };
                let mut row = Row::of(sign, self.theme.bold(Role::Warn));
                row.put(line, self.theme.style(Role::Warn));
                rows.push(row);
            }
        }
        rows
    }

    fn text(
        &self,
        editor: &Editor,
        signs: Option<Spaces>,
        (gutter, cells): (usize, usize),
        frame: &mut Frame<'_>,
        body: Rect,
    ) {
        let height = usize::from(body.height);
        let (mut line, mut row) = top(editor, height);
        let first = line;
        let across = if editor.wraps() { 0 } else { left(editor, cells) };
        let lines = editor.area.lines();
        let mut at = 0;
        while let (Some(text), true) = (lines.get(line), at < height) {
            let laid = editor.laid(line);
            let Line { pieces, rows } = laid.as_ref();
            let colours = colours(editor, line, text, pieces);
            let marks = marks(editor, line, text, pieces);
            for (place, range) in rows.iter().enumerate().skip(row).take(height - at) {
                let mut out = Row::new();
                self.number(editor, line, place, gutter, &mut out);
                let last = place + 1 == rows.len();
                self.row(
                    pieces,
                    range.clone(),
                    colours.as_deref(),
                    &marks,
                    signs.as_ref(),
                    (across, cells),
                    last,
                    &mut out,
                );
                out.draw(frame, body, at);
                at += 1;
            }
            (line, row) = (line + 1, 0);
        }
        self.scrollbar(frame, body, &(first..line), lines.len());
    }

    fn number(&self, editor: &Editor, line: usize, row: usize, gutter: usize, out: &mut Row) {
        if gutter < NUMBERS {
            out.gap(gutter);
            return;
        }
        let marked = editor.line.is_some_and(|marked| usize::try_from(marked).is_ok_and(|marked| marked == line + 1));
        let style = self.theme.style(if marked { Role::Warn } else { Role::Muted });
        out.put(if marked { self.glyphs.here } else { " " }, style);
        let number = if row == 0 { (line + 1).to_string() } else { String::new() };
        out.right(&number, 3, style).gap(gutter - 4);
    }

    #[expect(clippy::too_many_arguments, reason = "a row is where everything meets")]
    fn row(
        &self,
        pieces: &[Piece],
        range: Range<usize>,
        colours: Option<&[Syntax]>,
        marks: &Marks,
        signs: Option<&Spaces>,
        (across, cells): (usize, usize),
        last: bool,
        out: &mut Row,
    ) {
        let start = out.used();
        let muted = self.theme.style(Role::Muted);
        let shown = pieces.iter().enumerate().skip(range.start).take(range.len());
        for (at, piece) in shown {
            let column = piece.at.saturating_sub(pieces.get(range.start).map_or(0, |first| first.at));
            if column + piece.cells <= across {
                continue;
            }
            if out.used() - start + piece.cells > cells {
                // A space at the break of a line hangs over the edge.
                if last || piece.text != " " {
                    out.put(self.glyphs.after, muted);
                }
                return;
            }
            let mut style = colours
                .and_then(|colours| colours.get(at))
                .map_or_else(|| self.theme.style(Role::Text), |syntax| self.theme.syntax(*syntax));
            let within = |range: &Range<usize>| range.contains(&piece.from);
            let found = marks.found.partition_point(|found| found.end <= piece.from);
            if marks.found.get(found).is_some_and(within) {
                style = self.theme.style(Role::Warn).add_modifier(Modifier::UNDERLINED);
            }
            if within(&marks.selected) {
                style = style.patch(self.theme.selection(true));
            }
            if marks.cursor.is_some_and(|cursor| cursor >= piece.from && cursor < piece.from + piece.chars) {
                style = style.add_modifier(Modifier::REVERSED);
            }
            match signs.filter(|_| piece.text.starts_with(' ')) {
                Some(signs) if !style.add_modifier.contains(Modifier::REVERSED) => {
                    let sign = if piece.cells > 1 { signs.tab } else { signs.space };
                    let dim = Style { fg: muted.fg, add_modifier: style.add_modifier | muted.add_modifier, ..style };
                    out.left(sign, piece.cells, dim);
                }
                _ => {
                    out.put(piece.text.clone(), style);
                }
            }
        }
        let end = pieces.last().map_or(0, |piece| piece.from + piece.chars);
        if last && marks.cursor.is_some_and(|cursor| cursor >= end) {
            out.put(" ", Style::new().add_modifier(Modifier::REVERSED));
        }
    }
}

/// The first line and row on screen, so that the cursor is too.
fn top(editor: &Editor, height: usize) -> (usize, usize) {
    let (line, column) = editor.place();
    let row = editor.laid(line).place(column).0;
    let cursor = (line, row);
    let old = editor.view.top.get();
    let earliest = editor.walk(line, row.cast_signed() + 1 - height.max(1).cast_signed());
    let top = if old > cursor { cursor } else { old.max(earliest) };
    editor.view.top.set(top);
    top
}

/// Cells scrolled to the right, so that the cursor is on screen.
fn left(editor: &Editor, cells: usize) -> usize {
    let (line, column) = editor.place();
    let cell = editor.laid(line).place(column).1;
    let old = editor.view.left.get();
    let left = if cell < old { cell.saturating_sub(4) } else { old.max((cell + 2).saturating_sub(cells)) };
    editor.view.left.set(left);
    left
}

/// The colours of a line's pieces, where the text that was coloured last has the same line: counted from its start, or
/// from its end, so that a line break in between takes the colour from nothing else.
fn colours(editor: &Editor, line: usize, text: &str, pieces: &[Piece]) -> Option<Vec<Syntax>> {
    let (_, code) = editor.colours.as_ref()?;
    let said = escape::kept(text);
    let from_end = (code.lines.len() + line).checked_sub(editor.area.lines().len());
    [Some(line), from_end].into_iter().flatten().find_map(|place| {
        let coloured = code.lines.get(place)?;
        let same = coloured.iter().map(|(_, text)| text.as_str()).collect::<String>().trim_end_matches('\n') == said;
        same.then(|| spread(coloured, pieces))
    })
}

/// Colours by piece.
fn spread(coloured: &[(Syntax, String)], pieces: &[Piece]) -> Vec<Syntax> {
    let mut out = Vec::with_capacity(pieces.len());
    let mut parts = coloured.iter();
    let (mut syntax, mut room) = (Syntax::Plain, 0_usize);
    for piece in pieces {
        while room == 0 {
            let Some((next, text)) = parts.next() else { break };
            (syntax, room) = (*next, text.len());
        }
        out.push(syntax);
        // Of all pieces only tabs are drawn as several spaces.
        room = room.saturating_sub(if piece.text.starts_with(' ') { 1 } else { piece.text.len() });
    }
    out
}

fn marks(editor: &Editor, line: usize, text: &str, pieces: &[Piece]) -> Marks {
    let (row, column) = editor.place();
    let all = pieces.last().map_or(0, |piece| piece.from + piece.chars);
    let selected = editor.area.selection_range().map_or(0..0, |((from, start), (to, end))| {
        let first = if line == from { start } else { 0 };
        let last = if line == to { end } else { all };
        if (from..=to).contains(&line) { first..last } else { 0..0 }
    });
    let found = editor.area.search_pattern().map_or_else(Vec::new, |pattern| {
        let (mut byte, mut character) = (0, 0);
        let mut characters = |at: usize| {
            character += text.get(byte..at).map_or(0, |between| between.chars().count());
            byte = at;
            character
        };
        pattern.find_iter(text).map(|found| characters(found.start())..characters(found.end())).collect()
    });
    Marks { cursor: (row == line).then_some(column), selected, found }
}

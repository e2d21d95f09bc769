//! The list of instructions.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::{snapshot::InstructionRow, view::State as Standing},
    term::{escape, width},
    ui::{Ui, part, row::Row, theme::Role, verdicts::phrase},
    workbench::{
        State,
        keymap::{Action, Context},
        sort::{By, Sort},
        trail,
    },
};

/// Cells of the signs before the text.
const SIGNS: usize = 5;
/// The fewest cells that the text keeps when further columns are shown.
const TEXT: usize = 34;

/// A column behind the text: its title, its cells, and what it is sorted by, where it is.
struct Column(&'static str, usize, Option<By>);

/// In the order in which they find room; the first three always do. They stand in this order from the right.
const COLUMNS: [Column; 5] = [
    Column("pass", 7, Some(By::PassRate)),
    Column("cases", 6, None),
    Column("fns", 5, None),
    Column("disagree", 10, Some(By::Disagreements)),
    Column("category", 14, Some(By::Category)),
];

/// How many columns there is room for.
fn columns(cells: usize) -> usize {
    let mut used = SIGNS;
    COLUMNS
        .iter()
        .enumerate()
        .take_while(|(at, column)| {
            used += column.1;
            *at < 3 || used + TEXT <= cells
        })
        .count()
}

impl Ui {
    /// The list; its last lines may be covered by messages, the selected one never.
    pub(super) fn list(&self, state: &State, frame: &mut Frame<'_>, area: Rect, covered: u16) {
        let pane = &state.instructions;
        let focused = state.overlay.is_none();
        self.title(frame, area, 0, self.heading_of_list(state, usize::from(area.width).saturating_sub(4)), focused);
        let mut top = 1;
        if let Some(input) = &pane.typing {
            let mut row = Row::of("/ ", self.theme.bold(Role::Accent));
            row.put(
                width::take_end(&escape::prose(input.value()), usize::from(area.width) - 4).to_owned(),
                self.theme.style(Role::Text),
            );
            row.put(self.glyphs.cursor, self.theme.style(Role::Accent));
            row.draw(frame, area, top.into());
            top += 1;
        }
        let body = part(area, 0, top, area.width, area.height - top);
        if pane.rows.is_empty() {
            self.no_instructions(state, frame, body);
            return;
        }
        self.columns(pane.sort, body.width.into()).draw(frame, body, 0);
        let body = part(body, 0, 1, body.width, body.height.saturating_sub(1));
        let window = pane.list.window(body.height.saturating_sub(covered).max(1).into());
        let window = window.start..(window.start + usize::from(body.height)).min(pane.list.len);
        self.scrollbar(frame, body, &window, pane.rows.len());
        for (at, index) in window.enumerate() {
            let Some(row) = pane.rows.get(&state.snapshot, index) else { break };
            let marked = pane.marks.has(&row.id, index, pane.list.index);
            if index == pane.list.index {
                self.select(frame, body, at, focused);
            } else if marked {
                self.select(frame, body, at, false);
            }
            self.instruction(row, marked, body.width.into()).draw(frame, body, at);
        }
    }

    /// What the list shows: as much of it as there is room for, the most important first.
    fn heading_of_list(&self, state: &State, cells: usize) -> Row {
        let pane = &state.instructions;
        let g = self.glyphs;
        let all = state.snapshot.instructions.len();
        let shown = pane.rows.len();
        let narrowed = !pane.filter.is_empty();
        let mut row = Row::of(if narrowed && cells < 80 { "" } else { "Instructions  " }, self.theme.style(Role::Text));
        let count = if shown == all { format!("{all}") } else { format!("{shown} of {all}") };
        row.put(count, self.theme.bold(Role::Text));
        let key = |action| state.keymap.name_of(Context::Instructions, action);
        let mut add = |text: String, role: Role| {
            let room = cells.saturating_sub(row.used() + 2);
            // What the list is narrowed to is said as far as there is room.
            let text = if role == Role::Warn && room >= 12 { width::fit(&text, room, g.dots) } else { text };
            if row.used() + width::width(&text) + 2 <= cells {
                row.gap(2).put(text, self.theme.style(role));
            }
        };
        match state.marked() {
            0 => {}
            n if pane.marks.is_range() => add(format!("{n} selected{}", g.dots), Role::Accent),
            n => add(format!("{n} selected"), Role::Accent),
        }
        if pane.news > 0 {
            add(format!("+{} new", pane.news), Role::Running);
        }
        if pane.gone > 0 {
            add(format!("{} no longer fit", pane.gone), Role::Muted);
        }
        for word in self.filter_words(state) {
            add(word, Role::Warn);
        }
        if pane.news + pane.gone > 0 {
            add(format!("{} shows", key(Action::ShowNew)), Role::Muted);
        }
        if shown > 0 {
            add(format!("{} of {shown} reviewed", pane.reviewed), Role::Muted);
        }
        let by_column = COLUMNS.iter().take(columns(cells + 4)).any(|column| column.2 == Some(pane.sort.by));
        if pane.sort != Sort::default() && !by_column {
            add(format!("by {} {}", pane.sort.name(), self.direction(pane.sort)), Role::Accent);
        }
        if narrowed {
            match trail::behind(state) {
                Some(screen) => add(format!("{}: back to {}", key(Action::Back), screen.name()), Role::Muted),
                None => add(format!("{} clears", key(Action::Back)), Role::Muted),
            }
        }
        row
    }

    /// The filter in words, one for each of its parts.
    fn filter_words(&self, state: &State) -> Vec<String> {
        let filter = &state.instructions.filter;
        let mut words = Vec::new();
        words.extend(filter.fell.map(|stage| match &filter.why {
            Some(why) => format!("{stage}: {}", phrase(&why.reason)),
            None => format!("dropped at {stage}"),
        }));
        let mut last = "";
        for facet in filter.facets.iter() {
            let name = width::fit(&escape::prose(facet.name()), 16, self.glyphs.dots);
            match words.last_mut() {
                Some(word) if last == facet.title() => word.push_str(&format!("|{name}")),
                _ => words.push(format!("{}:{name}", facet.title())),
            }
            last = facet.title();
        }
        if !filter.text.trim().is_empty() && state.instructions.typing.is_none() {
            words.push(format!("/{}", width::fit(&escape::prose(&filter.text), 20, self.glyphs.dots)));
        }
        words
    }

    const fn direction(&self, sort: Sort) -> &'static str {
        if sort.reversed { self.glyphs.turned } else { self.glyphs.sorted }
    }

    fn no_instructions(&self, state: &State, frame: &mut Frame<'_>, area: Rect) {
        let key = |action| state.keymap.name_of(Context::Instructions, action);
        if state.instructions.filter.is_empty() {
            let lines = [
                "Seeds are the first instructions: `assay import seeds FILE` brings them in, one a line.",
                "",
                "Self-instruct writes further ones from them while the engine runs.",
            ];
            self.empty(frame, area, "No instructions yet", &lines);
        } else {
            let first = format!(
                "{} shows all instructions again; {} changes the text, {} the facets.",
                key(Action::ClearFilter),
                key(Action::Filter),
                key(Action::Facets)
            );
            let lines = [
                first.as_str(),
                "",
                "A text takes words of the instruction, letters may be left out, and facts: rejected, accepted, \
                 unreviewed, edited, stale, seed, zh, a category, a stage, a reason such as bad-json, or an id.",
            ];
            self.empty(frame, area, "Nothing fits the filter", &lines);
        }
    }

    fn columns(&self, sort: Sort, cells: usize) -> Row {
        let muted = self.theme.style(Role::Muted);
        let shown = columns(cells);
        let numbers: usize = COLUMNS.iter().take(shown).map(|column| column.1).sum();
        let mut row = Row::new();
        let sorted = |by: Option<By>| sort != Sort::default() && by == Some(sort.by);
        let text = if sorted(Some(By::Text)) {
            format!("instruction {}", self.direction(sort))
        } else {
            "instruction".to_owned()
        };
        row.gap(SIGNS).left(&text, cells.saturating_sub(SIGNS + numbers), muted);
        for Column(title, cells, by) in COLUMNS.iter().take(shown).rev() {
            if sorted(*by) {
                row.right(&format!("{}{title}", self.direction(sort)), *cells, self.theme.style(Role::Accent));
            } else {
                row.right(title, *cells, muted);
            }
        }
        row
    }

    fn instruction(&self, row: &InstructionRow, marked: bool, cells: usize) -> Row {
        let g = self.glyphs;
        let mut line = Row::new();
        let (ruling, ruled) = self.ruling(row.decision);
        let (state, style) = self.standing(&row.state);
        line.put(ruling, ruled);
        line.put(if row.edited { g.edited } else { " " }, self.theme.style(Role::Accent));
        if row.stale {
            line.put(g.stale, self.theme.style(Role::Stale));
        } else {
            line.put(state, style);
        }
        line.gap(1).put(if marked { g.marked } else { " " }, self.theme.bold(Role::Accent));
        let gone = matches!(row.state, Standing::Dropped(_));
        let text = self.theme.style(if gone { Role::Muted } else { Role::Text });
        let shown = columns(cells);
        let numbers: usize = COLUMNS.iter().take(shown).map(|column| column.1).sum();
        // Only what can be seen is escaped: texts may be long.
        let head = row.text.get(..row.text.floor_char_boundary(cells * 4)).unwrap_or_default();
        line.left(&escape::prose(head), cells.saturating_sub(SIGNS + numbers), text);
        for (at, Column(_, cells, _)) in COLUMNS.iter().enumerate().take(shown).rev() {
            self.column(&mut line, row, at, *cells);
        }
        line
    }

    fn column(&self, line: &mut Row, row: &InstructionRow, at: usize, cells: usize) {
        let g = self.glyphs;
        // Nothing is said to be bad before it was judged.
        let open = matches!(row.state, Standing::Pending | Standing::Running | Standing::Stale);
        let pair = match at {
            0 => row.responses,
            1 => row.cases,
            2 => row.functions,
            3 => {
                let (text, role) = match (row.cases.1, row.disagreements) {
                    (0, _) => (g.none.to_owned(), Role::Muted),
                    (_, 0) => ("0".to_owned(), Role::Muted),
                    (_, n) => (n.to_string(), Role::Text),
                };
                line.right(&text, cells, self.theme.style(role));
                return;
            }
            _ => {
                let name = escape::prose(row.category.as_deref().unwrap_or(g.none));
                line.gap(2).left(&name, cells.saturating_sub(2), self.theme.style(Role::Muted));
                return;
            }
        };
        let text = match pair {
            (_, 0) => g.none.to_owned(),
            (0, all) if open => format!("{}/{all}", if row.stale { g.stale } else { g.pending }),
            (some, all) => format!("{some}/{all}"),
        };
        // Colour for what is missing only: that all is there needs none, and what fell stands back.
        let gone = matches!(row.state, Standing::Dropped(_));
        let role = match pair {
            (0, _) if open => Role::Muted,
            (_, 0) => Role::Muted,
            (0, _) => Role::Bad,
            _ if gone => Role::Muted,
            _ => Role::Text,
        };
        line.right(&text, cells, self.theme.style(role));
    }
}

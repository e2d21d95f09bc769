//! The frame around every screen: header, banner, footer, messages.

use std::ops::Range;

use ratatui::{Frame, layout::Rect, style::Style};

use crate::{
    pipeline::snapshot::{EngineState, SandboxState},
    term::{escape, width},
    workbench::{
        State,
        idle::idle,
        keymap::{Action, Binding, Context, chain},
        overlay::Overlay,
        state::Screen,
        toast::Mood,
    },
};

use super::{Ui, format, part, row::Row, theme::Role};

/// From so many instructions on it is told how far their first reading is.
const MANY: u64 = 1000;

/// How far behind a key stands in the footer: what decides before what one needs now and then.
const fn rank(action: Action) -> u8 {
    match action {
        Action::UseAsNegative | Action::Spaces => 1,
        Action::Rerun | Action::NextUnreviewed | Action::Note | Action::Undo | Action::Redo => 2,
        Action::Pause | Action::Palette | Action::Quit => 3,
        _ => 0,
    }
}

/// From this width on the footer always says how to leave.
const WIDE: usize = 100;

impl Ui {
    /// Draws the frame; gives what is left for the screen, without the margin.
    pub(super) fn chrome(&self, state: &State, frame: &mut Frame<'_>, area: Rect) -> Rect {
        let tab = self.header(state, frame, area);
        self.rule(frame, part(area, 0, 1, area.width, 1));
        // The tab of the screen stands on a thicker piece of the line.
        let under = Row::of(self.glyphs.full.repeat(tab.len()), self.theme.style(Role::Accent));
        under.draw(frame, part(area, u16::try_from(tab.start).unwrap_or(0), 1, area.width, 1), 0);
        let mut top = 2;
        if let Some(banner) = &state.banner {
            let line = part(area, 1, top, area.width - 2, 1);
            Row::of(width::fit(banner, line.width.into(), self.glyphs.dots), self.theme.style(Role::Muted))
                .draw(frame, line, 0);
            top += 1;
        }
        part(area, 1, top, area.width - 2, area.height - top - 1)
    }

    /// A thin line over the whole width.
    pub(super) fn rule(&self, frame: &mut Frame<'_>, area: Rect) {
        Row::of(self.glyphs.rule.repeat(area.width.into()), self.theme.style(Role::Rule)).draw(frame, area, 0);
    }

    /// A thin line with a title on it; where the keys go, it and the title's first piece are coloured.
    pub(super) fn title(&self, frame: &mut Frame<'_>, area: Rect, at: usize, mut title: Row, focused: bool) {
        let rule = self.theme.style(if focused { Role::Accent } else { Role::Rule });
        if focused {
            title.lead(self.theme.bold(Role::Accent));
        }
        let mut row = Row::of(format!("{} ", self.glyphs.rule), rule);
        row.join(title).put(" ", rule);
        let rest = usize::from(area.width).saturating_sub(row.used());
        row.put(self.glyphs.rule.repeat(rest), rule);
        row.draw(frame, area, at);
    }

    /// Lays the selection under a line of an area. Where the keys go, its left edge stands in the margin before it.
    pub(super) fn select(&self, frame: &mut Frame<'_>, area: Rect, at: usize, focused: bool) {
        let Some(at) = u16::try_from(at).ok().filter(|at| *at < area.height) else { return };
        let line = Rect { y: area.y + at, height: 1, ..area };
        let under = self.theme.selection(focused);
        frame.buffer_mut().set_style(line, under);
        if focused && line.x > 0 {
            let edge = Style { bg: under.bg, ..self.theme.style(Role::Accent) };
            frame.buffer_mut()[(line.x - 1, line.y)].set_symbol(self.glyphs.edge).set_style(edge);
        }
    }

    /// A thin line from top to bottom; it hangs from a line above it.
    pub(super) fn bar(&self, frame: &mut Frame<'_>, area: Rect) {
        if area.y > 0 && area.width > 0 {
            let above = &mut frame.buffer_mut()[(area.x, area.y - 1)];
            if above.symbol() == self.glyphs.rule {
                above.set_symbol(self.glyphs.join);
            }
        }
        for at in 0..usize::from(area.height) {
            Row::of(self.glyphs.bar, self.theme.style(Role::Rule)).draw(frame, area, at);
        }
    }

    /// The first line; gives the columns of this screen's tab.
    fn header(&self, state: &State, frame: &mut Frame<'_>, area: Rect) -> Range<usize> {
        let wide = usize::from(area.width);
        let mut row = Row::of(" assay", self.theme.bold(Role::Accent));
        if wide >= 100 {
            let name = width::fit(&escape::prose(&state.project), wide / 6, self.glyphs.dots);
            row.put("  ", self.theme.style(Role::Text)).put(name, self.theme.bold(Role::Text));
            row.put("  ", self.theme.style(Role::Text)).put(state.profile.clone(), self.theme.style(Role::Muted));
        }
        row.gap(if wide >= 100 { 4 } else { 2 });
        let mut tab = 0..0;
        for screen in Screen::ALL {
            let here = screen == state.screen;
            let start = row.used();
            let key = self.theme.style(if here { Role::Accent } else { Role::Muted });
            let name = if here { self.theme.bold(Role::Accent) } else { self.theme.style(Role::Text) };
            if let Some(keys) = state.keymap.key_in(Context::Global, screen.action()) {
                row.put(format!("{keys} "), key);
            }
            row.put(screen.name(), name);
            if here {
                tab = start..row.used();
            }
            row.gap(2);
        }
        let run = self.run(state, wide.saturating_sub(row.used() + 2));
        row.to(wide.saturating_sub(run.used() + 1)).join(run);
        row.draw(frame, area, 0);
        tab
    }

    /// What the engine does, the clock, what was spent; as much of it as fits.
    fn run(&self, state: &State, room: usize) -> Row {
        let snapshot = &state.snapshot;
        let (glyph, role, word) = match &snapshot.engine {
            EngineState::Running if state.preparing().is_some() => {
                (self.glyphs.running, Role::Running, "preparing Python")
            }
            _ if matches!(snapshot.sandbox, SandboxState::Failed(_)) => (self.glyphs.error, Role::Bad, "no Python"),
            EngineState::Opening => (self.glyphs.pending, Role::Muted, "opening"),
            EngineState::Running if !state.is_working() && snapshot.queued == 0 => {
                (self.glyphs.pending, Role::Muted, "idle")
            }
            EngineState::Running => (self.glyphs.play, Role::Running, "running"),
            EngineState::Paused => (self.glyphs.paused, Role::Warn, "paused"),
            EngineState::Done => (self.glyphs.pass, Role::Good, "done"),
            EngineState::Blocked(_) => (self.glyphs.error, Role::Bad, "blocked"),
            EngineState::Following(_) => (self.glyphs.here, Role::Running, "following"),
        };
        let reading = snapshot.reading.filter(|(_, of)| *of >= MANY);
        let word = reading.map_or(word.to_owned(), |(done, of)| {
            format!("indexing {} of {}", format::thousands(done), format::thousands(of))
        });
        let style = self.theme.style(role);
        // Where nothing ran since the start there is no time to tell.
        let clock = if state.elapsed().as_secs() > 0 { format::clock(state.elapsed()) } else { String::new() };
        let mut row = Row::of(format!("{glyph} "), style);
        if width::width(&word) + width::width(&clock) + 4 <= room {
            row.put(word, style);
        }
        if !clock.is_empty() {
            row.gap(usize::from(row.used() > 2)).put(clock, self.theme.style(Role::Text));
        }
        let tokens = snapshot.usage.prompt_tokens + snapshot.usage.completion_tokens;
        let mut more = Vec::new();
        if tokens > 0 {
            more.push(format!("{} tokens", format::count(tokens)));
        }
        if let Some(cost) = snapshot.cost {
            more.push(format!("${cost:.2}"));
        }
        for text in more {
            if row.used() + 2 + width::width(&text) <= room {
                row.gap(2).put(text, self.theme.style(Role::Muted));
            }
        }
        row
    }

    /// The keys that do something here and now. Drawn after the screen, as only that knows what scrolls.
    pub(super) fn footer(&self, state: &State, frame: &mut Frame<'_>, screen: Rect) {
        let area = part(screen, 1, screen.height - 1, screen.width - 2, 1);
        let wide = usize::from(area.width);
        let contexts = chain(state.context());
        let all = contexts.iter().flat_map(|context| state.keymap.bindings(*context).iter());
        let mut rows: Vec<&Binding> = all.filter(|row| row.hint.is_some()).collect();
        rows.sort_by_key(|row| rank(row.action));
        let ends = |action| action == Action::Help || (action == Action::Quit && wide >= WIDE);
        let mut last = Row::new();
        if contexts.contains(&Context::Global) {
            for row in rows.iter().filter(|row| ends(row.action)) {
                self.hint(&mut last, state, row);
            }
        }
        let hints: Vec<Row> = rows
            .iter()
            .filter(|row| !(last.used() > 0 && ends(row.action)))
            .map(|binding| {
                let mut one = Row::new();
                self.hint(&mut one, state, binding);
                one
            })
            .collect();
        // The space behind the last one may be cut. Where some find no room, a sign says so.
        let room = (wide + 2).saturating_sub(last.used());
        let all_fit = hints.iter().map(Row::used).sum::<usize>() <= room;
        let more = if all_fit { 0 } else { width::width(self.glyphs.dots) + 2 };
        let mut line = Row::new();
        for hint in hints {
            if line.used() + hint.used() + more > room {
                line.put(self.glyphs.dots, self.theme.style(Role::Muted)).gap(2);
                break;
            }
            line.join(hint);
        }
        line.join(last);
        line.draw(frame, area, 0);
    }

    fn hint(&self, row: &mut Row, state: &State, binding: &Binding) {
        let (Some(hint), Some(keys)) = (&binding.hint, binding.keys.first()) else { return };
        // Of longer keys the first: what follows is shown once it is pressed.
        let Some(key) = keys.0.first() else { return };
        if idle(state, state.context(), binding.action).is_some() {
            return;
        }
        let hint = match (binding.action, &state.snapshot.engine) {
            (Action::Pause, EngineState::Paused) => "resume",
            (Action::Spaces, _) if state.spaces => "no spaces",
            (Action::Fold, _) if matches!(&state.overlay, Some(Overlay::Diff(diff)) if !diff.whole) => "unfold",
            _ => hint,
        };
        row.put(key.to_string(), self.theme.style(Role::Accent));
        row.put(format!(" {hint}"), self.theme.style(Role::Muted)).gap(2);
    }

    /// Lines of the messages, the newest last.
    fn toast_lines(&self, state: &State, wide: usize) -> Vec<Row> {
        let toasts = &state.toasts.0;
        let mut lines = Vec::new();
        let way = format!("  {} goes there", state.key(Action::GoToMessage));
        let newest = toasts.iter().rposition(|toast| toast.about.is_some() && !toast.answer);
        for (place, toast) in toasts.iter().enumerate() {
            let (glyph, role) = match toast.mood {
                Mood::Info => (self.glyphs.dot, Role::Accent),
                Mood::Bad => (self.glyphs.error, Role::Bad),
            };
            let times = if toast.times > 1 { format!(" ({} times)", toast.times) } else { String::new() };
            let text = escape::prose(&format!("{}{times}", toast.text));
            for (at, line) in width::wrap(&text, wide.saturating_sub(3)).into_iter().take(3).enumerate() {
                let mut row =
                    Row::of(if at == 0 { format!("{glyph} ") } else { "  ".to_owned() }, self.theme.bold(role));
                row.put(line, self.theme.style(if role == Role::Bad { Role::Bad } else { Role::Text }));
                lines.push(row);
            }
            if newest == Some(place)
                && let Some(last) = lines.last_mut().filter(|last| last.used() + width::width(&way) <= wide)
            {
                last.put(way.as_str(), self.theme.style(Role::Muted));
            }
        }
        lines
    }

    /// How many of the last lines of the screen messages cover.
    pub(super) fn covered(&self, state: &State, body: Rect) -> u16 {
        let lines = self.toast_lines(state, body.width.into()).len().min(usize::from(body.height) / 2);
        u16::try_from(lines + usize::from(lines > 0)).unwrap_or(0)
    }

    /// Messages rise above the footer, over the last lines of the screen.
    pub(super) fn toasts(&self, state: &State, frame: &mut Frame<'_>, body: Rect) {
        let lines = self.toast_lines(state, body.width.into());
        let most = usize::from(body.height) / 2;
        let skip = lines.len().saturating_sub(most);
        let shown = lines.len() - skip;
        if shown == 0 {
            return;
        }
        let height = u16::try_from(shown + 1).unwrap_or(u16::MAX).min(body.height);
        let area = part(body, 0, body.height - height, body.width, height);
        Self::cover(frame, area);
        self.rule(frame, area);
        for (at, row) in lines.into_iter().skip(skip).enumerate() {
            row.draw(frame, area, at + 1);
        }
    }

    /// A calm message where the terminal is too small.
    pub(super) fn too_small(&self, frame: &mut Frame<'_>, area: Rect) {
        let (w, h) = super::SMALLEST;
        let by = self.glyphs.by;
        let text = format!("assay needs {w}{by}{h} cells; this is {}{by}{}. Nothing is lost.", area.width, area.height);
        for (at, line) in width::wrap(&text, area.width.into()).into_iter().enumerate() {
            Row::of(line, self.theme.style(Role::Text)).draw(frame, area, at);
        }
    }

    /// Sentences that teach what would fill an empty place.
    pub(super) fn empty(&self, frame: &mut Frame<'_>, area: Rect, title: &str, lines: &[impl AsRef<str>]) {
        let mut at = usize::from(area.height / 4);
        Row::of(title, self.theme.bold(Role::Text)).draw(frame, area, at);
        at += 1;
        for line in lines {
            for line in width::wrap(line.as_ref(), usize::from(area.width.min(76))) {
                at += 1;
                Row::of(line, self.theme.style(Role::Muted)).draw(frame, area, at);
            }
        }
    }
}

//! What-if on the Funnel screen: the values of the profile, what they would give, and the curve of the selected one.

use ratatui::{Frame, layout::Rect};

use crate::{
    pipeline::whatif::{Dial, Outlook},
    rules::{Profile, profile::Threshold},
    workbench::{State, whatif::WhatIf},
};

use super::{Ui, format, part, row::Row, theme::Role};

/// Rows of the title and of what is given.
const HEAD: usize = 3;
/// Rows that the pane needs to be of use.
pub(super) const HEIGHT: u16 = 18;

impl Ui {
    pub(super) fn what_if(&self, state: &State, whatif: &WhatIf, frame: &mut Frame<'_>, area: Rect) {
        let rules = &state.snapshot.rules;
        let muted = self.theme.style(Role::Muted);
        let mut title = Row::of("What if", self.theme.style(Role::Accent));
        title.put(
            match whatif.turned(rules) {
                0 => format!("  {}, nothing turned", rules.name),
                1 => format!("  {}, 1 value turned", rules.name),
                n => format!("  {}, {n} values turned", rules.name),
            },
            muted,
        );
        if !whatif.is_current() {
            title.put(format!("  {} working it out", self.glyphs.running), self.theme.style(Role::Running));
        }
        let dials = whatif.dials();
        let curve = usize::from(area.height >= HEIGHT) * 5;
        let room = usize::from(area.height).saturating_sub(HEAD + 1 + curve).max(1);
        if dials.len() > room {
            title.put(format!("  value {} of {}", whatif.dial + 1, dials.len()), muted);
        }
        self.title(frame, area, 0, title, true);
        let mut at = 1;
        for row in self.outcome(state, whatif) {
            row.draw(frame, area, at);
            at += 1;
        }
        let from = whatif.dial.saturating_sub(room.saturating_sub(1)).min(dials.len().saturating_sub(room));
        let list = part(area, 0, u16::try_from(at).unwrap_or(u16::MAX), area.width, u16::try_from(room).unwrap_or(0));
        self.scrollbar(frame, list, &(from..(from + room).min(dials.len())), dials.len());
        for (place, dial) in dials.iter().enumerate().skip(from).take(room) {
            if place == whatif.dial {
                self.select(frame, area, at, true);
            }
            self.dial(*dial, whatif, rules, area.width.into()).draw(frame, area, at);
            at += 1;
        }
        if curve > 0 {
            let rest = u16::try_from(at + 1).unwrap_or(u16::MAX);
            self.curve(state, whatif, frame, part(area, 0, rest, area.width, area.height.saturating_sub(rest)));
        }
    }

    /// What is given now, what would be, and what is not known of that.
    fn outcome(&self, state: &State, whatif: &WhatIf) -> Vec<Row> {
        let muted = self.theme.style(Role::Muted);
        let Some(answer) = &whatif.answer else { return vec![Row::of("counting", muted), Row::new()] };
        let (now, then) = (&answer.base, &answer.turned);
        let mut row = Row::new();
        for (name, now, then) in [
            ("SFT rows", now.sft, then.sft),
            ("pairs by query", now.pairs_query, then.pairs_query),
            ("by instruction", now.pairs_instruction, then.pairs_instruction),
        ] {
            row.put(format!("{name} "), muted);
            self.change(&mut row, now, then);
            row.gap(3);
        }
        let unknown = then.unknown_instructions + then.unknown_responses;
        let mut second = Row::new();
        if unknown == 0 {
            second.put("everything about this is known; putting it in force costs no call", muted);
        } else {
            second.put("not known: ", self.theme.style(Role::Warn));
            second.put(unknowns(then), self.theme.style(Role::Text));
            second.put(format!("; at most {}", Self::price(state, then)), muted);
        }
        vec![row, second]
    }

    fn change(&self, row: &mut Row, now: u64, then: u64) {
        row.put(format::count(now), self.theme.style(Role::Text));
        if then == now {
            return;
        }
        row.put(format!(" {} ", self.glyphs.arrow), self.theme.style(Role::Muted));
        row.put(format::count(then), self.theme.bold(Role::Text));
        let (sign, role) = if then > now { ("+", Role::Good) } else { ("-", Role::Bad) };
        row.put(format!(" ({sign}{})", format::count(then.abs_diff(now))), self.theme.style(role));
    }

    /// What finding out takes: calls, what they cost at the mean so far, checks.
    fn price(state: &State, outlook: &Outlook) -> String {
        let mut parts = Vec::new();
        if outlook.calls > 0 {
            let snapshot = &state.snapshot;
            #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
            let each = snapshot.cost.filter(|_| snapshot.requests > 0).map(|cost| cost / snapshot.requests as f64);
            #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
            let cost = each.map(|each| format!(" (about ${:.2})", each * outlook.calls as f64)).unwrap_or_default();
            parts.push(format!("{} calls{cost}", format::count(outlook.calls)));
        }
        if outlook.checks > 0 {
            parts.push(format!("{} checks", format::count(outlook.checks)));
        }
        parts.join(", ")
    }

    /// A value: its name, where it stands in its range, what it was.
    fn dial(&self, dial: Dial, whatif: &WhatIf, rules: &Profile, wide: usize) -> Row {
        let (now, then) = (dial.get(rules).unwrap_or_default(), dial.get(&whatif.turned).unwrap_or_default());
        let muted = self.theme.style(Role::Muted);
        let moved = (now - then).abs() > 1e-9;
        let text = self.theme.style(if moved { Role::Accent } else { Role::Text });
        let points = dial.range(rules);
        let (low, high) = (points.first().copied().unwrap_or(0.0), points.last().copied().unwrap_or(1.0));
        let mut row = Row::new();
        let name = names(whatif);
        row.left(&dial.key().replace('_', " "), name, text);
        row.right(&bound(dial, &whatif.turned, then), 8, text).gap(2);
        let cells = wide.saturating_sub(name + 8 + 2 + 16).clamp(8, 40);
        let (at, was) = (place(then, low, high, cells), place(now, low, high, cells));
        for cell in 0..cells {
            let (sign, role) = match cell {
                _ if cell == at => (self.glyphs.accepted, if moved { Role::Accent } else { Role::Text }),
                _ if cell == was => (self.glyphs.rejected, Role::Muted),
                _ => (self.glyphs.rule, Role::Rule),
            };
            row.put(sign, self.theme.style(role));
        }
        if moved {
            row.put(format!("  was {}", bound(dial, rules, now)), muted);
        }
        row
    }

    /// How the data sets grow and shrink over the whole range of the selected value.
    fn curve(&self, state: &State, whatif: &WhatIf, frame: &mut Frame<'_>, area: Rect) {
        let Some(dial) = whatif.selected() else { return };
        let muted = self.theme.style(Role::Muted);
        let mut head = Row::of(dial.key().replace('_', " "), self.theme.style(Role::Accent));
        head.put(format!("  {}", dial.about()), muted);
        head.draw(frame, area, 0);
        let Some(points) = whatif.answer.as_ref().and_then(|answer| answer.curve.as_ref()) else { return };
        if whatif.of != Some(dial) {
            return;
        }
        let tall = if area.height >= 12 { 3 } else { 1 };
        let each = (usize::from(area.width).saturating_sub(30) / points.len().max(1)).clamp(1, 3);
        let at = |profile: &Profile| {
            let value = dial.get(profile)?;
            points.iter().position(|(point, _)| (point - value).abs() < 1e-9)
        };
        for (chart, (name, of)) in [
            ("SFT rows", (|o: &Outlook| o.sft) as fn(&Outlook) -> u64),
            ("pairs", |o: &Outlook| o.pairs_query + o.pairs_instruction),
        ]
        .into_iter()
        .enumerate()
        {
            let values: Vec<u64> = points.iter().map(|(_, outlook)| of(outlook)).collect();
            let most = values.iter().copied().max().unwrap_or_default();
            let here = at(&whatif.turned);
            for line in 0..tall {
                let mut row = Row::new();
                row.left(if line + 1 == tall { name } else { "" }, 9, muted);
                for (place, value) in values.iter().enumerate() {
                    let role = if Some(place) == here { Role::Accent } else { Role::Muted };
                    row.put(self.glyphs.height(*value, most, tall, line).repeat(each), self.theme.style(role));
                }
                if line == 0 {
                    row.put(format!("  up to {}", format::count(most)), muted);
                }
                row.draw(frame, area, 1 + chart * (tall + usize::from(tall > 1)) + line);
            }
        }
        let mut marks = Row::new();
        let (then, now) = (at(&whatif.turned), at(&state.snapshot.rules));
        if let Some(then) = then {
            marks.gap(9 + then * each).put(self.glyphs.up, self.theme.bold(Role::Accent));
            let value = dial.get(&whatif.turned).unwrap_or_default();
            let inforce = if then == now.unwrap_or(then) { " in force" } else { "" };
            marks.put(format!(" {}{inforce}", number(value)), self.theme.style(Role::Accent));
        }
        marks.draw(frame, area, 1 + 2 * (tall + usize::from(tall > 1)) - usize::from(tall > 1));
    }
}

/// Cells of the longest name, and of the space behind it.
fn names(whatif: &WhatIf) -> usize {
    whatif.dials().into_iter().map(|dial| dial.key().len()).max().unwrap_or_default() + 2
}

fn place(value: f64, low: f64, high: f64, cells: usize) -> usize {
    let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a cell")]
    let cell = (share * cells.saturating_sub(1) as f64).round() as usize;
    cell
}

/// The bound as the rule reads: above, at least, or a number.
fn bound(dial: Dial, profile: &Profile, value: f64) -> String {
    match dial.threshold(profile) {
        Some(Threshold::Above(_)) => format!("> {}", number(value)),
        Some(Threshold::AtLeast(_)) => format!("≥ {}", number(value)),
        None => number(value),
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn unknowns(outlook: &Outlook) -> String {
    let mut parts = Vec::new();
    for (n, one, many) in [
        (outlook.unknown_instructions, "instruction", "instructions"),
        (outlook.unknown_responses, "response", "responses"),
    ] {
        match n {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            n => parts.push(format!("{} {many}", format::count(n))),
        }
    }
    parts.join(" and ")
}

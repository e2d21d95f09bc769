//! A lineage as text: the chain from the seed, then the item itself in full. All texts are escaped; what is no word of
//! ours stands behind a bar, so that no text can pass for one.

use std::{fmt::Write, path::PathBuf};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{Kind, Origin},
    pipeline::lineage::{Act, Led, Lineage, Link, MadeFrom, Rule, Standing, VersionLine},
    term::{escape, width},
};

/// Cells of a line.
const WIDE: usize = 80;
/// Lines of an ancestor's text.
const BRIEF: usize = 4;
/// Children that are listed.
const CHILDREN: usize = 24;
/// Where what is said of a stage or a version goes on.
const HANG: usize = 18;

/// For whom it is told.
pub struct Reader {
    /// The name under which their own decisions stand.
    pub author: String,
    /// The clock on their wall.
    pub zone: TimeZone,
    /// The project's folder, which they need not be told again.
    pub dir: PathBuf,
}

/// The whole account.
pub fn text(lineage: &Lineage, reader: &Reader) -> String {
    let mut page = Page { text: String::new(), reader };
    page.line(0, &lineage.item.to_string());
    page.line(0, &format!("{}, judged by profile {}", fate(&lineage.fate), lineage.profile));
    let Some((item, above)) = lineage.links.split_last() else { return page.text };
    for link in above {
        page.brief(link);
    }
    page.full(item);
    page.text
}

fn fate(standing: &Standing) -> String {
    let at = standing.stage.map(|stage| format!(" at {stage}")).unwrap_or_default();
    let reason = standing.reason.as_ref().map(|reason| format!(": {}", escape::prose(reason))).unwrap_or_default();
    format!("{}{at}{reason}", standing.state)
}

/// Lines being written.
struct Page<'r> {
    text: String,
    reader: &'r Reader,
}

impl Page<'_> {
    /// Adds a line that begins so many cells to the right.
    fn line(&mut self, indent: usize, said: &str) {
        let _infallible = writeln!(self.text, "{:indent$}{}", "", said.trim_end());
    }

    /// Adds what is said behind a first word, broken to the width; further lines begin below what is said.
    fn said(&mut self, indent: usize, first: &str, said: &str) {
        let start = width::width(first);
        // A long first word pushes nothing to the right edge.
        let hang = if indent + start <= 28 { indent + start } else { indent + 4 };
        let room = WIDE.saturating_sub(hang).max(20);
        let mut lines = width::wrap(said, room).into_iter();
        let head = lines.next().unwrap_or_default();
        let fits = indent + start + width::width(&head) <= WIDE;
        if fits {
            self.line(indent, &format!("{first}{head}"));
        } else {
            self.line(indent, first);
            self.line(hang, &head);
        }
        for line in lines {
            self.line(hang, &line);
        }
    }

    fn head(&mut self, link: &Link, most: usize) {
        self.text.push('\n');
        self.line(0, &format!("{}  {}", link.item.short(), escape::prose(&link.name)));
        if !link.text.trim().is_empty() {
            self.quote(link, most);
        }
        for flag in &link.flags {
            self.line(2, &format!("! {flag}"));
        }
    }

    /// The text that a link is about, behind a bar; code keeps its indentation where a line is broken.
    fn quote(&mut self, link: &Link, most: usize) {
        let room = WIDE - 4;
        let rows: Vec<String> = escape::block(&link.text)
            .iter()
            .flat_map(|line| if link.item.kind == Kind::Verifier { code(line, room) } else { width::wrap(line, room) })
            .collect();
        // One more is told of in the place of one.
        let shown = if rows.len() > most { most - 1 } else { rows.len() };
        for row in rows.iter().take(shown) {
            self.line(2, &format!("| {row}"));
        }
        if rows.len() > shown {
            self.line(2, &format!("| ... {} more lines", rows.len() - shown));
        }
    }

    /// An ancestor: where it stands, with the rules that speak against it, or else the last one.
    fn brief(&mut self, link: &Link) {
        self.head(link, BRIEF);
        for version in link.versions.iter().filter(|version| version.current) {
            self.version(version);
        }
        for standing in &link.stands {
            let against: Vec<&Rule> = standing.rules.iter().filter(|rule| !rule.holds).collect();
            let told = if against.is_empty() { standing.rules.last().into_iter().collect() } else { against };
            let said: Vec<String> = told.iter().map(|rule| escape::prose(&rule.said)).collect();
            self.said(2, &stage(standing), &said.join("; "));
        }
        self.acts(&link.acts);
    }

    /// The item itself: all of it.
    fn full(&mut self, link: &Link) {
        self.head(link, usize::MAX);
        if let Some(made) = &link.made_by {
            let dir = format!("{}/", self.reader.dir.display());
            let said = format!(
                "by {}: model {} at {}, template {} ({}), temperature {}, top_p {}, at most {} tokens",
                made.call,
                made.model,
                made.endpoint,
                made.template.strip_prefix(&dir).unwrap_or(&made.template),
                made.template_hash,
                made.temperature,
                made.top_p,
                made.max_tokens
            );
            self.said(2, &column("made"), &escape::prose(&said));
        }
        for version in &link.versions {
            self.version(version);
        }
        if let Some((code, message)) = &link.failure {
            self.said(2, &column("last attempt"), &escape::prose(&format!("failed ({code}): {message}")));
        }
        for standing in &link.stands {
            self.line(2, &stage(standing));
            for rule in &standing.rules {
                let mark = if rule.holds { "+" } else { "-" };
                self.said(4, &format!("{mark} "), &format!("{}: {}", rule.key, escape::prose(&rule.said)));
            }
        }
        self.acts(&link.acts);
        self.led_to(&link.led_to);
    }

    fn version(&mut self, version: &VersionLine) {
        let mut said = match version.origin {
            Origin::Machine => "by a model",
            Origin::Human => "by a person",
            Origin::Imported => "imported",
        }
        .to_owned();
        if let (Some(sample), Some(take)) = (version.sample, version.take) {
            let _infallible = write!(said, ", sample {}, take {}", sample + 1, take + 1);
        }
        if let Some(answer) = &version.answer {
            let tokens = answer.tokens.map(|(read, wrote)| format!(", {read} tokens in, {wrote} out"));
            let seconds = format!("{}.{} s", answer.ms / 1000, answer.ms % 1000 / 100);
            let tokens = tokens.unwrap_or_default();
            said += &escape::prose(&format!(": {} at {}, {seconds}{tokens}", answer.model, answer.endpoint));
        }
        match version.made_from {
            Some(MadeFrom::OtherInputs) => said.push_str("; stale: something it was made from says something else now"),
            Some(MadeFrom::OtherSettings) => said.push_str("; stale: template, model or sampling values were others"),
            Some(MadeFrom::AsNow) | None => {}
        }
        if !version.current {
            said.push_str(" (not current)");
        }
        self.said(2, &column(&format!("version {}", version.no + 1)), &said);
    }

    fn acts(&mut self, acts: &[Act]) {
        for act in acts {
            let who = if act.author == self.reader.author { "you" } else { act.author.as_str() };
            let said = format!("{}: {}", escape::prose(who), escape::prose(&act.said));
            self.said(2, &format!("* {}  ", self.time(&act.at)), &said);
        }
    }

    /// When something was done, by the reader's clock and to the second.
    fn time(&self, at: &str) -> String {
        let Ok(time) = at.parse::<Timestamp>() else { return escape::prose(at) };
        time.to_zoned(self.reader.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn led_to(&mut self, led: &[Led]) {
        if led.is_empty() {
            return;
        }
        self.line(2, "led to");
        for child in led.iter().take(CHILDREN) {
            self.said(4, &format!("{}  ", child.item.short()), &escape::prose(&child.said));
        }
        if led.len() > CHILDREN {
            self.line(4, &format!("and {} more", led.len() - CHILDREN));
        }
    }
}

/// A line of code broken to a width; what goes on stands further in than the line began.
fn code(line: &str, room: usize) -> Vec<String> {
    if width::width(line) <= room {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let indent = indent.min(room / 2);
    let mut rows = width::wrap(line.trim_start_matches(' '), room.saturating_sub(indent + 4)).into_iter();
    let first = rows.next().map(|row| format!("{:indent$}{row}", ""));
    let more = indent + 4;
    first.into_iter().chain(rows.map(|row| format!("{:more$}{row}", ""))).collect()
}

/// A word in the column of words.
fn column(word: &str) -> String {
    format!("{word:<width$}", width = HANG - 2)
}

fn stage(standing: &Standing) -> String {
    let name = standing.stage.map_or("-", |stage| stage.id());
    let reason = standing.reason.as_ref().map(|reason| format!(" ({})", escape::prose(reason))).unwrap_or_default();
    format!("{}{}{reason}   ", column(name), standing.state)
}

#[cfg(test)]
mod tests {
    use crate::domain::{ItemId, Stage};

    use super::*;

    fn link(item: ItemId, text: &str) -> Link {
        Link {
            item,
            name: "function 2".to_owned(),
            text: text.to_owned(),
            made_by: None,
            versions: Vec::new(),
            failure: None,
            stands: Vec::new(),
            acts: Vec::new(),
            flags: Vec::new(),
            led_to: Vec::new(),
        }
    }

    fn told(link: Link) -> String {
        let fate = Standing { stage: Some(Stage::CrossValidate), state: "kept", reason: None, rules: Vec::new() };
        let lineage = Lineage { item: link.item, profile: "recommended".to_owned(), fate, links: vec![link] };
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        text(&lineage, &Reader { author: "ana".to_owned(), zone, dir: PathBuf::from("/p") })
    }

    fn function(text: &str) -> Link {
        link(ItemId::child(Kind::Verifier, &ItemId::seed("x"), 1), text)
    }

    #[test]
    fn code_stands_as_a_block_and_nothing_is_wider_than_the_page() {
        let long = format!("    return len(response.split()) > 3 and {}", "response.strip() != '' and ".repeat(5));
        let shown = told(function(&format!("def evaluate(response):\n{long}\n\treturn '\u{1b}[31m'\n")));
        assert!(shown.contains("  | def evaluate(response):\n  |     return len("), "{shown}");
        assert!(shown.contains("\n  |         response.strip()"), "what goes on stands further in: {shown}");
        assert!(shown.contains("\\x1b[31m") && !shown.contains('\u{1b}'));
        assert!(shown.lines().all(|line| width::width(line) <= WIDE), "{shown}");
    }

    #[test]
    fn people_and_times_are_told_for_whom_they_are_told() {
        let act = |author: &str, said: &str| Act {
            entry: 1,
            author: author.to_owned(),
            at: "2026-11-20T12:38:07.123456789Z".to_owned(),
            said: said.to_owned(),
        };
        let acts = vec![act("ana", "accepted version 1"), act("b\u{202e}o", &"too strict ".repeat(20))];
        let shown = told(Link { acts, ..function("x") });
        assert!(shown.contains("* 2026-11-20 14:38:07  you: accepted version 1\n"), "{shown}");
        assert!(shown.contains("b\\u{202e}o: too strict") && !shown.contains(".123"), "{shown}");
        assert!(shown.lines().all(|line| width::width(line) <= WIDE), "{shown}");
    }

    #[test]
    fn an_ancestor_is_brief() {
        let mut page = Page {
            text: String::new(),
            reader: &Reader { author: String::new(), zone: TimeZone::UTC, dir: PathBuf::new() },
        };
        page.brief(&link(ItemId::seed("x"), "one\ntwo\nthree\nfour\nfive"));
        assert!(
            page.text.contains("  | three\n  | ... 2 more lines\n") && !page.text.contains("four"),
            "{}",
            page.text
        );
    }
}

//! A lineage as text: the chain from the seed, then the item itself in full. All texts are escaped.

use std::fmt::Write;

use crate::{
    domain::Origin,
    pipeline::lineage::{Act, Led, Lineage, Link, MadeFrom, Rule, Standing, VersionLine},
    term::{escape, width},
};

/// Cells of a text that is shown on one line.
const WIDE: usize = 100;
/// Children that are listed.
const CHILDREN: usize = 24;

/// The whole account.
pub fn text(lineage: &Lineage) -> String {
    let mut text = format!("{}\n{}   profile {}\n", lineage.item, fate(&lineage.fate), lineage.profile);
    let Some((item, above)) = lineage.links.split_last() else { return text };
    for link in above {
        text.push('\n');
        head(&mut text, link);
        brief(&mut text, link);
    }
    text.push('\n');
    head(&mut text, item);
    full(&mut text, item);
    text
}

fn fate(standing: &Standing) -> String {
    let at = standing.stage.map(|stage| format!(" at {stage}")).unwrap_or_default();
    let reason = standing.reason.as_ref().map(|reason| format!(": {}", escape::prose(reason))).unwrap_or_default();
    format!("{}{at}{reason}", standing.state)
}

/// Adds a line that begins so many cells to the right.
fn line(text: &mut String, indent: usize, said: &str) {
    let _infallible = writeln!(text, "{:indent$}{}", "", said.trim_end());
}

fn quoted(text: &str) -> String {
    width::fit(&escape::prose(text), WIDE, "...")
}

fn head(text: &mut String, link: &Link) {
    line(text, 0, &format!("{}  {}", link.item.short(), escape::prose(&link.name)));
    if !link.text.trim().is_empty() {
        line(text, 2, &quoted(&link.text));
    }
    for flag in &link.flags {
        line(text, 2, &format!("! {flag}"));
    }
}

/// An ancestor: where it stands, with the rules that speak against it, or else the last one.
fn brief(text: &mut String, link: &Link) {
    for version in link.versions.iter().filter(|version| version.current) {
        line(text, 2, &self::version(version));
    }
    for standing in &link.stands {
        let against: Vec<&Rule> = standing.rules.iter().filter(|rule| !rule.holds).collect();
        let told = if against.is_empty() { standing.rules.last().into_iter().collect() } else { against };
        let said: Vec<String> = told.iter().map(|rule| quoted(&rule.said)).collect();
        line(text, 2, &format!("{}   {}", stage(standing), said.join("; ")));
    }
    acts(text, &link.acts);
}

/// The item itself: all of it.
fn full(text: &mut String, link: &Link) {
    if let Some(made) = &link.made_by {
        let said = format!(
            "made by {}: model {} at {}, template {} ({}), temperature {}, top_p {}, at most {} tokens",
            made.call,
            made.model,
            made.endpoint,
            made.template,
            made.template_hash,
            made.temperature,
            made.top_p,
            made.max_tokens
        );
        line(text, 2, &escape::prose(&said));
    }
    for version in &link.versions {
        line(text, 2, &self::version(version));
    }
    if let Some((code, message)) = &link.failure {
        line(text, 2, &format!("last attempt failed ({}): {}", escape::prose(code), escape::prose(message)));
    }
    for standing in &link.stands {
        line(text, 2, &stage(standing));
        for rule in &standing.rules {
            let mark = if rule.holds { "+" } else { "-" };
            line(text, 4, &format!("{mark} {}: {}", rule.key, escape::prose(&rule.said)));
        }
    }
    acts(text, &link.acts);
    led_to(text, &link.led_to);
}

fn stage(standing: &Standing) -> String {
    let name = standing.stage.map_or("-", |stage| stage.id());
    let reason = standing.reason.as_ref().map(|reason| format!(" ({})", escape::prose(reason))).unwrap_or_default();
    format!("{name:<15} {}{reason}", standing.state)
}

fn version(version: &VersionLine) -> String {
    let origin = match version.origin {
        Origin::Machine => "by a model",
        Origin::Human => "by a person",
        Origin::Imported => "imported",
    };
    let mut said = format!("version {} {origin}", version.no + 1);
    if let (Some(sample), Some(take)) = (version.sample, version.take) {
        let _infallible = write!(said, ", sample {sample}, take {take}");
    }
    if let Some(answer) = &version.answer {
        let tokens = answer.tokens.map(|(read, wrote)| format!(", {read} tokens in, {wrote} out")).unwrap_or_default();
        let asked = format!(": {} at {}, {} ms{tokens}", answer.model, answer.endpoint, answer.ms);
        said.push_str(&escape::prose(&asked));
    }
    match version.made_from {
        Some(MadeFrom::OtherInputs) => said.push_str("; stale: something it was made from says something else now"),
        Some(MadeFrom::OtherSettings) => said.push_str("; stale: template, model or sampling values were others"),
        Some(MadeFrom::AsNow) | None => {}
    }
    if version.current { said } else { format!("{said} (not current)") }
}

fn acts(text: &mut String, acts: &[Act]) {
    for act in acts {
        let said = format!("{}, {}: {}", act.author, act.at, act.said);
        line(text, 2, &format!("* {}", escape::prose(&said)));
    }
}

fn led_to(text: &mut String, led: &[Led]) {
    if led.is_empty() {
        return;
    }
    line(text, 2, "led to");
    for child in led.iter().take(CHILDREN) {
        line(text, 4, &format!("{}  {}", child.item.short(), escape::prose(&child.said)));
    }
    if led.len() > CHILDREN {
        line(text, 4, &format!("and {} more", led.len() - CHILDREN));
    }
}

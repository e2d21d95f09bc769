//! A function whose own quotes are not escaped: the commonest way of writing bad JSON around code.

use std::collections::BTreeSet;

use super::super::loose;

/// What was saved.
pub struct Salvaged {
    /// The function's source.
    pub source: String,
    /// What else was repaired, in words.
    pub repairs: BTreeSet<&'static str>,
}

/// The text between `"func": "` and `", "cases"` (or the end of the object), where both ends are plain to see.
pub fn function(text: &str) -> Option<Salvaged> {
    let start = value_start(text)?;
    let inside = &text[start..];
    let end = value_end(inside)?;
    let mut repairs = BTreeSet::new();
    let source = loose::unescape(&inside[..end], &mut repairs);
    source.contains("def ").then_some(Salvaged { source, repairs })
}

/// Where the text of `"func"` begins.
fn value_start(text: &str) -> Option<usize> {
    let key = text.find("\"func\"")? + "\"func\"".len();
    let rest = text[key..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    Some(text.len() - rest.len())
}

/// Where it ends: before the key `cases`, else before the last closing brace.
fn value_end(inside: &str) -> Option<usize> {
    let before_cases = inside.rfind("\"cases\"").map(|at| &inside[..at]);
    let before = match before_cases {
        Some(before) => before.trim_end().strip_suffix(',')?,
        None => &inside[..inside.rfind('}')?],
    };
    Some(before.trim_end().strip_suffix('"')?.len())
}

//! Where in a TOML text a key stands.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A position for people: line and column, counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The start of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position of a byte offset.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column }
    }
}

/// The dotted path of the key or value that a byte range falls in.
pub fn path_at(text: &str, span: &Range<usize>) -> Vec<String> {
    let mut path = Vec::new();
    if let Ok(table) = DeTable::parse(text) {
        descend(table.get_ref(), span, &mut path);
    }
    path
}

/// Follows the key whose name or value covers the span. Tables under headers cover their header only, so every
/// table is looked into, and the first that has the span somewhere inside wins.
fn descend(table: &DeTable<'_>, span: &Range<usize>, path: &mut Vec<String>) -> bool {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        if covers(&key.span(), span) {
            return true;
        }
        if let Some(inner) = inner_table(value)
            && descend(inner, span, path)
        {
            return true;
        }
        if covers(&value.span(), span) {
            return true;
        }
        path.pop();
    }
    false
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn inner_table<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> Option<&'a DeTable<'i>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// The position of a key, or of the nearest table above it that is written down; the start of the file else.
pub fn of_key(text: &str, path: &[String]) -> Place {
    let Ok(table) = DeTable::parse(text) else { return Place::START };
    let mut here = table.get_ref();
    let mut found = Place::START;
    for name in path {
        let Some((key, value)) = here.iter().find(|(key, _)| key.get_ref() == name.as_str()) else { break };
        found = Place::of(text, key.span().start);
        let Some(inner) = inner_table(value) else { break };
        here = inner;
    }
    found
}

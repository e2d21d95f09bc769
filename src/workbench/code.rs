//! Highlighted source: made off the loop, kept by content.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::term::{
    escape::{kept, shown},
    width::width,
};

/// What a piece of source is. The theme gives it a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Names, operators, white space.
    Plain,
    /// `def`, `return`, `and`.
    Keyword,
    /// Strings.
    Text,
    /// Numbers, `True`, `None`.
    Constant,
    /// Comments.
    Comment,
    /// Function names and built-ins.
    Function,
}

/// Highlighted source, line by line, escaped but for white space: tabs and line ends are shown when it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// The pieces of each line.
    pub lines: Vec<Vec<(Syntax, String)>>,
    /// Cells of its widest line, without signs for white space.
    pub widest: usize,
}

impl Code {
    /// Takes lines, and measures them.
    pub fn of(lines: Vec<Vec<(Syntax, String)>>) -> Self {
        let cells = |line: &Vec<(Syntax, String)>| {
            line.iter().fold(0, |column, (_, text)| column + width(&shown(text, column, None)))
        };
        let widest = lines.iter().map(cells).max().unwrap_or(0);
        Self { lines, widest }
    }

    /// Source without colours.
    pub fn plain(source: &str) -> Self {
        let line = |line: &str| chunks(&kept(line)).map(|chunk| (Syntax::Plain, chunk.to_owned())).collect();
        Self::of(source.split_inclusive('\n').map(line).collect())
    }
}

/// Bytes of a piece: of a very long line only what is on screen is measured when it is drawn.
const CHUNK: usize = 2_000;

fn chunks(mut line: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (head, rest) = line.split_at(line.floor_char_boundary(CHUNK));
        line = rest;
        Some(head).filter(|head| !head.is_empty())
    })
}

/// How many sources are kept.
const KEPT: usize = 256;

/// Highlighted sources by content.
#[derive(Clone, Debug, Default)]
pub struct CodeCache {
    done: HashMap<Arc<str>, Arc<Code>>,
    asked: HashSet<Arc<str>>,
}

impl CodeCache {
    /// The highlighted form, where it is there.
    pub fn get(&self, source: &str) -> Option<&Arc<Code>> {
        self.done.get(source)
    }

    /// Whether a source must be asked for now.
    pub fn want(&mut self, source: &Arc<str>) -> bool {
        !self.done.contains_key(source) && self.asked.insert(Arc::clone(source))
    }

    /// Takes one.
    pub fn put(&mut self, source: &Arc<str>, code: Arc<Code>) {
        if self.done.len() >= KEPT {
            self.done.clear();
        }
        self.asked.remove(source);
        self.done.insert(Arc::clone(source), code);
    }
}

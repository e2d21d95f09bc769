//! Highlighted source: made off the loop, kept by content.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
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

/// Highlighted source, line by line, escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// The pieces of each line.
    pub lines: Vec<Vec<(Syntax, String)>>,
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

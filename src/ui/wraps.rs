//! Wrapped texts, kept by content and width: a long response is wrapped once, not every frame.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
};

use crate::term::{
    escape::{self, Spaces},
    width::{wrap, wrap_after},
};

/// How many are kept.
const KEPT: usize = 64;
/// Longer texts are cut for the screen; the editor and exports have all of it.
const MOST: usize = 200_000;

/// Wrapped texts by content and width.
#[derive(Debug, Default)]
pub(super) struct Wraps(HashMap<(u64, usize, bool), Rc<Vec<String>>>);

impl Wraps {
    /// A text, escaped and wrapped to a width; with white space made visible where there are signs for it.
    pub(super) fn get(&mut self, text: &str, cells: usize, signs: Option<&Spaces>) -> Rc<Vec<String>> {
        // What is never shown needs no second look in every frame; its length is told.
        let mut hasher = DefaultHasher::new();
        (text.get(..text.floor_char_boundary(MOST)), text.len()).hash(&mut hasher);
        let key = (hasher.finish(), cells, signs.is_some());
        if let Some(lines) = self.0.get(&key) {
            return Rc::clone(lines);
        }
        if self.0.len() >= KEPT {
            self.0.clear();
        }
        let lines = Rc::new(lines(text, cells, signs));
        self.0.insert(key, Rc::clone(&lines));
        lines
    }
}

fn lines(text: &str, cells: usize, signs: Option<&Spaces>) -> Vec<String> {
    let cut = text.floor_char_boundary(MOST);
    let shown = text.get(..cut).unwrap_or(text);
    let mut out: Vec<String> = match signs {
        Some(signs) => escape::spaced(shown, signs).iter().flat_map(|l| wrap_after(l, cells, signs.space)).collect(),
        None => escape::block(shown).iter().flat_map(|line| wrap(line, cells)).collect(),
    };
    if cut < text.len() {
        out.push(format!("({} further bytes are not shown here)", text.len() - cut));
    }
    out
}

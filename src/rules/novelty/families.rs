//! Texts that differ in their numbers alone, kept together.

use std::collections::HashMap;

/// The accepted texts by their masked form and number of tokens. A template filled with other numbers a thousand times ("use at least 7
/// words") would else be a thousand texts under each of its words, and every next one compared with all of them.
#[derive(Clone, Debug, Default)]
pub struct Families {
    by_form: HashMap<Vec<u32>, usize>,
    members: Vec<Vec<usize>>,
    of_text: Vec<usize>,
}

impl Families {
    /// Puts the next text; gives the first of its family, where there is one.
    pub fn add(&mut self, masked: &[u32], tokens: usize) -> Option<usize> {
        let text = self.of_text.len();
        let family = *self.by_form.entry(form(masked, tokens)).or_insert_with(|| {
            self.members.push(Vec::new());
            self.members.len() - 1
        });
        let members = &mut self.members[family];
        members.push(text);
        self.of_text.push(family);
        (members.len() > 1).then(|| members[0])
    }

    /// The family of a masked form with so many tokens.
    pub fn of_form(&self, masked: &[u32], tokens: usize) -> Option<usize> {
        self.by_form.get(&form(masked, tokens)).copied()
    }

    /// The family of a text.
    pub fn of_text(&self, text: usize) -> usize {
        self.of_text[text]
    }

    /// The texts that an entry of an index stands for: the first of a family for all of them, any other for itself.
    pub fn behind(&self, text: usize) -> &[usize] {
        let members = &self.members[self.of_text[text]];
        match members.first() {
            Some(first) if *first == text => members,
            _ => members.binary_search(&text).map_or(&[], |at| &members[at..=at]),
        }
    }
}

fn form(masked: &[u32], tokens: usize) -> Vec<u32> {
    let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
    masked.iter().copied().chain([tokens]).collect()
}

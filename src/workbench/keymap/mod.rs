//! The key table: which key does what where. One table (`assets/keys.toml`, with what the user changed) feeds dispatch,
//! the footer, the help, the palette and the docs.

use std::collections::HashMap;

use crate::config::Place;

use super::chord::{Chord, Keys};

mod action;
mod context;
mod docs;
mod problem;
mod read;
mod user;

pub use action::Action;
pub use context::{CHAINS, Context, chain};
pub use docs::{example, table};
pub use problem::Problem;

/// The table that comes with the program.
const BUILTIN: &str = include_str!("../../../assets/keys.toml");

/// One row of the table.
#[derive(Clone, Debug)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// The keys; none where only the palette does it.
    pub keys: Vec<Keys>,
    /// The word in the footer, where it is shown there.
    pub hint: Option<String>,
    /// What it does, in words.
    pub desc: String,
    /// Where in the user's file its keys are given, where they are.
    place: Option<Place>,
}

/// What keys come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// An action.
    Does(Action),
    /// The beginning of longer ones.
    Begins,
    /// Nothing.
    Nothing,
}

/// The key table, checked.
#[derive(Clone, Debug)]
pub struct Keymap {
    rows: Vec<(Context, Vec<Binding>)>,
    table: HashMap<(Context, Keys), Action>,
}

impl Keymap {
    /// The table that comes with the program.
    ///
    /// # Errors
    /// Never with the table as committed; a test holds that.
    pub fn builtin() -> Result<Self, Problem> {
        Self::parse(BUILTIN)
    }

    /// Reads and checks a whole table.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let keymap = Self { rows: read::rows(text)?, table: HashMap::new() };
        keymap.checked().map_err(|mut problems| problems.swap_remove(0))
    }

    /// The table with what a user's file changes.
    ///
    /// # Errors
    /// All that is wrong with the file; then none of it is used.
    pub fn with(&self, text: &str) -> Result<Self, Vec<Problem>> {
        let mut changed = self.clone();
        user::change(&mut changed.rows, text)?;
        changed.checked()
    }

    fn checked(mut self) -> Result<Self, Vec<Problem>> {
        let problems = problem::conflicts(&self.rows);
        if !problems.is_empty() {
            return Err(problems);
        }
        self.table.clear();
        for (context, rows) in &self.rows {
            for row in rows {
                self.table.extend(row.keys.iter().map(|keys| ((*context, keys.clone()), row.action)));
            }
        }
        Ok(self)
    }

    /// The rows of a context, in the order of the table.
    pub fn bindings(&self, context: Context) -> &[Binding] {
        self.rows.iter().find(|(of, _)| *of == context).map_or(&[], |(_, rows)| rows)
    }

    /// What keys come to in the chain that begins with a context.
    pub fn pressed(&self, first: Context, keys: &Keys) -> Pressed {
        let mut wanted = (first, keys.clone());
        for context in chain(first) {
            wanted.0 = *context;
            if let Some(action) = self.table.get(&wanted) {
                return Pressed::Does(*action);
            }
        }
        if self.continuations(first, &keys.0).next().is_some() { Pressed::Begins } else { Pressed::Nothing }
    }

    /// The bindings of a chain whose keys go on from those pressed, with what is still to be pressed.
    pub fn continuations<'k>(
        &'k self,
        first: Context,
        begun: &'k [Chord],
    ) -> impl Iterator<Item = (Keys, &'k Binding)> {
        let bindings = chain(first).iter().flat_map(|context| self.bindings(*context));
        bindings.flat_map(move |binding| {
            let longer = binding.keys.iter().filter(|keys| keys.goes_on_from(begun));
            longer.map(move |keys| (Keys(keys.0.iter().skip(begun.len()).copied().collect()), binding))
        })
    }

    /// The first keys of an action in the chain that begins with a context, for texts that name it; elsewhere in the
    /// table where it is not in that chain.
    pub fn key_in(&self, first: Context, action: Action) -> Option<&Keys> {
        let here = chain(first).iter().flat_map(|context| self.bindings(*context));
        let all = self.rows.iter().flat_map(|(_, rows)| rows);
        here.chain(all).find(|row| row.action == action && !row.keys.is_empty())?.keys.first()
    }

    /// The same as words: the keys, or where else the action is found.
    pub fn name_of(&self, first: Context, action: Action) -> String {
        self.key_in(first, action).map_or_else(|| format!(":{}", action.name()), ToString::to_string)
    }
}

#[cfg(test)]
mod tests;

//! The key table: which key does what where. One table feeds dispatch, the footer and the help.

use std::collections::HashMap;

use serde::Deserialize;

use super::chord::{BadChord, Chord};

mod action;
mod context;

pub use action::Action;
pub use context::{CHAINS, Context, chain};

/// One row of the table.
#[derive(Clone, Debug)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// The keys.
    pub keys: Vec<Chord>,
    /// The word in the footer, where it is shown there.
    pub hint: Option<String>,
    /// What it does, in words.
    pub desc: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBinding {
    run: Action,
    on: Vec<String>,
    hint: Option<String>,
    desc: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKeymap {
    funnel: Vec<RawBinding>,
    instructions: Vec<RawBinding>,
    matrix: Vec<RawBinding>,
    code: Vec<RawBinding>,
    case: Vec<RawBinding>,
    samples: Vec<RawBinding>,
    jobs: Vec<RawBinding>,
    review: Vec<RawBinding>,
    #[serde(rename = "move")]
    moving: Vec<RawBinding>,
    global: Vec<RawBinding>,
    reader: Vec<RawBinding>,
    help: Vec<RawBinding>,
    typing: Vec<RawBinding>,
    reason: Vec<RawBinding>,
    leaving: Vec<RawBinding>,
}

/// A key table that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeymapError {
    /// Not the form of a key table.
    #[error("the key table cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    /// A key that does not exist.
    #[error("the key table: {0}")]
    Key(#[from] BadChord),
    /// One key, two actions at the same time.
    #[error(
        "the key table: `{key}` means both {first:?} (in {first_in:?}) and {second:?} (in {second_in:?}); change one"
    )]
    Conflict {
        /// The key.
        key: Chord,
        /// What it does first.
        first: Action,
        /// Where.
        first_in: Context,
        /// What it does as well.
        second: Action,
        /// Where.
        second_in: Context,
    },
}

/// The key table, checked.
#[derive(Clone, Debug)]
pub struct Keymap {
    rows: Vec<(Context, Vec<Binding>)>,
    table: HashMap<(Context, Chord), Action>,
}

impl Keymap {
    /// The table that comes with the program.
    ///
    /// # Errors
    /// Never with the table as committed; a test holds that.
    pub fn builtin() -> Result<Self, KeymapError> {
        Self::parse(include_str!("../../../assets/keys.toml"))
    }

    /// Reads and checks a table.
    ///
    /// # Errors
    /// Where the form is wrong, a key does not exist, or one key would mean two things at the same time.
    pub fn parse(text: &str) -> Result<Self, KeymapError> {
        let raw: RawKeymap = toml::from_str(text)?;
        let groups = [
            (Context::Funnel, raw.funnel),
            (Context::Instructions, raw.instructions),
            (Context::Matrix, raw.matrix),
            (Context::Code, raw.code),
            (Context::Case, raw.case),
            (Context::Samples, raw.samples),
            (Context::Jobs, raw.jobs),
            (Context::Review, raw.review),
            (Context::Move, raw.moving),
            (Context::Global, raw.global),
            (Context::Reader, raw.reader),
            (Context::Help, raw.help),
            (Context::Typing, raw.typing),
            (Context::Reason, raw.reason),
            (Context::Leaving, raw.leaving),
        ];
        let mut rows = Vec::new();
        for (context, group) in groups {
            let bindings = group.into_iter().map(binding).collect::<Result<Vec<_>, _>>()?;
            rows.push((context, bindings));
        }
        let keymap = Self { rows, table: HashMap::new() };
        keymap.checked()
    }

    fn checked(mut self) -> Result<Self, KeymapError> {
        for chain in CHAINS {
            let mut seen: HashMap<Chord, (Action, Context)> = HashMap::new();
            for &context in chain {
                for (key, action) in self.keys(context) {
                    if let Some((first, first_in)) = seen.insert(key, (action, context)) {
                        return Err(KeymapError::Conflict { key, first, first_in, second: action, second_in: context });
                    }
                }
            }
        }
        let all: Vec<_> = self.rows.iter().map(|(context, _)| *context).collect();
        for context in all {
            let keys: Vec<_> = self.keys(context).collect();
            self.table.extend(keys.into_iter().map(|(key, action)| ((context, key), action)));
        }
        Ok(self)
    }

    fn keys(&self, context: Context) -> impl Iterator<Item = (Chord, Action)> {
        self.bindings(context).iter().flat_map(|row| row.keys.iter().map(|key| (*key, row.action)))
    }

    /// The rows of a context, in the order of the table.
    pub fn bindings(&self, context: Context) -> &[Binding] {
        self.rows.iter().find(|(of, _)| *of == context).map_or(&[], |(_, rows)| rows)
    }

    /// What a key does in the chain that begins with a context.
    pub fn action(&self, first: Context, key: Chord) -> Option<Action> {
        chain(first).iter().find_map(|context| self.table.get(&(*context, key)).copied())
    }

    /// The first key of an action, for texts that name it.
    pub fn key_for(&self, action: Action) -> Option<Chord> {
        self.rows.iter().flat_map(|(_, rows)| rows).find(|row| row.action == action)?.keys.first().copied()
    }
}

fn binding(raw: RawBinding) -> Result<Binding, BadChord> {
    let keys = raw.on.iter().map(|key| key.parse()).collect::<Result<_, _>>()?;
    Ok(Binding { action: raw.run, keys, hint: raw.hint, desc: raw.desc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_as_committed_is_sound() {
        let keymap = Keymap::builtin().unwrap();
        assert_eq!(keymap.action(Context::Code, "a".parse().unwrap()), Some(Action::Accept));
        assert_eq!(keymap.action(Context::Reader, "a".parse().unwrap()), None);
    }

    #[test]
    fn conflicts_are_told_with_both_places() {
        let twice = include_str!("../../../assets/keys.toml").replace("on = [\"P\"]", "on = [\"q\"]");
        let error = Keymap::parse(&twice).unwrap_err().to_string();
        assert!(error.contains("`q`") && error.contains("PauseStage") && error.contains("Quit"), "{error}");
    }
}

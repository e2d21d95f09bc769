//! The key table: which key does what where. One table feeds dispatch, the footer and the help.

use std::collections::HashMap;

use serde::Deserialize;

use super::chord::{BadChord, Chord};

/// What a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Quit, asking where work is in flight.
    Quit,
    /// Quit at once.
    QuitNow,
    /// Show the help.
    Help,
    /// Out of a pane, an overlay, a filter.
    Back,
    /// Agree.
    Confirm,
    /// Show the Funnel screen.
    Funnel,
    /// Show the Instructions screen.
    Instructions,
    /// Show the Samples screen.
    Samples,
    /// Show the Jobs screen.
    Jobs,
    /// Focus the next pane.
    NextPane,
    /// Focus the previous pane.
    PreviousPane,
    /// One up.
    Up,
    /// One down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the start.
    Top,
    /// To the end.
    Bottom,
    /// Scroll the lower text up.
    ScrollUp,
    /// Scroll the lower text down.
    ScrollDown,
    /// Go into what is selected.
    Open,
    /// The stored call behind what is selected.
    Transcript,
    /// The function before.
    PreviousFunction,
    /// The function after.
    NextFunction,
    /// The task before.
    PreviousTask,
    /// The task after.
    NextTask,
    /// The instruction after, in the same pane.
    NextInstruction,
    /// The instruction before, in the same pane.
    PreviousInstruction,
    /// The next item without a decision.
    NextUnreviewed,
    /// Accept what is selected.
    Accept,
    /// Reject what is selected.
    Reject,
    /// Reject a response, but let it serve as a negative.
    UseAsNegative,
    /// Withdraw a decision.
    ClearDecision,
    /// Edit what is selected.
    Edit,
    /// Ask for a new take.
    Rerun,
    /// Take back.
    Undo,
    /// Do again.
    Redo,
    /// Pause or resume everything.
    Pause,
    /// Pause or resume a stage.
    PauseStage,
    /// Make again what settings made stale.
    Apply,
    /// Type a filter.
    Filter,
    /// Copy what is selected.
    Copy,
    /// Stop the program as ctrl-z does.
    Suspend,
}

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// The Funnel screen.
    Funnel,
    /// The list of instructions.
    Instructions,
    /// The matrix of cases and functions.
    Matrix,
    /// The code of a function.
    Code,
    /// The Samples screen.
    Samples,
    /// The Jobs screen.
    Jobs,
    /// Wherever an item is selected.
    Review,
    /// Wherever something can be moved in.
    Move,
    /// Everywhere outside overlays.
    Global,
    /// A text in full.
    Reader,
    /// The help.
    Help,
    /// A line being typed.
    Typing,
    /// A reason being given.
    Reason,
    /// The question before leaving.
    Leaving,
}

/// Every chain of contexts that is alive at the same time, first match wins.
pub const CHAINS: [&[Context]; 11] = [
    &[Context::Funnel, Context::Move, Context::Global],
    &[Context::Instructions, Context::Review, Context::Move, Context::Global],
    &[Context::Matrix, Context::Review, Context::Move, Context::Global],
    &[Context::Code, Context::Review, Context::Move, Context::Global],
    &[Context::Samples, Context::Review, Context::Move, Context::Global],
    &[Context::Jobs, Context::Move, Context::Global],
    &[Context::Reader],
    &[Context::Help],
    &[Context::Typing],
    &[Context::Reason],
    &[Context::Leaving],
];

/// The chain that begins with a context.
pub fn chain(first: Context) -> &'static [Context] {
    CHAINS.into_iter().find(|chain| chain.first() == Some(&first)).unwrap_or(&[])
}

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
        Self::parse(include_str!("keymap.toml"))
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
        let twice = include_str!("keymap.toml").replace("on = [\"P\"]", "on = [\"q\"]");
        let error = Keymap::parse(&twice).unwrap_err().to_string();
        assert!(error.contains("`q`") && error.contains("PauseStage") && error.contains("Quit"), "{error}");
    }
}

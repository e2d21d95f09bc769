//! The palette: every command of the key table by name, those that apply here first.

use tui_input::Input;

use super::{
    fuzzy::Fuzzy,
    idle::idle,
    keymap::{Action, CHAINS, Context, chain},
    list::List,
    state::State,
};

/// A command as the palette lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it does.
    pub action: Action,
    /// Its name, for people: `next unreviewed`.
    pub name: String,
    /// Its keys.
    pub keys: String,
    /// What it does, in words.
    pub desc: String,
    /// Why it does not apply here, where it does not.
    pub not_here: Option<String>,
}

/// The palette, open.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// What was found, best first.
    pub found: Vec<Command>,
    /// The selected one.
    pub list: List<Action>,
}

/// Whether a context's commands are listed: where a screen is, the palette is.
fn is_listed(context: &Context) -> bool {
    CHAINS.iter().any(|chain| chain.contains(&Context::Global) && chain.contains(context))
}

impl Palette {
    /// The palette over a screen.
    pub fn open(state: &State) -> Self {
        let mut palette = Self::default();
        palette.search(state);
        palette
    }

    /// Looks for what was typed.
    pub fn search(&mut self, state: &State) {
        let mut fuzzy = Fuzzy::of(self.input.value());
        let mut found: Vec<(u32, Command)> = Vec::new();
        for command in commands(state) {
            // A name says more than a description.
            let begins = command.name.starts_with(self.input.value().trim_start());
            let name = fuzzy.score(&command.name, |_| false).map(|score| (2 + u32::from(begins)) * score + 1);
            let score = name.or_else(|| fuzzy.score(&format!("{} {}", command.name, command.desc), |_| false));
            found.extend(score.map(|score| (score, command)));
        }
        // What applies here comes before what fits about as well.
        let weight = |score: u32, command: &Command| 2 * score + u32::from(command.not_here.is_none()) * (score + 1);
        found.sort_by_key(|(score, command)| std::cmp::Reverse(weight(*score, command)));
        self.found = found.into_iter().map(|(_, command)| command).collect();
        self.list.len = self.found.len();
        let found = &self.found;
        self.list.select(0, |at| found.get(at).map(|command| command.action));
    }
}

/// Every command once: as it is bound here, else where it is.
fn commands(state: &State) -> Vec<Command> {
    let here = chain(state.beneath());
    let elsewhere = Context::ALL.iter().filter(|context| is_listed(context) && !here.contains(context));
    let mut commands: Vec<Command> = Vec::new();
    for context in here.iter().chain(elsewhere) {
        for row in state.keymap.bindings(*context) {
            if row.action == Action::Palette || commands.iter().any(|known| known.action == row.action) {
                continue;
            }
            let keys: Vec<String> = row.keys.iter().map(ToString::to_string).collect();
            let not_here = if here.contains(context) {
                idle(state, state.beneath(), row.action)
            } else {
                Some(format!("only in {}", context.title()))
            };
            commands.push(Command {
                action: row.action,
                name: row.action.name().replace('-', " "),
                keys: keys.join(", "),
                desc: row.desc.clone(),
                not_here,
            });
        }
    }
    commands
}

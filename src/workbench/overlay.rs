//! What lies over a screen and takes the keys.

use tui_input::Input;

use crate::domain::ItemId;

use super::{
    actions::many::Bulk, diff::Comparing, editor::Editor, keymap::Context, list::Scroll, listing::FacetPanel,
    palette::Palette, target::Target,
};

/// What is read in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A case of the current instruction, with what a function did on it.
    Case {
        /// The case.
        case: ItemId,
        /// The function.
        function: Option<ItemId>,
    },
    /// A function of the current instruction.
    Function(ItemId),
    /// A response of the current instruction.
    Response(ItemId),
    /// A stored completion, by its row.
    Transcript(i64),
    /// A job of this run, while it lasts and after.
    Job(u64),
}

impl Overlay {
    /// Where its keys are.
    pub const fn context(&self) -> Context {
        match self {
            Self::Help { .. } => Context::Help,
            Self::Facets(_) => Context::Facets,
            Self::Note { .. } => Context::Note,
            Self::Confirm(_) => Context::Confirm,
            Self::Palette(_) => Context::Palette,
            Self::Reason { .. } => Context::Reason,
            Self::Reader { .. } => Context::Reader,
            Self::Diff(_) => Context::Diff,
            Self::Editor(_) => Context::Editor,
            Self::Recovered { .. } => Context::Recovered,
            Self::Leaving(_) => Context::Leaving,
        }
    }
}

/// An overlay.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The keys, searchable.
    Help {
        /// The search.
        input: Input,
        /// Where it stands.
        scroll: Scroll,
    },
    /// The facets of the list.
    Facets(FacetPanel),
    /// A note on something.
    Note {
        /// On what.
        target: Target,
        /// What was typed.
        input: Input,
    },
    /// Something is to be done to many.
    Confirm(Bulk),
    /// Every command by name.
    Palette(Palette),
    /// Why something is rejected.
    Reason {
        /// What is rejected.
        target: Target,
        /// What was typed.
        input: Input,
        /// Where many are rejected at once: those.
        many: Option<Bulk>,
    },
    /// Something in full.
    Reader {
        /// What.
        reading: Reading,
        /// Where it stands.
        scroll: Scroll,
    },
    /// Two texts compared.
    Diff(Comparing),
    /// A text being edited.
    Editor(Box<Editor>),
    /// Texts that an earlier run left unsaved.
    Recovered {
        /// Whose.
        items: Vec<ItemId>,
        /// The selected one.
        at: usize,
    },
    /// Work is in flight: leave? With what lay there before.
    Leaving(Option<Box<Overlay>>),
}

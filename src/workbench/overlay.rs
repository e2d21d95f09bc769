//! What lies over a screen and takes the keys.

use tui_input::Input;

use crate::domain::ItemId;

use super::{keymap::Context, list::Scroll, palette::Palette, target::Target};

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
            Self::Palette(_) => Context::Palette,
            Self::Reason { .. } => Context::Reason,
            Self::Reader { .. } => Context::Reader,
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
    /// Every command by name.
    Palette(Palette),
    /// Why something is rejected.
    Reason {
        /// What is rejected.
        target: Target,
        /// What was typed.
        input: Input,
    },
    /// Something in full.
    Reader {
        /// What.
        reading: Reading,
        /// Where it stands.
        scroll: Scroll,
    },
    /// Work is in flight: leave? With what lay there before.
    Leaving(Option<Box<Overlay>>),
}

//! The screens.

use serde::{Deserialize, Serialize};

use super::keymap::Action;

/// The screens, in the order of their number keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Screen {
    /// What goes on and what falls.
    #[default]
    Funnel,
    /// All instructions.
    Instructions,
    /// Functions and cases of one instruction.
    Verifiers,
    /// Responses.
    Samples,
    /// What runs.
    Jobs,
}

impl Screen {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Funnel, Self::Instructions, Self::Verifiers, Self::Samples, Self::Jobs];

    /// What goes there.
    pub const fn action(self) -> Action {
        match self {
            Self::Funnel => Action::Funnel,
            Self::Instructions => Action::Instructions,
            Self::Verifiers => Action::Verifiers,
            Self::Samples => Action::Samples,
            Self::Jobs => Action::Jobs,
        }
    }

    /// The name in the header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Funnel => "Funnel",
            Self::Instructions => "Instructions",
            Self::Verifiers => "Verifiers",
            Self::Samples => "Samples",
            Self::Jobs => "Jobs",
        }
    }
}

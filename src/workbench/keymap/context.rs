//! Where keys are pressed, and which of those places are alive together.

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// The Funnel screen.
    Funnel,
    /// Values of the profile being turned, on the Funnel screen.
    WhatIf,
    /// The reasons for which something was dropped at a stage, on the Funnel screen.
    Reasons,
    /// The program's log, on the Jobs screen.
    Log,
    /// The list of instructions.
    Instructions,
    /// The matrix of cases and functions.
    Matrix,
    /// The code of a function.
    Code,
    /// The Samples screen.
    Samples,
    /// The text of a response, or the words about it.
    Response,
    /// The pairs of a task.
    Pairs,
    /// The Jobs screen.
    Jobs,
    /// Wherever an item is selected.
    Review,
    /// Wherever something can be moved in.
    Move,
    /// Everywhere outside overlays.
    Global,
    /// What a function did on a case.
    Case,
    /// The counts by which the list is narrowed.
    Facets,
    /// A text in full.
    Reader,
    /// The palette of commands.
    Palette,
    /// The help.
    Help,
    /// A line being typed.
    Typing,
    /// A reason being given.
    Reason,
    /// A note being written.
    Note,
    /// The question before many items are decided on at once.
    Confirm,
    /// Two texts compared.
    Diff,
    /// A text being edited.
    Editor,
    /// Unsaved texts being offered.
    Recovered,
    /// The question before leaving.
    Leaving,
}

impl Context {
    /// All, in the order of the help and the docs.
    pub const ALL: [Self; 27] = [
        Self::Funnel,
        Self::Reasons,
        Self::WhatIf,
        Self::Instructions,
        Self::Matrix,
        Self::Code,
        Self::Case,
        Self::Samples,
        Self::Response,
        Self::Pairs,
        Self::Jobs,
        Self::Log,
        Self::Review,
        Self::Move,
        Self::Global,
        Self::Facets,
        Self::Reader,
        Self::Palette,
        Self::Help,
        Self::Typing,
        Self::Reason,
        Self::Note,
        Self::Confirm,
        Self::Diff,
        Self::Editor,
        Self::Recovered,
        Self::Leaving,
    ];

    /// Its name in the key table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Funnel => "funnel",
            Self::Reasons => "reasons",
            Self::WhatIf => "whatif",
            Self::Log => "log",
            Self::Instructions => "instructions",
            Self::Matrix => "matrix",
            Self::Code => "code",
            Self::Case => "case",
            Self::Samples => "samples",
            Self::Response => "response",
            Self::Pairs => "pairs",
            Self::Jobs => "jobs",
            Self::Review => "review",
            Self::Move => "move",
            Self::Global => "global",
            Self::Facets => "facets",
            Self::Reader => "reader",
            Self::Palette => "palette",
            Self::Help => "help",
            Self::Typing => "typing",
            Self::Reason => "reason",
            Self::Note => "note",
            Self::Confirm => "confirm",
            Self::Diff => "diff",
            Self::Editor => "editor",
            Self::Recovered => "recovered",
            Self::Leaving => "leaving",
        }
    }

    /// What it is called in the help and the docs.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Funnel => "Funnel",
            Self::Reasons => "Funnel: the reasons of a stage",
            Self::WhatIf => "Funnel: what if",
            Self::Log => "Jobs: the log",
            Self::Instructions => "Instructions",
            Self::Matrix => "Verifiers: cases and functions",
            Self::Code => "Verifiers: code",
            Self::Case => "Verifiers: what a function did on a case",
            Self::Samples => "Samples: responses",
            Self::Response => "Samples: the text and the words about it",
            Self::Pairs => "Samples: pairs",
            Self::Jobs => "Jobs",
            Self::Review => "Deciding, wherever an item is selected",
            Self::Move => "Moving",
            Self::Global => "Everywhere",
            Self::Facets => "Facets of the list",
            Self::Reader => "While reading something in full",
            Self::Palette => "The palette of commands",
            Self::Help => "The help",
            Self::Typing => "While typing a filter",
            Self::Reason => "While giving a reason",
            Self::Note => "While writing a note",
            Self::Confirm => "Before many items are decided on",
            Self::Diff => "While comparing texts",
            Self::Editor => "While editing a text",
            Self::Recovered => "When unsaved texts are offered",
            Self::Leaving => "Before leaving",
        }
    }

    /// The context of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }

    /// Whether plain characters are text there, so that none can be a key.
    pub const fn takes_text(self) -> bool {
        matches!(self, Self::Palette | Self::Help | Self::Typing | Self::Reason | Self::Note | Self::Editor)
    }
}

/// Every chain of contexts that is alive at the same time, first match wins.
pub const CHAINS: [&[Context]; 24] = [
    &[Context::Reasons, Context::Move, Context::Global],
    &[Context::Log, Context::Move, Context::Global],
    &[Context::WhatIf, Context::Move, Context::Global],
    &[Context::Funnel, Context::Move, Context::Global],
    &[Context::Instructions, Context::Review, Context::Move, Context::Global],
    &[Context::Matrix, Context::Review, Context::Move, Context::Global],
    &[Context::Code, Context::Review, Context::Move, Context::Global],
    &[Context::Case, Context::Review, Context::Move, Context::Global],
    &[Context::Samples, Context::Review, Context::Move, Context::Global],
    &[Context::Response, Context::Samples, Context::Review, Context::Move, Context::Global],
    &[Context::Pairs, Context::Review, Context::Move, Context::Global],
    &[Context::Jobs, Context::Move, Context::Global],
    &[Context::Facets, Context::Move],
    &[Context::Reader],
    &[Context::Palette],
    &[Context::Help],
    &[Context::Typing],
    &[Context::Reason],
    &[Context::Note],
    &[Context::Confirm],
    &[Context::Diff],
    &[Context::Editor],
    &[Context::Recovered],
    &[Context::Leaving],
];

/// The chain that begins with a context.
pub fn chain(first: Context) -> &'static [Context] {
    CHAINS.into_iter().find(|chain| chain.first() == Some(&first)).unwrap_or(&[])
}

//! Where keys are pressed, and which of those places are alive together.

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
    /// What a function did on a case.
    Case,
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
pub const CHAINS: [&[Context]; 12] = [
    &[Context::Funnel, Context::Move, Context::Global],
    &[Context::Instructions, Context::Review, Context::Move, Context::Global],
    &[Context::Matrix, Context::Review, Context::Move, Context::Global],
    &[Context::Code, Context::Review, Context::Move, Context::Global],
    &[Context::Case, Context::Review, Context::Move, Context::Global],
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

//! Everything that a key or the palette can do.

use serde::Deserialize;

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
    /// Show the Verifiers screen.
    Verifiers,
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
    /// Edit what is selected, here.
    Edit,
    /// Edit what is selected in the user's editor.
    EditOutside,
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

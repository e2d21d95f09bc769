//! Everything that a key or the palette can do.

use serde::Deserialize;

macro_rules! actions {
    ($($action:ident $name:literal $doc:literal,)*) => {
        /// What a key can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Action {
            $(#[doc = $doc] $action,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$action),*];

            /// Its name in the key table and the palette.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$action => $name,)*
                }
            }
        }
    };
}

actions! {
    Quit "quit" "Quit, asking where work is in flight.",
    QuitNow "quit-now" "Quit at once.",
    Help "help" "Show the help.",
    Back "back" "Out of a pane, an overlay, a filter.",
    Confirm "confirm" "Agree.",
    Funnel "funnel" "Show the Funnel screen.",
    Instructions "instructions" "Show the Instructions screen.",
    Verifiers "verifiers" "Show the Verifiers screen.",
    Samples "samples" "Show the Samples screen.",
    Jobs "jobs" "Show the Jobs screen.",
    NextPane "next-pane" "Focus the next pane.",
    PreviousPane "previous-pane" "Focus the previous pane.",
    Up "up" "One up.",
    Down "down" "One down.",
    PageUp "page-up" "A page up.",
    PageDown "page-down" "A page down.",
    Top "top" "To the start.",
    Bottom "bottom" "To the end.",
    ScrollUp "scroll-up" "Scroll the lower text up.",
    ScrollDown "scroll-down" "Scroll the lower text down.",
    Open "open" "Go into what is selected.",
    Transcript "transcript" "The stored call behind what is selected.",
    PreviousFunction "previous-function" "The function before.",
    NextFunction "next-function" "The function after.",
    PreviousTask "previous-task" "The task before.",
    NextTask "next-task" "The task after.",
    NextInstruction "next-instruction" "The instruction after, in the same pane.",
    PreviousInstruction "previous-instruction" "The instruction before, in the same pane.",
    NextUnreviewed "next-unreviewed" "The next item without a decision.",
    Accept "accept" "Accept what is selected.",
    Reject "reject" "Reject what is selected.",
    UseAsNegative "use-as-negative" "Reject a response, but let it serve as a negative.",
    ClearDecision "clear-decision" "Withdraw a decision.",
    Edit "edit" "Edit what is selected, here.",
    EditOutside "edit-outside" "Edit what is selected in the user's editor.",
    Save "save" "Save what is being written.",
    Find "find" "Look for a text in what is being written.",
    FindNext "find-next" "The next place where it is found.",
    FindPrevious "find-previous" "The place before.",
    Rerun "rerun" "Ask for a new take.",
    Undo "undo" "Take back.",
    Redo "redo" "Do again.",
    Pause "pause" "Pause or resume everything.",
    PauseStage "pause-stage" "Pause or resume a stage.",
    Apply "apply" "Make again what settings made stale.",
    Filter "filter" "Type a filter.",
    Copy "copy" "Copy what is selected.",
    Suspend "suspend" "Stop the program as ctrl-z does.",
    Palette "palette" "Ask for the palette of commands.",
    ToggleAdvance "toggle-advance" "Turn going on after a decision on or off.",
    Note "note" "Write a note on what is selected.",
    GoToMessage "go-to-message" "Go to what the last message is about.",
    PreviousUnreviewed "previous-unreviewed" "The item before without a decision.",
    Mark "mark" "Select an item for what is done to many, or not.",
    MarkRange "mark-range" "Select from here on, as one moves.",
    MarkAll "mark-all" "Select everything listed.",
    Facets "facets" "Show the counts by which the list can be narrowed.",
    ClearFilter "clear-filter" "Take all filters away.",
    ShowNew "show-new" "Show what is new.",
    SortAge "sort-age" "Sort as the instructions were made.",
    SortState "sort-state" "Sort by where they stand.",
    SortPassRate "sort-pass-rate" "Sort by pass rate.",
    SortDisagreements "sort-disagreements" "Sort by disagreements.",
    SortDecision "sort-decision" "Sort by decision.",
    SortCategory "sort-category" "Sort by category.",
    SortText "sort-text" "Sort by text.",
    SortId "sort-id" "Sort by identity.",
    SortReverse "sort-reverse" "Turn the order round.",
    Toggle "toggle" "Turn a facet on or off.",
    ScrollLeft "scroll-left" "Scroll a wide text to the left.",
    ScrollRight "scroll-right" "Scroll a wide text to the right.",
    Zoom "zoom" "Give the focused pane the whole screen, or take it back.",
    Spaces "spaces" "Show white space, or no longer.",
    FlipCase "flip-case" "Turn a case's expected value around.",
    DropCase "drop-case" "Drop a case, or bring it back.",
    SortCases "sort-cases" "Order the cases by disagreement, or as they were made.",
    Diff "diff" "Compare two texts.",
    Fold "fold" "Fold what is the same, or show all of it.",
    WhatIf "what-if" "Turn values of the profile and see what they would give.",
    Lower "lower" "Turn the selected value down.",
    Raise "raise" "Turn the selected value up.",
    Reset "reset" "Turn the selected value back.",
    ApplyRules "apply-rules" "Put the turned values in force.",
    Reasons "reasons" "Go into the reasons for which something was dropped.",
    Retry "retry" "Ask again what failed.",
    RetryAll "retry-all" "Ask again everything that failed.",
    CancelJob "cancel-job" "End the selected job.",
    ShowLog "show-log" "Show the program's log.",
    Levels "levels" "Show other levels of the log.",
    AllProjects "all-projects" "Show the log of all projects, or of this one.",
}

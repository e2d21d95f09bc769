//! Why a key would do nothing now. The footer leaves such keys out, the palette says why, and so does the key when it
//! is pressed all the same.

use crate::pipeline::snapshot::EngineState;

use super::{
    actions::{completion, diff::has_sides},
    draft::Form,
    keymap::{Action, Context},
    list::Scroll,
    overlay::Overlay,
    state::State,
    target,
};

/// Why an action would do nothing where a context takes the keys; nothing where it does something.
pub fn idle(state: &State, context: Context, action: Action) -> Option<String> {
    match action {
        Action::Undo | Action::Redo if context == Context::Editor => {
            let can = state.editor().is_some_and(|editor| editor.can_turn_back(action == Action::Redo));
            (!can).then(|| "nothing to take back, or again".to_owned())
        }
        Action::Undo => state.snapshot.undo.is_none().then(|| "nothing to take back".to_owned()),
        Action::Redo => state.snapshot.redo.is_none().then(|| "nothing was taken back".to_owned()),
        Action::Pause => match state.snapshot.engine {
            EngineState::Done => Some("everything is done".to_owned()),
            EngineState::Opening => Some("the project is being opened".to_owned()),
            EngineState::Following(_) => Some("another process does the work".to_owned()),
            _ => None,
        },
        Action::Open | Action::Retry | Action::CancelJob if context == Context::Jobs => {
            (state.job_count() == 0).then(|| "there are no jobs".to_owned())
        }
        Action::Down | Action::PageDown => at_rest(state),
        _ => on_item(state, context, action),
    }
}

/// Why nothing scrolls: all of it is seen.
fn at_rest(state: &State) -> Option<String> {
    let scroll: &Scroll = match &state.overlay {
        Some(Overlay::Reader { scroll, .. } | Overlay::Help { scroll, .. }) => scroll,
        Some(Overlay::Diff(comparing)) => &comparing.scroll,
        _ => return None,
    };
    scroll.is_all_seen().then(|| "all of it is shown".to_owned())
}

/// What is to be selected for an action.
fn on_item(state: &State, context: Context, action: Action) -> Option<String> {
    match (action, context) {
        (Action::NextFunction | Action::PreviousFunction, Context::Diff) => match &state.overlay {
            Some(Overlay::Diff(comparing)) if comparing.sides.len() < 3 => {
                Some("there is no third text to compare with".to_owned())
            }
            _ => None,
        },
        (Action::Fold, _) => match &state.overlay {
            Some(Overlay::Diff(comparing)) if !comparing.folds() => Some("nothing is folded".to_owned()),
            _ => None,
        },
        (Action::NextFunction | Action::PreviousFunction, _) => {
            let all = state.detail().map_or(0, |detail| detail.view.functions.len());
            if all > 1 { None } else { Some(missing(state, context).unwrap_or_else(|| "there is no other one".into())) }
        }
        (Action::NextTask | Action::PreviousTask, _) => {
            state.current().is_none().then(|| missing(state, context)).flatten()
        }
        (Action::SortCases | Action::DropCase, _) => no_case(state),
        (Action::FlipCase, _) => no_case(state).or_else(|| {
            let (at, case) = state.case()?;
            let text =
                format!("c{} expects no boolean; {} writes one", at + 1, state.keymap.name_of(context, Action::Edit));
            case.expected.is_none().then_some(text)
        }),
        (Action::Diff, Context::Pairs) => missing(state, context),
        (Action::Diff, _) => missing(state, context).or_else(|| {
            let none = "there is nothing to compare it with: no other text, no earlier version";
            (!has_sides(state)).then(|| none.to_owned())
        }),
        (Action::Transcript, _) => missing(state, context).or_else(|| {
            let none = "no stored answer is behind this; a person wrote it, or it is still to be made";
            completion(state).is_none().then(|| none.to_owned())
        }),
        (Action::Open, Context::Matrix | Context::Code | Context::Case) => match context {
            Context::Code => missing(state, context),
            _ => no_case(state),
        },
        (Action::Open, Context::Samples | Context::Response | Context::Pairs) => missing(state, context),
        (Action::Open, Context::Instructions) => missing(state, context),
        (Action::Mark | Action::MarkRange | Action::MarkAll | Action::NextUnreviewed, Context::Instructions) => {
            state.instructions.rows.is_empty().then(|| "the list is empty".to_owned())
        }
        _ if is_review(action) => decides(state, context, action),
        _ => None,
    }
}

const fn is_review(action: Action) -> bool {
    matches!(
        action,
        Action::Accept
            | Action::Reject
            | Action::UseAsNegative
            | Action::ClearDecision
            | Action::Edit
            | Action::EditOutside
            | Action::Rerun
            | Action::Copy
            | Action::Note
    )
}

/// Why nothing can be decided on, or not that.
fn decides(state: &State, context: Context, action: Action) -> Option<String> {
    if state.marked() > 0 && context == Context::Instructions {
        return None;
    }
    if context == Context::Reader {
        return None;
    }
    if context == Context::Jobs {
        return state.job().is_none().then(|| "there are no jobs".to_owned());
    }
    let Some(target) = target::of(state, context) else {
        return Some(missing(state, context).unwrap_or_else(|| "nothing is selected".to_owned()));
    };
    let name = &target.name;
    match (action, target.form) {
        (Action::UseAsNegative, form) if form != Form::Response => Some("only responses serve as negatives".to_owned()),
        (Action::Edit | Action::EditOutside, Form::Pair) => {
            Some("a pair is not edited: edit one of its responses, and pairs are drawn again".to_owned())
        }
        (Action::Rerun, Form::Pair) => {
            Some("no model makes a pair: re-run one of its responses, and pairs are drawn again".to_owned())
        }
        (Action::Edit | Action::EditOutside | Action::Copy, Form::Response)
            if state.response().is_some_and(|response| response.text.is_none()) =>
        {
            Some(format!("{name} holds no text yet; wait until it is made, or re-run it"))
        }
        (Action::Copy, Form::Verifier) if state.function().is_some_and(|(_, function)| function.source.is_none()) => {
            Some(format!("{name} holds no code"))
        }
        _ => None,
    }
}

fn no_case(state: &State) -> Option<String> {
    match state.case() {
        Some(_) => None,
        None => Some(missing(state, Context::Case).unwrap_or_else(|| "no case is selected".to_owned())),
    }
}

/// What is missing where a context's item should be, and what leads on.
fn missing(state: &State, context: Context) -> Option<String> {
    let key = |action| state.keymap.name_of(Context::Matrix, action);
    if state.current_row().is_none() {
        return Some(format!("no instruction is selected; {} shows the list", key(Action::Instructions)));
    }
    if context == Context::Instructions {
        return None;
    }
    let Some(detail) = state.detail() else { return Some("the instruction is still being read".to_owned()) };
    let view = &detail.view;
    match context {
        Context::Matrix | Context::Case if view.functions.is_empty() => {
            Some("there are no functions and cases yet".into())
        }
        Context::Matrix | Context::Case => view
            .cases
            .is_empty()
            .then(|| format!("no case was found in the models' answers; {} goes to the code", key(Action::NextPane))),
        Context::Code => view.functions.is_empty().then(|| "there are no functions yet".to_owned()),
        Context::Pairs => state.pair().is_none().then(|| "this task gives no pairs".to_owned()),
        Context::Samples | Context::Response => state
            .response()
            .is_none()
            .then(|| format!("no responses here; {} goes to those of another instruction", key_of_task(state))),
        _ => None,
    }
}

fn key_of_task(state: &State) -> String {
    state.keymap.name_of(Context::Samples, Action::NextTask)
}

/// Title and sentences for a screen on which no instruction can be shown.
pub fn nothing_here(state: &State, what: &str) -> (&'static str, Vec<String>) {
    let key = |action| state.keymap.name_of(Context::Instructions, action);
    let list = key(Action::Instructions);
    let all = state.snapshot.instructions.len();
    if all == 0 {
        let soon = match state.snapshot.engine {
            EngineState::Opening => "The project is being opened.".to_owned(),
            _ => format!("There are none yet: seeds come first, {} shows how far they are.", key(Action::Funnel)),
        };
        return ("No instructions yet", vec![what.to_owned(), String::new(), soon]);
    }
    let text = crate::term::escape::prose(&state.instructions.filter.text);
    let filter = if text.is_empty() { "The filter of the list".to_owned() } else { format!("The filter `{text}`") };
    let lines = if state.instructions.rows.is_empty() {
        vec![
            what.to_owned(),
            String::new(),
            format!("{filter} lets none of the {all} instructions through."),
            format!("{list} goes to the list, where {} takes it away.", key(Action::ClearFilter)),
        ]
    } else {
        vec![
            what.to_owned(),
            String::new(),
            format!("{list} goes to the list; {} on one comes back.", key(Action::Open)),
        ]
    };
    ("No instruction is selected", lines)
}

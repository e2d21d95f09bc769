//! What keys do: one action a file where it has substance.

mod cases;
mod command;
pub mod decide;
pub mod diff;
mod edit;
pub mod editor;
mod filter;
mod jobs;
mod leave;
mod listed;
pub mod many;
mod moving;
mod open;
mod pause;
pub mod reasons;
mod screens;
pub mod whatif;

pub use open::completion;

use crate::pipeline::handle::Command;

use super::{
    idle::idle,
    keymap::{Action, Context},
    list::Scroll,
    message::{Asked, Effect},
    overlay::Overlay,
    palette::Palette,
    state::State,
    target::Target,
};

/// Does what a key asks for.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if editor::act(state, action, effects)
        || editor::offered(state, action, effects)
        || diff::act(state, action, effects)
    {
        return;
    }
    // Whether something can be taken back is known a moment later than a key can be pressed: that is asked.
    if !matches!(action, Action::Undo | Action::Redo | Action::Pause | Action::Down | Action::PageDown)
        && let Some(why) = idle(state, state.context(), action)
    {
        state.tell(why);
        return;
    }
    match action {
        Action::Quit => leave::quit(state, effects),
        Action::QuitNow => effects.push(Effect::Quit),
        Action::Help => {
            state.overlay = Some(Overlay::Help { input: tui_input::Input::default(), scroll: Scroll::default() });
        }
        Action::Palette => state.overlay = Some(Overlay::Palette(Palette::open(state))),
        Action::Facets => listed::facets(state),
        Action::Toggle => listed::toggle(state),
        Action::ClearFilter => filter::clear(state),
        Action::ShowNew => listed::show_new(state),
        Action::Mark => mark(state),
        Action::MarkRange => state.toggle_range(),
        Action::MarkAll => state.mark_all(),
        Action::SortAge
        | Action::SortState
        | Action::SortPassRate
        | Action::SortDisagreements
        | Action::SortDecision
        | Action::SortCategory
        | Action::SortText
        | Action::SortId
        | Action::SortReverse => listed::sort(state, action),
        Action::Note => decide::note(state),
        Action::GoToMessage => go_to_message(state),
        Action::ToggleAdvance => decide::toggle_advance(state),
        Action::Reasons => reasons::begin(state),
        Action::Retry => jobs::retry(state, effects),
        Action::RetryAll => send(effects, Command::Retry { items: Vec::new() }),
        Action::CancelJob => jobs::cancel(state, effects),
        Action::ShowLog => jobs::show_log(state, effects),
        Action::Levels => jobs::levels(state),
        Action::AllProjects => jobs::all_projects(state),
        Action::WhatIf => whatif::begin(state, effects),
        Action::Lower | Action::Raise | Action::Reset => whatif::go(state, action, effects),
        Action::ApplyRules => whatif::apply(state, effects),
        Action::Back if state.context() == Context::WhatIf => whatif::end(state),
        Action::Back => leave::back(state),
        Action::Confirm => leave::confirm(state, effects),
        Action::Funnel | Action::Instructions | Action::Verifiers | Action::Samples | Action::Jobs => {
            screens::show(state, action);
        }
        Action::NextPane => screens::pane(state, 1),
        Action::PreviousPane => screens::pane(state, -1),
        Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::Top | Action::Bottom
            if state.context() == Context::WhatIf =>
        {
            whatif::go(state, action, effects);
        }
        Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::Top
        | Action::Bottom
        | Action::ScrollUp
        | Action::ScrollDown
        | Action::ScrollLeft
        | Action::ScrollRight => moving::go(state, action),
        Action::Zoom => state.zoom = !state.zoom,
        Action::Spaces => state.spaces = !state.spaces,
        Action::FlipCase => cases::flip(state, effects),
        Action::DropCase => cases::drop_or_keep(state, effects),
        Action::SortCases => cases::sort(state),
        Action::PreviousFunction => moving::function(state, -1),
        Action::NextFunction => moving::function(state, 1),
        Action::Diff => diff::open(state, effects),
        // Only where texts are compared.
        Action::Fold => {}
        Action::PreviousTask => moving::task(state, -1),
        Action::NextTask => moving::task(state, 1),
        Action::NextInstruction => moving::instruction(state, 1),
        Action::PreviousInstruction => moving::instruction(state, -1),
        Action::NextUnreviewed => moving::unreviewed(state, 1),
        Action::PreviousUnreviewed => moving::unreviewed(state, -1),
        Action::Open => open::open(state, effects),
        Action::Transcript => open::transcript(state, effects),
        Action::Accept => decide::accept(state, effects),
        Action::Reject => decide::ask(state),
        Action::UseAsNegative => decide::use_as_negative(state, effects),
        Action::ClearDecision => decide::clear(state, effects),
        Action::Edit => editor::open(state),
        Action::EditOutside => edit::outside(state, effects),
        Action::Save | Action::Find | Action::FindNext | Action::FindPrevious => {}
        Action::Rerun => edit::rerun(state, effects),
        Action::Undo => decide::undo(state, effects),
        Action::Redo => send(effects, Command::Redo),
        Action::Pause => pause::all(state, effects),
        Action::PauseStage => pause::stage(state, effects),
        Action::Apply => send(effects, Command::Apply),
        Action::Filter => filter::begin(state),
        Action::Copy => edit::copy(state, effects),
        Action::Suspend => effects.push(Effect::Suspend),
    }
}

/// Selects the current one, and goes on.
fn mark(state: &mut State) {
    state.toggle_mark();
    moving::go(state, Action::Down);
}

/// Goes to what the newest message with a place is about.
fn go_to_message(state: &mut State) {
    let newest = state.toasts.0.iter().rev().find_map(|toast| toast.about);
    match newest.or(state.last_about) {
        Some(about) => crate::workbench::go::to(state, about),
        None => state.tell("no message named anything to go to"),
    }
}

/// Sends a command on an item; what is told of it leads back there.
fn send_on(state: &State, effects: &mut Vec<Effect>, target: &Target, command: Command) {
    effects.push(Effect::Command(command, target.about(state).map_or(Asked::Plain, Asked::On)));
}

fn send(effects: &mut Vec<Effect>, command: Command) {
    effects.push(Effect::Command(command, Asked::Plain));
}

//! Going to an item, or a job, that a message is about.

use crate::domain::ItemId;

use super::{
    draft::Form,
    listing,
    state::{Screen, State},
    trail::Place,
};

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An item of an instruction.
    Item {
        /// The instruction.
        root: ItemId,
        /// The item.
        item: ItemId,
        /// What it is.
        form: Form,
    },
    /// A job of this run.
    Job(u64),
}

/// Where something is shown.
pub(super) const fn screen(form: Form) -> Screen {
    match form {
        Form::Instruction => Screen::Instructions,
        Form::Verifier | Form::Case => Screen::Verifiers,
        Form::Response | Form::Pair => Screen::Samples,
    }
}

/// Shows it, where it is still there.
pub(super) fn to(state: &mut State, about: About) {
    let from = Place::here(state, matches!(about, About::Item { .. }));
    match about {
        About::Item { root, item, form } => {
            state.screen = screen(form);
            state.wanted = Some(item);
            select(state, root);
        }
        About::Job(id) => {
            let jobs = &state.snapshot.jobs;
            let Some(at) = jobs.iter().position(|job| job.id == id) else {
                state.tell("that job is no longer listed");
                return;
            };
            state.jobs.list.select(at, |at| jobs.get(at).map(|job| job.id));
            state.jobs.chosen = true;
            state.screen = Screen::Jobs;
        }
    }
    from.left(state);
}

/// Selects an instruction; where the filter hides it, the filter goes.
pub(super) fn select(state: &mut State, root: ItemId) {
    state.overlay = None;
    state.instructions.typing = None;
    state.instructions.list.selected = Some(root);
    listing::relist(state);
    if state.current() != Some(root) {
        state.instructions.filter = Default::default();
        state.instructions.list.selected = Some(root);
        listing::relist(state);
    }
}

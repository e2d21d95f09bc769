//! What is done to many items at once: it says to how many, and is confirmed with another key than it was asked with.

use crate::{
    domain::{ItemId, Ruling},
    pipeline::handle::Command,
    workbench::{message::Effect, overlay::Overlay, state::State},
};

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// They are decided on.
    Decide(Option<Ruling>, Option<String>),
    /// They are made again.
    Rerun,
}

/// Something to be done to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// What.
    pub deed: Deed,
    /// To which.
    pub items: Vec<ItemId>,
    /// How many of them are not listed now.
    pub hidden: usize,
}

impl Bulk {
    /// What it is, in words: `Reject 37 instructions`.
    pub fn words(&self) -> String {
        let verb = match &self.deed {
            Deed::Decide(Some(Ruling::Accepted), _) => "Accept",
            Deed::Decide(Some(Ruling::Rejected | Ruling::UseAsNegative), _) => "Reject",
            Deed::Decide(None, _) => "Withdraw the decisions on",
            Deed::Rerun => "Run again",
        };
        let noun = if self.items.len() == 1 { "instruction" } else { "instructions" };
        format!("{verb} {} {noun}", self.items.len())
    }
}

/// Asks before something is done to what is selected; whether anything is.
pub(super) fn ask(state: &mut State, deed: Deed) -> bool {
    if !is_meant(state) {
        return false;
    }
    let (items, hidden) = state.marked_items();
    state.overlay = Some(Overlay::Confirm(Bulk { deed, items, hidden }));
    true
}

/// Whether what is selected is meant, and not what the cursor is on.
pub(super) fn is_meant(state: &State) -> bool {
    state.beneath() == crate::workbench::keymap::Context::Instructions && !state.instructions.marks.is_empty()
}

/// It was confirmed.
pub(super) fn act(state: &mut State, bulk: Bulk, effects: &mut Vec<Effect>) {
    let Bulk { deed, items, .. } = bulk;
    super::send(
        effects,
        match deed {
            Deed::Decide(ruling, reason) => Command::Decide { items, ruling, reason },
            Deed::Rerun => Command::Rerun { items },
        },
    );
    state.clear_marks();
}

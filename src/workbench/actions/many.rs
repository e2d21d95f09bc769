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
        format!("{verb} {}", self.what())
    }

    /// To how many: `37 instructions`.
    pub fn what(&self) -> String {
        let noun = if self.items.len() == 1 { "instruction" } else { "instructions" };
        format!("{} {noun}", self.items.len())
    }
}

/// Asks before something is done to what is selected; whether anything is.
pub(super) fn ask(state: &mut State, deed: Deed) -> bool {
    let Some(bulk) = meant(state, deed) else { return false };
    state.overlay = Some(Overlay::Confirm(bulk));
    true
}

/// What is selected, where that is meant and not what the cursor is on.
pub(super) fn meant(state: &mut State, deed: Deed) -> Option<Bulk> {
    let here = state.beneath() == crate::workbench::keymap::Context::Instructions;
    if !here || state.instructions.marks.is_empty() {
        return None;
    }
    let (items, hidden) = state.marked_items();
    Some(Bulk { deed, items, hidden })
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

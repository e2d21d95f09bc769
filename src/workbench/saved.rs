//! What of the interface is remembered from one start to the next.

use serde::{Deserialize, Serialize};

use crate::domain::{ItemId, Stage};

use super::{
    filter::Filter,
    sort::Sort,
    state::{Screen, State},
};

/// The remembered part. Unknown fields are ignored and missing ones default, so that versions may differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// The screen shown.
    pub screen: Screen,
    /// The selected instruction.
    pub instruction: Option<ItemId>,
    /// The selected task.
    pub task: Option<ItemId>,
    /// The filter.
    pub filter: Filter,
    /// The order.
    pub sort: Sort,
    /// Whether one pane has the whole screen.
    pub zoom: bool,
    /// Whether a decision stays on its item.
    pub stays: bool,
    /// The selected stage.
    pub stage: Option<Stage>,
}

impl Saved {
    /// What to remember of a workbench.
    pub fn of(state: &State) -> Self {
        Self {
            screen: state.screen,
            instruction: state.current(),
            task: state.samples.task,
            filter: state.instructions.filter.clone(),
            sort: state.instructions.sort,
            zoom: state.zoom,
            stays: !state.advance,
            stage: Stage::ALL.get(state.funnel.stage).copied(),
        }
    }

    /// Puts a workbench where it was. What no longer exists is left out once the rows come.
    pub fn restore(self, state: &mut State) {
        state.screen = self.screen;
        state.instructions.list.selected = self.instruction;
        state.samples.task = self.task;
        state.instructions.filter = self.filter;
        state.instructions.sort = self.sort;
        state.zoom = self.zoom;
        state.advance = !self.stays;
        state.funnel.stage = self.stage.map_or(0, Stage::index);
    }
}

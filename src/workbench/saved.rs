//! What of the interface is remembered from one start to the next.

use serde::{Deserialize, Serialize};

use crate::domain::{ItemId, Stage};

use super::state::{Screen, State};

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
    /// The text filter.
    pub filter: String,
    /// The stage filter.
    pub fell: Option<Stage>,
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
            filter: state.instructions.filter.text.clone(),
            fell: state.instructions.filter.fell,
            stage: Stage::ALL.get(state.funnel.stage).copied(),
        }
    }

    /// Puts a workbench where it was. What no longer exists is left out once the rows come.
    pub fn restore(self, state: &mut State) {
        state.screen = self.screen;
        state.instructions.list.selected = self.instruction;
        state.samples.task = self.task;
        state.instructions.filter.text = self.filter;
        state.instructions.filter.fell = self.fell;
        state.funnel.stage = self.stage.map_or(0, Stage::index);
    }
}

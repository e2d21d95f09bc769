//! Holding a run to its budget: fewer calls in flight as it comes near, none once it is reached. Whatever is in flight
//! is kept, and the sandbox works on.

use crate::{
    pipeline::{cost, lanes::At},
    store::StoreError,
};

use super::Engine;

impl Engine {
    /// Reads what was used where something was stored: the store alone knows what other processes use too.
    pub(super) fn count_spent(&mut self) -> Result<(), StoreError> {
        let budget = self.project.settings.config.budget;
        if self.spent_more && (budget.tokens.is_some() || budget.money.is_some()) {
            self.spent = self.project.store.usage()?;
            self.spent_more = false;
        }
        Ok(())
    }

    /// Gives every endpoint the permits that it takes and that the budget allows.
    pub(super) fn set_permits(&mut self) {
        let affordable = cost::affordable(&self.project.settings.config.budget, &self.spent);
        let room = affordable.map(|most| {
            let calls =
                self.jobs.running().filter(|running| running.is_call() && running.lane != At::Classifier).count();
            most.saturating_sub(calls)
        });
        for lane in self.lanes.iter_mut() {
            let At::Endpoint(name) = &lane.at else { continue };
            if let Some(endpoint) = self.endpoints.get(name) {
                let takes = endpoint.concurrency().max(1);
                lane.permits = room.map_or(takes, |room| takes.min(lane.in_flight + room));
            }
        }
    }

    /// Why nothing more goes, where the budget is reached and only calls are left to do.
    pub(super) fn out_of_budget(&self) -> Option<String> {
        let waits = |lane: &crate::pipeline::lanes::Lane| !lane.queue.is_empty();
        let (here, endpoints): (Vec<_>, Vec<_>) = self.lanes.iter().partition(|lane| lane.at.is_here());
        if here.into_iter().any(waits) || !endpoints.into_iter().any(waits) {
            return None;
        }
        cost::reached(&self.project.settings.config.budget, &self.spent)
    }
}

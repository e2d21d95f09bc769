//! Steering what runs: pausing, bounding and cancelling.

use std::collections::HashSet;

use crate::{
    domain::{ItemId, Stage},
    pipeline::{
        handle::{Reply, StageLimit},
        snapshot::StageCounts,
    },
};

use super::Engine;

impl Engine {
    pub(super) fn pause(&mut self, stage: Option<Stage>) -> String {
        match stage {
            None => {
                self.all_paused = true;
                "paused; what is in flight ends and is kept".to_owned()
            }
            Some(stage) => {
                self.paused.insert(stage);
                format!("{stage} paused")
            }
        }
    }

    pub(super) fn resume(&mut self, stage: Option<Stage>) -> String {
        match stage {
            None => {
                self.all_paused = false;
                "resumed".to_owned()
            }
            Some(stage) => {
                self.paused.remove(&stage);
                format!("{stage} resumed")
            }
        }
    }

    pub(super) fn apply(&mut self) -> Reply {
        // What is stale only by its settings is seen as stale already; nothing else has anything to gain.
        self.options.remake_settings = true;
        let stale = |counts: &StageCounts| counts.stale > 0;
        let concerned = self.roots.entries().filter(|entry| entry.counts.funnel().0.iter().any(stale));
        let concerned: Vec<ItemId> = concerned.map(|entry| entry.row.id).collect();
        self.dirty.extend(concerned);
        Ok("changed templates, models and sampling values are applied".to_owned())
    }

    /// Bounds a stage.
    pub(super) fn limit(&mut self, stage: Stage, limit: StageLimit) -> String {
        if limit == StageLimit::default() {
            self.limits.remove(&stage);
            return format!("{stage} is not bounded any more");
        }
        self.limits.insert(stage, limit);
        let at_once = limit.at_once.map(|n| format!("at most {n} at once"));
        let more = limit.more.map(|n| format!("{n} more, then it waits"));
        let bounds: Vec<String> = at_once.into_iter().chain(more).collect();
        format!("{stage}: {}", bounds.join("; "))
    }

    /// Stages of which nothing may start now.
    pub(super) fn held(&self) -> HashSet<Stage> {
        let mut held = self.paused.clone();
        let full = |(stage, limit): (&Stage, &StageLimit)| {
            let crowded = limit.at_once.is_some_and(|most| self.jobs.running_at(*stage) >= most as usize);
            (crowded || limit.more == Some(0)).then_some(*stage)
        };
        held.extend(self.limits.iter().filter_map(full));
        held
    }

    /// Counts a start against its stage's bound; tells whether the stage is bounded.
    pub(super) fn spend(&mut self, stage: Stage) -> bool {
        let Some(limit) = self.limits.get_mut(&stage) else { return false };
        if let Some(more) = &mut limit.more {
            *more = more.saturating_sub(1);
        }
        true
    }

    /// Why nothing goes on, where all that waits is held back by a person.
    pub(super) fn held_back(&self) -> Option<String> {
        let mut held: HashSet<Stage> = self.paused.clone();
        held.extend(self.limits.iter().filter(|(_, limit)| limit.more == Some(0)).map(|(stage, _)| *stage));
        if !self.lanes.only_waits_for(&held) {
            return None;
        }
        let waits = |stage: &&Stage| self.lanes.has_of(**stage);
        let mut stages: Vec<Stage> = held.iter().filter(waits).copied().collect();
        stages.sort_unstable();
        let names: Vec<&str> = stages.iter().map(|stage| stage.id()).collect();
        Some(format!("paused at {}: resume it, or lift its bound, to go on", names.join(", ")))
    }

    /// Ends a running job.
    pub(super) fn cancel(&mut self, job: u64) -> Reply {
        let running = self.jobs.get(job).ok_or_else(|| format!("job {job} has ended already"))?;
        running.cancel.cancel();
        let item = running.work.id.item.short();
        self.cancelled.insert(job);
        Ok(format!("job {job} ({item}) is being cancelled; retry it to ask again"))
    }
}

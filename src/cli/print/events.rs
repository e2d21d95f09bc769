//! `assay run --json`: events, told from what changes between snapshots.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    domain::{ItemId, Stage},
    pipeline::{
        snapshot::{JobState, Snapshot, StageCounts},
        view::State,
    },
};

use super::status::{StageStatus, Status};

/// One event with its time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    event: &'static str,
    at: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Event {
    fn new(event: &'static str, fields: Value) -> Self {
        let at = jiff::Timestamp::now().to_string();
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        Self { event, at, fields }
    }

    /// The run begins; what it plans to do.
    pub fn started(plan: Value) -> Self {
        Self::new("started", json!({ "plan": plan }))
    }

    /// Something to know, or something that went wrong.
    pub fn message(event: &'static str, code: &str, message: &str, item: Option<ItemId>) -> Self {
        Self::new(event, json!({ "code": code, "message": message, "item": item }))
    }

    /// The run ended.
    pub fn finished(code: u8, status: &Status) -> Self {
        let mut fields = serde_json::to_value(status).unwrap_or_default();
        fields["status"] = json!(code);
        Self::new("finished", fields)
    }
}

/// What was told already.
#[derive(Debug, Default)]
pub struct Teller {
    items: HashMap<ItemId, (Stage, State)>,
    stages: HashMap<Stage, StageCounts>,
    failed_jobs: HashSet<u64>,
}

impl Teller {
    /// The events that lead from the last snapshot to this one.
    pub fn tell(&mut self, snapshot: &Snapshot) -> Vec<Event> {
        let mut events = Vec::new();
        for row in snapshot.instructions.iter() {
            let now = (row.stage, row.state.clone());
            if self.items.get(&row.id) != Some(&now) {
                let (state, reason) = words(&row.state);
                events.push(Event::new(
                    "item",
                    json!({ "stage": row.stage.id(), "item": row.id, "state": state, "reason": reason }),
                ));
                self.items.insert(row.id, now);
            }
        }
        for stage in Stage::ALL {
            let counts = snapshot.funnel.stage(stage);
            if self.stages.get(&stage).unwrap_or(&StageCounts::default()) != counts {
                let fields = serde_json::to_value(StageStatus::of(&snapshot.funnel, stage)).unwrap_or_default();
                events.push(Event::new("stage", fields));
                self.stages.insert(stage, counts.clone());
            }
        }
        for job in snapshot.jobs.iter() {
            if let JobState::Failed { code, message } = &job.state
                && self.failed_jobs.insert(job.id)
            {
                events.push(Event::message("error", code, message, Some(job.item)));
            }
        }
        events
    }
}

/// A state's word and reason.
pub fn words(state: &State) -> (&'static str, Option<&str>) {
    match state {
        State::Kept => ("kept", None),
        State::Dropped(reason) => ("dropped", Some(reason)),
        State::Failed(reason) => ("failed", Some(reason)),
        State::Pending => ("pending", None),
        State::Running => ("running", None),
        State::Stale => ("stale", None),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::pipeline::snapshot::Funnel;

    #[test]
    fn only_changes_are_told() {
        let mut teller = Teller::default();
        assert!(teller.tell(&Snapshot::default()).is_empty());
        let mut funnel = Funnel::default();
        funnel.stage_mut(Stage::Score).add(&State::Dropped("below-threshold".into()));
        let snapshot = Snapshot { funnel: Arc::new(funnel), ..Snapshot::default() };
        let events = teller.tell(&snapshot);
        assert_eq!(events.len(), 1);
        let told = serde_json::to_value(&events[0]).unwrap();
        assert_eq!((&told["event"], &told["stage"], &told["in"]), (&json!("stage"), &json!("score"), &json!(1)));
        assert_eq!(told["reasons"], json!({ "below-threshold": 1 }));
        assert!(told["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        assert!(teller.tell(&snapshot).is_empty());
    }
}

//! `assay run --json`: events, told from what changes between snapshots and between looks at an instruction.

use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    cli::items::Units,
    domain::{ItemId, Stage},
    pipeline::{
        evidence::stage_facts,
        snapshot::{JobState, Snapshot, StageCounts},
        view::State,
    },
};

use super::status::Status;

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
    /// By instruction: each item's state at each stage, as a hash, since there can be millions.
    items: HashMap<ItemId, HashMap<(Stage, ItemId), u64>>,
    stages: HashMap<Stage, StageCounts>,
    failed_jobs: HashSet<u64>,
}

impl Teller {
    /// The events that lead from the last snapshot to this one.
    pub fn tell(&mut self, snapshot: &Snapshot) -> Vec<Event> {
        let mut events = Vec::new();
        for stage in Stage::ALL {
            let counts = snapshot.funnel.stage(stage);
            if self.stages.get(&stage).unwrap_or(&StageCounts::default()) != counts {
                let fields = serde_json::to_value(stage_facts(&snapshot.funnel, stage)).unwrap_or_default();
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

    /// The events that lead from the last look at an instruction to this one. What is no more is told as `gone`, so
    /// that an item's last state is the one that counts.
    pub fn tell_items(&mut self, found: &Units) -> Vec<Event> {
        let mut before = self.items.remove(&found.root).unwrap_or_default();
        let (mut now, mut events) = (HashMap::with_capacity(found.units.len()), Vec::new());
        for (stage, item, state) in &found.units {
            let (word, reason) = words(state);
            let mut hasher = DefaultHasher::new();
            (word, reason).hash(&mut hasher);
            let hash = hasher.finish();
            if before.remove(&(*stage, *item)) != Some(hash) {
                events.push(item_event(*stage, *item, word, reason));
            }
            now.insert((*stage, *item), hash);
        }
        let mut gone: Vec<_> = before.into_keys().collect();
        gone.sort_unstable();
        events.extend(gone.into_iter().map(|(stage, item)| item_event(stage, item, "gone", None)));
        self.items.insert(found.root, now);
        events
    }
}

fn item_event(stage: Stage, item: ItemId, state: &str, reason: Option<&str>) -> Event {
    Event::new("item", json!({ "stage": stage.id(), "item": item, "state": state, "reason": reason }))
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

    #[test]
    fn an_item_is_told_once_a_state_and_when_it_goes() {
        let (root, item) = (ItemId::seed("x"), ItemId::query("y"));
        let told = |events: Vec<Event>| -> Vec<Value> {
            events
                .iter()
                .map(|event| json!([event.fields["stage"], event.fields["state"], event.fields["reason"]]))
                .collect()
        };
        let mut teller = Teller::default();
        let mut look =
            |units: &[(Stage, ItemId, State)]| told(teller.tell_items(&Units { root, units: units.to_vec() }));
        let cut = (Stage::Respond, item, State::Dropped("cut-off".into()));
        let pair = (Stage::Pairs, item, State::Kept);
        assert_eq!(look(&[(Stage::Respond, item, State::Pending)]), [json!(["respond", "pending", null])]);
        assert_eq!(
            look(&[cut.clone(), pair.clone()]),
            [json!(["respond", "dropped", "cut-off"]), json!(["pairs", "kept", null])]
        );
        assert!(look(&[cut.clone(), pair]).is_empty());
        assert_eq!(look(&[cut]), [json!(["pairs", "gone", null])]);
    }
}

//! `assay status --json`: the contract's object.

use serde::Serialize;

use crate::{
    analysis::report::StageFacts,
    pipeline::{
        evidence,
        snapshot::{Datasets, Snapshot},
    },
};

/// What was asked of endpoints.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct UsageStatus {
    requests: u64,
    prompt_tokens: u64,
    cached_tokens: u64,
    completion_tokens: u64,
    cost: Option<f64>,
    budget: Option<f64>,
}

/// The status object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    project: String,
    profile: String,
    stages: Vec<StageFacts>,
    datasets: Datasets,
    usage: UsageStatus,
    decisions: u64,
}

impl Status {
    /// The status of a project as a snapshot shows it.
    pub fn of(project: &str, profile: &str, snapshot: &Snapshot) -> Self {
        let usage = snapshot.usage;
        Self {
            project: project.to_owned(),
            profile: profile.to_owned(),
            stages: evidence::stages(&snapshot.funnel),
            datasets: snapshot.datasets,
            usage: UsageStatus {
                requests: snapshot.requests,
                prompt_tokens: usage.prompt_tokens,
                cached_tokens: usage.cached_tokens,
                completion_tokens: usage.completion_tokens,
                cost: snapshot.cost,
                budget: snapshot.budget.money,
            },
            decisions: snapshot.decisions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact fields of the contract, by path.
    #[test]
    fn the_object_has_the_fields_of_the_contract() {
        let value = serde_json::to_value(Status::of("p", "paper", &Snapshot::default())).unwrap();
        let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&value), ["datasets", "decisions", "profile", "project", "stages", "usage"]);
        assert_eq!(
            keys(&value["stages"][0]),
            ["dropped", "failed", "in", "kept", "pending", "reasons", "running", "stage", "stale", "unit"]
        );
        assert_eq!(keys(&value["datasets"]), ["outdated", "pairs_instruction", "pairs_query", "sft"]);
        assert_eq!(
            keys(&value["usage"]),
            ["budget", "cached_tokens", "completion_tokens", "cost", "prompt_tokens", "requests"]
        );
        assert_eq!(value["stages"].as_array().unwrap().len(), 11);
        assert_eq!(value["stages"][0]["unit"], "candidate instruction");
    }
}

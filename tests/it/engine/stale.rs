//! What is stale and will not be made again: it is no row, and nothing waits for it.

use std::collections::BTreeMap;

use assay::{
    domain::{CallKind, ItemId, Ruling, Stage},
    pipeline::{
        handle::{Command, Edit},
        snapshot::JobState,
    },
};

use super::people::Scene;

/// The first response that is a row.
async fn row(scene: &Scene) -> (ItemId, ItemId) {
    let detail = scene.first().await;
    let response = detail.view.tasks[0].responses.iter().find(|response| response.sft).unwrap().id;
    (detail.view.id, response)
}

/// Why responses that came as far as `sft` are no rows, at rest.
async fn reasons(scene: &Scene) -> BTreeMap<String, u64> {
    let counts = scene.done().await.funnel.stage(Stage::Sft).clone();
    assert_eq!(counts.total, counts.kept + counts.dropped, "{counts:?}");
    counts.reasons.iter().map(|(reason, n)| (reason.to_string(), *n)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_text_that_went_stale_is_dropped_until_somebody_re_runs_it() {
    let scene = Scene::open();
    let (instruction, response) = row(&scene).await;
    scene.command(Command::Edit { item: response, edit: Edit::Text("Tea it is.".into()) }).await;
    scene.command(Command::Edit { item: instruction, edit: Edit::Text("Mention tea once.".into()) }).await;
    assert_eq!(reasons(&scene).await.get("stale"), Some(&1));
    scene.command(Command::Rerun { items: vec![response] }).await;
    assert_eq!(reasons(&scene).await.get("stale"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_response_that_could_not_be_made_again_is_dropped() {
    let scene = Scene::open();
    let (instruction, response) = row(&scene).await;
    scene.command(Command::Decide { items: vec![response], ruling: Some(Ruling::Accepted), reason: None }).await;
    scene.script.refuses.lock().unwrap().push(CallKind::Respond);
    scene.command(Command::Edit { item: instruction, edit: Edit::Text("Mention tea once.".into()) }).await;
    assert_eq!(reasons(&scene).await.get("stale"), Some(&1));
    scene.script.refuses.lock().unwrap().clear();
    scene.command(Command::Retry { items: Vec::new() }).await;
    assert_eq!(reasons(&scene).await.get("stale"), None);
}

/// The failure is stored, and its instruction not planned anew: what is asked for once more is new work.
#[tokio::test(flavor = "multi_thread")]
async fn what_failed_a_moment_ago_is_asked_again() {
    let scene = Scene::open();
    let function = scene.first().await.view.functions[0].id;
    scene.script.refuses.lock().unwrap().push(CallKind::Verifiers);
    scene.command(Command::Rerun { items: vec![function] }).await;
    let mut snapshots = scene.handle().snapshots();
    let failed = |snapshot: &std::sync::Arc<assay::pipeline::snapshot::Snapshot>| {
        snapshot.jobs.iter().any(|job| job.item == function && matches!(job.state, JobState::Failed { .. }))
    };
    snapshots.wait_for(failed).await.unwrap();
    scene.script.refuses.lock().unwrap().clear();
    let before = scene.script.counts();
    let said = scene.command(Command::Retry { items: vec![function] }).await;
    assert!(said.starts_with("retry fn:"), "{said}");
    scene.done().await;
    assert_eq!(
        super::people::difference(&before, &scene.script.counts()).first().map(|asked| asked.0),
        Some(CallKind::Verifiers)
    );
}

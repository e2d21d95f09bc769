//! What goes wrong below the engine: a locked store, a defect in a client, an endpoint called as the sandbox is.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use assay::{
    domain::Stage,
    llm::{Endpoint, Endpoints},
    pipeline::{
        Ended, Parts, Project, demo,
        handle::Command,
        snapshot::{EngineState, JobState, Snapshot},
        start,
    },
    store::{Access, Lease},
};

use super::{finish, headless, people::Scene, sandbox, script::Script};

async fn when(scene: &Scene, what: &str, holds: impl FnMut(&Arc<Snapshot>) -> bool) -> Snapshot {
    let mut snapshots = scene.handle().snapshots();
    let found = tokio::time::timeout(Duration::from_secs(60), snapshots.wait_for(holds)).await;
    found.unwrap_or_else(|_| panic!("never: {what}")).unwrap().as_ref().clone()
}

/// Another program holds the database for longer than SQLite waits.
#[tokio::test(flavor = "multi_thread")]
async fn answers_are_held_while_the_store_is_locked_and_nothing_is_asked_twice() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let asked = scene.script.counts();
    let other = rusqlite::Connection::open(scene.dir.path().join("assay.db")).unwrap();
    let handle = scene.handle().clone();
    scene.script.slow.store(500, SeqCst);
    scene.command(Command::Rerun { items: vec![detail.view.id] }).await;
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let held = |snapshot: &Arc<Snapshot>| matches!(&snapshot.engine, EngineState::Blocked(why) if why.contains("held in memory"));
    let waits = when(&scene, "answers are held", held).await;
    let EngineState::Blocked(why) = waits.engine else { panic!() };
    assert!(why.contains("locked by another process"), "{why}");
    let decided = Command::Decide { items: vec![detail.view.id], ruling: None, reason: None };
    let refused = tokio::spawn(async move { handle.command(decided).await });
    assert!(refused.await.unwrap().unwrap_err().contains("locked"), "a person is told");
    let meanwhile = scene.script.counts();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(meanwhile, scene.script.counts(), "nothing more is asked");
    scene.script.slow.store(0, SeqCst);
    other.execute_batch("ROLLBACK").unwrap();
    let after = scene.done().await;
    let all: u32 = scene.script.counts().values().sum();
    assert_eq!(u64::from(all), after.requests, "every answer was stored");
    assert!(scene.script.counts().values().all(|n| *n <= 2) && scene.script.counts() != asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_panics_fails_its_item_and_no_more() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let response = detail.view.tasks[0].responses[0].id;
    scene.script.panics.store(true, SeqCst);
    scene.command(Command::Rerun { items: vec![response] }).await;
    let broken = |snapshot: &Arc<Snapshot>| {
        snapshot.jobs.iter().any(|job| matches!(&job.state, JobState::Failed { code, .. } if code == "defect"))
    };
    let shown = when(&scene, "it failed", broken).await;
    let failed = shown.jobs.iter().find(|job| job.item == response).unwrap();
    let JobState::Failed { message, .. } = &failed.state else { panic!("{failed:?}") };
    assert!(message.contains("a client with a defect") && message.contains("report"), "{message}");
    when(&scene, "it is at rest", |snapshot| snapshot.engine == EngineState::Done).await;
    scene.command(Command::Retry { items: vec![response] }).await;
    let again = scene.first().await;
    assert_ne!(again.view.tasks[0].responses[0].text, detail.view.tasks[0].responses[0].text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_may_be_called_sandbox() {
    let dir = tempfile::tempdir().unwrap();
    let config = "[endpoints.sandbox]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"m\"\nconcurrency = 1\n\
        [calls]\nself_instruct = { samples = 1 }\nverifiers = { samples = 2 }\nrespond = { samples = 2 }\n";
    std::fs::write(dir.path().join("assay.toml"), config).unwrap();
    let project = Project::open(dir.path(), Access::Write, None).unwrap();
    project.add_seeds(&demo::seeds()[..2]).unwrap();
    project.add_queries(&demo::queries()[..2]).unwrap();
    let script = Arc::new(Script { name: "sandbox", concurrency: 1, ..Script::default() });
    let lease = Ok(Lease::acquire(dir.path()).unwrap());
    let endpoints = Endpoints::of([script.clone() as Arc<dyn Endpoint>]);
    let running = start(Parts { project, lease, endpoints, sandbox: sandbox(), options: headless() });
    let (ended, snapshot) = finish(running).await;
    assert_eq!(ended, Ended::Done);
    assert!(snapshot.funnel.stage(Stage::Verify).kept > 0);
    let peaks = script.flying.lock().unwrap().values().map(|(_, most)| *most).max();
    assert_eq!(peaks, Some(1), "its permits are its own");
}

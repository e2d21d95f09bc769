//! Budgets: a run stops at its limit, keeps what was in flight, says what to raise, and goes on from there.

use std::{path::Path, sync::Arc};

use assay::{
    llm::{Endpoint, Endpoints},
    pipeline::{
        Ended, Parts, Project,
        cost::{Estimate, Scope},
        demo,
        snapshot::Snapshot,
        start, survey,
    },
    store::{Access, Lease},
};

use super::{finish, headless, sandbox, script::Script};

/// 15 tokens an answer, 0.01 each at these prices.
fn config(budget: &str) -> String {
    format!(
        "[endpoints.script]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"script\"\n\
         prices = {{ input = 500, output = 1000 }}\n[budget]\n{budget}\n[calls]\nself_instruct = {{ samples = 1 }}\n\
         verifiers = {{ samples = 2 }}\nrespond = {{ samples = 4 }}\n[pipeline]\nqueries_per_instruction = 1\n"
    )
}

fn open(dir: &Path, budget: &str) -> Project {
    std::fs::write(dir.join("assay.toml"), config(budget)).unwrap();
    let project = Project::open(dir, Access::Write, None).unwrap();
    project.add_seeds(&demo::seeds()[..2]).unwrap();
    project.add_queries(&demo::queries()[..6]).unwrap();
    project
}

async fn run(dir: &Path, budget: &str, script: &Arc<Script>) -> (Ended, Snapshot) {
    let project = open(dir, budget);
    let lease = Ok(Lease::acquire(&project.dir).unwrap());
    let endpoints = Endpoints::of([script.clone() as Arc<dyn Endpoint>]);
    finish(start(Parts { project, lease, endpoints, sandbox: sandbox(), options: headless() })).await
}

fn asked(script: &Script) -> u64 {
    script.counts().values().map(|n| u64::from(*n)).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_stops_at_its_budget_and_goes_on_when_it_is_raised() {
    let dir = tempfile::tempdir().unwrap();
    let script = Arc::new(Script::default());
    let (ended, snapshot) = run(dir.path(), "money = 0.2", &script).await;
    let Ended::Incomplete(why) = ended else { panic!("{ended:?}") };
    assert!(why.contains("raise `money` under [budget]") && why.contains("of 0.2 are spent"), "{why}");
    assert_eq!(snapshot.requests, asked(&script), "all that was in flight is kept");
    // Nothing is known of the first round's cost; after it the calls in flight are counted before they are made.
    let cost = snapshot.cost.unwrap();
    assert!((0.2..0.2 + 0.011).contains(&cost), "{cost}");
    assert_eq!(snapshot.budget.money, Some(0.2));

    let (ended, again) = run(dir.path(), "money = 0.2", &script).await;
    assert!(matches!(ended, Ended::Incomplete(_)) && again.requests == snapshot.requests, "nothing more is asked");

    let (ended, tokens) = run(dir.path(), "tokens = 450", &script).await;
    let Ended::Incomplete(why) = ended else { panic!("{ended:?}") };
    assert!(why.contains("of 450 tokens are used"), "{why}");
    assert_eq!(tokens.usage.prompt_tokens + tokens.usage.completion_tokens, 450, "15 a call");

    let (ended, last) = run(dir.path(), "", &script).await;
    assert_eq!(ended, Ended::Done);
    assert!(script.counts().values().all(|n| *n == 1), "nothing was asked twice");
    let cost = last.cost.unwrap();
    assert!((cost - last.requests as f64 * 0.01).abs() < 1e-9, "{cost} for {}", last.requests);
    assert!(last.tokens_per_sample().unwrap() >= 15.0);

    let project = Project::open(dir.path(), Access::Read, None).unwrap();
    let now = survey::survey(&project).unwrap();
    assert!((now.cost.unwrap() - cost).abs() < 1e-9, "the store says the same");
    let scope = Scope::of(&project.store, &project.settings.config, None, None, false).unwrap();
    let left = Estimate::of(&project.settings.config, &now, &project.store.call_means().unwrap(), scope);
    assert_eq!((left.calls, left.unknown), (0.0, 0.0), "{left}");
    assert_eq!(left.pilot, last.requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_asks_nobody_and_keeps_what_there_is() {
    let dir = tempfile::tempdir().unwrap();
    let script = Arc::new(Script::default());
    let (_, before) = run(dir.path(), "tokens = 300", &script).await;
    let project = open(dir.path(), "");
    let lease = Ok(Lease::acquire(&project.dir).unwrap());
    let endpoints = Endpoints::of([script.clone() as Arc<dyn Endpoint>]);
    let options = assay::pipeline::RunOptions { offline: true, ..headless() };
    let (ended, after) = finish(start(Parts { project, lease, endpoints, sandbox: sandbox(), options })).await;
    let Ended::Incomplete(why) = ended else { panic!("{ended:?}") };
    assert!(why.contains("offline"), "{why}");
    assert_eq!((after.requests, asked(&script)), (before.requests, before.requests));
}

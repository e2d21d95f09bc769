//! Pausing takes effect at once and keeps what is in flight; what failed attempts used is counted.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use assay::{
    domain::{CallKind, Finish, Stage, Usage},
    llm::{Answer, Endpoint, Endpoints, LlmError, OnAttempt, Request, Tail},
    pipeline::{
        Ended, Parts, Project, RunOptions, Running, demo,
        handle::Command,
        snapshot::{EngineState, Snapshot},
        start,
    },
    store::{Access, Lease},
};
use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{finish, headless, sandbox, script::Script};

const AT_ONCE: usize = 6;

/// A model that answers when it is let.
struct Gated {
    script: Script,
    gate: Semaphore,
    /// What every answer died of before it came, or dies of for good.
    fails: Option<bool>,
}

impl Gated {
    fn new(fails: Option<bool>) -> Arc<Self> {
        let script = Script { concurrency: AT_ONCE, ..Script::default() };
        Arc::new(Self { script, gate: Semaphore::new(0), fails })
    }

    fn asked(&self) -> usize {
        self.script.counts().values().map(|n| *n as usize).sum()
    }
}

impl Endpoint for Gated {
    fn name(&self) -> &str {
        self.script.name()
    }

    fn concurrency(&self) -> usize {
        self.script.concurrency()
    }

    fn complete(
        &self,
        request: Request,
        tail: Arc<Tail>,
        on_attempt: OnAttempt,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        let (call, answer) = (request.call, self.script.complete(request, tail.clone(), on_attempt, cancel));
        Box::pin(async move {
            self.gate.acquire().await.unwrap().forget();
            if let Some(lasting) = self.fails {
                tail.trouble("it said nothing");
                tail.lose(Usage { prompt_tokens: 100, cached_tokens: 0, completion_tokens: 50 });
                if lasting && call == CallKind::Verifiers {
                    return Err(LlmError::Empty { endpoint: "script".to_owned(), call, finish: Finish::Stop });
                }
            }
            answer.await
        })
    }
}

fn project(dir: &Path) -> Project {
    let config = "[endpoints.script]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"script\"\n\
                  prices = { input = 500, output = 1000 }\n[calls]\nself_instruct = { samples = 1 }\n\
                  verifiers = { samples = 4 }\nrespond = { samples = 2 }\n[pipeline]\nqueries_per_instruction = 1\n";
    std::fs::write(dir.join("assay.toml"), config).unwrap();
    let project = Project::open(dir, Access::Write, None).unwrap();
    project.add_seeds(&demo::seeds()[..3]).unwrap();
    project.add_queries(&demo::queries()[..6]).unwrap();
    project
}

fn run(dir: &Path, model: &Arc<Gated>, options: RunOptions) -> Running {
    let project = project(dir);
    let lease = Ok(Lease::acquire(&project.dir).unwrap());
    let endpoints = Endpoints::of([model.clone() as Arc<dyn Endpoint>]);
    start(Parts { project, lease, endpoints, sandbox: sandbox(), options })
}

/// Waits for a snapshot; a test that waits in vain is ended by its runner.
async fn seen(running: &Running, what: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let mut snapshots = running.handle.snapshots();
    snapshots.wait_for(|snapshot| what(snapshot)).await.unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_starts_nothing_more_and_keeps_what_is_in_flight() {
    let dir = tempfile::tempdir().unwrap();
    let model = Gated::new(None);
    let running = run(dir.path(), &model, headless());
    while model.asked() < AT_ONCE {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let said = running.handle.command(Command::Pause(None)).await.unwrap();
    assert!(said.contains("in flight ends and is kept"), "{said}");
    model.gate.add_permits(1);
    seen(&running, |snapshot| snapshot.requests == 1).await;
    model.gate.add_permits(AT_ONCE - 1);
    let paused = seen(&running, |snapshot| snapshot.requests == AT_ONCE as u64).await;
    assert_eq!(paused.engine, EngineState::Paused);
    assert_eq!(model.asked(), AT_ONCE, "every answer freed a permit, and none was used");
    assert!(paused.queued > 0, "and there was more to do");

    model.gate.add_permits(10_000);
    running.handle.command(Command::Resume(None)).await.unwrap();
    let (ended, last) = finish(running).await;
    assert_eq!(ended, Ended::Done);
    assert!(last.requests > AT_ONCE as u64 && model.script.counts().values().all(|n| *n == 1), "none asked twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_stage_alone_waits() {
    let dir = tempfile::tempdir().unwrap();
    let model = Gated::new(None);
    let running = run(dir.path(), &model, RunOptions { headless: false, ..headless() });
    running.handle.command(Command::Pause(Some(Stage::Verifiers))).await.unwrap();
    model.gate.add_permits(10_000);
    // What was asked before the pause ends; then only verifiers are left to ask.
    let quiet =
        |snapshot: &Snapshot| snapshot.queued > 0 && snapshot.requests == model.asked() as u64 && snapshot.requests > 0;
    let waiting = seen(&running, quiet).await;
    assert_eq!(waiting.paused, [Stage::Verifiers]);
    assert!(verifiers(&model) <= AT_ONCE, "no more than was in flight");
    running.handle.command(Command::Resume(Some(Stage::Verifiers))).await.unwrap();
    seen(&running, |snapshot| snapshot.engine == EngineState::Done).await;
    assert!(verifiers(&model) > AT_ONCE && model.script.counts().values().all(|n| *n == 1));
    running.stop.send_replace(assay::pipeline::Stop::Now);
    finish(running).await;
}

fn verifiers(model: &Gated) -> usize {
    let counts: HashMap<_, _> = model.script.counts();
    counts.iter().filter(|((call, ..), _)| *call == CallKind::Verifiers).count()
}

/// Every answer had a failed attempt before it of 100 and 50 tokens, which cost 0.1: they are counted once each, and
/// told in the transcript.
#[tokio::test(flavor = "multi_thread")]
async fn failed_attempts_are_counted_and_paid() {
    for lasting in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let model = Gated::new(Some(lasting));
        model.gate.add_permits(10_000);
        let (ended, last) = finish(run(dir.path(), &model, headless())).await;
        assert_eq!(ended, Ended::Done);
        let store = Project::open(dir.path(), Access::Read, None).unwrap().store;
        let (asked, used) = (model.asked() as u64, store.usage().unwrap());
        let failed = if lasting { verifiers(&model) as u64 } else { 0 };
        assert_eq!((used.requests, last.requests), (asked - failed, asked - failed));
        assert_eq!(used.usage.prompt_tokens, asked * 100 + used.requests * 10);
        let cost = asked as f64 * 0.1 + used.requests as f64 * 0.01;
        assert!((used.cost.unwrap() - cost).abs() < 1e-9, "{used:?}");
        assert!((last.cost.unwrap() - cost).abs() < 1e-9, "and shown");
        let stored = store.transcript(1).unwrap().unwrap();
        assert_eq!(stored.provenance.troubles, ["it said nothing"]);
        assert_eq!(stored.provenance.lost.map(|lost| lost.completion_tokens), Some(50));
        assert_eq!(stored.meta.usage.map(|usage| usage.completion_tokens), Some(5), "its own");
    }
}

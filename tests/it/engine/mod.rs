//! The engine on the bundled demo: it runs to its end, and its end does not depend on how it got there.

mod first;
mod labels;
mod live;
mod model;
mod money;
mod past;
mod pausing;
mod people;
mod rules;
mod script;
mod stale;
mod steer;
mod together;
mod trouble;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use assay::{
    config,
    domain::{Decision, Digest, ItemId, Ruling, Stage, journal::Change},
    llm::{Endpoints, Options as LlmOptions},
    pipeline::{
        Ended, Parts, Project, RunOptions, Running, demo,
        snapshot::Snapshot,
        start,
        survey::{each_view, from_trees},
        view::State,
        whatif::{Dial, Volume, curve, outlook},
    },
    rules::ProfileName,
    sandbox::{Compiler, Options as SandboxOptions, Sandbox},
    store::{Access, Lease, Op},
};

/// A demo project in a folder of its own.
fn demo_project(dir: &Path, concurrency: u32) -> Project {
    let text = config::commented(None, true);
    let text = text.replace("concurrency = 6", &format!("concurrency = {concurrency}"));
    std::fs::write(dir.join("assay.toml"), text).unwrap();
    let project = Project::open(dir, Access::Write, None).unwrap();
    demo::fill(&project).unwrap();
    project
}

fn sandbox() -> Sandbox {
    let cache_dir = Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("assay-cache"));
    Sandbox::start(SandboxOptions { cache_dir, compiler: Compiler::InProcess, ..SandboxOptions::default() })
}

fn run(project: Project, options: RunOptions) -> Running {
    let llm = LlmOptions { speed: Some(0.0), record: None, bundled: Some(demo::bundled_tape) };
    let endpoints = Endpoints::open(&project.settings.config.endpoints, &project.dir, llm).unwrap();
    let lease = Ok(Lease::acquire(&project.dir).unwrap());
    start(Parts { project, lease, endpoints, sandbox: sandbox(), options })
}

async fn finish(running: Running) -> (Ended, Snapshot) {
    let snapshots = running.handle.snapshots();
    let ended = tokio::task::spawn_blocking(move || running.thread.join()).await.unwrap().unwrap().unwrap();
    let last = snapshots.borrow().as_ref().clone();
    (ended, last)
}

fn headless() -> RunOptions {
    RunOptions { headless: true, remake_settings: true, patience_s: 5, ..RunOptions::default() }
}

fn digest(dir: &Path) -> Digest {
    Project::open(dir, Access::Read, None).unwrap().store.digest().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_runs_to_its_end_the_same_whatever_the_concurrency() {
    let mut digests = Vec::new();
    for concurrency in [1, 6, 32] {
        let dir = tempfile::tempdir().unwrap();
        let running = run(demo_project(dir.path(), concurrency), headless());
        let (ended, snapshot) = finish(running).await;
        println!("{ended:?}");
        for stage in Stage::ALL {
            let counts = snapshot.funnel.stage(stage);
            println!("{stage:<15} {counts:?}");
            let parts = counts.kept + counts.dropped + counts.failed + counts.pending + counts.running + counts.stale;
            assert_eq!(counts.total, parts, "{stage}: the invariant of the funnel");
            assert_eq!(counts.pending + counts.running + counts.stale, 0, "{stage}: nothing is left");
        }
        assert!(snapshot.datasets.sft > 0 && snapshot.datasets.pairs_query > 0, "{:?}", snapshot.datasets);
        println!("{:?} {} requests", snapshot.datasets, snapshot.requests);
        assert_eq!(ended, Ended::Done);
        digests.push(digest(dir.path()));
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "{digests:?}");
}

/// What-if over the index against the rules over the trees.
#[tokio::test(flavor = "multi_thread")]
async fn what_if_gives_what_the_rules_give() {
    let dir = tempfile::tempdir().unwrap();
    let (ended, _) = finish(run(demo_project(dir.path(), 6), headless())).await;
    assert_eq!(ended, Ended::Done);
    what_if_and_the_rules_agree(dir.path(), &Dial::ALL);
    assert!(decide_on_what_is_gone(dir.path()) > 20);
    what_if_and_the_rules_agree(dir.path(), &[Dial::FunctionKept]);
}

/// Decides on a version that no item has, against what the rules say: it is not in force. How many items that were.
fn decide_on_what_is_gone(dir: &Path) -> usize {
    let project = Project::open(dir, Access::Write, None).unwrap();
    let mut changes = Vec::new();
    let mut decide = |item: ItemId, ruling: Ruling| {
        let after = Some(Decision { ruling, reason: None, version: Some(99) });
        changes.push(Change::Decide { item, before: None, after });
    };
    each_view(&project, |tree, view| {
        let is_kept = matches!(view.consistency, Some(State::Kept));
        decide(tree.id(), if is_kept { Ruling::Rejected } else { Ruling::Accepted });
        for (id, kept) in view.functions.iter().map(|it| (it.id, &it.kept)).take(1) {
            decide(id, if kept.is_ok() { Ruling::Rejected } else { Ruling::Accepted });
        }
        for (id, kept) in view.cases.iter().map(|it| (it.id, &it.kept)).take(1) {
            decide(id, if kept.is_ok() { Ruling::Rejected } else { Ruling::Accepted });
        }
    })
    .unwrap();
    let decided = changes.len();
    let (author, at) = ("tester".to_owned(), "2026-11-20T10:00:00Z".to_owned());
    project.store.write_blocking(Op::Act { author, at, label: "decide".to_owned(), changes }.into()).unwrap();
    decided
}

/// For every value of these dials of every profile.
fn what_if_and_the_rules_agree(dir: &Path, dials: &[Dial]) {
    for name in ProfileName::ALL {
        let mut project = Project::open(dir, Access::Read, Some(name)).unwrap();
        let base = project.settings.profile.as_ref().clone();
        let index = from_trees(&project).unwrap().index;
        let volume = Volume::of(&project.settings);
        let mut points = 0;
        for dial in dials.iter().copied() {
            for (value, outlook) in curve(&index, &base, dial, volume) {
                project.settings.profile = Arc::new(dial.set(&base, value));
                let rules = from_trees(&project).unwrap();
                let (found, wanted) = (outlook, rules.datasets);
                let said = (found.sft, found.pairs_instruction, found.pairs_query);
                let known = (wanted.sft, wanted.pairs_instruction, wanted.pairs_query);
                assert_eq!(said, known, "{name} {} = {value}", dial.key());
                let waits: u64 = rules.funnel.0.iter().map(|counts| counts.pending).sum();
                let unknown = found.unknown_instructions + found.unknown_responses;
                assert_eq!(waits == 0, unknown == 0, "{name} {} = {value}: {found:?}", dial.key());
                assert_eq!(unknown == 0, found.calls + found.checks == 0, "{name} {} = {value}: {found:?}", dial.key());
                points += 1;
            }
        }
        println!("{name}: {points} points, {:?}", outlook(&index, &base, volume));
    }
}

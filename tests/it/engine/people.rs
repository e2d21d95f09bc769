//! What people do while the engine works: edits, decisions, re-runs, undo; and what is made again because of it.

use std::{sync::Arc, time::Duration};

use assay::{
    domain::{CallKind, ItemId, Kind, Ruling, Stage},
    llm::Endpoints,
    pipeline::{
        Ended, Handle, Parts, Project, RunOptions, Running, Stop,
        handle::{Command, Detail, Edit},
        snapshot::{EngineState, Snapshot},
        start,
        view::State,
    },
    store::{Access, Lease},
};

use super::{sandbox, script::Script};

const CONFIG: &str = r#"
[endpoints.script]
base_url = "http://127.0.0.1:9/v1"
model = "script"

[calls]
self_instruct = { samples = 1 }
verifiers = { samples = 2 }
respond = { samples = 4 }

[pipeline]
queries_per_instruction = 1
"#;

/// An engine under way on a folder of its own, asking a script.
pub struct Scene {
    pub dir: tempfile::TempDir,
    pub script: Arc<Script>,
    pub running: Running,
}

impl Scene {
    pub fn open() -> Self {
        Self::open_with(|_| ())
    }

    /// The same with a script that is changed first.
    pub fn open_with(change: impl FnOnce(&mut Script)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("assay.toml"), CONFIG).unwrap();
        let project = Project::open(dir.path(), Access::Write, None).unwrap();
        project.add_seeds(&assay::pipeline::demo::seeds()[..2]).unwrap();
        project.add_queries(&assay::pipeline::demo::queries()[..6]).unwrap();
        drop(project);
        let mut script = Script::default();
        change(&mut script);
        Self::on(dir, Arc::new(script))
    }

    /// Starts an engine on a folder.
    pub fn on(dir: tempfile::TempDir, script: Arc<Script>) -> Self {
        let project = Project::open(dir.path(), Access::Write, None).unwrap();
        let running = start_on(project, script.clone());
        Self { dir, script, running }
    }

    pub fn handle(&self) -> &Handle {
        &self.running.handle
    }

    /// Waits until the engine says there is nothing left to do.
    pub async fn done(&self) -> Snapshot {
        let mut snapshots = self.handle().snapshots();
        let idle = |snapshot: &Arc<Snapshot>| {
            let waiting: u64 =
                snapshot.funnel.0.iter().map(|counts| counts.pending + counts.running + counts.stale).sum();
            snapshot.engine == EngineState::Done && waiting == 0 && !snapshot.instructions.is_empty()
        };
        let found = tokio::time::timeout(Duration::from_secs(120), snapshots.wait_for(idle)).await;
        let found = found.map(|found| found.unwrap().as_ref().clone());
        found.unwrap_or_else(|_| {
            let last = self.handle().snapshots().borrow().clone();
            let jobs: Vec<_> =
                last.jobs.iter().filter(|job| job.took.is_none()).map(|job| (job.item, job.kind)).collect();
            panic!("the engine did not come to rest: {:?}, {} wait, {jobs:?} run", last.engine, last.queued)
        })
    }

    pub async fn first(&self) -> Arc<Detail> {
        let id = self.done().await.instructions[0].id;
        self.handle().detail(id).await.unwrap()
    }

    pub async fn command(&self, command: Command) -> String {
        self.handle().command(command).await.unwrap()
    }

    /// Ends the engine and starts another one on the same folder.
    pub async fn restart(self) -> Self {
        let Self { dir, script, running } = self;
        running.stop.send(Stop::Soon).unwrap();
        tokio::task::spawn_blocking(move || running.thread.join()).await.unwrap().unwrap().unwrap();
        let project = Project::open(dir.path(), Access::Write, None).unwrap();
        let running = start_on(project, script.clone());
        Self { dir, script, running }
    }
}

fn start_on(project: Project, script: Arc<Script>) -> Running {
    let lease = Ok(Lease::acquire(&project.dir).unwrap());
    let endpoints = Endpoints::of([script as Arc<dyn assay::llm::Endpoint>]);
    start(Parts { project, lease, endpoints, sandbox: sandbox(), options: RunOptions::default() })
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stored_is_asked_twice_over_a_restart() {
    let scene = Scene::open();
    let before = scene.done().await;
    assert!(before.datasets.sft > 0 && before.datasets.pairs_query > 0, "{:?}", before.datasets);
    let asked = scene.script.counts();
    assert!(asked.values().all(|n| *n == 1), "{asked:?}");
    let scene = scene.restart().await;
    let after = scene.done().await;
    assert_eq!(asked, scene.script.counts());
    assert_eq!((before.datasets, before.funnel), (after.datasets, after.funnel));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_that_is_a_text_counts_and_is_flagged() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let (root, item) = (detail.view.id, detail.view.functions[0].id);
    let source = "def evaluate(response):\n    return str('tea' in response.lower())";
    scene.command(Command::Edit { item, edit: Edit::Text(source.into()) }).await;
    assert!(scene.first().await.view.functions[0].kept.is_ok());
    let project = Project::open(scene.dir.path(), Access::Read, None).unwrap();
    let told = assay::pipeline::lineage::lineage(&project, item, Some(root)).unwrap().unwrap();
    let flags = &told.links.last().unwrap().flags;
    assert!(flags.iter().any(|flag| flag.contains("verdict is a text")), "{flags:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_verifier_costs_its_own_back_translation_and_label_and_nothing_else() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let asked = scene.script.counts();
    let function = detail.view.functions[0].id;
    let source = "def evaluate(response):\n    text = response.lower()\n    return 'tea' in text";
    scene.command(Command::Edit { item: function, edit: Edit::Text(source.into()) }).await;
    let detail = scene.first().await;
    // A source runs, and is shown, without white space around it.
    assert_eq!(detail.view.functions[0].source.as_deref(), Some(source.trim_end()));
    assert!(detail.view.functions[0].edited && detail.view.functions[0].used);
    let news = difference(&asked, &scene.script.counts());
    let key = detail.view.key.to_string();
    assert_eq!(news, [(CallKind::BackTranslate, key.clone(), 0), (CallKind::Entail, key, 0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_instruction_makes_everything_under_it_again_and_undo_costs_nothing() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let id = detail.view.id;
    let (before, asked) = (scene.done().await, scene.script.counts());
    scene.command(Command::Edit { item: id, edit: Edit::Text("Mention tea once.".into()) }).await;
    let edited = scene.first().await;
    assert_eq!(&*edited.view.text, "Mention tea once.");
    let news = difference(&asked, &scene.script.counts());
    assert!(news.iter().all(|(_, slot, _)| slot.starts_with(detail.view.key.as_str())), "{news:?}");
    for call in [CallKind::Verifiers, CallKind::Respond, CallKind::Score, CallKind::Entail] {
        assert!(news.iter().any(|(kind, ..)| *kind == call), "{call:?} was not made again");
    }
    let asked = scene.script.counts();
    scene.command(Command::Undo).await;
    let undone = scene.first().await;
    assert_eq!(undone.view.text, detail.view.text);
    let after = scene.done().await;
    assert_eq!(after.datasets, before.datasets);
    assert_eq!(difference(&asked, &scene.script.counts()), [], "what was made before comes back at no cost");
    assert_eq!(after.funnel, before.funnel);
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_change_the_rows_and_are_taken_back() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let before = scene.done().await.datasets;
    let chosen = detail.view.tasks[0].responses.iter().find(|response| response.sft).unwrap().id;
    let decide = |item: ItemId, ruling| Command::Decide { items: vec![item], ruling, reason: Some("off topic".into()) };
    scene.command(decide(chosen, Some(Ruling::Rejected))).await;
    let rejected = scene.done().await.datasets;
    assert_eq!(rejected.sft, before.sft - 1);
    scene.command(decide(detail.view.id, Some(Ruling::Rejected))).await;
    let snapshot = scene.done().await;
    assert_eq!(snapshot.funnel.stage(Stage::SelfInstruct).reasons.get("rejected"), Some(&1));
    assert!(snapshot.datasets.sft < rejected.sft);
    scene.command(Command::Undo).await;
    scene.command(Command::Undo).await;
    assert_eq!(scene.done().await.datasets, before);
    scene.command(Command::Redo).await;
    let scene = scene.restart().await;
    assert_eq!(scene.done().await.datasets, rejected, "a decision is there after a restart");
    assert!(scene.done().await.redo.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rerun_is_a_new_take_of_that_item_alone() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let asked = scene.script.counts();
    let response = &detail.view.tasks[0].responses[1];
    let old = response.text.clone();
    scene.command(Command::Rerun { items: vec![response.id] }).await;
    let again = scene.first().await;
    assert_ne!(again.view.tasks[0].responses[1].text, old);
    let news = difference(&asked, &scene.script.counts());
    assert_eq!(news.len(), 1, "{news:?}");
    scene.command(Command::Undo).await;
    assert_eq!(scene.first().await.view.tasks[0].responses[1].text, old, "the old take comes back");
    assert_eq!(difference(&asked, &scene.script.counts()).len(), 1, "at no cost");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_project_see_each_others_decisions_and_the_second_takes_over() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let project = Project::open(scene.dir.path(), Access::Write, None).unwrap();
    let held = Lease::acquire(scene.dir.path()).unwrap_err().to_string();
    let endpoints = Endpoints::of([scene.script.clone() as Arc<dyn assay::llm::Endpoint>]);
    let parts = Parts { project, lease: Err(held), endpoints, sandbox: sandbox(), options: RunOptions::default() };
    let second = start(parts);
    let mut theirs = second.handle.snapshots();
    let following = |snapshot: &Arc<Snapshot>| {
        matches!(snapshot.engine, EngineState::Following(_)) && !snapshot.instructions.is_empty()
    };
    theirs.wait_for(following).await.unwrap();
    let reject = Command::Decide { items: vec![detail.view.id], ruling: Some(Ruling::Rejected), reason: None };
    second.handle.command(reject).await.unwrap();
    let mut ours = scene.handle().snapshots();
    let rejected = |snapshot: &Arc<Snapshot>| snapshot.instructions[0].decision == Some(Ruling::Rejected);
    tokio::time::timeout(Duration::from_secs(20), ours.wait_for(rejected)).await.unwrap().unwrap();
    scene.command(Command::Undo).await;
    let restored = |snapshot: &Arc<Snapshot>| snapshot.instructions[0].decision.is_none();
    tokio::time::timeout(Duration::from_secs(20), theirs.wait_for(restored)).await.unwrap().unwrap();
    scene.running.stop.send(Stop::Soon).unwrap();
    let Scene { running, dir, .. } = scene;
    tokio::task::spawn_blocking(move || running.thread.join()).await.unwrap().unwrap().unwrap();
    let leads = |snapshot: &Arc<Snapshot>| !matches!(snapshot.engine, EngineState::Following(_));
    tokio::time::timeout(Duration::from_secs(20), theirs.wait_for(leads)).await.unwrap().unwrap();
    second.stop.send(Stop::Now).unwrap();
    drop(dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_a_verifiers_re_run_brings_its_cases_back_too() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let inputs = |detail: &Detail| detail.view.cases.iter().map(|case| case.input.clone()).collect::<Vec<_>>();
    scene.command(Command::Rerun { items: vec![detail.view.functions[0].id] }).await;
    let again = scene.first().await;
    assert_ne!(inputs(&again), inputs(&detail));
    let asked = scene.script.counts();
    scene.command(Command::Undo).await;
    let back = scene.first().await;
    assert_eq!(inputs(&back), inputs(&detail));
    assert_eq!(back.view.functions[0].source, detail.view.functions[0].source);
    assert_eq!(difference(&asked, &scene.script.counts()), [], "at no cost");
    scene.command(Command::Redo).await;
    let redone = scene.first().await;
    assert_eq!(inputs(&redone), inputs(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_holds_for_what_was_seen_and_not_for_what_is_made_later() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let function = detail.view.functions[0].id;
    let reject = Command::Decide { items: vec![function], ruling: Some(Ruling::Rejected), reason: None };
    scene.command(reject).await;
    let rejected = scene.first().await;
    assert_eq!(rejected.view.functions[0].kept, Err("rejected".into()));
    scene.command(Command::Edit { item: detail.view.id, edit: Edit::Text("Mention tea twice.".into()) }).await;
    let later = scene.first().await;
    assert_eq!(later.view.functions[0].kept, Ok(()), "the new function was seen by nobody yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_that_comes_later_turns_nothing_down() {
    let scene = Scene::open();
    let before = scene.done().await;
    let made = before.instructions.iter().find(|row| !row.seed).unwrap().text.to_string();
    let project = Project::open(scene.dir.path(), Access::Write, None).unwrap();
    let body = assay::domain::InstructionBody {
        text: format!("{made} Please."),
        category: None,
        language: assay::domain::Language::English,
    };
    assert_eq!(project.add_seeds(&[body]).unwrap(), 1);
    let mut snapshots = scene.handle().snapshots();
    let longer = |snapshot: &Arc<Snapshot>| snapshot.instructions.len() > before.instructions.len();
    tokio::time::timeout(Duration::from_secs(20), snapshots.wait_for(longer)).await.unwrap().unwrap();
    let scene = scene.restart().await;
    let after = scene.done().await;
    let dropped = |snapshot: &Snapshot| snapshot.funnel.stage(Stage::SelfInstruct).dropped;
    assert_eq!(dropped(&after), dropped(&before));
    assert!(after.datasets.sft > before.datasets.sft, "and is worked on itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_case_is_checked_again_without_any_model() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let asked = scene.script.counts();
    let case = &detail.view.cases[0];
    assert_eq!(case.id.kind, Kind::Case);
    let edit = Edit::Case { input: case.input.to_string(), expected: !case.expected.unwrap() };
    scene.command(Command::Edit { item: case.id, edit }).await;
    let flipped = scene.first().await;
    assert_eq!(flipped.view.cases[0].kept, Err("below-threshold".into()));
    assert_eq!(asked, scene.script.counts());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_cancels_what_it_makes_pointless_and_stop_now_loses_nothing_stored() {
    let scene = Scene::open();
    let detail = scene.first().await;
    scene.script.stuck.store(true, std::sync::atomic::Ordering::SeqCst);
    scene.command(Command::Rerun { items: vec![detail.view.id] }).await;
    let mut snapshots = scene.handle().snapshots();
    snapshots.wait_for(|snapshot| snapshot.engine == EngineState::Running).await.unwrap();
    scene.command(Command::Undo).await;
    let after = scene.first().await;
    assert_eq!(after.view.consistency, Some(State::Kept));
    scene.command(Command::Rerun { items: vec![detail.view.id] }).await;
    snapshots.wait_for(|snapshot| snapshot.engine == EngineState::Running).await.unwrap();
    scene.running.stop.send(Stop::Now).unwrap();
    let Scene { running, dir, .. } = scene;
    let ended = tokio::task::spawn_blocking(move || running.thread.join()).await.unwrap().unwrap().unwrap();
    assert!(matches!(ended, Ended::Incomplete(_)));
    drop(dir);
}

/// Questions asked since, once for each time.
pub fn difference(
    before: &std::collections::HashMap<super::script::Asked, u32>,
    after: &std::collections::HashMap<super::script::Asked, u32>,
) -> Vec<super::script::Asked> {
    let mut news: Vec<_> = after
        .iter()
        .flat_map(|(key, n)| vec![key.clone(); (n - before.get(key).copied().unwrap_or(0)) as usize])
        .collect();
    news.sort_by_key(|(call, slot, sample)| (*call, slot.clone(), *sample));
    news
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_hangs_stalls_only_what_asks_it() {
    let dir = tempfile::tempdir().unwrap();
    let slow = "[endpoints.slow]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"slow\"\n";
    let respond = "respond = { samples = 4, endpoint = \"slow\" }";
    let others = ["self_instruct", "verifiers", "back_translate", "entail", "score"];
    let mut config =
        CONFIG.replace("respond = { samples = 4 }", respond).replace("self_instruct = { samples = 1 }", "");
    config = config.replace("verifiers = { samples = 2 }", "");
    let calls: String = others
        .iter()
        .map(|call| {
            format!("{call} = {{ endpoint = \"script\", samples = {} }}\n", if *call == "verifiers" { 2 } else { 1 })
        })
        .collect();
    config = config.replace("[calls]\n", &format!("[calls]\n{calls}"));
    std::fs::write(dir.path().join("assay.toml"), format!("{slow}{config}")).unwrap();
    let project = Project::open(dir.path(), Access::Write, None).unwrap();
    project.add_seeds(&assay::pipeline::demo::seeds()[..6]).unwrap();
    project.add_queries(&assay::pipeline::demo::queries()[..6]).unwrap();
    let hanging = Arc::new(Script { name: "slow", concurrency: 2, ..Script::default() });
    hanging.stuck.store(true, std::sync::atomic::Ordering::SeqCst);
    let quick = Arc::new(Script::default());
    let lease = Ok(Lease::acquire(dir.path()).unwrap());
    let endpoints = Endpoints::of([quick as Arc<dyn assay::llm::Endpoint>, hanging as Arc<dyn assay::llm::Endpoint>]);
    let running = start(Parts { project, lease, endpoints, sandbox: sandbox(), options: RunOptions::default() });
    let mut snapshots = running.handle.snapshots();
    let all_but_responses = |snapshot: &Arc<Snapshot>| {
        let rest = |stage| {
            let counts = snapshot.funnel.stage(stage);
            counts.total > 0 && counts.pending + counts.running == 0
        };
        let before = [Stage::Verifiers, Stage::CrossValidate, Stage::BackTranslate, Stage::Consistency];
        before.into_iter().all(rest) && snapshot.funnel.stage(Stage::Respond).running == 2
    };
    let found = tokio::time::timeout(Duration::from_secs(60), snapshots.wait_for(all_but_responses)).await;
    found.expect("what does not ask the hanging endpoint was held up").unwrap();
    running.stop.send(Stop::Now).unwrap();
}

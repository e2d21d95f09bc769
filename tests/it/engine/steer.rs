//! Deciding on pairs; bounding stages, cancelling jobs, asking again what failed; re-runs in what fell.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use assay::{
    domain::{CallKind, ItemId, Kind, Origin, QueryBody, ResponseBody, Ruling, Stage, VerifierBody, journal::Change},
    pipeline::{
        Project,
        handle::{Command, Detail, Edit, StageLimit},
        snapshot::{EngineState, JobState, Snapshot},
        survey::all_rows,
        view::{PairStanding, PairView, State},
    },
    store::{Access, Op, Txn},
};

use super::people::{Scene, difference};

fn decide(item: ItemId, ruling: Option<Ruling>) -> Command {
    Command::Decide { items: vec![item], ruling, reason: None }
}

async fn when(scene: &Scene, what: &str, holds: impl FnMut(&Arc<Snapshot>) -> bool) -> Snapshot {
    let mut snapshots = scene.handle().snapshots();
    let found = tokio::time::timeout(Duration::from_secs(60), snapshots.wait_for(holds)).await;
    found.unwrap_or_else(|_| panic!("never: {what}")).unwrap().as_ref().clone()
}

fn first_pair(detail: &Detail) -> PairView {
    detail.view.tasks[0].pairs[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_decided_on_like_any_item() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let (before, pair) = (scene.done().await, first_pair(&detail));
    let exported = |scene: &Scene| {
        let project = Project::open(scene.dir.path(), Access::Read, None).unwrap();
        let (rows, _) = all_rows(&project).unwrap();
        rows.pairs.iter().any(|row| row.id == pair.id)
    };
    assert!(exported(&scene));
    scene.command(decide(pair.id, Some(Ruling::Rejected))).await;
    let rejected = scene.first().await;
    assert_eq!(first_pair(&rejected).standing, PairStanding::Rejected, "it stays where it was");
    assert_eq!(rejected.view.tasks[0].pairs.len(), detail.view.tasks[0].pairs.len(), "no other is drawn for it");
    let after = scene.done().await;
    assert_eq!(after.datasets.pairs_query, before.datasets.pairs_query - 1);
    assert_eq!(after.funnel.stage(Stage::Pairs).reasons.get("rejected"), Some(&1));
    assert_eq!(after.decisions, before.decisions + 1);
    assert!(!exported(&scene));
    let store = Project::open(scene.dir.path(), Access::Read, None).unwrap().store;
    assert_eq!(store.find_prefix(&pair.id.to_string()).unwrap(), [pair.id]);
    assert_eq!(store.root_of(pair.id).unwrap(), Some(detail.view.id));
    let scene = scene.restart().await;
    assert_eq!(scene.done().await.datasets, after.datasets, "a decision is there after a restart");
    scene.command(Command::Undo).await;
    assert_eq!(scene.done().await.datasets, before.datasets);
    scene.command(Command::Redo).await;
    assert_eq!(scene.done().await.datasets, after.datasets);
    scene.command(decide(pair.id, Some(Ruling::Accepted))).await;
    assert_eq!(scene.done().await.datasets, before.datasets);
    let negative = scene.handle().command(decide(pair.id, Some(Ruling::UseAsNegative))).await;
    assert!(negative.unwrap_err().contains("accepted or rejected"));
    let stranger = ItemId::pair(&pair.rejected.item, &pair.chosen.item);
    assert!(scene.handle().command(decide(stranger, Some(Ruling::Rejected))).await.unwrap_err().contains("not found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decided_pair_that_says_something_else_is_outdated() {
    let scene = Scene::open();
    let pair = first_pair(&*scene.first().await);
    scene.command(decide(pair.id, Some(Ruling::Accepted))).await;
    let before = scene.done().await.datasets;
    let text = format!("{} A cup of tea for all.", pair.chosen.text);
    scene.command(Command::Edit { item: pair.chosen.item, edit: Edit::Text(text) }).await;
    // Accepted, so that it is chosen whatever its score says.
    scene.command(decide(pair.chosen.item, Some(Ruling::Accepted))).await;
    let edited = scene.first().await;
    let now = edited.view.tasks[0].pairs.iter().find(|known| known.id == pair.id).unwrap();
    assert_eq!(now.standing, PairStanding::Outdated);
    let after = scene.done().await.datasets;
    assert!(after.outdated > before.outdated && after.pairs_query < before.pairs_query, "{before:?} {after:?}");
    scene.command(decide(pair.id, Some(Ruling::Accepted))).await;
    let again = scene.first().await;
    let now = again.view.tasks[0].pairs.iter().find(|known| known.id == pair.id).unwrap();
    assert_eq!(now.standing, PairStanding::Given, "seen as it is now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decided_pair_that_is_not_drawn_any_more_is_still_listed() {
    let scene = Scene::open();
    let pair = first_pair(&*scene.first().await);
    scene.command(decide(pair.id, Some(Ruling::Rejected))).await;
    scene.command(decide(pair.rejected.item, Some(Ruling::Rejected))).await;
    let detail = scene.first().await;
    let now = detail.view.tasks[0].pairs.iter().find(|known| known.id == pair.id).unwrap();
    assert_eq!(now.standing, PairStanding::NotDrawn);
    let shown = scene.done().await;
    let pairs = shown.funnel.stage(Stage::Pairs);
    assert_eq!((pairs.reasons.get("rejected"), pairs.dropped), (None, 0), "it is counted nowhere");
}

/// Edits the first instruction, so that everything under it is made again.
async fn edit_first(scene: &Scene, text: &str) {
    let id = scene.handle().snapshots().borrow().instructions[0].id;
    scene.command(Command::Edit { item: id, edit: Edit::Text(text.into()) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounded_stage_runs_so_many_at_once_and_then_waits() {
    let scene = Scene::open();
    scene.done().await;
    let bound = |at_once, more| Command::Limit { stage: Stage::Respond, limit: StageLimit { at_once, more } };
    let peak = || scene.script.flying.lock().unwrap().insert(CallKind::Respond, (0, 0)).unwrap().1;
    assert!(peak() > 1, "unbounded, they run side by side");
    scene.command(bound(Some(1), None)).await;
    edit_first(&scene, "Mention tea once.").await;
    scene.done().await;
    assert_eq!(peak(), 1);
    let asked = scene.script.counts();
    scene.command(bound(None, Some(2))).await;
    edit_first(&scene, "Mention tea at the end.").await;
    let waits =
        |snapshot: &Arc<Snapshot>| matches!(&snapshot.engine, EngineState::Blocked(why) if why.contains("respond"));
    let held = when(&scene, "it waits", waits).await;
    assert_eq!(held.limits, [(Stage::Respond, StageLimit { at_once: None, more: Some(0) })]);
    let responses = |news: Vec<super::script::Asked>| news.iter().filter(|asked| asked.0 == CallKind::Respond).count();
    assert_eq!(responses(difference(&asked, &scene.script.counts())), 2);
    scene.command(Command::Limit { stage: Stage::Respond, limit: StageLimit::default() }).await;
    assert!(scene.done().await.limits.is_empty());
    assert_eq!(responses(difference(&asked, &scene.script.counts())), 4);
    scene.command(Command::Pause(Some(Stage::Score))).await;
    edit_first(&scene, "Mention tea at the start.").await;
    let waits =
        |snapshot: &Arc<Snapshot>| matches!(&snapshot.engine, EngineState::Blocked(why) if why.contains("score"));
    when(&scene, "a paused stage holds all that is left", waits).await;
    scene.command(Command::Resume(Some(Stage::Score))).await;
    scene.done().await;
}

fn running_job(snapshot: &Snapshot) -> Option<u64> {
    snapshot.jobs.iter().find(|job| job.is_running_call()).map(|job| job.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_is_not_asked_again_until_it_is_retried() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let (response, text) = (detail.view.tasks[0].responses[0].id, detail.view.tasks[0].responses[0].text.clone());
    scene.script.stuck.store(true, SeqCst);
    // A re-run that is cancelled leaves what was there.
    scene.command(Command::Rerun { items: vec![response] }).await;
    let job = running_job(&when(&scene, "it runs", |snapshot| running_job(snapshot).is_some()).await).unwrap();
    scene.command(Command::Cancel(job)).await;
    assert_eq!(scene.first().await.view.tasks[0].responses[0].text, text);
    assert!(scene.handle().command(Command::Cancel(job)).await.unwrap_err().contains("ended already"));
    // What has nothing to fall back on fails.
    edit_first(&scene, "Mention tea once.").await;
    for _ in 0..2 {
        let job = running_job(&when(&scene, "it runs", |snapshot| running_job(snapshot).is_some()).await).unwrap();
        scene.command(Command::Cancel(job)).await;
        when(&scene, "it ended", move |snapshot| {
            snapshot.jobs.iter().all(|known| known.id != job || known.took.is_some())
        })
        .await;
    }
    let shown = scene.done().await;
    assert_eq!(shown.funnel.stage(Stage::Verifiers).reasons.get("cancelled"), Some(&2));
    assert!(shown.jobs.iter().any(|job| matches!(&job.state, JobState::Failed { code, .. } if code == "cancelled")));
    scene.script.stuck.store(false, SeqCst);
    let scene = scene.restart().await;
    assert_eq!(scene.done().await.funnel.stage(Stage::Verifiers).failed, 2, "not asked again by itself");
    scene.command(Command::Retry { items: vec![detail.view.id] }).await;
    let after = scene.done().await;
    assert_eq!(after.funnel.stage(Stage::Verifiers).failed, 0);
    assert!(after.datasets.sft > 0);
    let nothing = scene.handle().command(Command::Retry { items: Vec::new() }).await;
    assert!(nothing.unwrap_err().contains("nothing failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_calls_are_in_the_funnel_and_can_be_asked_again() {
    let scene = Scene::open_with(|script| script.refuses.lock().unwrap().push(CallKind::SelfInstruct));
    let failed = scene.done().await;
    let counts = failed.funnel.stage(Stage::SelfInstruct);
    assert_eq!((counts.failed, counts.reasons.get("http-400")), (1, Some(&1)), "{counts:?}");
    let project = Project::open(scene.dir.path(), Access::Read, None).unwrap();
    assert_eq!(assay::pipeline::survey::from_trees(&project).unwrap().funnel, failed.funnel);
    let job = failed.jobs.iter().find(|job| job.item.kind == assay::domain::Kind::Call).unwrap();
    scene.script.refuses.lock().unwrap().clear();
    scene.command(Command::Rerun { items: vec![job.item] }).await;
    let mut snapshots = scene.handle().snapshots();
    let more = |snapshot: &Arc<Snapshot>| snapshot.instructions.len() > failed.instructions.len();
    tokio::time::timeout(Duration::from_secs(60), snapshots.wait_for(more)).await.unwrap().unwrap();
    assert_eq!(scene.done().await.funnel.stage(Stage::SelfInstruct).failed, 0);
    let again = scene.handle().command(Command::Rerun { items: vec![job.item] }).await;
    assert!(again.unwrap_err().contains("calls.self_instruct.samples"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_in_a_fallen_instruction_is_run_and_its_evidence_is_shown() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let asked = scene.script.counts();
    let counts = |snapshot: &Snapshot| {
        let row = &snapshot.instructions[0];
        (row.functions, row.cases, row.responses)
    };
    let before = counts(&scene.done().await);
    scene.command(decide(detail.view.id, Some(Ruling::Rejected))).await;
    let rejected = scene.done().await;
    assert_eq!(counts(&rejected), before, "what is known stays to be seen");
    assert_eq!(rejected.instructions[0].rows, (0, 0));
    let fallen = scene.first().await;
    assert_eq!(fallen.view.matrix, detail.view.matrix);
    assert_eq!(fallen.view.tasks[0].responses[0].verify, Some(State::Kept));
    let score = detail.tree.tasks[0].samples[0].scores[0].id;
    let wanted = [fallen.view.functions[0].id, fallen.view.tasks[0].responses[1].id, score];
    for item in wanted {
        scene.command(Command::Rerun { items: vec![item] }).await;
        when(&scene, "it was run", |snapshot| snapshot.engine == EngineState::Done).await;
    }
    let news = difference(&asked, &scene.script.counts());
    let calls: Vec<CallKind> = news.iter().map(|(call, ..)| *call).collect();
    assert_eq!(calls, [CallKind::Verifiers, CallKind::Respond, CallKind::Score], "{news:?}");
    let after = scene.first().await;
    assert!(after.tree.heads().iter().all(|head| head.id != wanted[1] || head.current == Some(1)), "{:?}", after.tree);
    assert_eq!(scene.done().await.datasets, rejected.datasets);
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_that_come_while_a_project_is_open_are_paired() {
    let scene = Scene::open_with(|_| ());
    let before = scene.done().await;
    // Every instruction has its query; one more for each once two are wanted.
    let config = std::fs::read_to_string(scene.dir.path().join("assay.toml")).unwrap();
    std::fs::write(
        scene.dir.path().join("assay.toml"),
        config.replace("queries_per_instruction = 1", "queries_per_instruction = 7"),
    )
    .unwrap();
    let scene = scene.restart().await;
    let paired = scene.done().await.funnel.stage(Stage::PairQueries).kept;
    assert_eq!(paired, 6 * before.funnel.stage(Stage::Consistency).kept, "there are six");
    let project = Project::open(scene.dir.path(), Access::Write, None).unwrap();
    let query = |text: &str| QueryBody {
        text: text.into(),
        language: assay::domain::Language::English,
        topic: None,
        source: None,
    };
    project.add_queries(&[query("Which teas keep well, and for how many months?")]).unwrap();
    let more = |snapshot: &Arc<Snapshot>| snapshot.funnel.stage(Stage::PairQueries).kept > paired;
    when(&scene, "the new query is paired", more).await;
    assert_eq!(
        scene.done().await.funnel.stage(Stage::PairQueries).kept,
        7 * before.funnel.stage(Stage::Consistency).kept
    );
}

/// Another process imports a function, edits a response and turns a query down.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_imports_and_edits_is_taken_in() {
    let scene = Scene::open();
    let detail = scene.first().await;
    let (root, response) = (detail.view.id, detail.view.tasks[0].responses[0].id);
    let store = Project::open(scene.dir.path(), Access::Write, None).unwrap().store;
    let function = ItemId::child(Kind::Verifier, &root, 90);
    let source = "def evaluate(response):\n    return 'tea' in response.casefold()\n".to_owned();
    let body = VerifierBody { source: Some(source), problem: None, repairs: Vec::new() };
    let add = |slot, origin, body, make_current| Op::AddVersion {
        slot,
        origin,
        body,
        made: None,
        completion: None,
        make_current,
    };
    let ensure = Op::EnsureSlot {
        id: function,
        key: detail.view.key.clone(),
        root: Some(root),
        owner: None,
        index: 90,
        query: None,
    };
    store.write(Txn::new(vec![ensure, add(function, Origin::Imported, body.into(), true)])).await.unwrap();
    let text = ResponseBody { text: "Tea, as another process has it.".to_owned(), cut: None };
    let edit = Change::Edit { item: response, before: None, after: 0 };
    let act = Op::Act { author: "other".into(), at: String::new(), label: "edited".into(), changes: vec![edit] };
    store.write(Txn::new(vec![add(response, Origin::Human, text.into(), false), act])).await.unwrap();
    let functions = detail.view.functions.len() as u32;
    when(&scene, "the import is seen", |snapshot| snapshot.instructions[0].functions.1 == functions + 1).await;
    scene.done().await;
    let after = scene.first().await;
    let imported = after.view.functions.iter().find(|known| known.id == function).unwrap();
    assert!(imported.used && imported.back.is_some(), "it goes through the stages: {imported:?}");
    assert_eq!(after.view.tasks[0].responses[0].text.as_deref(), Some("Tea, as another process has it."));
    assert_eq!(after.view.tasks[0].responses[0].verify, Some(State::Kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_samples_are_fewer_and_the_others_come_back_at_no_cost() {
    let scene = Scene::open();
    let before = scene.done().await;
    let asked = scene.script.counts();
    let file = scene.dir.path().join("assay.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, config.replace("respond = { samples = 4 }", "respond = { samples = 2 }")).unwrap();
    let scene = scene.restart().await;
    let fewer = scene.done().await;
    let respond = fewer.funnel.stage(Stage::Respond);
    assert_eq!((respond.total, respond.reasons.get("beyond-k").copied()), (respond.kept * 2, Some(respond.kept)));
    assert!(fewer.datasets.sft < before.datasets.sft);
    let detail = scene.first().await;
    let beyond = &detail.view.tasks[0].responses[3];
    assert!(beyond.respond == State::Dropped("beyond-k".into()) && beyond.text.is_some() && beyond.verify.is_none());
    let refused = scene.handle().command(Command::Rerun { items: vec![beyond.id] }).await;
    assert!(refused.unwrap_err().contains("calls.respond.samples"));
    // A person's text counts wherever it stands.
    scene.command(Command::Edit { item: beyond.id, edit: Edit::Text("A pot of tea for two.".into()) }).await;
    assert_eq!(scene.first().await.view.tasks[0].responses.last().unwrap().verify, Some(State::Kept));
    scene.command(Command::Undo).await;
    let news = difference(&asked, &scene.script.counts());
    assert!(news.iter().all(|(call, ..)| *call == CallKind::Score), "{news:?}");
    std::fs::write(&file, config).unwrap();
    let scene = scene.restart().await;
    let after = scene.done().await;
    assert_eq!((after.datasets, &after.funnel), (before.datasets, &before.funnel));
    assert_eq!(difference(&asked, &scene.script.counts()).len(), news.len());
}

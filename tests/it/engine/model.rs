//! A model of the engine: people do random things to it, in any state of its work, with restarts in between. Once it
//! has come to rest, what it shows must be what a computation from scratch over the store gives, a new engine must
//! find nothing to do, and the invariants of the funnel and of decisions must hold.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use assay::{
    domain::{CallKind, InstructionBody, ItemId, Kind, Language, QueryBody, Ruling, Stage},
    pipeline::{
        Project,
        handle::{Command, Detail, Edit, StageLimit},
        settings::Settings,
        snapshot::{EngineState, Funnel, Snapshot},
        survey::{all_rows, each_view, from_trees, survey},
        view::{PairSide, PairStanding, PairView, State},
        whatif::{Dial, curve},
    },
    rules::Profile,
    store::Access,
};

use crate::draws::Draws;

use super::{people::Scene, script::Script};

const CONFIG: &str = r#"
[endpoints.script]
base_url = "http://127.0.0.1:9/v1"
model = "script"

[calls]
self_instruct = { samples = 2 }
verifiers = { samples = 3 }
respond = { samples = 3 }

[pipeline]
queries_per_instruction = 2
"#;

fn fill(dir: &Path) {
    std::fs::write(dir.join("assay.toml"), CONFIG).unwrap();
    let project = Project::open(dir, Access::Write, None).unwrap();
    let language = Language::English;
    let seeds = ["Answer in exactly two sentences.", "Do not use the letter e.", "Begin with a question."];
    project.add_seeds(&seeds.map(|text| InstructionBody { text: text.into(), category: None, language })).unwrap();
    let queries = ["How do bees find flowers?", "Why is the sky blue at noon?", "What makes bread rise?"];
    let query = |text: &str| QueryBody { text: text.into(), language, topic: None, source: None };
    project.add_queries(&queries.map(query)).unwrap();
}

/// An engine over a varied script.
fn open(concurrency: usize) -> Scene {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let script = Arc::new(Script { varied: true, concurrency, ..Script::default() });
    Scene::on(dir, script)
}

/// Waits until nothing is left to do.
async fn rest(scene: &Scene) -> Snapshot {
    scene.handle().command(Command::Resume(None)).await.unwrap();
    for stage in Stage::ALL {
        scene.handle().command(Command::Resume(Some(stage))).await.unwrap();
        scene.handle().command(Command::Limit { stage, limit: StageLimit::default() }).await.unwrap();
    }
    let mut snapshots = scene.handle().snapshots();
    let done = |snapshot: &Arc<Snapshot>| snapshot.engine == EngineState::Done && !snapshot.instructions.is_empty();
    let found = tokio::time::timeout(Duration::from_secs(120), snapshots.wait_for(done)).await;
    found.expect("the engine did not come to rest").unwrap().as_ref().clone()
}

/// Everything of an instruction that a person can point at.
fn items(detail: &Detail) -> Vec<ItemId> {
    let heads = detail.tree.heads().into_iter().map(|head| head.id);
    let mut items: Vec<ItemId> = heads.chain(pairs(detail).map(|pair| pair.id)).collect();
    items.extend(detail.tree.tasks.iter().map(|task| task.query_id));
    items
}

fn pairs(detail: &Detail) -> impl Iterator<Item = &PairView> {
    detail.view.tasks.iter().flat_map(|task| &task.pairs).chain(&detail.view.case_pairs)
}

async fn some_item(scene: &Scene, draws: &mut Draws) -> ItemId {
    let snapshot = scene.handle().snapshots().borrow().clone();
    let Some(row) = (!snapshot.instructions.is_empty()).then(|| draws.one(&snapshot.instructions).clone()) else {
        return ItemId::seed("Begin with a question.");
    };
    let Some(detail) = scene.handle().detail(row.id).await else { return row.id };
    let pairs: Vec<ItemId> = pairs(&detail).map(|pair| pair.id).collect();
    if draws.below(4) == 0 && !pairs.is_empty() { *draws.one(&pairs) } else { *draws.one(&items(&detail)) }
}

/// A profile with one dial turned.
fn tuned(scene: &Scene, draws: &mut Draws) -> Command {
    let snapshot = scene.handle().snapshots().borrow().clone();
    let dial = *draws.one(&Dial::ALL);
    let values = curve(&snapshot.index, &snapshot.rules, dial, snapshot.volume);
    let profile = match values.is_empty() {
        true => Profile::clone(&snapshot.rules),
        false => dial.set(&snapshot.rules, draws.one(&values).0),
    };
    Command::Tune(Box::new(profile))
}

/// A running call, or a number that no job has.
fn some_job(scene: &Scene, draws: &mut Draws) -> u64 {
    let snapshot = scene.handle().snapshots().borrow().clone();
    let running: Vec<u64> = snapshot.jobs.iter().filter(|job| job.is_running_call()).map(|job| job.id).collect();
    if running.is_empty() { 0 } else { *draws.one(&running) }
}

fn limit(draws: &mut Draws) -> Command {
    let some = |draws: &mut Draws, n| (draws.below(2) == 0).then(|| draws.below(n) as u32);
    let (at_once, more) = (some(draws, 3), some(draws, 5).map(u64::from));
    let stage = *draws.one(&[Stage::Verifiers, Stage::Respond, Stage::Verify, Stage::Score]);
    Command::Limit { stage, limit: StageLimit { at_once, more } }
}

fn edit(item: ItemId, draws: &mut Draws) -> Option<Edit> {
    let text = match item.kind {
        Kind::Seed | Kind::Instruction => {
            *draws.one(&["Use the word tea twice.", "Write one line only.", "End with the word rain."])
        }
        Kind::Verifier => *draws.one(&[
            "def evaluate(response):\n    return len(response.split()) > 2\n",
            "def evaluate(response):\n    return True\n",
            "def evaluate(response)\n    oops\n",
            "def evaluate(response):\n    while True: pass\n",
        ]),
        Kind::Case => {
            let input = (*draws.one(&["", "one two three four", "word"])).to_owned();
            return Some(Edit::Case { input, expected: draws.below(2) == 0 });
        }
        Kind::Response => *draws.one(&["Four words stand here.", "No.", ""]),
        _ => return None,
    };
    Some(Edit::Text(text.to_owned()))
}

/// Something that a person may do. Refusals are answers too.
async fn act(scene: &Scene, draws: &mut Draws) -> String {
    let item = some_item(scene, draws).await;
    let command = match draws.below(26) {
        0..=4 => {
            let rulings = [Some(Ruling::Accepted), Some(Ruling::Rejected), Some(Ruling::UseAsNegative), None];
            let other = some_item(scene, draws).await;
            let items = if draws.below(3) == 0 && other != item { vec![item, other] } else { vec![item] };
            Command::Decide { items, ruling: *draws.one(&rulings), reason: None }
        }
        5..=9 => match edit(item, draws) {
            Some(edit) => Command::Edit { item, edit },
            None => Command::Rerun { items: vec![item] },
        },
        10..=12 => Command::Rerun { items: vec![item] },
        13..=15 => Command::Undo,
        16 => Command::Redo,
        17 => Command::Pause(*draws.one(&[None, Some(Stage::Respond), Some(Stage::Verifiers)])),
        18 => Command::Resume(None),
        19 => Command::Retry { items: if draws.below(2) == 0 { Vec::new() } else { vec![item] } },
        20 | 21 => tuned(scene, draws),
        22 => Command::Cancel(some_job(scene, draws)),
        23 => limit(draws),
        _ => Command::Apply,
    };
    let said = format!("{command:?}");
    let reply = scene.handle().command(command).await;
    format!("{said} -> {reply:?}")
}

/// What is shown against what is stored.
async fn compare(scene: &Scene, shown: &Snapshot, log: &[String]) {
    let project = Project::open(scene.dir.path(), Access::Read, None).unwrap();
    let scratch = from_trees(&project).unwrap();
    let log = log.join("\n");
    for stage in Stage::ALL {
        assert_eq!(shown.funnel.stage(stage), scratch.funnel.stage(stage), "{stage}\n{log}");
    }
    assert_eq!(shown.datasets, scratch.datasets, "{log}");
    assert_eq!(shown.instructions, scratch.instructions, "{log}");
    assert_eq!(shown.decisions, scratch.decisions, "{log}");
    assert_eq!((shown.requests, shown.usage), (scratch.requests, scratch.usage), "{log}");
    let (rows, datasets) = all_rows(&project).unwrap();
    let exported = (rows.sft.len() as u64, rows.pairs.len() as u64);
    assert_eq!(exported, (shown.datasets.sft, shown.datasets.pairs_query + shown.datasets.pairs_instruction), "{log}");
    assert_eq!(datasets, shown.datasets, "{log}");
    let mut views = HashMap::new();
    each_view(&project, |_, view| {
        views.insert(view.id, view.clone());
    })
    .unwrap();
    for row in shown.instructions.iter() {
        let detail = scene.handle().detail(row.id).await.unwrap();
        assert_eq!(views.get(&row.id), Some(&detail.view), "{log}");
        decisions_hold(&detail, &log);
    }
    invariants(&shown.funnel, &project.settings, &log);
}

/// The invariants of the funnel at rest.
fn invariants(funnel: &Funnel, settings: &Settings, log: &str) {
    let of = |stage| funnel.stage(stage);
    for stage in Stage::ALL {
        let counts = of(stage);
        let parts = counts.kept + counts.dropped + counts.failed + counts.pending + counts.running + counts.stale;
        assert_eq!(counts.total, parts, "{stage}\n{log}");
        assert_eq!(counts.reasons.values().sum::<u64>(), counts.dropped + counts.failed, "{stage}\n{log}");
        assert_eq!((counts.pending, counts.running, counts.stale), (0, 0, 0), "{stage} is not at rest\n{log}");
    }
    // Of what is beyond the samples asked for, a person's text takes part.
    let of_each = |stage, of_kept: u64, call| {
        let beyond = of(stage).reasons.get("beyond-k").copied().unwrap_or_default();
        let wanted = u64::from(settings.call(call).samples) * of_kept;
        assert!(of(stage).total - beyond >= wanted, "{stage}: {:?}, not {wanted}\n{log}", of(stage));
        let whole = settings.call(call).samples >= 3;
        assert!(!whole || of(stage).total == wanted, "{stage}: {:?}, not {wanted}\n{log}", of(stage));
    };
    of_each(Stage::Verifiers, of(Stage::SelfInstruct).kept, CallKind::Verifiers);
    of_each(Stage::Respond, of(Stage::PairQueries).kept, CallKind::Respond);
    assert_eq!(of(Stage::CrossValidate).total, of(Stage::SelfInstruct).kept, "{log}");
    assert_eq!(of(Stage::BackTranslate).total, of(Stage::CrossValidate).kept, "{log}");
    assert_eq!(of(Stage::Consistency).total, of(Stage::BackTranslate).kept, "{log}");
    assert!(of(Stage::PairQueries).total <= 2 * of(Stage::Consistency).kept, "{log}");
    assert_eq!(of(Stage::Verify).total, of(Stage::Respond).kept, "{log}");
    assert_eq!(of(Stage::Score).total, of(Stage::Verify).kept, "{log}");
}

/// What the design promises of decisions.
fn decisions_hold(detail: &Detail, log: &str) {
    let view = &detail.view;
    // A decision on another version than the current one is not in force.
    let function_rejected = |id: ItemId| {
        let sample = detail.tree.verifiers.iter().find(|sample| sample.function.id == id);
        sample.and_then(|sample| sample.function.ruling()).is_some_and(|ruling| ruling != Ruling::Accepted)
    };
    let rejected = |decision: &Option<assay::domain::Decision>| {
        decision.as_ref().is_some_and(|decision| decision.ruling != Ruling::Accepted)
    };
    let rows = view.tasks.iter().flat_map(|task| &task.responses);
    if detail.tree.slot.ruling().is_some_and(|ruling| ruling != Ruling::Accepted) {
        assert!(
            view.case_pairs.iter().all(|pair| !pair.is_given())
                && rows.clone().all(|row| !row.sft && row.pairs == (0, 0)),
            "{log}"
        );
    }
    for function in &view.functions {
        assert!(!(function.used && function_rejected(function.id)), "{log}");
    }
    for pair in pairs(detail) {
        let wanted = pair.decision.is_none() || !rejected(&pair.decision);
        assert!(!pair.is_given() || wanted, "{pair:?}\n{log}");
        let decided = [PairStanding::Rejected, PairStanding::Outdated, PairStanding::Stale, PairStanding::NotDrawn];
        assert!(!decided.contains(&pair.standing) || pair.decision.is_some(), "{pair:?}\n{log}");
    }
    for task in &view.tasks {
        for response in &task.responses {
            let sides = |of: fn(&PairView) -> &PairSide| {
                let given = task.pairs.iter().filter(|pair| pair.is_given());
                given.filter(|pair| of(pair).item == response.id).count() as u32
            };
            assert_eq!(response.pairs, (sides(|pair| &pair.chosen), sides(|pair| &pair.rejected)), "{log}");
            let turned_down = rejected(&response.decision);
            assert!(!(response.sft || response.pairs.0 > 0) || !turned_down, "{log}");
            let negative = response.decision.as_ref().is_some_and(|word| word.ruling == Ruling::UseAsNegative);
            assert!(response.pairs.1 == 0 || !turned_down || negative, "{log}");
            let unfit = response.stale || response.outdated || response.respond != State::Kept;
            assert!(!unfit || (!response.sft && response.pairs == (0, 0)), "{log}");
        }
    }
}

/// A new engine over the same folder finds nothing to do and changes nothing.
async fn restarted(scene: Scene, shown: &Snapshot, log: &[String]) -> Scene {
    let digest = |scene: &Scene| Project::open(scene.dir.path(), Access::Read, None).unwrap().store.digest().unwrap();
    let (asked, before) = (scene.script.counts(), digest(&scene));
    let scene = scene.restart().await;
    let again = rest(&scene).await;
    assert_eq!(asked, scene.script.counts(), "a new engine asked again\n{}", log.join("\n"));
    assert_eq!(before, digest(&scene), "{}", log.join("\n"));
    let project = Project::open(scene.dir.path(), Access::Read, None).unwrap();
    let indexed = survey(&project).unwrap();
    assert_eq!((&indexed.funnel, &indexed.instructions), (&shown.funnel, &shown.instructions), "{}", log.join("\n"));
    assert_eq!((&shown.funnel, shown.datasets), (&again.funnel, again.datasets), "{}", log.join("\n"));
    scene
}

/// Another engine, now and then with another number of samples.
async fn restart(scene: Scene, draws: &mut Draws, log: &mut Vec<String>) -> Scene {
    let file = scene.dir.path().join("assay.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let call = *draws.one(&["verifiers", "respond"]);
    let samples = 2 + draws.below(2);
    let changed: Vec<String> = text
        .lines()
        .map(|line| match line.starts_with(&format!("{call} = ")) {
            true => format!("{call} = {{ samples = {samples} }}"),
            false => line.to_owned(),
        })
        .collect();
    if draws.below(2) == 0 {
        std::fs::write(&file, changed.join("\n") + "\n").unwrap();
        log.push(format!("restart with {samples} samples of {call}"));
    } else {
        log.push("restart".into());
    }
    scene.restart().await
}

#[tokio::test(flavor = "multi_thread")]
async fn at_rest_the_engine_shows_what_the_store_says() {
    let rounds: u64 = std::env::var("ASSAY_ROUNDS").map_or(3, |n| n.parse().unwrap());
    let first: u64 = std::env::var("ASSAY_ROUND").map_or(0, |n| n.parse().unwrap());
    let mut acts = 0;
    for round in first..first + rounds {
        let (mut draws, mut log) = (Draws::new(round), vec![format!("ASSAY_ROUND={round}")]);
        let mut scene = open(1 + draws.below(12));
        for _ in 0..4 {
            for _ in 0..1 + draws.below(8) {
                log.push(act(&scene, &mut draws).await);
                acts += 1;
                match draws.below(12) {
                    0 => {
                        scene = restart(scene, &mut draws, &mut log).await;
                    }
                    1..=3 => tokio::time::sleep(Duration::from_millis(draws.below(40) as u64)).await,
                    _ => {}
                }
            }
            let shown = rest(&scene).await;
            log.push("at rest".into());
            compare(&scene, &shown, &log).await;
            scene = restarted(scene, &shown, &log).await;
        }
        if (round + 1 - first).is_multiple_of(25) {
            println!("{} rounds, {acts} acts", round + 1 - first);
        }
    }
}

/// The same acts, each from rest, under two speeds.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_gives_one_digest_whatever_the_concurrency() {
    let rounds: u64 = std::env::var("ASSAY_ROUNDS").map_or(2, |n| n.parse().unwrap());
    for round in 1000..1000 + rounds {
        let mut ends = Vec::new();
        for concurrency in [1, 16] {
            let (mut draws, mut log) = (Draws::new(round), Vec::new());
            let mut scene = open(concurrency);
            for step in 0..10 {
                rest(&scene).await;
                log.push(act(&scene, &mut draws).await);
                if step == 5 && concurrency == 16 {
                    rest(&scene).await;
                    scene = scene.restart().await;
                }
            }
            rest(&scene).await;
            let store = Project::open(scene.dir.path(), Access::Read, None).unwrap().store;
            ends.push((store.digest().unwrap(), log));
        }
        assert_eq!(ends[0].1, ends[1].1, "round {round}");
        assert_eq!(ends[0].0, ends[1].0, "round {round}: {}", ends[0].1.join("\n"));
    }
}

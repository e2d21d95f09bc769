//! The first frame of a program shows what was stored last: the same numbers as the loaded index gives.

use std::sync::Arc;

use assay::{
    domain::{CallKind, InstructionBody, Language, Stage},
    pipeline::{Project, demo, index},
    store::Access,
};

use super::{people::Scene, script::Script};

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

[rules]
category_share = 0.5
"#;

#[tokio::test(flavor = "multi_thread")]
async fn balance_and_failed_calls_are_in_the_first_frame() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("assay.toml"), CONFIG).unwrap();
    let project = Project::open(dir.path(), Access::Write, None).unwrap();
    let seed = |(text, category): (&str, &str)| InstructionBody {
        text: text.into(),
        category: Some(category.into()),
        language: Language::English,
    };
    let seeds = [("Mention tea.", "words"), ("Say tea once.", "words"), ("Name a drink: tea.", "topics")];
    project.add_seeds(&seeds.map(seed)).unwrap();
    project.add_queries(&demo::queries()[..6]).unwrap();
    drop(project);
    let script = Script::default();
    script.refuses.lock().unwrap().push(CallKind::SelfInstruct);
    let scene = Scene::on(dir, Arc::new(script));
    scene.done().await;
    // What is at rest is stored within seconds, and at the end of a run at once.
    let scene = scene.restart().await;
    let shown = scene.done().await;
    let stored = Project::open(scene.dir.path(), Access::Read, None).unwrap().store;
    let first = index::totals(&stored).unwrap().unwrap();
    assert_eq!((&first.funnel, first.datasets), (&*shown.funnel, shown.datasets));
    assert!(shown.funnel.stage(Stage::Sft).reasons.contains_key("balance"), "{:?}", shown.funnel.stage(Stage::Sft));
    assert_eq!(shown.funnel.stage(Stage::SelfInstruct).failed, 1);
}

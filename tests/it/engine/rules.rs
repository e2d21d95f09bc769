//! Values of the profile turned while the engine works: in force at once, in `assay.toml`, in the journal, undoable.

use std::{fs, sync::Arc, time::Duration};

use assay::{
    pipeline::{handle::Command, profile::profile_of, snapshot::Snapshot, survey::from_trees, whatif::outlook},
    rules::{Profile, profile::Threshold},
};

use super::people::Scene;

fn file(scene: &Scene) -> String {
    fs::read_to_string(scene.dir.path().join("assay.toml")).unwrap()
}

/// Waits until the engine is at rest under some rules.
async fn under(scene: &Scene, rules: &Profile) -> Snapshot {
    let mut snapshots = scene.handle().snapshots();
    let wanted = |snapshot: &Arc<Snapshot>| *snapshot.rules == *rules;
    tokio::time::timeout(Duration::from_secs(30), snapshots.wait_for(wanted)).await.unwrap().unwrap();
    scene.done().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turned_value_is_in_force_at_once_and_what_if_had_said_what_it_gives() {
    let scene = Scene::open();
    let before = scene.done().await;
    let asked = scene.script.counts();
    let text = file(&scene);
    let strict = Profile { score_kept: Threshold::AtLeast(9.5), ..Profile::clone(&before.rules) };
    let foretold = outlook(&before.index, &strict, before.volume);
    assert!(foretold.sft < before.datasets.sft, "{foretold:?} of {:?}", before.datasets);

    let told = scene.command(Command::Tune(Box::new(strict.clone()))).await;
    assert!(told.contains("score_kept") && told.contains("judged again"), "{told}");
    let after = under(&scene, &strict).await;
    assert_eq!((after.datasets.sft, after.datasets.pairs_query), (foretold.sft, foretold.pairs_query));
    assert_eq!(asked, scene.script.counts(), "a threshold costs no call");
    assert!(file(&scene).contains("score_kept = { at-least = 9.5 }"), "{}", file(&scene));

    let told = scene.command(Command::Undo).await;
    assert!(told.starts_with("undone: rules: score_kept"), "{told}");
    let back = under(&scene, &before.rules).await;
    assert_eq!((back.datasets, &back.funnel), (before.datasets, &before.funnel));
    assert_eq!(
        file(&scene).trim_end(),
        format!("{}\n[rules]", text.trim_end_matches('\n').to_owned() + "\n").trim_end()
    );
    scene.command(Command::Redo).await;
    under(&scene, &strict).await;
    // What is stored of the index is of these rules: the next start shows the same.
    let scene = scene.restart().await;
    let again = under(&scene, &strict).await;
    assert_eq!((again.datasets, &again.funnel), (after.datasets, &after.funnel));
    let project = assay::pipeline::Project::open(scene.dir.path(), assay::store::Access::Read, None).unwrap();
    assert_eq!(from_trees(&project).unwrap().datasets, after.datasets);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_changed_by_hand_comes_into_force_and_stops_a_blind_undo() {
    let scene = Scene::open();
    let before = scene.done().await;
    let strict = Profile { score_kept: Threshold::AtLeast(9.5), ..Profile::clone(&before.rules) };
    scene.command(Command::Tune(Box::new(strict))).await;
    let by_hand = file(&scene).replace("9.5", "9") + "response_kept = { above = 0.9 }\n";
    fs::write(scene.dir.path().join("assay.toml"), &by_hand).unwrap();
    let config = assay::config::load(scene.dir.path()).unwrap().config;
    let rules = profile_of(&config, None).unwrap();
    under(&scene, &rules).await;

    let refused = scene.handle().command(Command::Undo).await.unwrap_err();
    assert!(refused.contains("score_kept has been changed in assay.toml since"), "{refused}");
    assert_eq!(file(&scene), by_hand);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_said_and_what_was_read_before_stays_in_force() {
    let scene = Scene::open();
    let before = scene.done().await;
    let mut notes = scene.handle().notes();
    let good = file(&scene);
    fs::write(scene.dir.path().join("assay.toml"), good.clone() + "\n[rules]\nscore_kept = \"high\"\n").unwrap();
    let said = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            if let assay::pipeline::handle::Note::Warning(text) = notes.recv().await.unwrap() {
                return text;
            }
        }
    });
    let said = said.await.unwrap();
    assert!(said.contains("assay.toml:") && said.contains("score_kept") && said.contains("stays in force"), "{said}");
    assert_eq!(scene.handle().snapshots().borrow().rules, before.rules);
    let strict = Profile { functions_after: 2, ..Profile::clone(&before.rules) };
    let refused = scene.handle().command(Command::Tune(Box::new(strict.clone()))).await.unwrap_err();
    assert!(refused.contains("score_kept"), "{refused}");
    fs::write(scene.dir.path().join("assay.toml"), good).unwrap();
    scene.command(Command::Tune(Box::new(strict.clone()))).await;
    under(&scene, &strict).await;
}

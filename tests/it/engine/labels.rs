//! Back-translations labelled on this machine, by a tiny random model (tests/fixtures/nli).

use std::{fs, path::Path};

use assay::{
    config,
    domain::{Entailment, Stage, Version},
    pipeline::{Ended, Project, RunOptions, demo, labelling},
    store::Access,
};

use super::{digest, finish, headless, run};

/// A demo project whose labels come from a model in a folder of its own.
fn project(dir: &Path, batch: u32) -> Project {
    let text = config::commented(None, true);
    let local = format!("by = \"local\"\nmodel = \"tiny\"\nbatch = {batch}\n");
    let at = text.find("by = \"model\"").unwrap();
    let end = at + text[at..].find('\n').unwrap();
    let text = format!("{}{local}{}", &text[..at], &text[end..]);
    fs::write(dir.join("assay.toml"), text).unwrap();
    place(dir, "like_v3");
    let project = Project::open(dir, Access::Write, None).unwrap();
    demo::fill(&project).unwrap();
    project
}

/// Puts a model into the project's folder.
fn place(dir: &Path, name: &str) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nli").join(name);
    fs::create_dir_all(dir.join("tiny")).unwrap();
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        fs::copy(from.join(file), dir.join("tiny").join(file)).unwrap();
    }
}

fn up_to_labels() -> RunOptions {
    RunOptions { until: Some(Stage::Consistency), ..headless() }
}

/// The current labels of a project.
fn labels(dir: &Path) -> Vec<Version<Entailment>> {
    let project = Project::open(dir, Access::Read, None).unwrap();
    let roots = project.store.roots().unwrap();
    let trees = roots.iter().filter_map(|root| project.store.load_tree(root.id, project.settings.outcomes).unwrap());
    let of = |tree: assay::domain::tree::InstructionTree| {
        let slots = tree.verifiers.into_iter().filter_map(|sample| sample.entailment);
        slots.filter_map(|slot| slot.version().cloned()).collect::<Vec<_>>()
    };
    trees.flat_map(of).collect()
}

#[cfg(feature = "nli-local")]
#[tokio::test(flavor = "multi_thread")]
async fn labels_given_here_are_stored_once_and_with_their_probabilities() {
    let mut digests = Vec::new();
    for batch in [1, 7] {
        let dir = tempfile::tempdir().unwrap();
        let (ended, first) = finish(run(project(dir.path(), batch), up_to_labels())).await;
        assert_eq!(ended, Ended::Done);
        let given = labels(dir.path());
        assert!(given.len() >= 10, "{}", given.len());
        for version in &given {
            let [entailment, neutral, contradiction] = version.body.probabilities.unwrap();
            assert!((entailment + neutral + contradiction - 1.0).abs() < 1e-3);
            let most = [entailment, neutral, contradiction].into_iter().fold(0.0, f64::max);
            let label = version.body.label.unwrap();
            assert!((version.body.probabilities.unwrap()[label as usize] - most).abs() < 1e-9);
            let store = Project::open(dir.path(), Access::Read, None).unwrap().store;
            let completion = store.transcript(version.completion.unwrap()).unwrap().unwrap();
            assert_eq!((&*completion.meta.endpoint, &*completion.meta.model), (labelling::LANE, "tiny"));
            assert!(completion.prompt.contains("Premise: ") && completion.prompt.contains("Hypothesis: "));
        }
        let again = Project::open(dir.path(), Access::Write, None).unwrap();
        let (ended, second) = finish(run(again, up_to_labels())).await;
        assert_eq!((ended, second.requests), (Ended::Done, first.requests), "nothing is asked twice");
        digests.push(digest(dir.path()));
    }
    assert_eq!(digests[0], digests[1], "batches make no difference");
}

#[cfg(feature = "nli-local")]
#[tokio::test(flavor = "multi_thread")]
async fn another_model_makes_labels_stale_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (_, first) = finish(run(project(dir.path(), 8), up_to_labels())).await;
    let before = labels(dir.path());
    place(dir.path(), "like_v2");
    let changed = Project::open(dir.path(), Access::Write, None).unwrap();
    let stale = assay::pipeline::survey::survey(&changed).unwrap().funnel.stage(Stage::Consistency).stale;
    assert!(stale > 0, "instructions whose labels another model gave");
    let (ended, second) = finish(run(changed, up_to_labels())).await;
    assert_eq!(ended, Ended::Done);
    let after = labels(dir.path());
    assert_eq!(second.requests - first.requests, before.len() as u64, "every label, and nothing else");
    assert!(before.len() == after.len() && before.iter().zip(&after).any(|(a, b)| a.body != b.body));
    place(dir.path(), "like_v3");
    let back = Project::open(dir.path(), Access::Write, None).unwrap();
    let (_, third) = finish(run(back, up_to_labels())).await;
    assert_eq!(third.requests, second.requests, "the first model's labels are still there");
    assert_eq!(
        labels(dir.path()).iter().map(|label| &label.body).collect::<Vec<_>>(),
        before.iter().map(|label| &label.body).collect::<Vec<_>>()
    );
}

#[cfg(feature = "nli-local")]
#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_read_without_its_model() {
    let dir = tempfile::tempdir().unwrap();
    let (_, first) = finish(run(project(dir.path(), 8), up_to_labels())).await;
    let before = digest(dir.path());
    fs::remove_dir_all(dir.path().join("tiny")).unwrap();
    let bare = Project::open(dir.path(), Access::Write, None).unwrap();
    let counts = assay::pipeline::survey::survey(&bare).unwrap().funnel;
    assert_eq!(counts.stage(Stage::Consistency).stale, 0, "what it was is remembered");
    let (ended, last) = finish(run(bare, up_to_labels())).await;
    assert_eq!((ended, last.requests, digest(dir.path())), (Ended::Done, first.requests, before));
}

#[cfg(not(feature = "nli-local"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_build_without_a_classifier_does_the_rest_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (ended, snapshot) = finish(run(project(dir.path(), 8), up_to_labels())).await;
    let Ended::Incomplete(why) = ended else { panic!("{ended:?}") };
    assert!(why.contains("build with `--features nli-local`") && why.contains("consistency.by = \"model\""), "{why}");
    assert!(snapshot.funnel.stage(Stage::BackTranslate).kept > 0 && labels(dir.path()).is_empty());
    let _lane = labelling::LANE;
    let _digest = digest(dir.path());
}

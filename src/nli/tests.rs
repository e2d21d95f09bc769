//! What holds in every build: names, labels, identities. What a model computes is tested with it.

use std::path::Path;

use super::*;

#[cfg(feature = "nli-local")]
mod hub;
#[cfg(feature = "nli-local")]
mod numbers;

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nli").join(name)
}

#[test]
fn labels_are_read_in_any_order_and_only_where_all_are_there() {
    let order = |labels: &str| LabelOrder::read(format!("{{\"id2label\": {labels}}}").as_bytes());
    let plain = order(r#"{"0": "entailment", "1": "neutral", "2": "contradiction"}"#).unwrap();
    assert_eq!(plain.sort([0.1, 0.2, 0.3]), [0.1, 0.2, 0.3]);
    let other = order(r#"{"2": "Entailment", "0": "CONTRADICTION", "1": "neutral"}"#).unwrap();
    assert_eq!(other.sort([0.1, 0.2, 0.3]), [0.3, 0.2, 0.1]);
    assert_eq!(other.names(), ["contradiction", "neutral", "entailment"]);
    for wrong in [
        r#"{"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}"#,
        r#"{"0": "entailment", "1": "not_entailment"}"#,
        r#"{"0": "entailment", "1": "neutral"}"#,
        r#"{"0": "entailment", "1": "neutral", "2": "neutral"}"#,
        r#"{"0": "entailment", "1": "neutral", "3": "contradiction"}"#,
        r#"{"0": "entailment", "1": "neutral", "2": "contradiction", "3": "other"}"#,
        "{}",
    ] {
        assert!(order(wrong).unwrap_err().contains("entailment, neutral and contradiction"), "{wrong}");
    }
    assert!(LabelOrder::read(b"[]").is_err());
}

#[test]
fn a_judgement_holds_the_most_probable_label() {
    let judged = Judgement::of_logits([1.0, 3.0, 2.0], 7, 0);
    assert_eq!(judged.label, crate::domain::Label::Neutral);
    assert_eq!(judged.probabilities, [0.09, 0.6652, 0.2447]);
    assert_eq!(judged.words(), "Label: neutral\nentailment 0.0900, neutral 0.6652, contradiction 0.2447");
    assert_eq!(Judgement::of_logits([0.0; 3], 7, 0).label, crate::domain::Label::Entailment);
    assert!(Judgement::of_logits([f32::MAX, 0.0, f32::MIN], 7, 3).words().contains("3 tokens were cut"));
}

#[test]
fn a_name_is_a_folder_or_a_model_of_the_hub() {
    let project = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(project.path().join("models/mine")).unwrap();
    let parse = |model: &str| Source::parse(model, "main", project.path());
    assert_eq!(parse("models/mine"), Ok(Source::Folder(project.path().join("models/mine"))));
    assert!(matches!(parse("./gone"), Ok(Source::Folder(_))), "written as a path");
    assert!(matches!(parse("/gone"), Ok(Source::Folder(_))));
    let Ok(Source::Hub(hub)) = parse("owner/model-1.0_x") else { panic!("a name on the hub") };
    assert_eq!((hub.id.as_str(), hub.revision.as_str()), ("owner/model-1.0_x", "main"));
    for wrong in ["", "a/b/c", "a//b", "owner/..", "own er/model", "owner/mo\u{202e}del", "-x/y"] {
        assert!(matches!(parse(wrong), Err(NliError::NoSuchModel(_))), "{wrong}");
    }
    for revision in ["", "../main", "a b", "/main"] {
        assert!(Source::parse("owner/model", revision, project.path()).is_err(), "{revision}");
    }
}

#[test]
fn a_folder_that_is_not_whole_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let said = |dir: &tempfile::TempDir| Files::in_folder(dir.path()).unwrap_err().to_string();
    assert!(said(&dir).contains("config.json"));
    std::fs::copy(fixture("like_v3").join("config.json"), dir.path().join("config.json")).unwrap();
    assert!(said(&dir).contains("AutoTokenizer"));
    std::fs::copy(fixture("like_v3").join("tokenizer.json"), dir.path().join("tokenizer.json")).unwrap();
    assert!(said(&dir).contains("model.safetensors"));
    std::fs::write(dir.path().join("pytorch_model.bin"), "").unwrap();
    assert!(said(&dir).contains("AutoModelForSequenceClassification"));
}

#[test]
fn a_model_is_who_its_bytes_are() {
    let (project, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        std::fs::copy(fixture("like_v3").join(file), dir.path().join(file)).unwrap();
    }
    let source = Source::Folder(dir.path().to_owned());
    let who = || Identity::of(&source, project.path());
    let (Some(first), Ok(files)) = who() else { panic!("it is there") };
    let elsewhere = Identity::of(&Source::Folder(fixture("like_v3")), tempfile::tempdir().unwrap().path()).0;
    assert_eq!(elsewhere.unwrap().digest, first.digest, "wherever it stands");
    assert_eq!(who().0, Some(first.clone()), "remembered");
    let mut weights = std::fs::read(&files.weights).unwrap();
    *weights.last_mut().unwrap() ^= 1;
    weights.push(0);
    std::fs::write(&files.weights, weights).unwrap();
    let (Some(second), Ok(_)) = who() else { panic!("it is there") };
    assert_ne!(second.digest, first.digest);
    std::fs::remove_file(&files.weights).unwrap();
    let (remembered, missing) = who();
    assert_eq!(remembered, Some(second), "what its labels were given by is still known");
    assert!(missing.is_err());
    let (unknown, _) = Identity::of(&Source::Folder("/gone".into()), project.path());
    assert_eq!(unknown, None);
}

#[cfg(not(feature = "nli-local"))]
#[test]
fn a_build_without_it_says_so() {
    let files = Files::in_folder(&fixture("like_v3")).unwrap();
    let said = Nli::start("m", files, Options::default()).unwrap_err().to_string();
    assert!(said.contains("--features nli-local") && said.contains("consistency.by = \"model\""), "{said}");
}

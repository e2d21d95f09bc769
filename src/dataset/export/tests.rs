//! Tests of exporting.

use std::{fs, path::Path};

use super::*;
use crate::{
    dataset::rows::{PairLevel, PairRow, SftRow},
    domain::{ItemId, Kind, Language},
};

fn sft(n: u32) -> SftRow {
    let id = ItemId::child(Kind::Response, &ItemId::seed("s"), n);
    SftRow {
        id,
        instruction: "Use no commas.".into(),
        query: format!("Name {n} herbs, \"please\"\n你好"),
        prompt: format!("Use no commas.\nName {n} herbs, \"please\"\n你好"),
        response: "Basil and\tmint".into(),
        category: None,
        language: Language::English,
    }
}

fn pair(level: PairLevel) -> PairRow {
    let id = ItemId::pair(&ItemId::seed("a"), &ItemId::seed("b"));
    PairRow {
        id,
        level,
        prompt: "Use no commas.".into(),
        chosen: "a b".into(),
        rejected: "a, b".into(),
        category: None,
        language: Language::English,
    }
}

fn meta() -> MetaData {
    MetaData { profile: "recommended".into(), rules: serde_json::json!({ "pairs": "all" }), outdated: 2 }
}

fn export(dir: &Path, rows: u32) -> Result<Manifest, ExportError> {
    llamafactory(dir, (0..rows).map(sft), [pair(PairLevel::Query), pair(PairLevel::Instruction)], &meta())
}

fn read(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap()
}

#[test]
fn files_as_the_trainer_reads_them() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("deep/out");
    let manifest = export(&dir, 2).unwrap();
    insta::assert_snapshot!("sft", read(&dir, "autoif_sft.json"));
    insta::assert_snapshot!("dpo", read(&dir, "autoif_dpo.json"));
    insta::assert_snapshot!("registry", read(&dir, "dataset_info.json"));
    insta::assert_snapshot!("manifest", read(&dir, "manifest.json").replace(&manifest.version, "VERSION"));
    assert_eq!(read(&dir, "autoif_dpo.json"), read(&dir, "autoif_dpo_instruction.json"));
    assert_eq!(manifest.counts, Counts { sft: 2, pairs_instruction: 1, pairs_query: 1, outdated: 2 });
    let rows: Vec<serde_json::Value> = serde_json::from_str(&read(&dir, "autoif_sft.json")).unwrap();
    assert_eq!(rows[1]["instruction"], "Use no commas.\nName 1 herbs, \"please\"\n你好");
}

#[test]
fn the_same_rows_give_the_same_bytes_and_replace_the_old_ones() {
    let temp = tempfile::tempdir().unwrap();
    let (a, b) = (temp.path().join("a"), temp.path().join("b"));
    export(&a, 5).unwrap();
    export(&a, 3).unwrap();
    export(&b, 3).unwrap();
    for name in ["autoif_sft.json", "autoif_dpo.json", "dataset_info.json", "manifest.json"] {
        assert_eq!(read(&a, name), read(&b, name));
    }
    let left: Vec<_> = fs::read_dir(temp.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing is left beside them: {left:?}");
}

#[test]
fn data_sets_without_rows_are_not_registered() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("out");
    llamafactory(&dir, [], [], &meta()).unwrap();
    assert_eq!(read(&dir, "autoif_sft.json"), "[]\n");
    assert_eq!(read(&dir, "dataset_info.json"), "{}\n");
    assert!(check(&dir).unwrap().1.is_empty());
}

#[test]
fn check_finds_what_changed() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("out");
    export(&dir, 2).unwrap();
    assert!(check(&dir).unwrap().1.is_empty());
    let text = read(&dir, "autoif_sft.json");
    fs::write(dir.join("autoif_sft.json"), text.replace("Basil", "Thyme")).unwrap();
    fs::write(dir.join("autoif_dpo.json"), "[]").unwrap();
    fs::remove_file(dir.join("dataset_info.json")).unwrap();
    let found: Vec<String> = check(&dir).unwrap().1.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("autoif_sft.json: has SHA-256"), "{found:?}");
    assert!(found[1].starts_with("autoif_dpo.json: has 2 bytes"), "{found:?}");
    assert_eq!(found[2], "dataset_info.json: is missing");
    let said = check(temp.path()).unwrap_err().to_string();
    assert!(said.contains("manifest.json"), "{said}");
}

#[test]
fn folders_of_others_are_left_alone() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("thesis.tex"), "x").unwrap();
    let said = export(temp.path(), 1).unwrap_err().to_string();
    assert!(said.contains("thesis.tex") && said.contains("new or empty folder"), "{said}");
    assert_eq!(read(temp.path(), "thesis.tex"), "x");

    let dir = temp.path().join("out");
    export(&dir, 1).unwrap();
    fs::write(dir.join("notes.md"), "mine").unwrap();
    let said = export(&dir, 2).unwrap_err().to_string();
    assert!(said.contains("notes.md"), "{said}");
    assert_eq!(Manifest::read(&dir).unwrap().counts.sft, 1, "the old export is whole");
}

#[test]
fn a_failure_leaves_the_old_export_whole() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("out");
    export(&dir, 1).unwrap();

    let staging = staging::Staging::beside(&dir).unwrap();
    fs::remove_dir_all(staging.path()).unwrap();
    assert!(staging.publish().is_err());
    assert_eq!(check(&dir).unwrap().0.counts.sft, 1);
    assert!(check(&dir).unwrap().1.is_empty());

    // A crash between the two renames: the next export begins by moving the old one back.
    fs::rename(&dir, temp.path().join(".out.assay-old")).unwrap();
    let staging = staging::Staging::beside(&dir).unwrap();
    assert_eq!(check(&dir).unwrap().0.counts.sft, 1);
    drop(staging);
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
}

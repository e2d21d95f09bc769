//! The numbers measured on the sample of the released repository. Skipped where the sample is not there.

use std::path::PathBuf;

use serde_json::Value as Json;

use crate::files::{Desk, rows};

/// A file of the sample; nothing where it is missing.
fn sample(name: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/autoif-sample");
    let folder = std::env::var_os("ASSAY_AUTOIF_SAMPLE").map_or(beside, PathBuf::from);
    let path = folder.join(name);
    if !path.is_file() {
        eprintln!("skipped: no {name} beside the repository or in $ASSAY_AUTOIF_SAMPLE");
        return None;
    }
    Some(path)
}

/// Does a step on a file of the sample and gives what it wrote.
fn step(step: &str, name: &str, profile: &str) -> Option<String> {
    let input = sample(name)?;
    let desk = Desk::new();
    desk.ok(&["autoif", step, input.to_str().unwrap(), "out", "--profile", profile]);
    Some(desk.read("out"))
}

fn len(list: &Json) -> usize {
    list.as_array().unwrap().len()
}

#[test]
fn cross_validation_keeps() {
    for (profile, kept, functions, cases) in [("released", 4, 17, 52), ("paper", 5, 27, 56)] {
        let Some(out) = step("cross-validate", "eval_func_rft.jsonl", profile) else { return };
        let rows = rows(&out);
        let sum = |field: &str| -> usize { rows.iter().map(|row| len(&row[field])).sum() };
        assert_eq!((rows.len(), sum("eval_func"), sum("cases")), (kept, functions, cases), "{profile}");
    }
}

#[test]
fn no_response_is_kept() {
    if let Some(out) = step("verify-responses", "query_rft.jsonl", "released") {
        assert_eq!(out, "");
    }
}

#[test]
fn every_response_scores_nothing() {
    let Some(out) = step("score-responses", "dpo_query_w_funcs.jsonl", "released") else { return };
    let rows = rows(&out);
    let responses: Vec<&Json> = rows.iter().flat_map(|row| row["response"].as_array().unwrap()).collect();
    assert_eq!((rows.len(), responses.len()), (21, 168));
    assert!(responses.iter().all(|pair| pair[1].as_f64() == Some(0.0)));
}

#[test]
fn scores_keep_sixteen_rows() {
    let (Some(out), Some(wanted)) =
        (step("filter-scores", "query_rft_score.jsonl", "released"), sample("query_score_filter.jsonl"))
    else {
        return;
    };
    assert_eq!(rows(&out).len(), 16);
    assert_eq!(out.trim_end(), std::fs::read_to_string(wanted).unwrap().trim_end());
}

#[test]
fn sft_makes_sixteen_rows() {
    let Some(out) = step("sft", "query_score_filter.jsonl", "released") else { return };
    assert_eq!(len(&serde_json::from_str(&out).unwrap()), 16);
}

#[test]
fn pairs_are_positives_by_negatives() {
    let Some(input) = sample("dpo_query_eval_score_results.jsonl") else { return };
    let given = rows(&format!("{}\n", std::fs::read_to_string(input).unwrap().trim_end()));
    let side = |row: &Json, keep: fn(f64) -> bool| -> Vec<Json> {
        let responses = row["response"].as_array().unwrap().iter();
        responses.filter(|pair| keep(pair[1].as_f64().unwrap())).map(|pair| pair[0].clone()).collect()
    };
    for (profile, count) in [("released", 6), ("paper", 18)] {
        let pairs = rows(&step("pairs", "dpo_query_eval_score_results.jsonl", profile).unwrap());
        assert_eq!(pairs.len(), count, "{profile}");
        for pair in pairs {
            let fits = |row: &&Json| {
                row["query"] == pair["instruction"]
                    && side(row, |accuracy| accuracy >= 0.5).contains(&pair["positive"])
                    && side(row, |accuracy| accuracy == 0.0).contains(&pair["negative"])
            };
            assert!(given.iter().any(|row| fits(&row)), "{pair}");
        }
    }
}

//! What needs no Python of the numbers measured on the released sample. Skipped where the sample is not there.

use std::{fs, path::PathBuf};

use serde_json::Value as Json;

use super::*;

/// The rows of a sample file; nothing where the sample is missing.
fn rows(name: &str) -> Option<Vec<Json>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/autoif-sample");
    let folder = std::env::var_os("ASSAY_AUTOIF_SAMPLE").map_or(beside, PathBuf::from);
    let Ok(text) = fs::read_to_string(folder.join(name)) else {
        eprintln!("skipped: no {name} beside the repository or in $ASSAY_AUTOIF_SAMPLE");
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn texts(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

#[test]
fn answers_that_can_be_read() {
    let Some(rows) = rows("eval_func_rft.jsonl") else { return };
    for (profile, functions, repaired) in
        [(Profile::released(), 37, 0), (Profile::paper(), 37, 0), (Profile::recommended(), 40, 3)]
    {
        let read: Vec<_> = rows.iter().map(|row| read_answers(&texts(&row["gpt-answer"]), &profile)).collect();
        let answers = || read.iter().flat_map(|read| &read.answers);
        assert_eq!(answers().filter(|answer| answer.function.is_ok()).count(), functions);
        assert_eq!(answers().filter(|answer| !answer.repairs.is_empty()).count(), repaired);
        assert!(answers().all(|answer| answer.function.is_err() || answer.cases.len() == 3));
    }
}

#[test]
fn scores_that_are_kept() {
    let Some(rows) = rows("query_rft_score.jsonl") else { return };
    let kept =
        |profile: &Profile| rows.iter().filter(|row| filter_score(&texts(&row["gen"]), profile).1.is_ok()).count();
    assert_eq!((rows.len(), kept(&Profile::released()), kept(&Profile::paper())), (20, 16, 19));
}

#[test]
fn pairs_that_are_possible_and_drawn() {
    let Some(rows) = rows("dpo_query_eval_score_results.jsonl") else { return };
    let count = |profile: &Profile| -> usize {
        let pairs = |row: &Json| {
            let responses: Vec<_> = row["response"]
                .as_array()
                .unwrap()
                .iter()
                .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_f64()))
                .collect();
            row_pairs(row["query"].as_str().unwrap(), &responses, 0, profile).len()
        };
        rows.iter().map(pairs).sum()
    };
    assert_eq!((count(&Profile::paper()), count(&Profile::released())), (18, 6));
}

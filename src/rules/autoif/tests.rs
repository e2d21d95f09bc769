//! The steps by examples; the numbers on the released sample belong to the command's own tests.

use serde_json::json;

use super::*;
use crate::{
    domain::{Fault, LoadFault, Outcome, OutcomeKind},
    rules::testing::{no, raised, yes},
};

fn answer(source: &str, cases: &str) -> String {
    format!("```json\n{{\"func\": \"{source}\", \"cases\": {cases}}}\n```")
}

#[test]
fn answers_to_functions_and_cases() {
    let one = r#"[{"input": "a", "output": true}, {"input": "b", "output": "False"}, {"input": "c", "output": "odd"}]"#;
    let two = r#"[{"input": "a", "output": "True"}]"#;
    let texts = [
        answer("def evaluate(r): return r == 'a'", one),
        answer("import requests\\ndef evaluate(r): return r == 'a'", two),
        answer("oops(", two),
        "no json".to_owned(),
        answer("x = 1", two),
    ];
    let released = Profile::released();
    let read = read_answers(&texts, &released);
    assert_eq!(read.sources, ["def evaluate(r): return r == 'a'", "oops(", "x = 1"]);
    let places: Vec<_> = read.answers.iter().map(|answer| answer.function).collect();
    assert_eq!(places, [Ok(0), Ok(0), Ok(1), Err("no-function"), Ok(2)]);
    let loads = [Load::Defines, Load::Fails, Load::Lacks];
    let found = trial(&read, &loads, &released);
    assert_eq!(found.functions, [0, 2]);
    assert_eq!(found.fell, [(2, "does-not-load"), (3, "no-function")]);
    let raw = [json!(true), json!("False"), json!("odd"), json!("True")];
    assert_eq!(found.cases.iter().map(|case| case.1.clone()).collect::<Vec<_>>(), raw);

    let paper = Profile::paper();
    let read = read_answers(&texts, &paper);
    assert_eq!(read.sources.len(), 4);
    let found = trial(&read, &[Load::Defines, Load::Fails, Load::Fails, Load::Lacks], &paper);
    assert_eq!(found.functions, [0]);
    assert_eq!(found.cases, [("a".to_owned(), json!(true)), ("b".to_owned(), json!(false))]);
    assert_eq!(found.invalid, 1);
    let conclusion = conclude(&found, &[vec![&yes(), &no()]], &paper);
    assert_eq!((conclusion.kept, conclusion.functions, conclusion.cases), (Ok(()), vec![(0, 1.0)], vec![0, 1]));
    let conclusion = conclude(&found, &[vec![&raised(), &raised()]], &paper);
    assert_eq!(conclusion.kept, Err("no-case"));
}

#[test]
fn only_recommended_reads_leniently() {
    let text = ["{'func': 'def evaluate(r): return True', 'cases': []}"];
    assert!(read_answers(&text, &Profile::paper()).sources.is_empty());
    assert!(read_answers(&text, &Profile::released()).sources.is_empty());
    let read = read_answers(&text, &Profile::recommended());
    assert_eq!(read.sources.len(), 1);
    assert!(!read.answers[0].repairs.is_empty());
}

#[test]
fn loads_by_outcome() {
    let load = |fault| Outcome::quiet(OutcomeKind::Load { fault, error: Fault::default() });
    assert_eq!(Load::of(&load(LoadFault::Syntax)), Load::Fails);
    assert_eq!(Load::of(&load(LoadFault::Missing)), Load::Lacks);
    assert_eq!(Load::of(&raised()), Load::Defines);
}

#[test]
fn queries_of_prompts() {
    assert_eq!(query_of("[instruction] x\n[Query] what [Query]? \n"), Some("what [Query]?"));
    assert_eq!(query_of("[query] what?"), None);
}

#[test]
fn scores_are_filtered() {
    let released = Profile::released();
    assert_eq!(filter_score(&["Score: 9", "**Score: 1**"], &released), (Some(9.0), Ok(())));
    assert_eq!(filter_score(&["Score: 8"], &released).1, Err("below-threshold"));
    assert_eq!(filter_score(&["Score: 8"], &Profile::paper()).1, Ok(()));
    assert_eq!(filter_score(&["Score: 9.5"], &released), (None, Err("no-score")));
    assert_eq!(filter_score::<&str>(&[], &released), (None, Err("no-score")));
}

#[test]
fn pairs_stay_within_positives_and_negatives() {
    let row = [("a", Some(1.0)), ("b", Some(0.5)), ("c", Some(0.0)), ("d", None), ("a", Some(1.0)), ("e", Some(0.3))];
    assert_eq!(row_pairs("q", &row, 0, &Profile::released()), [(0, 2), (1, 2)]);
    assert_eq!(row_pairs("q", &row, 0, &Profile::paper()), [(0, 2)]);
    assert_eq!(row_pairs("q", &row, 0, &Profile::recommended()), [(0, 2)]);
    assert_eq!(row_pairs("q", &row[..2], 0, &Profile::released()), []);
}

#[test]
fn what_cannot_be_verified_is_written_as_nothing() {
    let accuracy = Accuracy { value: 0.0, verifiable: false, booleans: 0, of: 2 };
    assert_eq!(written_accuracy(&accuracy), None);
    assert_eq!(written_accuracy(&Accuracy { verifiable: true, ..accuracy }), Some(0.0));
}

#[test]
fn empty_rows_have_no_prompt() {
    assert_eq!(sft_prompt("use no commas", "what?").as_deref(), Some("What? Use no commas."));
    assert_eq!(sft_prompt("", "what?"), None);
}

//! Pilots and targets: a run over the first instructions says what the whole would give, and a run that has what was
//! asked for stops there. Both are continued by the next run as if nothing had been.

use std::path::Path;

use serde_json::Value;

use crate::cli::{ok, run};

fn demo(home: &Path, name: &str) -> std::path::PathBuf {
    ok(home, &["init", name, "--demo"]);
    home.join(name)
}

fn status(dir: &Path) -> Value {
    serde_json::from_str(&ok(dir, &["status", "--json"])).unwrap()
}

fn number(status: &Value, path: &str) -> u64 {
    status.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("{path} in {status}"))
}

fn pairs(status: &Value) -> u64 {
    number(status, "/datasets/pairs_instruction") + number(status, "/datasets/pairs_query")
}

#[test]
fn a_pilot_says_what_the_whole_would_give_and_the_next_run_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo(home.path(), "pilot");
    let said = ok(&dir, &["run", "--speed", "0", "--limit", "4"]);
    let line = |begin: &str| said.lines().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{said}"));
    let piloted = status(&dir);
    let (sft, all) = (number(&piloted, "/datasets/sft"), pairs(&piloted));
    assert!(line("pilot: 4 of ").contains(&format!("gave {sft} SFT rows and {all} pairs")), "{said}");
    let whole = line("all ");
    assert!(whole.contains(" requests") && whole.contains(" tokens") && whole.contains(" min at this run's speed"));
    assert!(whole.contains("cost ") || whole.contains("no prices are known"), "{whole}");
    let asked = number(&piloted, "/usage/requests");
    ok(&dir, &["run", "--speed", "0", "--limit", "4"]);
    assert_eq!(number(&status(&dir), "/usage/requests"), asked, "the pilot is done");
    ok(&dir, &["run", "--speed", "0"]);
    let other = demo(home.path(), "whole");
    ok(&other, &["run", "--speed", "0"]);
    assert_eq!(ok(&dir, &["digest"]), ok(&other, &["digest"]), "a pilot changes nothing of the whole");
    assert!(number(&status(&dir), "/usage/requests") > asked);
}

#[test]
fn a_target_that_is_reached_ends_the_run_with_what_was_in_flight_kept() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo(home.path(), "target");
    let target = run(&dir, &["run", "--speed", "0", "--target-sft", "3"]);
    assert_eq!(target.status, 0, "{}", target.err);
    let met = status(&dir);
    let asked = number(&met, "/usage/requests");
    assert!(number(&met, "/datasets/sft") >= 3, "{met}");
    let running: u64 = met["stages"].as_array().unwrap().iter().map(|stage| number(stage, "/running")).sum();
    assert_eq!(running, 0);
    ok(&dir, &["run", "--speed", "0", "--target-sft", "3"]);
    assert_eq!(number(&status(&dir), "/usage/requests"), asked, "nothing more is asked for what is there");
    let more = pairs(&met) + 1;
    ok(&dir, &["run", "--speed", "0", "--target-sft", "3", "--target-pairs", &more.to_string()]);
    let both = status(&dir);
    assert!(pairs(&both) >= more && number(&both, "/usage/requests") > asked, "both targets hold: {both}");
    let beyond = run(&dir, &["run", "--speed", "0", "--target-sft", "100000"]);
    assert_eq!(beyond.status, 0, "a run with nothing left to do is done: {}", beyond.err);
    let whole = status(&dir);
    assert!(number(&whole, "/usage/requests") > number(&both, "/usage/requests"), "it had stopped before the end");
}

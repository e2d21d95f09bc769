//! Tests of the demo: the whole loop on the bundled tape, with real execution.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::cli::{assay, ok, run};

fn demo_project(home: &Path, name: &str) -> PathBuf {
    ok(home, &["init", name, "--demo"]);
    home.join(name)
}

fn status(dir: &Path) -> Value {
    serde_json::from_str(&ok(dir, &["status", "--json"])).unwrap()
}

#[test]
fn the_headless_demo_is_whole_and_repeats() {
    let home = tempfile::tempdir().unwrap();
    let first = run(home.path(), &["demo", "--headless", "--speed", "0"]);
    assert_eq!(first.status, 0, "{}", first.err);
    assert!(first.out.contains("cross-validate") && first.out.contains("SFT rows"), "{}", first.out);
    let second = ok(home.path(), &["demo", "--headless", "--speed", "0"]);
    assert_eq!(first.out, second);
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["state"], "the throw-away project went away");
}

/// One undisturbed run, one with another concurrency, and one that is killed again and again: one digest.
#[test]
fn neither_concurrency_nor_kill_changes_the_digest() {
    let home = tempfile::tempdir().unwrap();
    let [calm, narrow, killed] = ["calm", "narrow", "killed"].map(|name| demo_project(home.path(), name));
    let file = narrow.join("assay.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("speed = 1.0", "speed = 1.0\nconcurrency = 1").replace("# workers = 0", "workers = 1"),
    )
    .unwrap();

    ok(&calm, &["run", "--speed", "0"]);
    ok(&narrow, &["run", "--speed", "0"]);
    let digest = ok(&calm, &["digest"]);
    assert_eq!(ok(&narrow, &["digest"]), digest);

    let kills = kill_until_done(&killed);
    assert!(kills > 0, "nothing was killed");
    assert_eq!(ok(&killed, &["digest"]), digest);
    // Every completion is stored once, so none was asked for again after it had been stored.
    assert_eq!(status(&killed)["usage"], status(&calm)["usage"]);

    let (a, b) = (home.path().join("a"), home.path().join("b"));
    ok(&calm, &["export", "llamafactory", a.to_str().unwrap()]);
    ok(&killed, &["export", "llamafactory", b.to_str().unwrap()]);
    ok(&calm, &["export", "--check", b.to_str().unwrap()]);
    for name in ["autoif_sft.json", "autoif_dpo.json", "autoif_dpo_instruction.json", "manifest.json"] {
        assert_eq!(fs::read(a.join(name)).unwrap(), fs::read(b.join(name)).unwrap(), "{name}");
    }
    rows_agree(&calm, &a);
}

/// Kills the run with SIGKILL each time it has stored some more completions. Returns how often.
fn kill_until_done(dir: &Path) -> u32 {
    let mut kills = 0;
    loop {
        let before = status(dir)["usage"]["requests"].as_u64().unwrap();
        let mut child =
            assay(dir, &["run", "--speed", "0"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(120);
        let ended = loop {
            if let Some(ended) = child.try_wait().unwrap() {
                break Some(ended);
            }
            let now = status(dir)["usage"]["requests"].as_u64().unwrap();
            if now >= before + 120 || Instant::now() > deadline {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            thread::sleep(Duration::from_millis(50));
        };
        match ended {
            Some(ended) => {
                assert!(ended.success(), "{ended}");
                return kills;
            }
            None => kills += 1,
        }
        assert!(kills < 50, "it makes no progress");
    }
}

/// What is exported is what the status counts.
fn rows_agree(dir: &Path, export: &Path) {
    let counts = &status(dir)["datasets"];
    let rows = |name: &str| {
        let rows: Vec<Value> = serde_json::from_slice(&fs::read(export.join(name)).unwrap()).unwrap();
        rows.len() as u64
    };
    assert_eq!(counts["sft"].as_u64(), Some(rows("autoif_sft.json")));
    assert_eq!(counts["pairs_query"].as_u64(), Some(rows("autoif_dpo.json")));
    assert_eq!(counts["pairs_instruction"].as_u64(), Some(rows("autoif_dpo_instruction.json")));
    assert!(rows("autoif_sft.json") > 0 && rows("autoif_dpo.json") > 0);
}

/// Every option beside the published rules, in all three profiles, over one finished project: what status counts is what
/// an export holds, what falls says why, and no model is asked.
#[test]
fn options_hold_in_all_profiles() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo_project(home.path(), "p");
    ok(&dir, &["run", "--speed", "0"]);
    let file = dir.join("assay.toml");
    let usual = fs::read_to_string(&file).unwrap();
    let out = home.path().join("out");
    for profile in ["paper", "released", "recommended"] {
        // What functions see differs in `released`, and so do the functions whose labels count.
        ok(&dir, &["run", "--speed", "0", "--profile", profile]);
        let requests = status(&dir)["usage"]["requests"].clone();
        let with = |rules: &str| {
            let text = usual.replace("profile = \"recommended\"", &format!("profile = \"{profile}\""));
            fs::write(&file, text.replace("[rules]\n", &format!("[rules]\n{rules}\n"))).unwrap();
            let found = status(&dir);
            assert_eq!(found["usage"]["requests"], requests);
            for stage in found["stages"].as_array().unwrap() {
                let parts = ["kept", "dropped", "failed", "pending", "running", "stale"];
                let sum: u64 = parts.iter().map(|part| stage[part].as_u64().unwrap()).sum();
                assert_eq!(stage["in"].as_u64(), Some(sum), "{profile} {rules}: {stage}");
            }
            ok(&dir, &["export", "llamafactory", out.to_str().unwrap()]);
            counts_agree(&found, &out, &format!("{profile} {rules}"));
            found
        };
        let base = with("");
        let sft = |found: &Value| found["datasets"]["sft"].as_u64().unwrap();
        let reason = |found: &Value, id: &str, reason: &str| {
            let stages = found["stages"].as_array().unwrap();
            let stage = stages.iter().find(|stage| stage["stage"] == id).unwrap();
            stage["reasons"][reason].as_u64().unwrap_or(0)
        };
        let band = with("pass_rate_from = 0.3\npass_rate_to = 0.7");
        assert!(sft(&band) < sft(&base) && reason(&band, "score", "pass-rate") > 0, "{profile}: {band}");
        let capped = with("sft_per_instruction = 1\npairs_per_instruction = 1");
        assert_eq!(sft(&capped) + reason(&capped, "sft", "cap"), sft(&base), "{profile}: {capped}");
        assert!(reason(&capped, "sft", "cap") > 0 && reason(&capped, "pairs", "cap") > 0, "{profile}: {capped}");
        let balanced = with("category_share = 0.2\nlanguage_share = 0.6");
        assert_eq!(sft(&balanced) + reason(&balanced, "sft", "balance"), sft(&base), "{profile}: {balanced}");
        assert!(sft(&balanced) < sft(&base) && sft(&balanced) > 0, "{profile}: {balanced}");
        with("conflicts = \"leave-out\"");
    }
}

fn counts_agree(found: &Value, export: &Path, what: &str) {
    let rows = |name: &str| {
        let rows: Vec<Value> = serde_json::from_slice(&fs::read(export.join(name)).unwrap()).unwrap();
        rows.len() as u64
    };
    let counts = &found["datasets"];
    assert_eq!(counts["sft"].as_u64(), Some(rows("autoif_sft.json")), "{what}");
    assert_eq!(counts["pairs_query"].as_u64(), Some(rows("autoif_dpo.json")), "{what}");
    assert_eq!(counts["pairs_instruction"].as_u64(), Some(rows("autoif_dpo_instruction.json")), "{what}");
}

/// One option orders the prompts of rows and pairs; by default models are asked in the same words, so that answers to
/// the other order are out of date.
#[test]
fn the_order_of_prompts_is_one_option() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo_project(home.path(), "p");
    ok(&dir, &["run", "--speed", "0"]);
    let file = dir.join("assay.toml");
    let usual = fs::read_to_string(&file).unwrap();
    let prompts = |order: &str| {
        fs::write(&file, usual.replace("order = \"instruction-first\"", order)).unwrap();
        let out = home.path().join("out");
        ok(&dir, &["export", "llamafactory", out.to_str().unwrap()]);
        ["autoif_sft.json", "autoif_dpo.json"].map(|name| {
            let rows: Vec<Value> = serde_json::from_slice(&fs::read(out.join(name)).unwrap()).unwrap();
            rows.iter().map(|row| row["instruction"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        })
    };
    let first = prompts("order = \"instruction-first\"");
    let turned = prompts("order = \"query-first\"\nrespond = false");
    for (first, turned) in first.iter().zip(&turned) {
        assert_eq!(first.len(), turned.len());
        for (first, turned) in first.iter().zip(turned) {
            let (instruction, query) = first.split_once('\n').unwrap();
            assert_eq!(*turned, format!("{query}\n{instruction}"));
        }
    }
    let drawn = prompts("order = \"templates\"\nrespond = false\ntemplates = [\"{query} ({instruction})\"]");
    assert!(drawn.iter().flatten().all(|prompt| prompt.ends_with(')')));
    let stale = prompts("order = \"query-first\"");
    assert_eq!(stale.map(|rows| rows.len()), [0, 0], "the responses were sampled for other prompts");
    let respond = &status(&dir)["stages"][6];
    assert!(respond["stage"] == "respond" && respond["stale"].as_u64().unwrap() > 0, "{respond}");
}

#[test]
fn events_are_one_object_a_line() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo_project(home.path(), "p");
    let out = ok(&dir, &["run", "--speed", "0", "--until", "cross-validate", "--json"]);
    let events: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for event in &events {
        assert!(event["event"].is_string() && event["at"].is_string(), "{event}");
    }
    assert_eq!(events[0]["event"], "started");
    assert!(events.iter().any(|event| event["event"] == "item" && event["item"].is_string()));
    assert!(events.iter().any(|event| event["event"] == "stage" && event["stage"] == "cross-validate"));
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["status"]), (&"finished".into(), &0.into()));
    assert!(last["datasets"].is_object());
    items_make_up_the_counts(&events, last["stages"].as_array().unwrap());
    // The same command again has nothing left to do.
    let requests = status(&dir)["usage"]["requests"].clone();
    ok(&dir, &["run", "--speed", "0", "--until", "cross-validate"]);
    assert_eq!(status(&dir)["usage"]["requests"], requests);
}

/// By their last states, the items of each stage are its counts.
fn items_make_up_the_counts(events: &[Value], stages: &[Value]) {
    let text = |event: &Value, field: &str| event[field].as_str().unwrap_or_default().to_owned();
    let items = events.iter().filter(|event| event["event"] == "item");
    let last: HashMap<_, _> =
        items.map(|event| ((text(event, "stage"), text(event, "item")), text(event, "state"))).collect();
    for stage in stages {
        for state in ["kept", "dropped", "failed", "pending", "running", "stale"] {
            let told = last.iter().filter(|((of, _), now)| *of == text(stage, "stage") && *now == state).count();
            assert_eq!(stage[state].as_u64(), Some(told as u64), "{state} of {stage}");
        }
    }
    assert!(last.keys().any(|(stage, item)| stage == "verifiers" && item.starts_with("fn:")));
}

/// A reader of stderr that goes away ends nothing; one of stdout leaves the run incomplete.
#[test]
fn a_reader_that_has_enough_of_a_run() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo_project(home.path(), "p");
    let piped = |args: &[&str]| assay(&dir, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut child = piped(&["run", "--speed", "0", "--until", "verifiers", "--json"]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(3), b"".as_slice()));
    let mut child = piped(&["run", "--speed", "0", "--until", "verifiers"]);
    drop(child.stderr.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("verifiers"));
}

#[test]
fn an_interrupt_ends_with_3_and_the_same_command_continues() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo_project(home.path(), "p");
    let child = assay(&dir, &["run", "--speed", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let waited = Instant::now();
    while status(&dir)["usage"]["requests"].as_u64().unwrap() == 0 {
        assert!(waited.elapsed() < Duration::from_secs(120), "nothing was asked");
        thread::sleep(Duration::from_millis(100));
    }
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
    ok(&dir, &["run", "--speed", "0", "--limit", "2", "--until", "verifiers"]);
}

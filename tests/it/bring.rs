//! Tests of taking in what was made elsewhere: verifiers and responses.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::cli::{ok, run};

/// The functions that come with the program.
const VERIFIERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/verifiers.jsonl");

/// A project that asks for little, by the keys of its configuration.
fn project(home: &Path, change: impl Fn(&mut toml::Table)) -> PathBuf {
    ok(home, &["init", "p"]);
    let dir = home.join("p");
    let mut config: toml::Table = fs::read_to_string(dir.join("assay.toml")).unwrap().parse().unwrap();
    let mut set = |section: &str, key: &str, value: toml::Value| {
        let at = section.split('.').fold(&mut config, |table, name| table[name].as_table_mut().unwrap());
        at.insert(key.into(), value);
    };
    set("pipeline", "self_instruct", false.into());
    set("calls.verifiers", "samples", 1.into());
    change(&mut config);
    fs::write(dir.join("assay.toml"), config.to_string()).unwrap();
    dir
}

fn status(dir: &Path) -> Value {
    serde_json::from_str(&ok(dir, &["status", "--json"])).unwrap()
}

fn stage(status: &Value, id: &str) -> Value {
    status["stages"].as_array().unwrap().iter().find(|stage| stage["stage"] == id).unwrap().clone()
}

#[test]
fn imported_verifiers_take_part_and_nobody_is_asked_for_them() {
    let home = tempfile::tempdir().unwrap();
    let dir = project(home.path(), |_| {});
    let said = ok(&dir, &["import", "verifiers", VERIFIERS]);
    assert_eq!(said, "verifiers: 20 read, 20 new, 0 there already, 60 new cases, 20 new instructions\n");
    let digest = ok(&dir, &["digest"]);
    let said = ok(&dir, &["import", "verifiers", VERIFIERS]);
    assert_eq!(said, "verifiers: 20 read, 0 new, 20 there already\n");
    assert_eq!(ok(&dir, &["digest"]), digest, "taking in the same again changes nothing");

    ok(&dir, &["run", "--offline", "--until", "cross-validate"]);
    let status = status(&dir);
    assert_eq!(status["usage"]["requests"], 0, "what is there is not asked for");
    for id in ["self-instruct", "verifiers", "cross-validate"] {
        let stage = stage(&status, id);
        assert_eq!((&stage["in"], &stage["kept"]), (&json!(20), &json!(20)), "{stage}");
    }
    // By the rules of the scripts three functions and ten cases are too few to begin with.
    let released = run(&dir, &["run", "--offline", "--until", "cross-validate", "--profile", "released", "--json"]);
    let last: Value = serde_json::from_str(released.out.lines().last().unwrap()).unwrap();
    assert_eq!(stage(&last, "cross-validate")["reasons"], json!({ "too-few-functions": 20 }), "{last}");
}

#[test]
fn a_second_function_and_further_cases_are_added() {
    let home = tempfile::tempdir().unwrap();
    let dir = project(home.path(), |_| {});
    let first = fs::read_to_string(VERIFIERS).unwrap();
    let mut row: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    let cases = row["cases"].take();
    row["cases"] = json!([cases[0]]);
    let file = home.path().join("v.jsonl");
    let import = |row: &Value| {
        fs::write(&file, format!("\n{row}\n")).unwrap();
        ok(&dir, &["import", "verifiers", file.to_str().unwrap()])
    };
    assert!(import(&row).contains("1 new, 0 there already, 1 new case, 1 new instruction"));
    row["cases"] = json!([cases[0], [cases[1]["input"], cases[1]["output"]]]);
    assert_eq!(import(&row), "verifiers: 1 read, 0 new, 1 there already, 1 new case\n");
    row["source"] = "def evaluate(response):\n    return bool(response)\n".into();
    assert_eq!(import(&row), "verifiers: 1 read, 1 new, 0 there already, 2 new cases\n");
    let id = ok(&dir, &["run", "--offline", "--until", "cross-validate", "--json"]);
    let id = id.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let id =
        id.filter_map(|event| event["item"].as_str().map(str::to_owned)).find(|id| id.starts_with("seed:")).unwrap();
    row.as_object_mut().unwrap().remove("instruction");
    row["id"] = id[..13].into();
    assert_eq!(import(&row), "verifiers: 1 read, 0 new, 1 there already\n", "by the beginning of its id");
    assert_eq!(stage(&status(&dir), "verifiers")["in"], 2, "both count, whatever K is");
}

#[test]
fn rows_that_cannot_be_taken_say_where() {
    let home = tempfile::tempdir().unwrap();
    let dir = project(home.path(), |_| {});
    let file = home.path().join("rows.jsonl");
    let good = r#"{"instruction": "Use no commas.", "source": "x", "cases": []}"#;
    for (kind, row, words) in [
        ("verifiers", r#"{"source": "x"}"#, ["line 2", "field `instruction` is missing"]),
        ("verifiers", r#"{"instruction": "a"}"#, ["line 2", "field `source` is missing"]),
        ("verifiers", r#"{"instruction": "a", "source": " "}"#, ["field `source` is empty", "nothing was imported"]),
        ("verifiers", r#"{"instruction": "a", "source": "x", "cases": [{"input": 1}]}"#, ["line 2", "`cases[0]`"]),
        ("verifiers", r#"{"instruction": "a", "source": "x", "cases": [["b"]]}"#, ["`cases[0]`", "a list of 2"]),
        ("verifiers", r#"{"id": "seed:00", "source": "x"}"#, ["line 2: field `id`", "not in this project"]),
        ("verifiers", r#"{"id": "resp:00", "source": "x"}"#, ["field `id`", "no id of a seed or ins"]),
        ("verifiers", r#"{"instruction": "a","#, ["line 2", "is not JSON"]),
        ("verifiers", "[]", ["line 2", "expected an object"]),
        ("responses", r#"{"instruction": "a", "response": "b"}"#, ["line 2", "field `query` is missing"]),
        (
            "responses",
            r#"{"instruction": "a", "query_id": "query:00", "response": "b"}"#,
            ["`query_id`", "not in this"],
        ),
        ("responses", r#"{"instruction": "a", "query": "b", "response": 3}"#, ["line 2", "expected a string"]),
    ] {
        let first = if kind == "verifiers" { good } else { r#"{"instruction": "a", "query": "q", "response": "r"}"# };
        fs::write(&file, format!("{first}\n{row}\n")).unwrap();
        let said = run(&dir, &["import", kind, file.to_str().unwrap()]);
        assert_eq!(said.status, 1, "{row}: {}{}", said.out, said.err);
        for word in words {
            assert!(said.err.contains(word), "{row}: {} lacks {word}", said.err);
        }
        assert!(said.err.contains("rows.jsonl"), "{}", said.err);
    }
    fs::write(&file, format!("{good}\n")).unwrap();
    let said = ok(&dir, &["import", "verifiers", file.to_str().unwrap()]);
    assert!(said.contains("1 new instruction"), "nothing of the refused files was taken in: {said}");
}

/// A response of one's own beside a demo task's: it is verified like a model's.
#[test]
fn imported_responses_are_verified() {
    let home = tempfile::tempdir().unwrap();
    ok(home.path(), &["init", "p", "--demo"]);
    let (dir, out) = (home.path().join("p"), home.path().join("out"));
    ok(&dir, &["run", "--speed", "0"]);
    ok(&dir, &["export", "llamafactory", out.to_str().unwrap()]);
    let rows: Vec<Value> = serde_json::from_slice(&fs::read(out.join("autoif_sft.json")).unwrap()).unwrap();
    let (instruction, query) = rows[0]["instruction"].as_str().unwrap().split_once('\n').unwrap();
    let file = home.path().join("r.jsonl");
    let row = |response: &str| json!({ "instruction": instruction, "query": query, "response": response });
    let same = row(rows[0]["output"].as_str().unwrap());
    fs::write(&file, format!("{same}\n{}\n", row("a short answer of my own"))).unwrap();
    let before = status(&dir);
    let said = ok(&dir, &["import", "responses", file.to_str().unwrap()]);
    assert_eq!(said, "responses: 2 read, 1 new, 1 there already\n");
    let said = ok(&dir, &["import", "responses", file.to_str().unwrap()]);
    assert_eq!(said, "responses: 2 read, 0 new, 2 there already\n");
    ok(&dir, &["run", "--offline", "--until", "verify"]);
    let after = status(&dir);
    for id in ["respond", "verify"] {
        let more = stage(&after, id)["in"].as_u64().unwrap() - stage(&before, id)["in"].as_u64().unwrap();
        assert_eq!(more, 1, "{id}");
    }
    assert_eq!(after["usage"], before["usage"]);
}

/// The response half on real samples of a small model: `ASSAY_LIVE_URL=http://127.0.0.1:18111/v1 cargo test live`.
#[test]
fn live_responses_to_imported_verifiers() {
    let Ok(url) = std::env::var("ASSAY_LIVE_URL") else {
        eprintln!("skipped: ASSAY_LIVE_URL is not set");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let dir = project(home.path(), |config| {
        let endpoint = config["endpoints"]["main"].as_table_mut().unwrap();
        endpoint.insert("base_url".into(), url.clone().into());
        endpoint.insert("model".into(), "smollm2-135m".into());
        endpoint.insert("concurrency".into(), 4.into());
        for (call, samples, tokens) in [("respond", 4, 96), ("score", 1, 48), ("back_translate", 1, 48)] {
            let call = config["calls"][call].as_table_mut().unwrap();
            call.insert("samples".into(), samples.into());
            call.insert("max_tokens".into(), tokens.into());
        }
        config["consistency"].as_table_mut().unwrap().insert("by".into(), "off".into());
        config["pipeline"].as_table_mut().unwrap().insert("queries_per_instruction".into(), 1.into());
    });
    let few: Vec<String> = fs::read_to_string(VERIFIERS).unwrap().lines().take(4).map(str::to_owned).collect();
    let file = home.path().join("few.jsonl");
    fs::write(&file, few.join("\n")).unwrap();
    ok(&dir, &["import", "verifiers", file.to_str().unwrap()]);
    ok(&dir, &["import", "queries", concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/queries.en.jsonl")]);
    ok(&dir, &["run", "--patience", "300"]);
    let status = status(&dir);
    println!("{status:#}");
    let respond = stage(&status, "respond");
    assert_eq!(respond["in"], 16, "four instructions, one query, K = 4");
    assert_eq!(stage(&status, "verify")["in"], respond["kept"]);
    for stage in status["stages"].as_array().unwrap() {
        assert_eq!((&stage["pending"], &stage["running"]), (&0.into(), &0.into()), "{stage}");
    }
}

//! Tests of whole runs against a small real model: `ASSAY_LIVE_SERVE=tests/tools/serve-smollm2 cargo test live`. The
//! model writes poor verifiers, so what counts is that the run ends, says why things fell, and survives its server.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    cli::{assay, ok},
    llm::live::{Served, free_port},
};

/// A project of few and short requests.
fn small_project(home: &Path, port: u16) -> PathBuf {
    ok(home, &["init", "live"]);
    let dir = home.join("live");
    let mut config: toml::Table = fs::read_to_string(dir.join("assay.toml")).unwrap().parse().unwrap();
    let endpoint = config["endpoints"]["main"].as_table_mut().unwrap();
    endpoint.insert("base_url".into(), format!("http://127.0.0.1:{port}/v1").into());
    endpoint.insert("model".into(), "smollm2-135m".into());
    endpoint.insert("concurrency".into(), 4.into());
    endpoint.insert("attempts".into(), 2.into());
    for (call, samples) in [("self_instruct", 1), ("verifiers", 2), ("respond", 2)] {
        let call = config["calls"][call].as_table_mut().unwrap();
        call.insert("samples".into(), samples.into());
        call.insert("max_tokens".into(), 160.into());
    }
    config["pipeline"].as_table_mut().unwrap().insert("instructions_per_call".into(), 4.into());
    config["pipeline"].as_table_mut().unwrap().insert("queries_per_instruction".into(), 1.into());
    fs::write(dir.join("assay.toml"), config.to_string()).unwrap();
    for file in ["instructions.en.jsonl", "instructions.zh.jsonl", "queries.zh.jsonl"] {
        fs::remove_file(dir.join("seeds").join(file)).unwrap();
    }
    fs::write(dir.join("seeds/instructions.txt"), "Use no commas.\nAnswer in capital letters only.\n").unwrap();
    dir
}

fn requests(dir: &Path) -> u64 {
    let status: Value = serde_json::from_str(&ok(dir, &["status", "--json"])).unwrap();
    status["usage"]["requests"].as_u64().unwrap()
}

#[test]
fn live_a_run_survives_its_server_and_ends() {
    let Ok(script) = std::env::var("ASSAY_LIVE_SERVE") else {
        eprintln!("skipped: ASSAY_LIVE_SERVE is not set");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let port = free_port();
    let server = Served::start(&script, port);
    let dir = small_project(home.path(), port);
    let said = home.path().join("said");
    let mut run = assay(&dir, &["run", "--patience", "300"]);
    let run = run.stdout(Stdio::piped()).stderr(fs::File::create(&said).unwrap()).spawn().unwrap();

    wait_until("a completion is stored", || requests(&dir) > 0);
    drop(server);
    wait_until("the run notices", || fs::read_to_string(&said).unwrap().contains("127.0.0.1"));
    let server = Served::start(&script, port);

    let output = run.wait_with_output().unwrap();
    let said = fs::read_to_string(&said).unwrap();
    assert!(output.status.success(), "{:?}: {said}", output.status);
    assert!(said.contains("answers again"), "{said}");
    let status: Value = serde_json::from_str(&ok(&dir, &["status", "--json"])).unwrap();
    for stage in status["stages"].as_array().unwrap() {
        assert_eq!((&stage["pending"], &stage["running"]), (&0.into(), &0.into()), "{stage}");
        let fell = stage["dropped"].as_u64().unwrap() + stage["failed"].as_u64().unwrap();
        let reasons: u64 = stage["reasons"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        assert_eq!(fell, reasons, "everything that fell has a reason: {stage}");
    }
    // Nothing is left to ask, even with the server gone.
    drop(server);
    let before = requests(&dir);
    ok(&dir, &["run"]);
    assert_eq!(requests(&dir), before);
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(600), "waited in vain until {what}");
        thread::sleep(Duration::from_millis(200));
    }
}

//! What isolation costs: a fresh verifier with ten texts, one more check with its restore, and the same work in this
//! machine's own CPython, in one run, so that ratios mean something. `cargo bench --bench sandbox`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking and talks to a person"
)]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use assay::{
    domain::{Outcome, OutcomeKind, Value},
    sandbox::{Batch, Options, Sandbox, Status, Text},
};
use criterion::Criterion;
use serde::Deserialize;

const VERIFIERS: [&str; 6] = [
    "def evaluate(response):\n    return 20 <= len(response.split()) <= 60\n",
    "import re\ndef evaluate(response):\n    lines = [l for l in response.splitlines() if l.strip()]\n    return bool(lines) and all(re.match(r'^(\\d+\\.|-)\\s+\\S', l) for l in lines)\n",
    "import json\ndef evaluate(response):\n    try:\n        return isinstance(json.loads(response), dict)\n    except ValueError:\n        return False\n",
    "import re\ndef syllables(word):\n    return max(1, len(re.findall(r'[aeiouy]+', word.lower())))\ndef evaluate(response):\n    words = re.findall(r\"[A-Za-z']+\", response)\n    return sum(map(syllables, words)) % 2 == 0\n",
    "import re\ndef evaluate(response):\n    sentences = [s for s in re.split(r'(?<=[.!?])\\s+', response) if s]\n    return all(s[0].isupper() and len(s.split()) < 25 for s in sentences)\n",
    "import unicodedata\nfrom collections import Counter\ndef evaluate(response):\n    kinds = Counter(unicodedata.category(c) for c in unicodedata.normalize('NFKD', response))\n    return kinds['Mn'] == 0 and kinds['Lu'] > 3\n",
];

fn texts(count: usize) -> Vec<String> {
    let words =
        ["The", "quick", "answer", "is", "forty-two", "café", "naïve", "because", "Nobody", "asked", "why", "again"];
    let sentence = |n: usize| {
        let body: Vec<_> = (0..6 + n % 9).map(|i| words[(i * 5 + n * 7) % words.len()]).collect();
        format!("{}{} ", body.join(" "), [".", "!", "?"][n % 3])
    };
    (0..count)
        .map(|n| match n % 5 {
            0 => format!("{{\"answer\": {n}, \"words\": [\"a\", \"b\"]}}"),
            1 => (0..5).map(|i| format!("{}. {}\n", i + 1, sentence(n + i))).collect(),
            _ => (0..3 + n % 7).map(|i| sentence(n * 3 + i)).collect(),
        })
        .collect()
}

fn start(workers: usize) -> Sandbox {
    let cache_dir = Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("assay-cache"));
    let sandbox = Sandbox::start(Options { cache_dir, workers, ..Options::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut status = sandbox.status();
    runtime.block_on(status.wait_for(|s| !matches!(s, Status::Preparing { .. }))).unwrap();
    sandbox
}

fn batch(sources: &[String], texts: &[String]) -> Batch {
    let sources = sources.iter().map(|s| Arc::from(s.as_str())).collect();
    Batch::matrix(sources, texts.iter().map(|t| Text::from(t.as_str())).collect())
}

fn run(sandbox: &Sandbox, batch: Batch) -> (Duration, Vec<Outcome>) {
    let start = Instant::now();
    let outcomes = sandbox.run(batch).unwrap().blocking_collect().unwrap();
    (start.elapsed(), outcomes)
}

/// CPU time of this process, all threads: what a busy machine does not change. Wall time where there is no `/proc`.
fn process_cpu() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = || {
        let dir = std::fs::read_dir("/proc/self/task").ok()?;
        let nanos = |task: std::fs::DirEntry| -> Option<u64> {
            std::fs::read_to_string(task.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
        };
        Some(Duration::from_nanos(dir.flatten().filter_map(nanos).sum()))
    };
    told().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed())
}

fn cpu_of(sandbox: &Sandbox, batch: Batch) -> (Duration, Vec<Outcome>) {
    let start = process_cpu();
    let (_, outcomes) = run(sandbox, batch);
    (process_cpu().saturating_sub(start), outcomes)
}

fn booleans(outcomes: &[Outcome]) -> Vec<Option<bool>> {
    let boolean = |o: &Outcome| match o.kind {
        OutcomeKind::Returned { value: Value::Bool(value), .. } => Some(value),
        _ => None,
    };
    outcomes.iter().map(boolean).collect()
}

#[derive(Deserialize)]
struct Native {
    ns: u64,
    results: Vec<Vec<Option<bool>>>,
}

/// The work in this machine's CPython; nothing where there is none.
fn native(mode: &str, sources: &[String], texts: &[String], rounds: usize) -> Option<(Duration, Vec<Option<bool>>)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/python/native.py");
    let mut python = Command::new("python3");
    python.arg("-I").arg(script).arg(mode).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().ok()?;
    let work = serde_json::json!({ "sources": sources, "texts": texts, "rounds": rounds });
    child.stdin.take()?.write_all(work.to_string().as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let told: Native = serde_json::from_slice(&output.stdout).ok()?;
    Some((Duration::from_nanos(told.ns), told.results.into_iter().flatten().collect()))
}

fn criterion_groups(sandbox: &Sandbox) {
    let mut criterion = Criterion::default().configure_from_args();
    let (sources, ten) = (VERIFIERS.map(String::from), texts(10));
    criterion.bench_function("fresh verifier, 10 texts", |b| {
        b.iter_custom(|n| {
            let many: Vec<String> = (0..n).map(|i| format!("{}# {i}\n", sources[i as usize % sources.len()])).collect();
            run(sandbox, batch(&many, &ten)).0
        });
    });
    criterion.bench_function("one check with its restore", |b| {
        b.iter_custom(|n| {
            let many: Vec<String> = ten.iter().cycle().take(n as usize).cloned().collect();
            run(sandbox, batch(&sources[..1], &many)).0
        });
    });
    criterion.final_summary();
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn cycle_ratios(sandbox: &Sandbox) {
    const ROUNDS: usize = 200;
    let ten = texts(10);
    println!("\nfresh verifier with 10 texts, microseconds of CPU (the ten calls alone in brackets)");
    for source in VERIFIERS.map(String::from) {
        // Each a source of its own, as one seen before would not be loaded again.
        let sources: Vec<String> = (0..ROUNDS).map(|n| format!("{source}# {n}\n")).collect();
        let (took, outcomes) = cpu_of(sandbox, batch(&sources, &ten));
        let inside: u64 = outcomes.iter().map(|o| o.cpu_us).sum();
        let ours = micros(took) / ROUNDS as f64;
        let name = source.lines().next().unwrap_or_default();
        match native("cycle", std::slice::from_ref(&source), &ten, ROUNDS) {
            Some((theirs, results)) => {
                assert_eq!(booleans(&outcomes[..10]), results, "{source}");
                let theirs = micros(theirs);
                println!(
                    "{name:<40} {ours:8.0} ({:6.0})  native {theirs:8.0}  ratio {:.2}",
                    inside as f64 / ROUNDS as f64,
                    ours / theirs
                );
            }
            None => println!("{name:<40} {ours:8.0} ({:6.0})  no python3 here", inside as f64 / ROUNDS as f64),
        }
    }
}

/// A process per check, as a careful script would isolate.
fn process_ratio(sandbox: &Sandbox) {
    let (sources, one) = ([VERIFIERS[0].to_owned()], texts(1));
    let program = format!("{}import sys\nsys.exit(0 if evaluate(sys.argv[1]) else 1)", VERIFIERS[0]);
    let start = Instant::now();
    for _ in 0..20 {
        let Ok(status) = Command::new("python3").args(["-I", "-c", &program, &one[0]]).status() else { return };
        assert!(status.code().is_some());
    }
    let theirs = micros(start.elapsed()) / 20.0;
    let ours = micros(run(sandbox, batch(&vec![sources[0].clone(); 200], &one)).0) / 200.0;
    println!(
        "\none check, isolated: {ours:.0} us here, {theirs:.0} us as a process of its own: {:.0} times faster",
        theirs / ours
    );
}

/// The released cross-validation's work: 200 instructions x 8 functions x 24 cases. The released loop has one thread.
fn released_ratio() {
    let sandbox = start(0);
    let sources: Vec<String> = (0..1600).map(|n| format!("{}# variant {n}\n", VERIFIERS[n % 6])).collect();
    let cases = texts(24);
    let wall = Instant::now();
    let (ours, outcomes) = cpu_of(&sandbox, batch(&sources, &cases));
    println!("\n200 instructions x 8 functions x 24 cases, seconds");
    println!(
        "here: {:.2} of CPU, {:.2} of wall time on all cores, isolated",
        ours.as_secs_f64(),
        wall.elapsed().as_secs_f64()
    );
    if let Some((theirs, results)) = native("released", &sources, &cases, 1) {
        assert_eq!(booleans(&outcomes), results);
        let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
        println!("released loop: {:.2} of CPU: {ratio:.2} times ours", theirs.as_secs_f64());
    }
}

fn main() {
    let sandbox = start(1);
    criterion_groups(&sandbox);
    // `cargo test --benches` and name filters want no more than that.
    if std::env::args().any(|arg| arg == "--bench") && std::env::args().len() <= 2 {
        cycle_ratios(&sandbox);
        process_ratio(&sandbox);
        released_ratio();
    }
}

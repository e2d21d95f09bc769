//! The same work in this machine's own CPython, which isolates nothing.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde::Deserialize;

const SCRIPT: &str = include_str!("../../../assets/bench/native.py");

/// What its loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loop {
    /// Each source in a fresh namespace, then all texts: what one fresh verifier costs.
    Cycle,
    /// The released cross-validation's, re-enacted: the source is executed anew for every case, with an alarm around
    /// each call.
    Released,
}

/// What it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Native {
    /// CPU time of the loop; of one source where it is [`Loop::Cycle`].
    pub cpu: Duration,
    /// Wall time of the whole process.
    pub wall: Duration,
    /// What every function said of every text; nothing where it raised or returned something else.
    pub said: Vec<Option<bool>>,
}

#[derive(Deserialize)]
struct Told {
    ns: u64,
    results: Vec<Vec<Option<bool>>>,
}

/// Runs it; nothing where there is no `python3` or it does not answer.
pub fn run(way: Loop, sources: &[String], texts: &[String], rounds: usize) -> Option<Native> {
    let start = Instant::now();
    let mode = if way == Loop::Cycle { "cycle" } else { "released" };
    let mut python = Command::new("python3");
    python.args(["-I", "-c", SCRIPT, mode]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = python.spawn().ok()?;
    let work = serde_json::json!({ "sources": sources, "texts": texts, "rounds": rounds });
    // Where the other end is gone, waiting tells why.
    let sent = child.stdin.take().map(|mut stdin| stdin.write_all(work.to_string().as_bytes()));
    let output = child.wait_with_output().ok()?;
    sent?.ok()?;
    let told: Told = serde_json::from_slice(&output.stdout).ok()?;
    let said = told.results.into_iter().flatten().collect();
    Some(Native { cpu: Duration::from_nanos(told.ns), wall: start.elapsed(), said })
}

/// Wall time of one check in a process of its own.
pub fn process(source: &str, text: &str, rounds: u32) -> Option<Duration> {
    let program = format!("{source}\nimport sys\nsys.exit(0 if evaluate(sys.argv[1]) else 1)");
    let start = Instant::now();
    for _ in 0..rounds {
        Command::new("python3").args(["-I", "-c", &program, text]).status().ok()?.code()?;
    }
    Some(start.elapsed() / rounds)
}

//! What an instruction costs as a project grows: self-instruct calls of twenty lines, one verifier answer each, under rules
//! that need sums over the whole project. Models answer at once, in this process; where nothing is quadratic the last
//! column stays as it is.
//!
//! `cargo bench --bench growth [-- INSTRUCTIONS...]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measurement, run by hand")]
#![allow(missing_docs, reason = "a program")]

use std::{sync::Arc, time::Duration};

use assay::{
    domain::Stage,
    llm::{Endpoint, Endpoints},
    pipeline::{Ended, Parts, RunOptions, start},
    sandbox::{Options, Sandbox, Status},
    store::Lease,
};

mod model;

use model::{LINES, Model, project};

/// CPU time of this process, all threads.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let sizes = if arguments.is_empty() { vec![1000, 2000, 4000, 8000, 16_000] } else { arguments };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("{:>12} {:>10} {:>22}", "instructions", "CPU (s)", "an instruction (ms)");
    for size in sizes {
        let dir = tempfile::tempdir().unwrap();
        let project = project(dir.path(), size / LINES);
        let spent = runtime.block_on(async {
            // Nothing is executed; what preparing costs is not counted.
            let sandbox = Sandbox::start(Options::default());
            let ready = |status: &Status| !matches!(status, Status::Preparing { .. });
            sandbox.status().wait_for(ready).await.unwrap();
            let lease = Ok(Lease::acquire(dir.path()).unwrap());
            let endpoints = Endpoints::of([Arc::new(Model(64)) as Arc<dyn Endpoint>]);
            let until = Some(Stage::Verifiers);
            // A target is looked at after every instruction.
            let options = RunOptions { headless: true, until, target_sft: Some(1), ..RunOptions::default() };
            let before = cpu();
            let running = start(Parts { project, lease, endpoints, sandbox, options });
            let ended = tokio::task::spawn_blocking(move || running.thread.join()).await.unwrap().unwrap().unwrap();
            assert_eq!(ended, Ended::Done);
            cpu() - before
        });
        println!("{size:>12} {:>10.2} {:>22.3}", spent.as_secs_f64(), spent.as_secs_f64() * 1e3 / size as f64);
    }
}

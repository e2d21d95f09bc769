//! What an instruction costs as a project grows: self-instruct calls of twenty lines, one verifier answer each, under rules
//! that need sums over the whole project. Models answer at once, in this process; where nothing is quadratic the last
//! column stays as it is.
//!
//! `cargo bench --bench growth [-- INSTRUCTIONS...]`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measurement, run by hand")]
#![allow(missing_docs, reason = "a program")]

use std::{path::Path, sync::Arc, time::Duration};

use assay::{
    domain::{CallKind, Finish, InstructionBody, Language, Stage, Usage},
    llm::{Answer, Endpoint, Endpoints, LlmError, OnAttempt, Request, Tail},
    pipeline::{Ended, Parts, Project, RunOptions, start},
    sandbox::{Options, Sandbox, Status},
    store::{Access, Lease},
};
use futures::future::{BoxFuture, FutureExt as _, ready};
use tokio_util::sync::CancellationToken;

const LINES: usize = 20;

struct Model;

impl Endpoint for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn concurrency(&self) -> usize {
        64
    }

    fn complete(
        &self,
        request: Request,
        _tail: Arc<Tail>,
        _on_attempt: OnAttempt,
        _cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        let word = |n: usize| format!("{}{n}", request.slot.as_str().replace('.', "x"));
        let line = |n: usize| format!("- Use the words {}, {} and {}.\n", word(n), word(n + 100), word(n + 200));
        let content = match request.call {
            CallKind::SelfInstruct => (0..LINES).map(line).collect(),
            _ => "There is none.".to_owned(),
        };
        let usage = Some(Usage { prompt_tokens: 10, cached_tokens: 0, completion_tokens: 5 });
        let (first_ms, total_ms, attempts, model) = (1, 1, 1, request.model);
        let (reasoning, finish, form, chances, together) = (None, Finish::Stop, None, None, None);
        let answer =
            Answer { content, reasoning, finish, usage, first_ms, total_ms, attempts, form, chances, together, model };
        ready(Ok(answer)).boxed()
    }
}

/// CPU time of this process, all threads.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

fn project(dir: &Path, calls: usize) -> Project {
    let config = format!(
        "[endpoints.model]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"m\"\n\n[calls]\nself_instruct = {{ samples \
         = {calls} }}\nverifiers = {{ samples = 1 }}\n\n[rules]\ncategory_share = 0.5\n"
    );
    std::fs::write(dir.join("assay.toml"), config).unwrap();
    let project = Project::open(dir, Access::Write, None).unwrap();
    let language = Language::English;
    let seeds = ["Answer in two sentences.", "Do not use the letter e.", "Begin with a question."];
    project.add_seeds(&seeds.map(|text| InstructionBody { text: text.into(), category: None, language })).unwrap();
    project
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
            let endpoints = Endpoints::of([Arc::new(Model) as Arc<dyn Endpoint>]);
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

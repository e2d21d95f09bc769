//! What a completion costs the whole program: planning, HTTP, parsing, storing, planning again; against a server of its
//! own process that answers at once.
//!
//! `cargo bench --bench scheduler [-- COMPLETIONS]` prints CPU time per completion at 1, 64 and 500 in flight.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measurement, run by hand")]
#![allow(missing_docs, reason = "a program")]

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use assay::{
    domain::{InstructionBody, Language, Stage},
    llm::{Endpoints, Options as LlmOptions},
    pipeline::{Ended, Parts, Project, RunOptions, start},
    sandbox::{Compiler, Options, Sandbox},
    store::{Access, Lease},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Samples of each instruction.
const SAMPLES: usize = 4;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if arguments.first().is_some_and(|word| word == "serve") {
        runtime.block_on(serve());
        return;
    }
    let completions = arguments.first().map_or(6000, |text| text.parse().expect("a number of completions"));
    let (mut server, url) = server();
    println!("{:>9} {:>12} {:>14} {:>12}", "in flight", "completions", "CPU each (ms)", "per second");
    let mut one = None;
    for in_flight in [1, 64, 500] {
        let (cpu, wall) = runtime.block_on(run(&url, in_flight, completions));
        let each = cpu.as_secs_f64() * 1e3 / completions as f64;
        let ratio = each / *one.get_or_insert(each);
        let rate = completions as f64 / wall.as_secs_f64();
        println!("{in_flight:>9} {completions:>12} {each:>14.3} {rate:>12.0}   {ratio:.2} of one in flight");
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

/// CPU time of this process, all threads.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

async fn run(url: &str, in_flight: usize, completions: usize) -> (Duration, Duration) {
    let dir = tempfile::tempdir().unwrap();
    let config = format!(
        "[endpoints.main]\nbase_url = \"{url}\"\nmodel = \"instant\"\nconcurrency = {in_flight}\n\n[calls]\n\
         verifiers = {{ samples = {SAMPLES} }}\n\n[pipeline]\nself_instruct = false\n"
    );
    std::fs::write(dir.path().join("assay.toml"), config).unwrap();
    let project = Project::open(dir.path(), Access::Write, None).unwrap();
    let language = Language::English;
    let seed = |n: usize| InstructionBody { text: format!("Use the number {n} twice."), category: None, language };
    project.add_seeds(&(0..completions / SAMPLES).map(seed).collect::<Vec<_>>()).unwrap();
    let llm = LlmOptions { speed: None, record: None, bundled: None };
    let endpoints = Endpoints::open(&project.settings.config.endpoints, dir.path(), llm).unwrap();
    let cache_dir = Some(std::env::temp_dir().join("assay-bench-cache"));
    let sandbox = Sandbox::start(Options { cache_dir, compiler: Compiler::InProcess, ..Options::default() });
    let mut status = sandbox.status();
    status.wait_for(|status| *status == assay::sandbox::Status::Ready).await.unwrap();
    let lease = Ok(Lease::acquire(dir.path()).unwrap());
    let options = RunOptions { headless: true, until: Some(Stage::Verifiers), patience_s: 5, ..RunOptions::default() };
    let (before, started) = (cpu(), Instant::now());
    let running = start(Parts { project, lease, endpoints, sandbox, options });
    let ended = tokio::task::spawn_blocking(move || running.thread.join()).await.unwrap().unwrap().unwrap();
    assert_eq!(ended, Ended::Done);
    (cpu() - before, started.elapsed())
}

/// This program again, as a server; and where it listens.
fn server() -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap()).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, format!("http://{}/v1", line.trim()))
}

async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    let said = "```json\\n{\\\"func\\\": \\\"def evaluate(response):\\\\n    return len(response) > 3\\\", \\\"cases\\\": \
                [{\\\"input\\\": \\\"long enough\\\", \\\"output\\\": true}, {\\\"input\\\": \\\"no\\\", \\\"output\\\": false}]}\\n```";
    let events = format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{said}\"}}}}]}}\n\n\
         data: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
    );
    let length = events.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length";
    let answer: &'static [u8] = format!("{head}: {length}\r\n\r\n{events}").into_bytes().leak();
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer_all(stream, answer));
    }
}

async fn answer_all(mut stream: TcpStream, answer: &'static [u8]) {
    stream.set_nodelay(true).unwrap();
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16384]);
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
        while let Some(end) = request_end(&bytes) {
            bytes.drain(..end);
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}

/// Where the first whole request ends.
fn request_end(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..at]).to_lowercase();
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    (bytes.len() >= at + 4 + length).then_some(at + 4 + length)
}

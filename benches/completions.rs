//! What a completion costs this program: CPU and memory of 100,000 of them against a server that answers at once, on
//! threads of its own whose CPU is not counted. `cargo bench --bench completions [-- COMPLETIONS] [several]`; `several`
//! asks for eight at a time by one request.
//!
//! A plain loop over a socket that sends the same bytes and reads the same answer is the yardstick: ratios hold on a
//! busy machine where times do not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking and talks to a person"
)]

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};

use assay::{
    config::EndpointConfig,
    domain::{CallKind, SlotKey},
    llm::{Endpoint as _, Memory, Message, Request, Role, Tail, openai::OpenAi, unheard},
};
use futures::{StreamExt as _, stream};
use tokio_util::sync::CancellationToken;

/// Requests in flight.
const AT_A_TIME: usize = 16;

/// Choices of one request, where several are asked for.
const SEVERAL: u32 = 8;

/// Pieces of a streamed answer.
const PIECES: usize = 64;

fn main() {
    let named = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let count: usize = named.unwrap_or(100_000);
    // The server is a process of its own: its work must not be counted here.
    if std::env::args().any(|word| word == "serve") {
        return serve();
    }
    let several = std::env::args().any(|word| word == "several");
    let server = Child::start();
    let body = answer(1);
    let plain = plain(server.address, (count / 10).max(1), body.len());
    let before = memory();
    let (cpu, peak) = client(server.address, count, if several { SEVERAL } else { 1 });
    let each = |time: Duration, n: usize| time.as_secs_f64() * 1e6 / n as f64;
    let (ours, bare) = (each(cpu, count), each(plain, (count / 10).max(1)));
    let how = if several { ", eight by one request" } else { "" };
    println!("{count} completions of {PIECES} pieces ({} bytes), {AT_A_TIME} at a time{how}", body.len());
    println!("CPU per completion: {ours:.0} us; per piece {:.2} us", ours / PIECES as f64);
    println!("a bare socket that reads the same bytes: {bare:.0} us; ratio {:.1}", ours / bare);
    println!(
        "resident memory: {} KiB before, {} KiB after a tenth, {} KiB at the end ({} KiB more)",
        before,
        peak.0,
        peak.1,
        peak.1.saturating_sub(peak.0)
    );
}

/// The client of the program.
fn client(server: SocketAddr, count: usize, together: u32) -> (Duration, (u64, u64)) {
    let config = EndpointConfig {
        base_url: Some(format!("http://{server}/v1")),
        concurrency: u32::try_from(AT_A_TIME).unwrap(),
        ..EndpointConfig::default()
    };
    let dir = tempfile::tempdir().unwrap();
    let (memory_of, address) = (Arc::new(Memory::of(dir.path())), OpenAi::address(&config).unwrap());
    memory_of.change("bench", &address, |known| known.several = [("bench".to_owned(), together)].into());
    let endpoint = Arc::new(OpenAi::open("bench", &config).unwrap().remembering(memory_of));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let complete = |n: usize| {
        let endpoint = endpoint.clone();
        async move {
            let tail = Arc::new(Tail::default());
            let answer =
                endpoint.complete(request(n, together), tail, unheard(), CancellationToken::new()).await.unwrap();
            assert_eq!(answer.usage.unwrap().completion_tokens, 64);
            answer.content.len()
        }
    };
    let all = |range: std::ops::Range<usize>| {
        runtime.block_on(
            stream::iter(range).map(complete).buffer_unordered(AT_A_TIME).fold(0, |sum, n| async move { sum + n }),
        )
    };
    let tenth = (count / 10).max(1);
    all(0..tenth);
    let (warm, start) = (memory(), cpu());
    let read = all(0..count);
    let took = cpu() - start;
    assert_eq!(read, count * PIECES * 5);
    (took, (warm, memory()))
}

fn request(n: usize, together: u32) -> Request {
    // Eight in a row have one prompt.
    let prompt = format!("{} Say something of about sixty words. ", n / together as usize).repeat(20);
    Request {
        call: CallKind::Respond,
        slot: SlotKey(format!("bench:{n}")),
        sample: 0,
        nth: 0,
        messages: vec![Message { role: Role::User, content: prompt }],
        model: "bench".to_owned(),
        temperature: 0.8,
        top_p: 1.0,
        max_tokens: 128,
        shape: None,
        choices: &[],
        seed: Some(n as u64),
        together,
    }
}

/// The yardstick: one socket, one write and reads until the same number of bytes came.
fn plain(server: SocketAddr, count: usize, length: usize) -> Duration {
    let mut stream = TcpStream::connect(server).unwrap();
    let body = "x".repeat(900);
    let request =
        format!("POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let (mut buffer, start) = (vec![0; 64 * 1024], cpu());
    for _ in 0..count {
        stream.write_all(request.as_bytes()).unwrap();
        let mut left = length;
        while left > 0 {
            left -= stream.read(&mut buffer).unwrap();
        }
    }
    cpu() - start
}

/// A whole answer of so many choices as it goes over the wire.
fn answer(choices: usize) -> Vec<u8> {
    let piece = |index: usize, delta: &str, finish: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\
             \"choices\":[{{\"index\":{index},\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
        )
    };
    let each = |delta: &'static str, finish: &'static str| (0..choices).map(move |n| piece(n, delta, finish));
    let mut events: Vec<String> = each(r#"{"role":"assistant","content":null}"#, "null").collect();
    events.extend((0..PIECES).flat_map(|_| each(r#"{"content":" word"}"#, "null")));
    events.extend(each("{}", "\"stop\""));
    let tokens = 64 * choices;
    events.push(format!(
        "data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":160,\"completion_tokens\":{tokens}}}}}\n\n"
    ));
    events.push("data: [DONE]\n\n".into());
    let mut bytes =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for event in events {
        bytes.extend_from_slice(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes());
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// Answers everything at once until its standard input ends.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || talk(&mut stream.unwrap()));
        }
    });
    let mut rest = Vec::new();
    std::io::stdin().read_to_end(&mut rest).unwrap();
}

fn talk(stream: &mut TcpStream) -> Option<()> {
    stream.set_nodelay(true).unwrap();
    let (one, eight) = (answer(1), answer(SEVERAL as usize));
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let whole = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| {
            let head = String::from_utf8_lossy(&bytes[..at]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            at + 4 + length.unwrap_or(0)
        });
        if let Some(end) = whole.filter(|end| bytes.len() >= *end) {
            let asked: Vec<u8> = bytes.drain(..end).collect();
            let several = asked.windows(5).any(|five| five == b"\"n\":8");
            stream.write_all(if several { &eight } else { &one }).ok()?;
            continue;
        }
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    }
}

struct Child {
    process: std::process::Child,
    address: SocketAddr,
}

impl Child {
    fn start() -> Self {
        let mut process = std::process::Command::new(std::env::current_exe().unwrap())
            .arg("serve")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        Self { process, address: line.trim().parse().unwrap() }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}

/// CPU time of this process so far, user and system.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after = stat.rsplit(") ").next().unwrap();
    let ticks: u64 = after.split(' ').skip(11).take(2).map(|n| n.parse::<u64>().unwrap()).sum();
    // The kernel counts in hundredths of a second for programs, whatever its own clock.
    Duration::from_millis(ticks * 10)
}

/// Resident memory, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

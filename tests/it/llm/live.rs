//! Against a real server: `ASSAY_LIVE_URL=http://127.0.0.1:18111/v1 cargo test live`, with `tests/tools/serve-smollm2`.

use std::io::{BufRead as _, BufReader};

use assay::{
    config::{EndpointConfig, Structured},
    domain::{CallKind, Finish},
    llm::{
        Endpoint as _, Feature, Found, Message, Request, Role,
        openai::OpenAi,
        tape::{Tape, TapeWriter},
    },
    pipeline::shapes,
};
use futures::{StreamExt as _, future::join_all, stream};

use super::{client, complete, config, request};

#[tokio::test]
async fn a_real_server_streams_and_counts() {
    let Ok(url) = std::env::var("ASSAY_LIVE_URL") else {
        eprintln!("skipped: ASSAY_LIVE_URL is not set");
        return;
    };
    let client = client(&config(&url));
    let asked = |sample: u32| Request {
        sample,
        seed: Some(u64::from(sample)),
        model: "smollm2-135m".to_owned(),
        max_tokens: 32,
        messages: vec![Message { role: Role::User, content: "Name three colours.".to_owned() }],
        ..request("live")
    };
    for (answer, tail, _) in join_all((0..4).map(|sample| complete(&client, asked(sample)))).await {
        let answer = answer.unwrap();
        assert!(matches!(answer.finish, Finish::Stop | Finish::Length));
        let usage = answer.usage.expect("the server counts");
        assert!(usage.prompt_tokens > 0 && usage.completion_tokens > 0 && usage.completion_tokens <= 32);
        assert_eq!(tail.sample().text, answer.content);
        assert!(tail.sample().chunks > 1, "it streams");
        println!(
            "{} ms to the first token, {} ms in all, {usage:?}: {}",
            answer.first_ms, answer.total_ms, answer.content
        );
    }
}

#[tokio::test]
async fn a_real_server_is_found_out() {
    let Ok(url) = std::env::var("ASSAY_LIVE_URL") else {
        eprintln!("skipped: ASSAY_LIVE_URL is not set");
        return;
    };
    let probe = client(&config(&url)).probe("smollm2-135m").await;
    for finding in &probe.findings {
        println!("{:20} {:?}: {}", finding.feature.name(), finding.found, finding.detail);
    }
    assert!(probe.is_usable());
    assert_eq!(probe.context, Some(4096));
    for feature in
        [Feature::Model, Feature::Streaming, Feature::Usage, Feature::Samples, Feature::JsonSchema, Feature::Grammar]
    {
        assert_eq!(probe.found(feature), Found::Yes, "{}", feature.name());
    }
}

/// Four answers to one request stream side by side and pay one prompt; more than the server has slots are parted.
#[tokio::test]
async fn a_real_server_gives_several_answers_to_one_request() {
    let Ok(url) = std::env::var("ASSAY_LIVE_URL") else {
        eprintln!("skipped: ASSAY_LIVE_URL is not set");
        return;
    };
    let client = client(&EndpointConfig { concurrency: 8, ..config(&url) });
    client.probe("smollm2-135m").await;
    assert!(client.together("smollm2-135m") >= 8, "proved, and no limit is known yet");
    let all = async |of: u32| {
        let asked = |sample: u32| Request {
            sample,
            seed: Some(u64::from(sample) + 5),
            together: of,
            model: "smollm2-135m".to_owned(),
            max_tokens: 24,
            messages: vec![Message { role: Role::User, content: "Tell me anything about tea.".to_owned() }],
            ..request("together")
        };
        let ended = join_all((0..of).map(|sample| complete(&client, asked(sample)))).await;
        ended.into_iter().map(|(answer, tail, _)| (answer.unwrap(), tail)).collect::<Vec<_>>()
    };
    let alone = all(1).await.remove(0).0.usage.unwrap();
    let four = all(4).await;
    let prompt: u64 = four.iter().map(|(answer, _)| answer.usage.unwrap().prompt_tokens).sum();
    assert_eq!(prompt, alone.prompt_tokens, "read once");
    for (choice, (answer, tail)) in (0..).zip(&four) {
        assert_eq!(answer.together.map(|together| (together.n, together.choice)), Some((4, choice)));
        assert_eq!(tail.sample().text, answer.content);
        assert!(answer.usage.unwrap().completion_tokens <= 24 && tail.sample().chunks > 1);
        println!("{:?}: {}", answer.usage, answer.content);
    }
    let texts: std::collections::HashSet<_> = four.iter().map(|(answer, _)| &answer.content).collect();
    assert!(texts.len() > 1, "they differ");
    let eight = all(8).await;
    assert_eq!(client.together("smollm2-135m"), 4, "the server has four slots");
    assert!(eight.iter().all(|(answer, _)| answer.together.is_some_and(|together| together.n == 4)));
}

/// Every shape in every form that llama.cpp knows: what comes back is of the shape, four at a time.
#[tokio::test]
async fn a_real_server_holds_to_shapes() {
    let Ok(url) = std::env::var("ASSAY_LIVE_URL") else {
        eprintln!("skipped: ASSAY_LIVE_URL is not set");
        return;
    };
    for structured in [Structured::Auto, Structured::Schema, Structured::Grammar] {
        let client = client(&EndpointConfig { structured, ..config(&url) });
        let asked = |n: u32| {
            let call = [CallKind::Verifiers, CallKind::Entail, CallKind::Score, CallKind::Entail][n as usize];
            let said = "Write one short sentence about tea, and your choice.".to_owned();
            Request {
                call,
                shape: shapes::of(call),
                choices: shapes::choices(call),
                model: "smollm2-135m".to_owned(),
                max_tokens: 96,
                temperature: 0.2,
                messages: vec![Message { role: Role::User, content: said }],
                ..request(&format!("shape {n}"))
            }
        };
        for (n, (answer, tail, _)) in (0..).zip(join_all((0..4).map(|n| complete(&client, asked(n)))).await) {
            let answer = answer.unwrap();
            println!("{structured:?} {:?} {}", answer.finish, answer.content);
            assert!(answer.content.trim_start().starts_with('{') && tail.attempts().troubles.is_empty());
            if answer.finish != Finish::Stop {
                continue;
            }
            let value: serde_json::Value = serde_json::from_str(&answer.content).unwrap();
            match asked(n).call {
                CallKind::Verifiers => assert!(value["func"].is_string() && value["cases"].is_array(), "{value}"),
                CallKind::Score => assert!(value["score"].as_u64().is_some_and(|score| score <= 10), "{value}"),
                _ => {
                    // A small model would often say none of them by itself; then nothing is told.
                    let Some(chances) = answer.chances else { continue };
                    let (said, sum) = (chances.said as usize, chances.of.iter().sum::<f64>());
                    assert_eq!(value["label"], shapes::choices(CallKind::Entail)[said]);
                    assert!((sum - 1.0).abs() < 1e-9 && chances.of[said] > 0.0, "{chances:?}");
                    println!("{chances:?}");
                }
            }
        }
    }
}

/// A server of the test's own; it ends with the test.
pub struct Served(std::process::Child);

impl Served {
    /// Starts it and waits until it answers.
    pub fn start(script: &str, port: u16) -> Self {
        let mut child = std::process::Command::new(script)
            .arg(port.to_string())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("READY")), "the server ended before it was ready");
        // Its further words are read, so that it does not wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }

    /// The same beside what else goes on.
    pub async fn start_beside(script: &str, port: u16) -> Self {
        let script = script.to_owned();
        tokio::task::spawn_blocking(move || Self::start(&script, port)).await.unwrap()
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// `ASSAY_LIVE_SERVE=tests/tools/serve-smollm2`: the server is killed in the middle of 200 completions and comes back.
#[tokio::test]
async fn a_real_server_may_go_and_come_back() {
    let Ok(script) = std::env::var("ASSAY_LIVE_SERVE") else {
        eprintln!("skipped: ASSAY_LIVE_SERVE is not set");
        return;
    };
    let port = free_port();
    let mut served = Some(Served::start_beside(&script, port).await);
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let config = EndpointConfig { attempts: 8, ..config(&format!("http://127.0.0.1:{port}/v1")) };
    let client = OpenAi::open("live", &config).unwrap().recording(TapeWriter::open(&tape, "live").unwrap().into());
    let mut answers = stream::iter(0..200_u32)
        .map(|sample| {
            let messages = vec![Message { role: Role::User, content: format!("Say {sample}.") }];
            complete(&client, Request { sample, messages, max_tokens: 8, ..request("live") })
        })
        .buffer_unordered(4);
    let (mut ended, mut again) = (0, 0);
    while let Some((answer, ..)) = answers.next().await {
        ended += 1;
        again += u32::from(answer.unwrap().attempts > 1);
        if ended == 60 {
            drop(served.take());
            let script = script.clone();
            served = Some(Served::start_beside(&script, port).await);
        }
    }
    assert_eq!((ended, Tape::read(&tape).unwrap().len()), (200, 200), "every one once");
    // The four that were in flight, and the first few on connections that this server breaks.
    assert!((1..=20).contains(&again), "{again} asked again");
    println!("200 completions, {again} asked again");
}

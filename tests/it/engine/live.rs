//! The engine against a real server: `ASSAY_LIVE_SERVE=tests/tools/serve-smollm2 cargo test live`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use assay::{
    config::EndpointConfig,
    domain::Stage,
    llm::{
        Answer, Endpoint, Endpoints, LlmError, OnAttempt, Request, Tail,
        openai::{OpenAi, Retry},
    },
    pipeline::{Ended, Parts, Project, RunOptions, demo, start},
    store::{Access, Lease},
};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::{finish, headless, sandbox};
use crate::llm::live::{Served, free_port};

/// A real server that counts what it answered.
struct Counted {
    server: OpenAi,
    answered: Mutex<HashMap<(String, u32, u32), u32>>,
    pieces: Mutex<u64>,
}

impl Counted {
    fn answers(&self) -> u32 {
        self.answered.lock().unwrap().values().sum()
    }
}

impl Endpoint for Counted {
    fn name(&self) -> &str {
        self.server.name()
    }

    fn concurrency(&self) -> usize {
        self.server.concurrency()
    }

    fn complete(
        &self,
        request: Request,
        tail: Arc<Tail>,
        on_attempt: OnAttempt,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        let key = (request.slot.to_string(), request.sample, request.nth);
        Box::pin(async move {
            let answer = self.server.complete(request, tail.clone(), on_attempt, cancel).await?;
            *self.answered.lock().unwrap().entry(key).or_default() += 1;
            *self.pieces.lock().unwrap() += tail.sample().chunks;
            Ok(answer)
        })
    }
}

/// 10 instructions, 20 functions each: 200 answers, cut short so that a small machine has them in a minute.
const CONFIG: &str = "
[endpoints.live]
base_url = \"URL\"
model = \"smollm2-135m\"
concurrency = 4
prices = { input = 1, output = 1 }
[calls.verifiers]
samples = 20
max_tokens = 12
template = \"short.txt\"
[pipeline]
self_instruct = false
";

/// 200 completions, 4 at once, the server killed and started again in the middle: every one is stored once, and a
/// second run asks for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_outlives_its_server() {
    let Ok(script) = std::env::var("ASSAY_LIVE_SERVE") else {
        eprintln!("skipped: ASSAY_LIVE_SERVE is not set");
        return;
    };
    let port = free_port();
    let served = Served::start_beside(&script, port).await;
    let url = format!("http://127.0.0.1:{port}/v1");
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("assay.toml"), CONFIG.replace("URL", &url)).unwrap();
    // The built-in prompt, with its examples, would keep a small machine reading for minutes.
    std::fs::create_dir(dir.path().join("templates")).unwrap();
    let prompt = "Write a Python function that checks: {{ instruction }} Answer as JSON.";
    std::fs::write(dir.path().join("templates/short.txt"), prompt).unwrap();
    let open = || Project::open(dir.path(), Access::Write, None).unwrap();
    let project = open();
    assert_eq!(project.add_seeds(&demo::seeds()[..10]).unwrap(), 10);
    let config: EndpointConfig = project.settings.config.endpoints["live"].clone();
    let retry = Retry { attempts: 2, base: Duration::from_millis(100), ..Retry::default() };
    let server = OpenAi::open("live", &config).unwrap().retrying(retry);
    let counted = Arc::new(Counted { server, answered: Mutex::default(), pieces: Mutex::default() });
    let run = |project: Project| {
        let lease = Ok(Lease::acquire(&project.dir).unwrap());
        let endpoints = Endpoints::of([counted.clone() as Arc<dyn Endpoint>]);
        let options = RunOptions { until: Some(Stage::Verifiers), patience_s: 120, ..headless() };
        start(Parts { project, lease, endpoints, sandbox: sandbox(), options })
    };
    let running = run(project);
    while counted.answers() < 60 {
        assert!(!running.thread.is_finished(), "it ended with {} answers", counted.answers());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(served);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = counted.answers();
    let _served = Served::start_beside(&script, port).await;
    let (ended, snapshot) = finish(running).await;
    assert_eq!(ended, Ended::Done);
    assert_eq!((snapshot.requests, counted.answers()), (200, 200), "all, and each once");
    assert!((60..200).contains(&before), "{before} before the server came back");
    assert!(counted.answered.lock().unwrap().values().all(|n| *n == 1));
    assert!(*counted.pieces.lock().unwrap() > 400, "they streamed");
    let tokens = snapshot.usage.prompt_tokens + snapshot.usage.completion_tokens;
    assert!((snapshot.cost.unwrap() - tokens as f64 / 1e6).abs() < 1e-9);
    let (ended, _) = finish(run(open())).await;
    assert_eq!((ended, counted.answers()), (Ended::Done, 200), "nothing stored is asked again");
    println!("200 stored answers, {before} before the server came back, {tokens} tokens");
}

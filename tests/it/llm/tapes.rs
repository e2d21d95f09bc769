//! Tapes: what was recorded comes back, what was not is a clear message.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use assay::{
    config::{EndpointConfig, EndpointKind},
    domain::CallKind,
    llm::{
        Endpoint as _, Endpoints, LlmError, Nature, Options, Request, Tail, tape::Tape, tape::TapeEndpoint, unheard,
    },
};
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{
    complete, config, request,
    server::{DONE, Server, USAGE, finish, stream, text},
};

const DEMO: &[u8] =
    b"{\"assay_tape\":1,\"label\":\"a demo\"}\n{\"call\":\"respond\",\"slot\":\"a\",\"content\":\"hi\"}\n";

fn tape_config(path: &str, speed: f64) -> EndpointConfig {
    EndpointConfig { kind: EndpointKind::Tape, path: Some(path.to_owned()), speed, ..EndpointConfig::default() }
}

fn open(folder: &Path, config: EndpointConfig, options: Options) -> Result<Endpoints, LlmError> {
    Endpoints::open(&BTreeMap::from([("one".to_owned(), config)]), folder, options)
}

fn asked() -> Vec<Request> {
    let with = |slot: &str, sample, nth| Request { sample, nth, ..request(slot) };
    vec![with("a", 0, 0), with("a", 1, 0), with("a", 0, 1), with("si.0", 0, 0)]
}

#[tokio::test]
async fn what_is_recorded_comes_back() {
    let server = Server::new(|seen, n| {
        let said =
            [text(&format!("<think>n {n}</think>")), text(seen.item()), finish("length"), USAGE.into(), DONE.into()];
        stream(said.concat().as_bytes())
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let recorded = EndpointConfig { record: Some("tapes/t.jsonl".to_owned()), ..config(&server.url) };
    let live = open(folder.path(), recorded, Options::default()).unwrap().get("one").unwrap();
    let answers = join_all(asked().into_iter().map(|request| complete(&*live, request))).await;

    for speed in [0.0, 1.0] {
        let config = tape_config("tapes/t.jsonl", 50.0);
        let options = Options { speed: Some(speed), ..Options::default() };
        let replay = open(folder.path(), config, options).unwrap().get("one").unwrap();
        let again = join_all(asked().into_iter().map(|request| complete(&*replay, request))).await;
        for ((live, ..), (replayed, tail, _)) in answers.iter().zip(again) {
            assert_eq!(live.as_ref().unwrap(), replayed.as_ref().unwrap());
            assert_eq!(tail.sample().text, replayed.unwrap().content);
        }
    }
}

#[tokio::test]
async fn what_is_missing_says_what_to_do() {
    let tape = Tape::parse(DEMO, Path::new("demo")).unwrap();
    let endpoint = TapeEndpoint::new("demo", tape, 4, 1.0);
    assert_eq!((endpoint.label(), endpoint.concurrency()), (Some("a demo"), 4));
    let (answer, ..) = complete(&endpoint, Request { nth: 1, ..request("a") }).await;
    let error = answer.unwrap_err();
    assert_eq!((error.code().as_ref(), error.nature()), ("tape", Nature::Blocked));
    let said = error.to_string();
    assert!(said.contains("respond of a, sample 0, take 1"), "{said}");
    assert!(said.contains("connect an endpoint to continue from here"), "{said}");
}

#[tokio::test]
async fn bundled_tapes_are_opened_by_name() {
    let options = || Options { bundled: Some(|name| (name == "demo").then_some(DEMO)), ..Options::default() };
    let nowhere = Path::new("nowhere");
    let endpoint = open(nowhere, tape_config("bundled:demo", 0.0), options()).unwrap().get("one").unwrap();
    assert_eq!(complete(&*endpoint, request("a")).await.0.unwrap().content, "hi");
    let error = open(nowhere, tape_config("bundled:other", 0.0), options()).err().unwrap();
    assert!(error.to_string().contains("bundled:other"), "{error}");
    let error = open(nowhere, tape_config("no.jsonl", 0.0), options()).err().unwrap();
    assert!(error.to_string().contains("no.jsonl"), "{error}");
    let error = open(nowhere, EndpointConfig { path: None, ..tape_config("", 0.0) }, options()).err().unwrap();
    assert!(error.to_string().contains("path is missing"), "{error}");
}

#[tokio::test]
async fn a_slow_tape_can_be_cancelled() {
    let slow =
        String::from_utf8_lossy(DEMO).replace("\"content\"", "\"first_ms\":3600000,\"total_ms\":3600000,\"content\"");
    let endpoint = TapeEndpoint::new("demo", Tape::parse(slow.as_bytes(), Path::new("t")).unwrap(), 1, 1.0);
    let cancel = CancellationToken::new();
    let answer = endpoint.complete(request("a"), Arc::new(Tail::default()), unheard(), cancel.clone());
    let (answer, ()) = tokio::join!(answer, async { cancel.cancel() });
    assert_eq!(answer, Err(LlmError::Cancelled));
}

/// The tape that the program brings along, as its sources have it.
#[test]
fn the_demo_tape_reads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let path = ["tape.jsonl", "tape.jsonl.zst"].map(|name| folder.join(name)).into_iter().find(|path| path.exists());
    let tape = Tape::read(&path.expect("a demo tape in assets/demo")).unwrap();
    assert!(tape.header().label.to_lowercase().contains("demo"), "it says what it is");
    for call in CallKind::ALL {
        assert!(tape.keys().any(|key| key.call == call), "an answer to {}", call.name());
    }
    assert!(tape.keys().any(|key| key.take > 0), "second takes");
}

//! Keys reach the server and nothing else.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use assay::llm::{Nature, Secret, openai::OpenAi, tape::TapeWriter};
use tracing_subscriber::fmt::MakeWriter;

use super::{
    client, complete, config, quick, request,
    server::{Server, good, refusal, stream},
};

const KEY: &str = "sk-test-0123456789";
const HEADER: &str = "gateway-secret-42";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A server that repeats the key in its refusal, everything logged, everything recorded, everything printed.
#[tokio::test]
async fn keys_are_printed_nowhere() {
    let log = Log::default();
    // With one subscriber in the process, tracing lets whichever thread meets a log line first decide for all threads
    // whether anybody listens, and the other tests' threads have no subscriber. With two, it asks both.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let echo = format!("{{\"error\":{{\"message\":\"bad key {KEY} or {HEADER}\"}}}}");
    let busy = refusal("429 Too Many Requests", "retry-after: 0\r\n", &echo);
    let server = Server::of(vec![busy, good("fine"), refusal("401 Unauthorized", "", &echo)]).await;

    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let mut config = config(&server.url);
    config.key_env = Some("ASSAY_TEST_KEY".to_owned());
    config.headers.insert("x-gateway".to_owned(), HEADER.to_owned());
    let client = OpenAi::with_key("test", &config, &Secret::new(KEY)).unwrap().retrying(quick(3));
    let client = client.recording(Arc::new(TapeWriter::open(&tape, "test").unwrap()));

    let (answer, tail, heard) = complete(&client, request("a")).await;
    let (refused, ..) = complete(&client, request("b")).await;
    let error = refused.unwrap_err();
    assert!(server.seen()[0].head.contains(&format!("authorization: Bearer {KEY}")));
    assert!(server.seen()[0].head.contains(&format!("x-gateway: {HEADER}")));
    assert!(error.to_string().contains("bad key [key] or [key]"), "{error}");

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("a request failed"), "the log works: {logged}");
    let recorded = std::fs::read_to_string(&tape).unwrap();
    let printed = format!("{answer:?} {tail:?} {:?} {error:?} {error} {client:?}", heard.all());
    for text in [logged, recorded, printed] {
        assert!(!text.contains(KEY) && !text.contains(HEADER), "{text}");
        assert!(!text.contains("127.0.0.1:") || !text.contains("assay_tape"), "no address on a tape");
    }
}

#[tokio::test]
async fn a_missing_key_is_told_by_name() {
    let server = Server::of(vec![good("no")]).await;
    let mut config = config(&server.url);
    config.key_env = Some("ASSAY_TEST_KEY_THAT_NOBODY_SETS".to_owned());
    let (answer, ..) = complete(&client(&config), request("a")).await;
    let error = answer.unwrap_err();
    assert_eq!(error.nature(), Nature::Blocked);
    assert!(error.to_string().contains("ASSAY_TEST_KEY_THAT_NOBODY_SETS"), "{error}");
    assert!(server.seen().is_empty());
}

/// A key that stands where a server's words are cut is taken out whole, wherever it was configured.
#[tokio::test]
async fn keys_are_not_cut_in_two() {
    const QUERY: &str = "query-secret-77777777";
    let long =
        |filler: usize| format!("{{\"error\":{{\"message\":\"{}{KEY} {HEADER} {QUERY}\"}}}}", "x".repeat(filler));
    for filler in 340..402 {
        let in_stream = format!("data: {}\n\n", long(filler));
        let answers = [
            refusal("401 Unauthorized", "", &long(filler)),
            stream(in_stream.as_bytes()),
            stream(format!("{}{KEY} {HEADER} {QUERY}", "x".repeat(filler)).as_bytes()),
        ];
        let server = Server::new(move |_, n| answers[n % 3].clone()).await;
        let mut config = config(&format!("{}?key={QUERY}", server.url));
        (config.key_env, config.attempts) = (Some("ASSAY_TEST_KEY".to_owned()), 1);
        config.headers.insert("x-gateway".to_owned(), HEADER.to_owned());
        let client = OpenAi::with_key("test", &config, &Secret::new(KEY)).unwrap();
        assert!(!format!("{client:?}").contains(QUERY));
        for slot in ["a", "b", "c"] {
            let error = complete(&client, request(slot)).await.0.unwrap_err().to_string();
            for secret in [KEY, HEADER, QUERY] {
                assert!(!error.contains(&secret[..8]), "{filler} {slot}: {error}");
            }
            assert!(error.contains("xxx"), "{error}");
        }
    }
}

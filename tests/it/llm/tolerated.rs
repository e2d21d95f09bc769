//! What servers do differently and a client takes as it comes: one attempt, the right answer.

use assay::domain::{Finish, Usage};
use serde_json::json;

use super::{
    client, complete, config, request,
    server::{DONE, ROLE, Server, Step, USAGE, chunked, finish, good, stream, text, until_closed},
};

const COUNTED: Option<Usage> = Some(Usage { prompt_tokens: 7, cached_tokens: 0, completion_tokens: 3 });

#[tokio::test]
async fn a_healthy_answer_streams() {
    let server = Server::of(vec![good("Hello 字")]).await;
    let (answer, tail, heard) = complete(&client(&config(&server.url)), request("a")).await;
    let answer = answer.unwrap();
    assert_eq!(answer.content, "Hello 字");
    assert_eq!((answer.finish, answer.usage, answer.attempts), (Finish::Stop, COUNTED, 1));
    assert_eq!(answer.model, "served");
    assert_eq!(answer.reasoning, None);
    assert!(answer.first_ms <= answer.total_ms);
    assert_eq!(tail.sample().text, "Hello 字");
    assert_eq!(heard.all().len(), 1);
    let seen = &server.seen()[0];
    assert!(seen.head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{}", seen.head);
    assert!(!seen.head.contains("authorization"));
    assert_eq!(seen.body["messages"][0], json!({"role": "system", "content": "Be brief."}));
    assert_eq!(seen.body["temperature"], 0.8);
    assert_eq!(seen.body["top_p"], 1.0);
    assert_eq!(seen.body["max_tokens"], 64);
    assert_eq!(seen.body["seed"], 11);
    assert_eq!(seen.body["stream"], true);
    assert_eq!(seen.body["stream_options"], json!({"include_usage": true}));
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::new(|seen, _| good(seen.item())).await;
    let client = client(&config(&server.url));
    for slot in ["a", "b", "c"] {
        let (answer, ..) = complete(&client, request(slot)).await;
        assert_eq!(answer.unwrap().content, format!("item {slot}"));
    }
    assert_eq!(server.seen().iter().map(|seen| seen.before).collect::<Vec<_>>(), [0, 1, 2]);
}

#[tokio::test]
async fn connections_that_break_are_soon_used_once_only() {
    let server = Server::new(|seen, _| if seen.before > 0 { vec![Step::Close] } else { good("fine") }).await;
    let client = client(&config(&server.url));
    for _ in 0..50 {
        complete(&client, request("a")).await.0.unwrap();
    }
    assert_eq!(server.seen().iter().filter(|seen| seen.before > 0).count(), 3);
}

/// Streams that differ in form and say the same: "ab", stop, with counts where the server gave them.
#[tokio::test]
async fn forms_of_streams() {
    let plain = [ROLE, &text("a"), &text("b"), &finish("stop"), USAGE, DONE].concat();
    let bom = format!("\u{feff}{plain}");
    let late = [&text("a"), &text("b"), &finish("stop"), DONE, USAGE].concat();
    let with_text = "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\n";
    let whole = json!({"choices": [{"message": {"role": "assistant", "content": "ab"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3}});
    let counts_everywhere =
        text("a").replace("\"model\"", "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1},\"model\"");
    let cases: Vec<(&str, Vec<Step>, Option<Usage>)> = vec![
        ("plain", stream(plain.as_bytes()), COUNTED),
        ("CRLF", stream(plain.replace('\n', "\r\n").as_bytes()), COUNTED),
        ("CR", stream(plain.replace('\n', "\r").as_bytes()), COUNTED),
        ("byte order mark", stream(bom.as_bytes()), COUNTED),
        ("comments", stream(plain.replace("data: {", ": PROCESSING\n\n: x\ndata: {").as_bytes()), COUNTED),
        ("no space after the colon", stream(plain.replace("data: ", "data:").as_bytes()), COUNTED),
        (
            "other fields",
            stream(plain.replace("data: {", "id: 3\nevent: message\nretry: 5\ndata: {").as_bytes()),
            COUNTED,
        ),
        ("no end mark", stream([text("a"), text("b"), finish("stop")].concat().as_bytes()), None),
        ("end mark without a line end", stream(plain.trim_end().as_bytes()), COUNTED),
        ("counts after the end mark", stream(late.as_bytes()), COUNTED),
        ("text with the reason", stream([&text("a"), with_text, USAGE, DONE].concat().as_bytes()), COUNTED),
        ("counts in every chunk", stream([&counts_everywhere, with_text, USAGE, DONE].concat().as_bytes()), COUNTED),
        ("chunked", chunked(&[plain.as_bytes()], true), COUNTED),
        ("broken off after the reason", [stream(plain.as_bytes()), vec![Step::Reset]].concat(), COUNTED),
        (
            "no stream",
            vec![
                Step::Bytes(until_closed("200 OK", "application/json", "", whole.to_string().as_bytes())),
                Step::Close,
            ],
            COUNTED,
        ),
        ("no stream, wrong type", stream(format!("\n {whole}").as_bytes()), COUNTED),
    ];
    for (name, steps, usage) in cases {
        let server = Server::of(vec![steps]).await;
        let (answer, tail, _) = complete(&client(&config(&server.url)), request("a")).await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (answer.content.as_str(), answer.finish, answer.usage, answer.attempts),
            ("ab", Finish::Stop, usage, 1),
            "{name}"
        );
        assert_eq!(tail.sample().text, "ab", "{name}");
    }
}

#[tokio::test]
async fn characters_may_be_split_anywhere() {
    let body = [text("字é"), text("👩‍🔬"), finish("length"), DONE.to_owned()].concat();
    let head = until_closed("200 OK", "text/event-stream", "", b"");
    let server = Server::of(vec![vec![Step::Bytes(head), Step::Dribble(body.into_bytes()), Step::Close]]).await;
    let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
    let answer = answer.unwrap();
    assert_eq!((answer.content.as_str(), answer.finish), ("字é👩‍🔬", Finish::Length));
}

#[tokio::test]
async fn a_server_that_never_closes_has_still_answered() {
    let mut steps = chunked(&[text("a").as_bytes(), finish("stop").as_bytes()], false);
    steps.push(Step::Stall);
    let server = Server::of(vec![steps]).await;
    let mut config = config(&server.url);
    config.timeouts.idle_s = 0.3;
    let (answer, ..) = complete(&client(&config), request("a")).await;
    assert_eq!(answer.unwrap().content, "a");
}

#[tokio::test]
async fn reasoning_is_split_off_in_every_form() {
    let field =
        |name: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"{name}\":\"hm\",\"content\":null}}}}]}}\n\n");
    let answer = [text("yes"), finish("stop"), DONE.to_owned()].concat();
    let streams = [
        field("reasoning") + &answer,
        field("reasoning_content") + &answer,
        [text("<thi"), text("nk>hm</thi"), text("nk>\n\n"), answer.clone()].concat(),
        [text("hm\n</think>\n"), answer.clone()].concat(),
    ];
    for body in streams {
        let server = Server::of(vec![stream(body.as_bytes())]).await;
        let (got, ..) = complete(&client(&config(&server.url)), request("a")).await;
        let got = got.unwrap();
        assert_eq!((got.content.as_str(), got.reasoning.as_deref()), ("yes", Some("hm")), "{body}");
    }
}

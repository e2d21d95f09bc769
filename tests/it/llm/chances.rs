//! How probable the words of a choice were: asked for where there is one, kept where the server tells, given up where it
//! refuses.

use std::sync::Arc;

use assay::{
    domain::CallKind,
    llm::{Endpoint as _, Memory, Request, Shape, openai::Form, openai::OpenAi},
    pipeline::shapes,
};
use serde_json::{Value, json};

use super::{
    client, complete, config, quick, request,
    server::{DONE, Seen, Server, Step, USAGE, chunked, good, refusal},
};

fn asked(slot: &str) -> Request {
    Request { call: CallKind::Entail, choices: shapes::choices(CallKind::Entail), ..request(slot) }
}

static SHAPE: Shape =
    Shape { name: "x", schema: r#"{"type":"object"}"#, grammar: "root ::= \"{}\"", prompt_says_json: false };

fn piece(token: &str, top: &[(&str, f64)]) -> String {
    let listed: Vec<Value> =
        top.iter().map(|(token, chance)| json!({"token": token, "logprob": chance.ln()})).collect();
    let logprobs = json!({"content": [{"token": token, "logprob": -0.1, "bytes": null, "top_logprobs": listed}]});
    let choice = json!({"index": 0, "delta": {"content": token}, "finish_reason": null, "logprobs": logprobs});
    format!("data: {}\n\n", json!({"choices": [choice]}))
}

fn telling() -> Vec<Step> {
    let pieces = [
        piece("Label:", &[]),
        piece(" ne", &[(" ne", 0.6), (" Contr", 0.2), ("ent", 0.1), (" so", 0.1)]),
        piece("utral", &[("utral", 1.0)]),
        super::server::finish("stop"),
        USAGE.to_owned(),
        DONE.to_owned(),
    ];
    chunked(&pieces.each_ref().map(String::as_bytes), true)
}

fn asks(seen: &Seen) -> bool {
    seen.body["logprobs"] == true
}

#[tokio::test]
async fn what_a_server_tells_is_kept() {
    let server = Server::new(|seen, _| if asks(seen) { telling() } else { good("Label: neutral") }).await;
    let client = client(&config(&server.url));
    let answer = complete(&client, asked("a")).await.0.unwrap();
    let chances = answer.chances.unwrap();
    assert_eq!((answer.content.as_str(), chances.said), ("Label: neutral", 1));
    let rounded: Vec<f64> = chances.of.iter().map(|chance| (chance * 1e4).round() / 1e4).collect();
    assert_eq!(rounded, [0.1111, 0.6667, 0.2222]);
    assert_eq!(server.seen()[0].body["top_logprobs"], 10);
    assert_eq!(complete(&client, request("free")).await.0.unwrap().chances, None);
    assert!(!asks(&server.seen()[1]), "nothing to choose, nothing asked");
}

#[tokio::test]
async fn a_server_that_says_nothing_of_it_costs_nothing() {
    let server = Server::of(vec![good("Label: neutral")]).await;
    let answer = complete(&client(&config(&server.url)), asked("a")).await.0.unwrap();
    assert_eq!((answer.chances, server.asked()), (None, 1));
}

/// With and without naming what it refuses: asked again without, at once, and not for the next.
#[tokio::test]
async fn a_refusal_is_learnt_and_remembered() {
    for says in ["{\"error\":\"logprobs are not supported\"}", "{\"error\":\"Extra inputs\"}"] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(move |seen, _| match asks(seen) {
            true => refusal("400 Bad Request", "", says),
            false => good("Label: entailment"),
        })
        .await;
        let open = || {
            let client = OpenAi::open("main", &config(&server.url)).unwrap().retrying(quick(3));
            client.remembering(Arc::new(Memory::of(folder.path())))
        };
        let first = open();
        let answer = complete(&first, asked("a")).await.0.unwrap();
        assert_eq!((answer.chances, answer.attempts), (None, 1), "{says}");
        complete(&first, asked("b")).await.0.unwrap();
        let seen: Vec<bool> = server.seen().iter().map(asks).collect();
        assert_eq!(seen, [true, false, false], "{says}");
        if says.contains("Extra") {
            complete(&open(), asked("c")).await.0.unwrap();
            assert!(!asks(&server.seen()[3]), "remembered");
        }
    }
}

/// What refuses the form is not held against the probabilities, nor the other way round.
#[tokio::test]
async fn refusals_of_forms_are_another_thing() {
    let shaped = |slot: &str| Request { shape: Some(&SHAPE), ..asked(slot) };
    let formed = |seen: &Seen| seen.body.get("response_format").is_some();
    let server =
        Server::new(move |seen, _| if formed(seen) { refusal("400 Bad Request", "", "{}") } else { telling() });
    let server = server.await;
    let form = client(&config(&server.url));
    let answer = complete(&form, shaped("a")).await.0.unwrap();
    assert_eq!(answer.form.as_deref(), Some("structured_outputs"));
    assert!(answer.chances.is_some(), "they are still asked for");

    let both = move |seen: &Seen| formed(seen) || asks(seen);
    let picky =
        Server::new(move |seen, _| if both(seen) { refusal("422 No", "", "{}") } else { good("neutral") }).await;
    let second = client(&config(&picky.url));
    complete(&second, shaped("a")).await.0.unwrap();
    let before = picky.asked();
    complete(&second, shaped("b")).await.0.unwrap();
    let seen = picky.seen();
    assert!(seen[before..].iter().all(|seen| !asks(seen)), "given up for good");
    assert!(seen.last().unwrap().body.get("structured_outputs").is_some(), "the best form that is taken alone");
    assert_eq!(Form::StructuredOutputs.name(), "structured_outputs");
}

/// An item that is refused whatever is asked teaches nothing.
#[tokio::test]
async fn a_bad_item_teaches_nothing() {
    let server = Server::new(|seen, _| match seen.item() {
        "item bad" => refusal("400 Bad Request", "", "{\"error\":\"no such item\"}"),
        _ => telling(),
    })
    .await;
    let client = client(&config(&server.url));
    complete(&client, asked("bad")).await.0.unwrap_err();
    assert!(complete(&client, asked("good")).await.0.unwrap().chances.is_some());
    assert_eq!(client.name(), "test");
}

/// Tokens that failed attempts used are told, whatever becomes of the request.
#[tokio::test]
async fn what_failed_attempts_used_is_noted() {
    let empty = [super::server::finish("stop").as_bytes(), USAGE.as_bytes(), DONE.as_bytes()].concat();
    let cut = [super::server::text("ha").as_bytes(), USAGE.as_bytes()].concat();
    let lost = |bytes: &[u8]| super::server::stream(bytes);
    let server = Server::of(vec![lost(&empty), lost(&cut), good("fine")]).await;
    let (answer, tail, _) = complete(&client(&config(&server.url)), request("a")).await;
    assert_eq!(answer.unwrap().usage.unwrap().prompt_tokens, 7, "its own");
    let attempts = tail.attempts();
    assert_eq!((attempts.lost.prompt_tokens, attempts.lost.completion_tokens), (14, 6), "of the two before");

    let server = Server::of(vec![lost(&empty)]).await;
    let (answer, tail, _) = complete(&client(&config(&server.url)), request("a")).await;
    answer.unwrap_err();
    assert_eq!(tail.attempts().lost.prompt_tokens, 14);
}

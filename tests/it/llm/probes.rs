//! Probes: what a server can do is found by trying.

use assay::llm::{Endpoint as _, Feature, Found};
use serde_json::{Value, json};

use super::{
    client, config,
    server::{DONE, Seen, Server, Step, USAGE, finish, refusal, several, stream, text},
};

fn json_answer(body: &Value) -> Vec<Step> {
    refusal("200 OK", "", &body.to_string())
}

fn completion(texts: &[&str]) -> Vec<Step> {
    let choices: Vec<_> =
        texts.iter().map(|text| json!({"message": {"content": text}, "finish_reason": "stop"})).collect();
    json_answer(&json!({"choices": choices}))
}

/// A server that can do everything but vLLM's and llama.cpp's own forms.
pub(super) fn able(seen: &Seen) -> Vec<Step> {
    if seen.head.starts_with("GET /v1/models") {
        return json_answer(&json!({"data": [{"id": "other"}, {"id": "m", "max_model_len": 2048}]}));
    }
    if let (true, Some(n)) = (seen.body["stream"] == true, seen.body["n"].as_u64()) {
        return several(&(0..n).map(|choice| format!("text {choice}")).collect::<Vec<_>>());
    }
    if seen.body["stream"] == true {
        return stream([text("one"), text(" two"), finish("stop"), USAGE.into(), DONE.into()].concat().as_bytes());
    }
    match seen.body["seed"].as_u64() {
        Some(seed) => completion(&[&format!("text {seed}")]),
        _ if seen.body.get("response_format").is_some() => completion(&["{\"colour\": \"red\"}"]),
        _ if seen.body.get("grammar").is_some() => {
            refusal("400 Bad Request", "", "{\"error\":\"unknown field grammar\"}")
        }
        _ => completion(&["Certainly! Red."]),
    }
}

#[tokio::test]
async fn abilities_are_found() {
    let server = Server::new(|seen, _| able(seen)).await;
    let client = client(&config(&server.url));
    assert_eq!(client.together("m"), 1, "nothing is proved yet");
    let probe = client.probe("m").await;
    assert_eq!((client.together("m") > 1, client.together("other")), (true, 1));
    use Feature::{
        Completes, Context, Grammar, JsonObject, JsonSchema, Model, Reachable, Samples, Seed, Streaming, Usage,
    };
    for feature in [Reachable, Model, Context, Completes, Streaming, Usage, Samples, Seed, JsonSchema, JsonObject] {
        assert_eq!(probe.found(feature), Found::Yes, "{feature:?}: {probe:?}");
    }
    for feature in [Grammar, Feature::StructuredOutputs] {
        assert_eq!(probe.found(feature), Found::No, "{feature:?}: {probe:?}");
    }
    assert_eq!((probe.context, probe.models.join(",")), (Some(2048), "other,m".to_owned()));
    assert!(probe.is_usable());
    let stored = serde_json::to_string(&probe).unwrap();
    assert_eq!(serde_json::from_str::<assay::llm::Probe>(&stored).unwrap(), probe);
}

/// A server that gives one seed to all choices.
#[tokio::test]
async fn samples_that_are_all_the_same_are_none() {
    let server = Server::new(|seen, _| match seen.body["n"].as_u64() {
        Some(n) => several(&vec!["the same".to_owned(); usize::try_from(n).unwrap()]),
        None => able(seen),
    })
    .await;
    let client = client(&config(&server.url));
    let probe = client.probe("m").await;
    assert_eq!(probe.found(Feature::Samples), Found::No, "{probe:?}");
    assert_eq!(client.together("m"), 1);
}

/// A server that always says the same, whole, and has no list of models.
#[tokio::test]
async fn a_simple_server_is_not_overrated() {
    let server = Server::new(|seen, _| match seen.body.is_null() {
        true => refusal("404 Not Found", "", "{}"),
        false => completion(&["Hello."]),
    })
    .await;
    let probe = client(&config(&server.url)).probe("m").await;
    assert!(probe.is_usable());
    for feature in [Feature::Model, Feature::Context, Feature::Seed] {
        assert_eq!(probe.found(feature), Found::Unknown, "{feature:?}: {probe:?}");
    }
    for feature in [Feature::Streaming, Feature::Usage, Feature::Samples, Feature::JsonSchema, Feature::JsonObject] {
        assert_eq!(probe.found(feature), Found::No, "{feature:?}: {probe:?}");
    }
}

#[tokio::test]
async fn what_does_not_answer_is_not_usable() {
    let server = Server::new(|seen, _| match seen.body.is_null() {
        true => json_answer(&json!({"data": [{"id": "other"}]})),
        false => refusal("404 Not Found", "", "{\"error\":{\"message\":\"no model m\"}}"),
    })
    .await;
    let probe = client(&config(&server.url)).probe("m").await;
    assert!(!probe.is_usable());
    assert_eq!((probe.found(Feature::Model), probe.found(Feature::Completes)), (Found::No, Found::No));
    let url = server.url.clone();
    drop(server);
    let probe = client(&config(&url.replace("127.0.0.1", "127.0.0.2"))).probe("m").await;
    assert_eq!(probe.found(Feature::Reachable), Found::No);
}

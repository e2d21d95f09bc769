//! Structured output: asked for as the server can, one step less where it refuses or does not heed, and remembered.

use std::sync::Arc;

use assay::{
    config::{EndpointConfig, Structured},
    llm::{
        Endpoint as _, Memory, Request, Shape,
        openai::{Form, OpenAi},
    },
};

use super::{
    client, complete, config, quick, request,
    server::{Seen, Server, Step, good, refusal},
};

static SHAPE: Shape = Shape {
    name: "thing",
    schema: r#"{"type":"object","properties":{"zeta":{"type":"string"},"alpha":{"type":"string"}}}"#,
    grammar: r#"root ::= "{}""#,
    prompt_says_json: true,
};

fn shaped(slot: &str) -> Request {
    Request { shape: Some(&SHAPE), ..request(slot) }
}

/// The form of a request, as a server sees it.
fn form(seen: &Seen) -> &'static str {
    let format = &seen.body["response_format"];
    match (format["type"].as_str(), format.get("schema").is_some()) {
        (Some("json_schema"), _) => "json_schema",
        (Some("json_object"), true) => "schema",
        (Some("json_object"), false) => "json_object",
        _ if seen.body.get("structured_outputs").is_some() => "structured_outputs",
        _ if seen.body.get("grammar").is_some() => "grammar",
        _ => "prompt",
    }
}

/// A server that takes some forms and refuses the others with a status and a message.
async fn server(takes: &'static [&'static str], status: &'static str, says: &'static str) -> Server {
    Server::new(move |seen, _| -> Vec<Step> {
        if takes.contains(&form(seen)) { good("{\"zeta\": \"z\"}") } else { refusal(status, "", says) }
    })
    .await
}

fn forms(server: &Server) -> Vec<&'static str> {
    server.seen().iter().map(form).collect()
}

#[tokio::test]
async fn the_schema_goes_out_in_its_own_order() {
    let server = server(&["json_schema"], "400 Bad Request", "{}").await;
    complete(&client(&config(&server.url)), shaped("a")).await.0.unwrap();
    let sent = server.seen()[0].body["response_format"]["json_schema"].clone();
    assert_eq!((&sent["name"], &sent["strict"]), (&"thing".into(), &true.into()));
    assert!(sent["schema"]["properties"]["zeta"].is_object());
    complete(&client(&config(&server.url)), request("free")).await.0.unwrap_err();
    assert_eq!(forms(&server)[1], "prompt", "a request without a shape asks for none");
}

#[tokio::test]
async fn refusals_lead_down_the_ladder_once() {
    let says = "{\"error\":{\"message\":\"Failed to initialize samplers\"}}";
    let server = server(&["grammar"], "400 Bad Request", says).await;
    let client = client(&config(&server.url));
    let (answer, tail, _) = complete(&client, shaped("a")).await;
    assert_eq!(answer.unwrap().attempts, 1, "a form that is not taken costs no attempt");
    assert_eq!(forms(&server), ["json_schema", "structured_outputs", "schema", "grammar"]);
    assert_eq!(tail.attempts().troubles.len(), 3, "and is seen");
    complete(&client, shaped("b")).await.0.unwrap();
    assert_eq!(forms(&server)[4..], ["grammar"]);
}

/// What is wrong with one item says nothing of the forms.
#[tokio::test]
async fn a_refused_item_teaches_nothing() {
    let server = Server::new(|seen, _| match seen.item() {
        "item bad" => refusal("400 Bad Request", "", "{\"error\":\"no such item\"}"),
        _ => good("{}"),
    })
    .await;
    let client = client(&config(&server.url));
    complete(&client, shaped("bad")).await.0.unwrap_err();
    assert_eq!(forms(&server).last(), Some(&"prompt"), "the test request is plain");
    complete(&client, shaped("good")).await.0.unwrap();
    assert_eq!(forms(&server).last(), Some(&"json_schema"));
}

#[tokio::test]
async fn what_is_not_heeded_is_given_up() {
    let server = Server::of(vec![good("Certainly! Here you are.")]).await;
    let client = client(&config(&server.url));
    for slot in 0..11 {
        complete(&client, shaped(&format!("s{slot}"))).await.0.unwrap();
    }
    let seen = forms(&server);
    assert_eq!(seen[..4], ["json_schema", "json_schema", "structured_outputs", "structured_outputs"]);
    assert_eq!(seen[10], "prompt", "two of each of the five, and then the prompt alone");
}

#[tokio::test]
async fn a_fixed_form_and_none() {
    let server = server(&["prompt"], "422 Unprocessable Entity", "{\"error\":\"no\"}").await;
    let fixed = EndpointConfig { structured: Structured::Schema, ..config(&server.url) };
    complete(&client(&fixed), shaped("a")).await.0.unwrap_err();
    assert_eq!(forms(&server)[0], "schema");
    let off = EndpointConfig { structured: Structured::Off, ..config(&server.url) };
    complete(&client(&off), shaped("a")).await.0.unwrap();
    let own: EndpointConfig =
        EndpointConfig { extra_body: "response_format = { type = \"text\" }".parse().unwrap(), ..config(&server.url) };
    complete(&client(&own), shaped("a")).await.0.unwrap();
    assert_eq!(server.seen().last().unwrap().body["response_format"]["type"], "text", "a field of one's own stands");
}

#[tokio::test]
async fn what_was_found_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&["schema"], "400 Bad Request", "{}").await;
    let open = || {
        let client = OpenAi::open("main", &config(&server.url)).unwrap().retrying(quick(3));
        client.remembering(Arc::new(Memory::of(folder.path())))
    };
    complete(&open(), shaped("a")).await.0.unwrap();
    complete(&open(), shaped("b")).await.0.unwrap();
    assert_eq!(forms(&server), ["json_schema", "structured_outputs", "schema", "schema"]);
    let known = Memory::of(folder.path()).known("main", &server.url).unwrap();
    assert_eq!(known.refused, [Form::JsonSchema, Form::StructuredOutputs]);
    assert!(known.probe.is_none() && Memory::of(folder.path()).known("main", "http://elsewhere/v1").is_none());
}

/// A probe that sees what was held against a form disproved takes it up again.
#[tokio::test]
async fn trying_outweighs_what_was_known() {
    let folder = tempfile::tempdir().unwrap();
    let memory = Arc::new(Memory::of(folder.path()));
    let server = Server::new(|seen, _| super::probes::able(seen)).await;
    memory.change("main", &server.url, |known| known.refused = vec![Form::JsonSchema]);
    let client = OpenAi::open("main", &config(&server.url)).unwrap().remembering(memory.clone());
    assert!(client.probe("m").await.is_usable());
    let known = memory.known("main", &server.url).unwrap();
    assert_eq!(known.refused, [Form::StructuredOutputs, Form::Grammar]);
    assert!(known.probe.is_some() && known.probed.is_some());
}

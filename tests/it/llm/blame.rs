//! Whose fault a failure is: a poisonous item fails alone, a broken endpoint fails nobody.

use assay::llm::{Blame, LlmError, Nature};

use super::{
    client, complete, config, request,
    server::{Server, Step, good, refusal, stream, text},
};

const REFUSED: &str = "{\"error\":{\"message\":\"no\"}}";

/// Failures that may be the item's or the endpoint's.
fn doubtful() -> Vec<(&'static str, Vec<Step>)> {
    vec![
        ("http-400", refusal("400 Bad Request", "", REFUSED)),
        ("http-403", refusal("403 Forbidden", "", REFUSED)),
        ("http-500", refusal("500 Internal Server Error", "", REFUSED)),
        ("stream-cut", stream(text("half").as_bytes())),
        ("protocol", stream(b"data: oops\n\n")),
    ]
}

fn blame(error: &LlmError) -> Option<Blame> {
    match error {
        LlmError::Traced { blame, .. } => Some(*blame),
        _ => None,
    }
}

#[tokio::test]
async fn what_fails_a_test_request_too_is_the_endpoint() {
    for (code, steps) in doubtful() {
        let server = Server::of(vec![steps]).await;
        let error = complete(&client(&config(&server.url)), request("a")).await.0.unwrap_err();
        assert_eq!(
            (error.code().as_ref(), error.nature(), blame(&error)),
            (code, Nature::Blocked, Some(Blame::Endpoint))
        );
        let seen = server.seen();
        let test = seen.last().unwrap();
        assert!(test.is_test());
        assert_eq!(
            (&test.body["temperature"], &test.body["model"]),
            (&seen[0].body["temperature"], &seen[0].body["model"])
        );
        assert_eq!(test.body["max_tokens"], 8);
    }
}

#[tokio::test]
async fn what_fails_alone_is_the_item() {
    for (code, steps) in doubtful() {
        let server = Server::new(move |seen, _| if seen.is_test() { good("OK") } else { steps.clone() }).await;
        let error = complete(&client(&config(&server.url)), request("a")).await.0.unwrap_err();
        assert_eq!((error.code().as_ref(), error.nature(), blame(&error)), (code, Nature::Lasting, Some(Blame::Item)));
    }
}

#[tokio::test]
async fn a_form_that_was_taken_before_needs_no_test() {
    let server = Server::of(vec![good("fine"), refusal("400 Bad Request", "", REFUSED)]).await;
    let client = client(&config(&server.url));
    complete(&client, request("a")).await.0.unwrap();
    let error = complete(&client, request("b")).await.0.unwrap_err();
    assert_eq!(error.nature(), Nature::Lasting);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_server_that_broke_after_its_answers_is_not_the_items_fault() {
    let server = Server::of(vec![good("fine"), refusal("500 Internal Server Error", "", REFUSED)]).await;
    let client = client(&config(&server.url));
    complete(&client, request("a")).await.0.unwrap();
    let error = complete(&client, request("b")).await.0.unwrap_err();
    assert_eq!((error.nature(), blame(&error)), (Nature::Blocked, Some(Blame::Endpoint)));
}

//! Faults, one at a time: which are asked again, which are results, which stop the work.

use std::time::Duration;

use assay::{
    config::EndpointConfig,
    llm::{Endpoint as _, LlmError, Nature, OnAttempt, Progress, Tail, openai::OpenAi},
};
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use super::{
    client, complete, config, request,
    server::{DONE, ROLE, Server, Step, chunked, finish, good, refusal, stream, text, until_closed},
};

/// A change to a configuration.
type Change = fn(&mut EndpointConfig);

/// Faults that another attempt may mend, with the code that the failed one has.
pub fn passing() -> Vec<(&'static str, &'static str, Vec<Step>)> {
    let html = until_closed("200 OK", "text/html", "", b"<!doctype html><p>Bad gateway");
    let busy = until_closed("429 Too Many Requests", "text/html", "", b"<html>slow down");
    let bad_utf8 =
        [b"data: {\"choices\":[{\"delta\":{\"content\":\"\xff\xfe\"}}]}\n\n".as_slice(), DONE.as_bytes()].concat();
    let inside = "data: {\"error\":{\"message\":\"out of memory\"}}\n\n";
    let coded = "data: {\"error\":{\"code\":502,\"message\":\"provider\"},\"choices\":[]}\n\n";
    let reason = finish("error");
    let old = "error: {\"code\":500,\"message\":\"slot unavailable\"}\n\n";
    vec![
        ("busy, for seconds", "http-429", refusal("429 Too Many Requests", "retry-after: 0\r\n", "{}")),
        (
            "busy, until a date",
            "http-429",
            refusal("429 Too Many Requests", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", "{}"),
        ),
        ("busy, as a page", "http-429", vec![Step::Bytes(busy), Step::Close]),
        ("broken", "http-500", refusal("500 Internal Server Error", "", "{\"error\":\"x\"}")),
        (
            "gateway",
            "http-502",
            vec![Step::Bytes(until_closed("502 Bad Gateway", "text/html", "", b"<html>")), Step::Close],
        ),
        ("closed", "stream-cut", vec![Step::Close]),
        ("reset", "stream-cut", vec![Step::Reset]),
        ("reset while streaming", "stream-cut", [chunked(&[text("a").as_bytes()], false), vec![Step::Reset]].concat()),
        ("cut, closed", "stream-cut", stream([ROLE, &text("half")].concat().as_bytes())),
        ("cut, chunked", "stream-cut", [chunked(&[text("half").as_bytes()], false), vec![Step::Close]].concat()),
        ("cut inside an event", "stream-cut", stream(&text("half").as_bytes()[..20])),
        ("cut inside a character", "stream-cut", stream(&text("字").as_bytes()[..text("字").find('字').unwrap() + 1])),
        ("nothing", "stream-cut", stream(b"")),
        ("a page", "protocol-html", vec![Step::Bytes(html), Step::Close]),
        ("no events", "protocol", stream(b"Internal error")),
        ("no JSON", "protocol", stream(b"data: oops\n\n")),
        ("bad UTF-8", "protocol-utf8", stream(&bad_utf8)),
        ("error inside", "stream-error", stream([&text("a"), inside].concat().as_bytes())),
        ("error inside, with a status", "http-502", stream(coded.as_bytes())),
        ("error as a reason", "stream-error", stream(reason.as_bytes())),
        ("error as a field", "http-500", stream(old.as_bytes())),
        ("error as JSON", "stream-error", stream(b"{\"error\":{\"message\":\"x\"}}")),
        ("empty", "empty", stream([finish("stop"), DONE.to_owned()].concat().as_bytes())),
        ("only thoughts", "empty-length", stream([text("<think>hm"), finish("length")].concat().as_bytes())),
    ]
}

#[tokio::test]
async fn passing_faults_are_asked_again() {
    for (name, _, steps) in passing() {
        let server = Server::of(vec![steps, good("fine")]).await;
        let (answer, tail, heard) = complete(&client(&config(&server.url)), request("a")).await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((answer.content.as_str(), answer.attempts), ("fine", 2), "{name}");
        assert_eq!(tail.sample().text, "fine", "{name}: the failed attempt's text is gone");
        assert_eq!(tail.attempts().number, 2, "{name}");
        assert!(tail.attempts().trouble.is_some(), "{name}");
        assert!(matches!(heard.all()[1], Progress::Waiting { number: 1, .. }), "{name}: {:?}", heard.all());
    }
}

#[tokio::test]
async fn faults_that_stay_are_told_with_their_code() {
    for (name, code, steps) in passing() {
        let server = Server::of(vec![steps]).await;
        let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
        let error = answer.expect_err(name);
        assert_eq!(error.code(), code, "{name}: {error}");
        let attempts = if code.starts_with("empty") { 2 } else { 3 };
        assert_eq!(server.asked(), attempts, "{name}");
        assert!(error.to_string().contains("endpoint `test`"), "{name}: {error}");
    }
}

/// Faults that nothing mends: status line, headers, body, code, nature.
#[tokio::test]
async fn lasting_faults_are_asked_once() {
    let cases = [
        ("400 Bad Request", "{\"error\":{\"message\":\"context too long\"}}", "http-400", Nature::Lasting),
        ("401 Unauthorized", "{\"error\":\"no key\"}", "http-401", Nature::Blocked),
        ("403 Forbidden", "", "http-403", Nature::Lasting),
        ("404 Not Found", "{\"detail\":\"Not Found\"}", "http-404", Nature::Blocked),
        ("422 Unprocessable Entity", "{}", "http-422", Nature::Lasting),
        ("402 Payment Required", "{}", "quota", Nature::Blocked),
        ("429 Too Many Requests", "{\"error\":{\"code\":\"insufficient_quota\"}}", "quota", Nature::Blocked),
        ("307 Temporary Redirect", "", "http-307", Nature::Blocked),
    ];
    for (status, body, code, nature) in cases {
        let server =
            Server::of(vec![refusal(status, "location: http://elsewhere/?secret\r\n", body), good("no")]).await;
        let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
        let error = answer.expect_err(status);
        assert_eq!((error.code().as_ref(), error.nature()), (code, nature), "{status}: {error}");
        assert_eq!(server.asked(), 1, "{status}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_filtered_answer_is_a_result() {
    let server = Server::of(vec![stream(finish("content_filter").as_bytes()), good("no")]).await;
    let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
    let error = answer.unwrap_err();
    assert_eq!((error.code().as_ref(), error.nature()), ("content-filter", Nature::Lasting));
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let events = text(&"x".repeat(1000)).repeat(60_000);
    assert!(events.len() > 50 << 20);
    for body in [events, format!("data: {}", "x".repeat(50 << 20)), format!("{{\"a\":\"{}", "x".repeat(50 << 20))] {
        let server = Server::of(vec![stream(body.as_bytes())]).await;
        let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
        let error = answer.unwrap_err();
        assert_eq!((error.code().as_ref(), error.nature()), ("too-large", Nature::Lasting));
        assert_eq!(server.asked(), 1);
    }
}

#[tokio::test]
async fn waits_end() {
    let slow = vec![Step::Stall];
    let silent = [chunked(&[ROLE.as_bytes()], false), vec![Step::Stall]].concat();
    let idle = [chunked(&[text("a").as_bytes()], false), vec![Step::Stall]].concat();
    let cases: [(&str, Vec<Step>, Change); 4] = [
        ("timeout-first-token", slow.clone(), |config| config.timeouts.first_token_s = 0.2),
        ("timeout-first-token", silent, |config| config.timeouts.first_token_s = 0.2),
        ("timeout-idle", idle, |config| config.timeouts.idle_s = 0.2),
        ("timeout-total", slow, |config| config.timeouts.total_s = 0.2),
    ];
    for (code, steps, set) in cases {
        let server = Server::of(vec![steps]).await;
        let mut config = config(&server.url);
        config.attempts = 2;
        set(&mut config);
        let (answer, ..) = complete(&client(&config), request("a")).await;
        assert_eq!(answer.unwrap_err().code(), code);
        assert_eq!(server.asked(), 2, "{code}");
    }
}

#[tokio::test]
async fn nobody_there_blocks() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let (answer, _, heard) = complete(&client(&config(&url)), request("a")).await;
    let error = answer.unwrap_err();
    assert_eq!((error.code().as_ref(), error.nature()), ("unreachable", Nature::Blocked));
    assert!(error.to_string().contains(&url), "{error}");
    assert_eq!(heard.all().iter().filter(|progress| matches!(progress, Progress::Attempt { .. })).count(), 3);
}

#[tokio::test]
async fn no_encryption_where_it_is_asked_for_is_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/v1", listener.local_addr().unwrap());
    let plain = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        }
    });
    let (answer, ..) = complete(&client(&config(&url)), request("a")).await;
    let error = answer.unwrap_err();
    assert_eq!((error.code().as_ref(), error.nature()), ("unreachable", Nature::Blocked), "{error}");
    plain.abort();
}

#[tokio::test]
async fn a_model_that_loads_is_waited_for() {
    let loading = refusal("503 Service Unavailable", "", "{\"error\":{\"message\":\"Loading model\",\"code\":503}}");
    let mut answers = vec![loading; 7];
    answers.push(good("fine"));
    let server = Server::of(answers).await;
    let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
    assert_eq!(answer.unwrap().attempts, 1);
    assert_eq!(server.asked(), 8);
}

#[tokio::test]
async fn a_refused_field_is_left_out_from_then_on() {
    let refuse =
        |message: &str| refusal("400 Bad Request", "", &format!("{{\"error\":{{\"message\":\"{message}\"}}}}"));
    let (options, limit) = (refuse("unknown field: stream_options"), refuse("Use 'max_completion_tokens' instead."));
    let server = Server::new(move |seen, _| {
        if seen.body.get("stream_options").is_some() {
            options.clone()
        } else if seen.body.get("max_tokens").is_some() {
            limit.clone()
        } else {
            good("fine")
        }
    })
    .await;
    let client = client(&config(&server.url));
    for total in [3, 4] {
        let (answer, ..) = complete(&client, request("a")).await;
        assert_eq!(answer.unwrap().attempts, 1);
        assert_eq!(server.asked(), total);
    }
}

#[tokio::test]
async fn a_field_that_was_not_sent_is_not_learnt_for_ever() {
    let server = Server::of(vec![refusal("400 Bad Request", "", "{\"error\":\"stream_options\"}")]).await;
    let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
    assert_eq!(answer.unwrap_err().code(), "http-400");
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn an_empty_answer_is_asked_for_with_another_seed() {
    let server = Server::of(vec![stream(finish("stop").as_bytes()), good("fine")]).await;
    let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
    assert_eq!(answer.unwrap().content, "fine");
    let seeds: Vec<_> = server.seen().iter().map(|seen| seen.body["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds, [11, 12]);
}

#[tokio::test]
async fn servers_set_the_pause_and_cancelling_ends_it() {
    let server = Server::of(vec![refusal("429 Too Many Requests", "retry-after: 40\r\n", "{}")]).await;
    let cancel = CancellationToken::new();
    let (stop, (told, waits)) = (cancel.clone(), std::sync::mpsc::channel());
    let listen: OnAttempt = std::sync::Arc::new(move |progress| {
        if let Progress::Waiting { wait, .. } = progress {
            told.send(wait).unwrap();
            stop.cancel();
        }
    });
    let answer = client(&config(&server.url)).complete(request("a"), Tail::default().into(), listen, cancel).await;
    assert_eq!(answer, Err(LlmError::Cancelled));
    assert!(waits.recv().unwrap() >= Duration::from_secs(40));
}

#[tokio::test]
async fn a_busy_server_gets_fewer_at_a_time() {
    let busy = refusal("429 Too Many Requests", "retry-after: 0\r\n", "{}");
    let server = Server::of(vec![busy, good("fine")]).await;
    let client = client(&EndpointConfig { concurrency: 8, ..config(&server.url) });
    assert_eq!(client.concurrency(), 8);
    complete(&client, request("a")).await.0.unwrap();
    assert_eq!(client.concurrency(), 6);
    for _ in 0..20 {
        complete(&client, request("a")).await.0.unwrap();
    }
    assert_eq!(client.concurrency(), 8);
}

#[tokio::test]
async fn a_pause_of_an_hour_is_not_waited_for() {
    let server = Server::of(vec![refusal("429 Too Many Requests", "retry-after: 3600\r\n", "{}")]).await;
    let (answer, ..) = complete(&client(&config(&server.url)), request("a")).await;
    assert_eq!(answer.unwrap_err().nature(), Nature::Blocked);
    assert_eq!(server.asked(), 1);
}

#[test]
fn a_configuration_that_cannot_work_is_refused() {
    let cases: [(&str, Change); 5] = [
        ("base_url is missing", |config| config.base_url = None),
        ("must begin with http", |config| config.base_url = Some("localhost:8080".to_owned())),
        ("idle_s", |config| config.timeouts.idle_s = f64::NAN),
        ("temperature", |config| config.extra_body = "temperature = 1.0".parse().unwrap()),
        ("header", |config| drop(config.headers.insert("a b".to_owned(), "x".to_owned()))),
    ];
    for (said, set) in cases {
        let mut config = config("http://127.0.0.1:1/v1");
        set(&mut config);
        let error = OpenAi::open("mine", &config).unwrap_err();
        assert_eq!(error.code(), "config");
        assert!(error.to_string().contains(said) && error.to_string().contains("`mine`"), "{error}");
    }
}

//! Several servers under one endpoint. Pauses between attempts are an hour long here: a test that took one would not
//! end.

use std::time::Duration;

use assay::{
    config::EndpointConfig,
    llm::{
        Endpoint as _, Feature, Found, Nature,
        openai::{OpenAi, Retry},
    },
};

use super::{
    complete, config, quick, request,
    server::{Server, good, refusal},
};

const HOUR: Duration = Duration::from_secs(3600);

fn client(urls: &[&str]) -> OpenAi {
    let config = EndpointConfig { attempts: 3, ..config(&urls.join(", ")) };
    OpenAi::open("test", &config).unwrap().retrying(Retry { attempts: 3, base: HOUR, cap: HOUR, ..Retry::default() })
}

/// An address where nobody listens.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

#[tokio::test]
async fn work_is_shared() {
    let (one, two) = (Server::of(vec![good("fine")]).await, Server::of(vec![good("fine")]).await);
    let client = client(&[&one.url, &two.url]);
    for _ in 0..20 {
        complete(&client, request("a")).await.0.unwrap();
    }
    assert_eq!((one.asked(), two.asked()), (10, 10));
}

#[tokio::test]
async fn a_dead_server_is_passed_over() {
    let (dead, alive) = (nowhere(), Server::of(vec![good("fine")]).await);
    let client = client(&[&dead, &alive.url]);
    let mut attempts = Vec::new();
    for _ in 0..20 {
        attempts.push(complete(&client, request("a")).await.0.unwrap().attempts);
    }
    assert_eq!(attempts[0], 2, "the first request finds out");
    assert!(attempts.iter().all(|attempts| *attempts <= 2));
    assert_eq!(alive.asked(), 20);
}

#[tokio::test]
async fn a_busy_server_sends_work_to_the_other() {
    let busy = Server::of(vec![refusal("429 Too Many Requests", "retry-after: 3600\r\n", "{}")]).await;
    let free = Server::of(vec![good("fine")]).await;
    let client = client(&[&busy.url, &free.url]);
    for _ in 0..5 {
        complete(&client, request("a")).await.0.unwrap();
    }
    assert_eq!((busy.asked(), free.asked()), (1, 5));
}

#[tokio::test]
async fn where_all_are_dead_the_work_waits() {
    let (one, two) = (nowhere(), nowhere());
    let client = client(&[&one, &two]).retrying(quick(3));
    let error = complete(&client, request("a")).await.0.unwrap_err();
    assert_eq!((error.code().as_ref(), error.nature()), ("unreachable", Nature::Blocked));
}

#[tokio::test]
async fn probes_tell_which_is_dead() {
    let (dead, alive) = (nowhere(), Server::of(vec![good("fine")]).await);
    let probe = client(&[&dead, &alive.url]).probe("m").await;
    let reachable: Vec<_> = probe.findings.iter().filter(|finding| finding.feature == Feature::Reachable).collect();
    assert_eq!((reachable[0].found, reachable[1].found), (Found::No, Found::Yes));
    assert!(reachable[0].detail.contains(&dead) && probe.is_usable());
}

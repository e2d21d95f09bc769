//! How requests get to a server: with a key from a program, through a proxy, over connections that own certificates
//! vouch for, and no faster than is allowed.

use assay::{
    config::EndpointConfig,
    llm::{Nature, openai::OpenAi},
};

use super::{
    client, complete, config, request,
    server::{Server, good, refusal},
};

fn program(script: &str) -> Vec<String> {
    ["sh", "-c", script].map(str::to_owned).to_vec()
}

#[tokio::test]
async fn a_program_is_asked_for_the_key_once() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    let server = Server::of(vec![good("fine")]).await;
    let script = format!("echo run >> '{}'; echo sk-of-a-program", runs.display());
    let config = EndpointConfig { key_command: program(&script), ..config(&server.url) };
    let client = client(&config);
    assert!(!runs.exists(), "not before it is needed");
    let (one, two, three) =
        tokio::join!(complete(&client, request("a")), complete(&client, request("b")), complete(&client, request("c")));
    for (answer, ..) in [one, two, three] {
        answer.unwrap();
    }
    assert_eq!(std::fs::read_to_string(&runs).unwrap(), "run\n");
    assert!(server.seen().iter().all(|seen| seen.head.contains("authorization: Bearer sk-of-a-program")));
    assert!(!format!("{client:?}").contains("sk-of"));
}

/// Keys of some providers last an hour: where one is refused, the program is asked for another.
#[tokio::test]
async fn a_refused_key_is_asked_for_anew() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count");
    let script = format!("echo x >> '{0}'; echo sk-number-$(grep -c x '{0}')", count.display());
    let server =
        Server::of(vec![refusal("401 Unauthorized", "", "{\"error\":\"sk-number-1 is old\"}"), good("fine")]).await;
    let client = client(&EndpointConfig { key_command: program(&script), ..config(&server.url) });
    let error = complete(&client, request("a")).await.0.unwrap_err();
    assert!(error.nature() == Nature::Blocked && error.to_string().contains("[key] is old"), "{error}");
    complete(&client, request("a")).await.0.unwrap();
    assert!(server.seen()[1].head.contains("Bearer sk-number-2"));
}

#[tokio::test]
async fn a_program_that_fails_shows_nothing_of_what_it_said() {
    let server = Server::of(vec![good("no")]).await;
    for (script, word) in
        [("echo sk-secret; exit 3", "failed (exit status: 3)"), ("echo; echo sk-secret >&2", "printed no key")]
    {
        let config = EndpointConfig { key_command: program(script), ..config(&server.url) };
        let error = complete(&client(&config), request("a")).await.0.unwrap_err();
        let said = error.to_string();
        assert!(said.contains(word) && said.contains("by hand") && !said.contains("sk-secret"), "{said}");
        assert_eq!(error.nature(), Nature::Blocked);
    }
    let config = EndpointConfig { key_command: vec!["/nowhere/at/all".to_owned()], ..config(&server.url) };
    let error = complete(&client(&config), request("a")).await.0.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("key_command cannot be run") && !said.contains("/nowhere"), "{said}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_proxy_is_asked_in_place_of_the_server() {
    let proxy = Server::of(vec![good("through")]).await;
    let address = proxy.url.trim_end_matches("/v1").to_owned();
    let config = EndpointConfig { proxy: Some(address), ..config("http://model.invalid/v1") };
    let answer = complete(&client(&config), request("a")).await.0.unwrap();
    assert_eq!(answer.content, "through");
    assert!(proxy.seen()[0].head.starts_with("POST http://model.invalid/v1/chat/completions"));
}

#[tokio::test]
async fn certificates_are_read_or_the_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem").to_string_lossy().into_owned();
    let open = || OpenAi::open("test", &EndpointConfig { ca_file: Some(file.clone()), ..config("https://h/v1") });
    assert!(open().unwrap_err().to_string().contains("ca.pem cannot be read"));
    std::fs::write(&file, "no certificate").unwrap();
    assert!(open().unwrap_err().to_string().contains("BEGIN CERTIFICATE"));
    std::fs::write(&file, CERTIFICATE).unwrap();
    open().unwrap();
}

/// Ceilings delay; the clock of the test stands still but for them.
#[tokio::test]
async fn a_ceiling_holds_requests_back() {
    let server = Server::of(vec![good("fine")]).await;
    let client = client(&EndpointConfig { requests_per_minute: Some(2), ..config(&server.url) });
    complete(&client, request("a")).await.0.unwrap();
    complete(&client, request("b")).await.0.unwrap();
    let third = complete(&client, request("c"));
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(300), third).await.is_err(),
        "it waits for its minute"
    );
    assert_eq!(server.asked(), 2);
}

/// Of nobody; its key was thrown away.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBQDCB86ADAgECAhRhauJ0Uyrpof+zJS7XbD75cNZUWjAFBgMrZXAwFTETMBEG
A1UEAwwKYXNzYXkgdGVzdDAgFw0yNjExMjAwNzUxMjJaGA8yMTI2MTAyNzA3NTEy
MlowFTETMBEGA1UEAwwKYXNzYXkgdGVzdDAqMAUGAytlcAMhAB4r3q+ixhJUpZ/y
AmPu4U8FV10f772FwQpmi3jwHMrEo1MwUTAdBgNVHQ4EFgQUeGcIK5Dt9pDR9EBk
9DObhuloYvQwHwYDVR0jBBgwFoAUeGcIK5Dt9pDR9EBk9DObhuloYvQwDwYDVR0T
AQH/BAUwAwEB/zAFBgMrZXADQQCHb3gN/uYPtXNiBOe9abxKPtmVtIaN4PcMa0Ya
m1HcxCFVpniyDtKepz8UOm3LtUfct6NpRlxOp2z1JhNme6EB
-----END CERTIFICATE-----
";

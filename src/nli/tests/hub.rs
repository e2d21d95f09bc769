//! Fetching from a server that answers as the Hugging Face hub does: metadata by a range of one byte, large files by a
//! redirect to another host's path, files called by their SHA-256.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use super::{super::*, fixture};
use crate::domain::Digest;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the server does besides answering.
#[derive(Clone, Copy, Debug, Default)]
struct Manner {
    /// Ends the connection after so many bytes of the weights, once.
    cut: Option<usize>,
    /// Wants this token.
    token: Option<&'static str>,
    /// Has no such file.
    lacks: Option<&'static str>,
    /// Gives other weights than it promised.
    damages: bool,
    /// Answers with a page, as a captive portal does.
    portal: bool,
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    path: String,
    range: String,
    token: Option<String>,
}

struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, own) = (asked.clone(), address.clone());
        std::thread::spawn(move || {
            let mut cut = manner.cut;
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &own, manner, &mut cut, &log);
            }
        });
        Self { address, asked }
    }

    fn of(&self, what: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.path.contains(what)).cloned().collect()
    }
}

fn request(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: HashMap<String, String> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())))
        .collect();
    let range = headers.get("range").cloned().unwrap_or_default();
    Some(Asked { path, range, token: headers.get("authorization").cloned() })
}

fn answer(mut stream: TcpStream, own: &str, manner: Manner, cut: &mut Option<usize>, log: &Mutex<Vec<Asked>>) {
    let Some(asked) = request(&stream) else { return };
    log.lock().unwrap().push(asked.clone());
    let file = asked.path.rsplit('/').next().unwrap_or_default().to_owned();
    let refused = manner.token.is_some_and(|token| asked.token.as_deref() != Some(&format!("Bearer {token}")));
    let unknown = !asked.path.contains("/our/model/") || manner.lacks == Some(&file);
    let plain = match (manner.portal, asked.path.starts_with("/cdn/")) {
        (true, _) => Some("200 OK"),
        (_, false) if refused => Some("401 Unauthorized"),
        (_, false) if unknown => Some("404 Not Found"),
        _ => None,
    };
    let head = match plain {
        Some(status) => format!("{status}\r\ncontent-length: 2\r\n\r\nno"),
        None => {
            let mut bytes = fs::read(fixture("like_v2").join(&file)).unwrap();
            let etag = Digest::of_bytes(&bytes).hex();
            let known = format!("x-repo-commit: {COMMIT}\r\n");
            if file == "model.safetensors" && !asked.path.starts_with("/cdn/") {
                format!(
                    "302 Found\r\n{known}x-linked-etag: \"{etag}\"\r\nlocation: {own}/cdn/our/model/{file}\r\n\
                     content-length: 0\r\n\r\n"
                )
            } else {
                if manner.damages {
                    bytes.reverse();
                }
                return part(&mut stream, &asked, &bytes, &format!("{known}etag: \"{etag}\"\r\n"), cut);
            }
        }
    };
    let _gone =
        stream.write_all(format!("HTTP/1.1 {}", head.replacen("\r\n", "\r\nconnection: close\r\n", 1)).as_bytes());
}

fn part(stream: &mut TcpStream, asked: &Asked, bytes: &[u8], headers: &str, cut: &mut Option<usize>) {
    let (from, to) = asked.range.trim_start_matches("bytes=").split_once('-').unwrap();
    let from: usize = from.parse().unwrap();
    let to = to.parse().map_or(bytes.len(), |to: usize| to + 1);
    let mut body = &bytes[from..to];
    let (len, all) = (body.len(), bytes.len());
    if asked.path.starts_with("/cdn/")
        && len > 1
        && let Some(most) = cut.take()
    {
        body = &body[..most];
    }
    let last = to - 1;
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nconnection: close\r\n{headers}content-length: {len}\r\n\
         content-range: bytes {from}-{last}/{all}\r\n\r\n"
    );
    let _gone = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn hub(server: &str, home: &tempfile::TempDir) -> Hub {
    Hub {
        id: "our/model".to_owned(),
        revision: "main".to_owned(),
        cache: home.path().join("hub"),
        endpoint: server.to_owned(),
    }
}

fn refusal(manner: Manner) -> (String, PathBuf) {
    let (server, home) = (Server::start(manner), tempfile::tempdir().unwrap());
    let hub = hub(&server.address, &home);
    let said = fetch(&hub, |_| {}).unwrap_err().to_string();
    assert!(Source::Hub(hub).find().is_err(), "what is not whole is not found");
    (said, home.path().to_owned())
}

#[tokio::test]
async fn a_model_is_fetched_once_and_then_used_without_the_hub() {
    let (server, home) = (Server::start(Manner::default()), tempfile::tempdir().unwrap());
    let hub = hub(&server.address, &home);
    let source = Source::Hub(hub.clone());
    let said = source.find().unwrap_err().to_string();
    assert!(said.contains("our/model (main)") && said.contains("config.json") && said.contains("/tree/main"), "{said}");
    let mut told = Vec::new();
    fetch(&hub, |progress| told.push(progress)).unwrap();
    let size = fs::metadata(fixture("like_v2").join("model.safetensors")).unwrap().len();
    assert!(told.contains(&Progress { file: "model.safetensors".to_owned(), done: size, all: size }), "{told:?}");
    let requests = server.asked.lock().unwrap().len();
    fetch(&hub, |_| {}).unwrap();
    assert_eq!(server.asked.lock().unwrap().len(), requests, "nothing is asked for twice");
    let nli = Nli::start("our/model", source.find().unwrap(), Options::default()).unwrap();
    let pair = Pair { premise: "a".into(), hypothesis: "b".into() };
    let judged = nli.judge(pair, &tokio_util::sync::CancellationToken::new()).await;
    assert_eq!(judged.unwrap().tokens, 5);
    let by_commit = Source::Hub(Hub { revision: COMMIT.to_owned(), ..hub });
    assert!(by_commit.find().is_ok(), "a commit needs no name");
}

#[test]
fn a_cut_download_goes_on_where_it_ended() {
    let manner = Manner { cut: Some(1000), ..Manner::default() };
    let (server, home) = (Server::start(manner), tempfile::tempdir().unwrap());
    let hub = hub(&server.address, &home);
    fetch(&hub, |_| {}).unwrap();
    let ranges: Vec<String> = server.of("/cdn/").into_iter().map(|asked| asked.range).collect();
    assert_eq!(ranges, ["bytes=0-0", "bytes=0-", "bytes=0-0", "bytes=1000-"]);
    let found = fs::read(Source::Hub(hub).find().unwrap().weights).unwrap();
    assert!(found == fs::read(fixture("like_v2").join("model.safetensors")).unwrap());
}

#[test]
fn a_key_is_sent_to_the_hub_and_to_nobody_else() {
    let manner = Manner { token: Some("hf_secret"), ..Manner::default() };
    let (said, _home) = refusal(manner);
    assert!(said.contains("401") && said.contains("HF_TOKEN"), "{said}");
    let (server, home) = (Server::start(manner), tempfile::tempdir().unwrap());
    fs::write(home.path().join("token"), "hf_secret").unwrap();
    fetch(&hub(&server.address, &home), |_| {}).unwrap();
    assert!(server.of("/resolve/").iter().all(|asked| asked.token.as_deref() == Some("Bearer hf_secret")));
}

#[test]
fn refusals_say_what_to_do() {
    let (said, _) = refusal(Manner { lacks: Some("tokenizer.json"), ..Manner::default() });
    assert!(
        said.contains("/resolve/main/tokenizer.json") && said.contains("404") && said.contains("/tree/main"),
        "{said}"
    );
    let (said, _) = refusal(Manner { portal: true, ..Manner::default() });
    assert!(said.contains("does not answer as the hub does") && said.contains("HF_ENDPOINT"), "{said}");
    let (said, home) = refusal(Manner { damages: true, lacks: Some("config.json"), ..Manner::default() });
    assert!(said.contains("404"), "{said} {home:?}");
    let (said, _) = refusal(Manner { damages: true, ..Manner::default() });
    assert!(said.contains("damaged") && said.contains("fetch it again"), "{said}");
}

#[test]
fn without_a_network_the_files_can_be_put_there_by_hand() {
    let home = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = fetch(&hub(&format!("http://{free}"), &home), |_| {}).unwrap_err().to_string();
    for part in ["/our/model/tree/main", "config.json, tokenizer.json and model.safetensors", "consistency.model"] {
        assert!(said.contains(part), "{said}");
    }
}

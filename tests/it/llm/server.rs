//! A server that does what it is told, byte for byte.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What is done with a connection, in order.
#[derive(Clone, Debug)]
pub enum Step {
    /// Writes.
    Bytes(Vec<u8>),
    /// Writes one byte at a time.
    Dribble(Vec<u8>),
    /// Says nothing for as long as the client stays.
    Stall,
    /// Says nothing until it is told to go on.
    Until(Arc<tokio::sync::Notify>),
    /// Closes.
    Close,
    /// Breaks the connection off.
    Reset,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Request line and headers.
    pub head: String,
    /// The body.
    pub body: Value,
    /// How many requests its connection carried before.
    pub before: usize,
}

impl Seen {
    /// The last message: which item it is.
    pub fn item(&self) -> &str {
        self.body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap()
    }

    /// Whether it is the short request that finds out whose fault an error is.
    pub fn is_test(&self) -> bool {
        self.item() == "Say OK."
    }
}

type Plan = dyn Fn(&Seen, usize) -> Vec<Step> + Send + Sync;

pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// A server that asks `plan` what to do with each request, given its number from 0.
    pub async fn new(plan: impl Fn(&Seen, usize) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (seen, plan): (Arc<Mutex<Vec<Seen>>>, Arc<Plan>) = (Arc::default(), Arc::new(plan));
        let all = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&all), Arc::clone(&plan)));
            }
        });
        Self { url, seen, task }
    }

    /// A server that answers the first requests as listed, and all later ones as the last.
    pub async fn of(answers: Vec<Vec<Step>>) -> Self {
        Self::new(move |_, n| answers[n.min(answers.len() - 1)].clone()).await
    }

    /// Every request, in the order of arrival.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests there were, short test requests aside.
    pub fn asked(&self) -> usize {
        self.seen().iter().filter(|seen| !seen.is_test()).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, all: Arc<Mutex<Vec<Seen>>>, plan: Arc<Plan>) {
    stream.set_nodelay(true).unwrap();
    let mut before = 0;
    while let Some(seen) = read(&mut stream).await.map(|seen| Seen { before, ..seen }) {
        before += 1;
        let number = {
            let mut all = all.lock().unwrap();
            all.push(seen.clone());
            all.len() - 1
        };
        for step in plan(&seen, number) {
            // The client may have gone, on purpose.
            let done = match step {
                Step::Bytes(bytes) => stream.write_all(&bytes).await.is_ok(),
                Step::Dribble(bytes) => dribble(&mut stream, &bytes).await,
                Step::Stall => {
                    let mut byte = [0];
                    let _gone = stream.read(&mut byte).await;
                    false
                }
                Step::Until(go) => {
                    go.notified().await;
                    true
                }
                Step::Close => false,
                Step::Reset => {
                    stream.set_zero_linger().unwrap();
                    false
                }
            };
            if !done {
                return;
            }
        }
    }
}

async fn dribble(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    for byte in bytes {
        if stream.write_all(&[*byte]).await.is_err() {
            return false;
        }
        tokio::time::sleep(Duration::from_micros(50)).await;
    }
    true
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut bytes).await?;
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let Some(length) = length else { return Some(Seen { head: text, body: Value::Null, before: 0 }) };
    let length = length.parse::<usize>().unwrap();
    while bytes.len() < head + length {
        more(stream, &mut bytes).await?;
    }
    Some(Seen { head: text, body: serde_json::from_slice(&bytes[head..]).unwrap(), before: 0 })
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 8192];
    let read = stream.read(&mut buffer).await.ok()?;
    bytes.extend_from_slice(&buffer[..read]);
    (read > 0).then_some(())
}

/// A head and a body that the end of the connection ends.
pub fn until_closed(status: &str, content_type: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

/// A refusal with a JSON body. The connection stays open.
pub fn refusal(status: &str, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n");
    vec![Step::Bytes([head.as_bytes(), body.as_bytes()].concat())]
}

/// A stream of events that ends with the connection.
pub fn stream(body: &[u8]) -> Vec<Step> {
    vec![Step::Bytes(until_closed("200 OK", "text/event-stream", "", body)), Step::Close]
}

/// The head of a chunked stream, and its chunks; `end` sends the last, empty one.
pub fn chunked(pieces: &[&[u8]], end: bool) -> Vec<Step> {
    let mut all = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for piece in pieces {
        all.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        all.extend_from_slice(piece);
        all.extend_from_slice(b"\r\n");
    }
    if end {
        all.extend_from_slice(b"0\r\n\r\n");
    }
    vec![Step::Bytes(all)]
}

/// The event of a piece of text.
pub fn text(piece: &str) -> String {
    let chunk = serde_json::json!({"model": "served", "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": null}]});
    format!("data: {chunk}\n\n")
}

/// The event of a piece of one of several choices.
pub fn piece(choice: usize, text: &str) -> String {
    let chunk = serde_json::json!({"model": "served", "choices": [{"index": choice, "delta": {"content": text}}]});
    format!("data: {chunk}\n\n")
}

/// The event of the end of one of several choices.
pub fn end(choice: usize, reason: &str) -> String {
    let chunk = serde_json::json!({"choices": [{"index": choice, "delta": {}, "finish_reason": reason}]});
    format!("data: {chunk}\n\n")
}

/// The event of the counts of several choices: the prompt once.
pub fn counts(prompt: u64, completion: u64) -> String {
    let usage = serde_json::json!({"prompt_tokens": prompt, "completion_tokens": completion});
    format!("data: {}\n\n", serde_json::json!({"choices": [], "usage": usage}))
}

/// Several answers as a healthy server streams them: a character of each in turn, ten tokens of prompt, one a
/// character.
pub fn several(texts: &[String]) -> Vec<Step> {
    let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
    let mut body = String::new();
    for at in 0..=longest {
        for (choice, text) in texts.iter().enumerate() {
            match text.chars().nth(at) {
                Some(next) => body += &piece(choice, &next.to_string()),
                None if text.chars().count() == at => body += &end(choice, "stop"),
                None => {}
            }
        }
    }
    let tokens: usize = texts.iter().map(|text| text.chars().count()).sum();
    body += &counts(10, u64::try_from(tokens).unwrap());
    chunked(&[(body + DONE).as_bytes()], true)
}

/// The event of a finish reason.
pub fn finish(reason: &str) -> String {
    format!("data: {}\n\n", serde_json::json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}))
}

/// The event of the counts, as servers send it: no choices.
pub const USAGE: &str =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}\n\n";
pub const ROLE: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n";
pub const DONE: &str = "data: [DONE]\n\n";

/// An answer as a healthy server streams it, on a connection that stays open.
pub fn good(content: &str) -> Vec<Step> {
    let (said, end) = (text(content), finish("stop"));
    chunked(&[ROLE.as_bytes(), said.as_bytes(), end.as_bytes(), USAGE.as_bytes(), DONE.as_bytes()], true)
}

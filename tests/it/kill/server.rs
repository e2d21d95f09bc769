//! A chat completions server in the test process: answers every call, counts what it was asked, and can be stopped and
//! started again on the same port.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use super::answers::Question;

/// What the server was asked, over all its lives.
#[derive(Debug, Default)]
pub struct Asked {
    counts: Mutex<HashMap<Question, u32>>,
    total: AtomicUsize,
}

impl Asked {
    /// How often each question was asked.
    pub fn counts(&self) -> HashMap<Question, u32> {
        self.counts.lock().unwrap().clone()
    }

    /// Requests in all.
    pub fn total(&self) -> usize {
        self.total.load(Ordering::SeqCst)
    }

    fn note(&self, question: &Question) {
        *self.counts.lock().unwrap().entry(question.clone()).or_default() += 1;
        self.total.fetch_add(1, Ordering::SeqCst);
    }
}

/// The server.
pub struct Server {
    pub address: SocketAddr,
    pub asked: Arc<Asked>,
    slowest: Duration,
    task: Option<JoinHandle<()>>,
}

impl Server {
    /// A server whose answers take up to `slowest`, drawn from the question.
    pub async fn start(slowest: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut server = Self { address: listener.local_addr().unwrap(), asked: Arc::default(), slowest, task: None };
        server.listen(listener);
        server
    }

    fn listen(&mut self, listener: TcpListener) {
        let (asked, slowest) = (self.asked.clone(), self.slowest);
        self.task = Some(tokio::spawn(async move {
            // Connections end with this task.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, asked.clone(), slowest));
            }
        }));
    }

    /// Closes the port and breaks all connections off.
    pub async fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        }
    }

    /// Listens again.
    pub async fn restart(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.listen(listener);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn serve(mut stream: TcpStream, asked: Arc<Asked>, slowest: Duration) {
    let mut bytes = Vec::new();
    while let Some(body) = read(&mut stream, &mut bytes).await {
        let question = Question::of(&serde_json::from_slice(&body).unwrap());
        asked.note(&question);
        if !slowest.is_zero() {
            let wait = question.draw("wait", slowest.as_micros() as u64);
            tokio::time::sleep(Duration::from_micros(wait)).await;
        }
        // A client that was killed is gone.
        if stream.write_all(&streamed(&question.answer())).await.is_err() {
            return;
        }
    }
}

/// One request's body; what came after it stays in `bytes`.
async fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..at].to_vec()).unwrap().to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let end = at + 4 + length.parse::<usize>().unwrap();
            if bytes.len() >= end {
                let body = bytes[at + 4..end].to_vec();
                bytes.drain(..end);
                return Some(body);
            }
        }
        let mut buffer = [0; 8192];
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
}

/// An answer as a stream of events, in two pieces, on a connection that stays open.
fn streamed(answer: &str) -> Vec<u8> {
    let half = answer.char_indices().nth(answer.chars().count() / 2).map_or(0, |(at, _)| at);
    let said = |piece: &str| json!({"model": "test", "choices": [{"index": 0, "delta": {"content": piece}}]});
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}});
    let events = [said(&answer[..half]), said(&answer[half..]), end, usage];
    let mut body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    body.push_str("data: [DONE]\n\n");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length";
    format!("{head}: {}\r\n\r\n{body}", body.len()).into_bytes()
}

//! One attempt: a request sent, an answer read, with everything that can go wrong in between.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use tokio_util::bytes::Bytes;

use super::{
    chunk::Chunk,
    collect::{Brought, Collect, Collected},
    refusal::{self, Words},
    retry::{self, Again, Failure},
    sse::{Event, Sse},
    wire::Wire,
};
use crate::domain::Usage;
use crate::llm::{Fault, LlmError, Tail, Wait};

/// How long counts may follow the finish reason.
const AFTER_FINISH: Duration = Duration::from_secs(5);

/// How long anything may follow the end mark. Reading to the end of the body lets the connection be used again.
const AFTER_DONE: Duration = Duration::from_millis(100);

/// The most bytes of a refusal that are read.
const LARGEST_REFUSAL: usize = 64 * 1024;

/// How many bytes are looked at of what is no completion.
const SHOWN: usize = 8 * 1024;

/// An answer and its times.
#[derive(Debug)]
pub(super) struct Reply {
    /// Which of the request's choices it is.
    pub choice: usize,
    pub answer: Collected,
    pub first: Duration,
    pub total: Duration,
}

impl Reply {
    /// Whether there is no text in it.
    pub fn is_empty(&self) -> bool {
        self.answer.content.trim().is_empty()
    }
}

/// What an attempt brought.
#[derive(Debug)]
pub(super) struct Replies {
    /// The choices that came.
    pub came: Vec<Reply>,
    /// What broke the answer off once some of its choices had ended.
    pub cut: Option<Failure>,
}

impl Replies {
    /// What all of it used, where the server told.
    pub fn usage(&self) -> Option<Usage> {
        let told = self.came.iter().filter_map(|reply| reply.answer.usage);
        told.reduce(|mut sum, usage| {
            sum += usage;
            sum
        })
    }
}

/// An attempt under way.
pub(super) struct Exchange<'a> {
    wire: &'a Wire,
    /// One for each choice that is asked for.
    tails: &'a [&'a Tail],
    largest: usize,
    start: Instant,
    first: Option<Instant>,
    /// When each choice began.
    firsts: Vec<Option<Instant>>,
    heard: Instant,
    /// Once the answer is complete: until when more may follow. What fails after that is nothing.
    until: Option<Instant>,
    received: usize,
    cut: Option<Failure>,
}

impl<'a> Exchange<'a> {
    /// An attempt that starts now and reads at most `largest` bytes, with a tail for each choice that is asked for.
    pub fn new(wire: &'a Wire, tails: &'a [&'a Tail], largest: usize) -> Self {
        let (start, firsts) = (Instant::now(), vec![None; tails.len()]);
        Self { wire, tails, largest, start, first: None, firsts, heard: start, until: None, received: 0, cut: None }
    }

    /// Sends the body, on a new connection where `fresh` says so, and reads the answer.
    pub async fn run(mut self, body: Vec<u8>, fresh: bool) -> Result<Replies, Failure> {
        let (at, what) = self.deadline();
        let sent = timeout_at(at, self.wire.post(body, fresh)).await.map_err(|_| self.timeout(what))?;
        let mut response = sent.map_err(|error| self.wire.broken(&error))?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        let head = self.head(&mut response).await?;
        let collect = match head.trim_ascii_start().first() {
            None => Err(self.cut("an empty answer")),
            Some(b'<') => Err(self.page()),
            Some(b'{' | b'[') => self.whole(response, head).await,
            Some(_) => self.events(response, head).await,
        }?;
        let total = self.start.elapsed();
        let first = |choice: usize| self.firsts.get(choice).copied().flatten().map_or(total, |at| at - self.start);
        let all = collect.end().into_iter().enumerate();
        let came =
            all.filter_map(|(choice, answer)| Some(Reply { choice, answer: answer?, first: first(choice), total }));
        Ok(Replies { came: came.collect(), cut: self.cut })
    }

    fn deadline(&self) -> (Instant, Wait) {
        let patience = &self.wire.patience;
        let total = self.start + patience.total;
        let (at, what) = match self.first {
            None => (self.start + patience.first, Wait::FirstToken),
            Some(_) => (self.heard + patience.idle, Wait::Idle),
        };
        if total <= at { (total, Wait::Total) } else { (at, what) }
    }

    /// The next bytes, or nothing at the end.
    async fn more(&mut self, response: &mut Response) -> Result<Option<Bytes>, Failure> {
        if let Some(until) = self.until {
            return Ok(timeout_at(until, response.chunk()).await.ok().and_then(Result::ok).flatten());
        }
        let (at, what) = self.deadline();
        let bytes = timeout_at(at, response.chunk()).await.map_err(|_| self.timeout(what))?;
        let bytes = bytes.map_err(|error| self.cut(&super::wire::cause(&error)))?;
        self.received += bytes.as_ref().map_or(0, Bytes::len);
        if self.received > self.largest {
            let error = LlmError::TooLarge { endpoint: self.wire.name.clone(), limit: self.largest };
            return Err(Failure { error, again: Again::Never });
        }
        Ok(bytes)
    }

    /// What comes up to the first byte that is no white space: it tells what kind of answer this is. Servers' content
    /// types do not.
    async fn head(&mut self, response: &mut Response) -> Result<Vec<u8>, Failure> {
        let mut head = Vec::new();
        while let Some(bytes) = self.more(response).await? {
            head.extend_from_slice(&bytes);
            if !head.trim_ascii_start().is_empty() {
                break;
            }
        }
        Ok(head)
    }

    /// A whole completion, from a server that does not stream.
    async fn whole(&mut self, mut response: Response, mut body: Vec<u8>) -> Result<Collect, Failure> {
        self.hear();
        while let Some(bytes) = self.more(&mut response).await? {
            body.extend_from_slice(&bytes);
            self.hear();
        }
        let mut collect = Collect::new(self.tails.len());
        let chunk = self.chunk(&body)?;
        match self.take(chunk, &mut collect) {
            Brought::Error(error) => Err(self.judge(&error)),
            Brought::Text | Brought::Nothing => Ok(collect),
        }
    }

    /// A stream of events. What a broken one had used is noted, where it had told.
    async fn events(&mut self, response: Response, head: Vec<u8>) -> Result<Collect, Failure> {
        let mut collect = Collect::new(self.tails.len());
        let read = self.read_events(response, head, &mut collect).await;
        match read {
            Ok(()) => Ok(collect),
            // What has ended of several is whole, whatever became of the others.
            Err(failure) if collect.keep_ended() => {
                self.cut = Some(failure);
                Ok(collect)
            }
            Err(failure) => {
                if let Some(tail) = self.tails.first() {
                    tail.lose(collect.used());
                }
                Err(failure)
            }
        }
    }

    /// Takes a chunk in and shows its text where it belongs.
    fn take(&mut self, chunk: Chunk, collect: &mut Collect) -> Brought {
        let (tails, firsts) = (self.tails, &mut self.firsts);
        collect.take(chunk, |choice, text| {
            if let (Some(tail), Some(first)) = (tails.get(choice), firsts.get_mut(choice)) {
                first.get_or_insert_with(Instant::now);
                tail.push(text);
            }
        })
    }

    async fn read_events(
        &mut self,
        mut response: Response,
        head: Vec<u8>,
        collect: &mut Collect,
    ) -> Result<(), Failure> {
        let (mut sse, mut any) = (Sse::default(), false);
        sse.feed(&head);
        loop {
            while let Some(event) = sse.next() {
                any = true;
                self.event(&event, collect)?;
            }
            match self.more(&mut response).await? {
                Some(bytes) => sse.feed(&bytes),
                None => break,
            }
        }
        if let Some(event) = sse.last() {
            any = true;
            self.last(&event, collect)?;
        }
        if self.until.is_some() {
            return Ok(());
        }
        if any || head.starts_with(b":") {
            Err(self.cut("the stream ended before the model did"))
        } else {
            Err(self.shape(&head))
        }
    }

    /// An event that nothing closed: where it is not whole, the stream was cut inside it.
    fn last(&mut self, event: &Event, collect: &mut Collect) -> Result<(), Failure> {
        match self.event(event, collect) {
            Err(Failure { error: LlmError::Protocol { fault: Fault::Shape | Fault::Utf8, .. }, .. }) => Ok(()),
            other => other,
        }
    }

    fn event(&mut self, event: &Event, collect: &mut Collect) -> Result<(), Failure> {
        let data = event.data.trim_ascii();
        if data == b"[DONE]" {
            self.until = Some(Instant::now() + AFTER_DONE);
            return Ok(());
        }
        if data.is_empty() {
            return Ok(());
        }
        if event.name == "error" && self.until.is_none() {
            let error = serde_json::from_slice(data).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(data)));
            let inner = error.get("error").cloned();
            return Err(self.judge(&inner.unwrap_or(error)));
        }
        let chunk = match self.chunk(data) {
            Err(_) if self.until.is_some() => return Ok(()),
            chunk => chunk?,
        };
        match self.take(chunk, collect) {
            Brought::Text => self.hear(),
            Brought::Nothing => self.heard = Instant::now(),
            Brought::Error(_) if self.until.is_some() => {}
            Brought::Error(error) => return Err(self.judge(&error)),
        }
        if collect.finished() && self.until.is_none() {
            self.until = Some(Instant::now() + AFTER_FINISH.min(self.wire.patience.idle));
        }
        Ok(())
    }

    fn hear(&mut self) {
        self.heard = Instant::now();
        self.first.get_or_insert(self.heard);
    }

    fn chunk(&self, data: &[u8]) -> Result<Chunk, Failure> {
        serde_json::from_slice(data).map_err(|_| match std::str::from_utf8(data) {
            Ok(_) => self.shape(data),
            Err(_) => self.fault(Fault::Utf8, "bytes that are not UTF-8; see the server's log".to_owned()),
        })
    }

    /// An error object in place of an answer.
    fn judge(&self, error: &Value) -> Failure {
        refusal::judge_in_stream(&self.wire.name, error, &|text| self.wire.clean(text))
    }

    async fn refusal(&mut self, mut response: Response) -> Failure {
        let status = response.status();
        let asked = retry::asked(response.headers(), jiff::Timestamp::now());
        if status.is_redirection() {
            return self.redirect(&response);
        }
        let mut body = Vec::new();
        // What cannot be read of a refusal is left out: the status says enough.
        while let Ok(Some(bytes)) = self.more(&mut response).await {
            body.extend_from_slice(&bytes);
            if body.len() > LARGEST_REFUSAL {
                break;
            }
        }
        let words = Words::of_body(&body, &|text| self.wire.clean(text));
        refusal::judge(&self.wire.name, status, words, asked, &self.wire.address.hint())
    }

    fn redirect(&self, response: &Response) -> Failure {
        let to = response.headers().get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
        let to = self.wire.quote(to.split('?').next().unwrap_or_default());
        let (endpoint, status) = (self.wire.name.clone(), response.status().as_u16());
        let error = LlmError::Status { endpoint, status, message: format!("it redirects to {to}") };
        Failure { error, again: Again::Never }
    }

    fn timeout(&self, what: Wait) -> Failure {
        Failure { error: self.wire.late(what), again: Again::Backoff }
    }

    fn fault(&self, fault: Fault, message: String) -> Failure {
        Failure {
            error: LlmError::Protocol { endpoint: self.wire.name.clone(), fault, message },
            again: Again::Backoff,
        }
    }

    fn cut(&self, why: &str) -> Failure {
        self.fault(Fault::Cut, format!("the answer was cut off: {why}; see the server's log, then run again"))
    }

    fn page(&self) -> Failure {
        let (shown, hint) = (&self.wire.address.shown, self.wire.address.hint());
        self.fault(Fault::Html, format!("a web page in place of an answer; check base_url {shown}{hint}"))
    }

    fn shape(&self, data: &[u8]) -> Failure {
        let seen = self.wire.quote(&String::from_utf8_lossy(&data[..data.len().min(SHOWN)]));
        let (shown, hint) = (&self.wire.address.shown, self.wire.address.hint());
        self.fault(Fault::Shape, format!("not a chat completion: `{seen}`; check base_url {shown}{hint}"))
    }
}

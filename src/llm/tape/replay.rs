//! An endpoint that answers from a tape, with the recorded timing or faster.

use std::{path::Path, sync::Arc, time::Duration};

use futures::future::{BoxFuture, FutureExt as _, ready};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{Key, Line, Tape};
use crate::llm::{Answer, Endpoint, Feature, Found, LlmError, OnAttempt, Probe, Progress, Request, Tail};

/// A tape as an endpoint.
#[derive(Debug)]
pub struct TapeEndpoint {
    name: String,
    tape: Tape,
    concurrency: usize,
    speed: f64,
}

impl TapeEndpoint {
    /// Replays `tape` under the endpoint's name. Times are divided by `speed`; 0 answers at once.
    pub fn new(name: &str, tape: Tape, concurrency: usize, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 0.0 };
        Self { name: name.to_owned(), tape, concurrency: concurrency.max(1), speed }
    }

    /// Opens a file.
    pub fn open(name: &str, path: &Path, concurrency: usize, speed: f64) -> Result<Self, LlmError> {
        Ok(Self::new(name, Tape::read(path)?, concurrency, speed))
    }

    fn scaled(&self, ms: u64) -> Duration {
        if self.speed == 0.0 {
            return Duration::ZERO;
        }
        // A day is more than any recorded answer took; it keeps a damaged number from overflowing.
        Duration::from_secs_f64((ms as f64 / 1000.0 / self.speed).min(86_400.0))
    }

    async fn replay(&self, line: &Line, tail: &Tail) {
        let (start, text) = (Instant::now(), line.content.as_str());
        if self.speed == 0.0 {
            tail.push(text);
            return;
        }
        let first = self.scaled(line.first_ms.min(line.total_ms));
        let rest = self.scaled(line.total_ms).saturating_sub(first);
        sleep_until(start + first).await;
        let mut said = 0;
        for piece in pieces(text) {
            let share = said as f64 / text.len().max(1) as f64;
            sleep_until(start + first + rest.mul_f64(share)).await;
            tail.push(piece);
            said += piece.len();
        }
        sleep_until(start + first + rest).await;
    }

    async fn answer(&self, request: &Request, tail: &Tail) -> Result<Answer, LlmError> {
        let key = Key::of(request);
        let Some(line) = self.tape.get(&key) else {
            return Err(LlmError::NoAnswerOnTape {
                endpoint: self.name.clone(),
                call: key.call,
                slot: key.slot,
                sample: key.sample,
                take: key.take,
            });
        };
        self.replay(line, tail).await;
        Ok(Answer {
            content: line.content.clone(),
            reasoning: line.reasoning.clone(),
            finish: line.finish,
            usage: line.usage,
            first_ms: line.first_ms,
            total_ms: line.total_ms,
            attempts: 1,
            form: line.form.clone(),
            chances: line.chances.clone(),
            together: None,
            model: line.model.clone().unwrap_or_else(|| request.model.clone()),
        })
    }
}

impl Endpoint for TapeEndpoint {
    fn name(&self) -> &str {
        &self.name
    }

    fn concurrency(&self) -> usize {
        self.concurrency
    }

    fn label(&self) -> Option<&str> {
        Some(&self.tape.header().label)
    }

    fn complete(
        &self,
        request: Request,
        tail: Arc<Tail>,
        on_attempt: OnAttempt,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        async move {
            on_attempt(Progress::Attempt { number: 1, of: 1 });
            tail.attempt(1);
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(LlmError::Cancelled),
                answer = self.answer(&request, &tail) => answer,
            }
        }
        .boxed()
    }

    fn probe<'a>(&'a self, _model: &'a str) -> BoxFuture<'a, Probe> {
        let mut probe = Probe::new(&self.name);
        probe.add(Feature::Tape, Found::Yes, format!("{}: {} answers", self.tape.header().label, self.tape.len()));
        ready(probe).boxed()
    }
}

/// Cuts a text into what a model might send at a time: a word with the space before it, or one character of a script
/// without spaces.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut word = false;
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            let wide = !c.is_ascii();
            if at > 0 && (wide || (word && c.is_whitespace())) {
                end = at;
                break;
            }
            if wide {
                end = at + c.len_utf8();
                break;
            }
            word |= !c.is_whitespace();
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn pieces_are_words_or_wide_characters() {
        let text = "Hello  big\nworld 你好.";
        let cut: Vec<&str> = pieces(text).collect();
        assert_eq!(cut.concat(), text);
        assert_eq!(cut, ["Hello", "  big", "\nworld", " ", "你", "好", "."]);
        assert_eq!(pieces("").count(), 0);
    }
}

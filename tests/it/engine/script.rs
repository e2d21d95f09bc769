//! A scripted model: answers every call sensibly and counts what it was asked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use assay::{
    domain::{CallKind, Finish, Usage},
    llm::{Answer, Endpoint, LlmError, OnAttempt, Request, Tail},
};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::kill::answers::Question;

/// A question as it is counted: call, slot, sample.
pub type Asked = (CallKind, String, u32);

/// The model. Answers depend on the question and its take alone.
#[derive(Default)]
pub struct Script {
    pub asked: Mutex<HashMap<Asked, u32>>,
    /// Answers nothing while set: requests hang until they are cancelled.
    pub stuck: std::sync::atomic::AtomicBool,
    /// Answers as the kill tests' server does, good and bad ones, and refuses some questions for good.
    pub varied: bool,
    /// Calls that are refused for good while they are named here.
    pub refuses: Mutex<Vec<CallKind>>,
    /// How many requests of a call are in flight, and were at most.
    pub flying: Mutex<HashMap<CallKind, (usize, usize)>>,
    /// Milliseconds that every answer takes beside.
    pub slow: std::sync::atomic::AtomicU64,
    /// The client panics at the next request.
    pub panics: std::sync::atomic::AtomicBool,
    /// The endpoint's name; `script` where there is none.
    pub name: &'static str,
    /// Requests in flight at most; 8 where it is 0.
    pub concurrency: usize,
}

impl Script {
    /// How often each question was asked.
    pub fn counts(&self) -> HashMap<Asked, u32> {
        self.asked.lock().unwrap().clone()
    }
}

/// A request under way.
struct Flight<'s>(&'s Script, CallKind);

impl<'s> Flight<'s> {
    fn begin(script: &'s Script, call: CallKind) -> Self {
        let mut flying = script.flying.lock().unwrap();
        let (now, most) = flying.entry(call).or_default();
        *now += 1;
        *most = (*now).max(*most);
        Self(script, call)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        // A panic elsewhere must not become an abort here.
        if let Ok(mut flying) = self.0.flying.lock() {
            flying.entry(self.1).or_default().0 -= 1;
        }
    }
}

/// `evaluate` passes what contains the sample's word; every sample's cases fit every function.
fn verifier(sample: u32, nth: u32) -> String {
    let source = format!("def evaluate(response):\n    return 'tea' in response.lower()  # {sample}.{nth}\n");
    let cases = serde_json::json!([
        {"input": format!("Tea for {sample}.{nth}."), "output": true},
        {"input": format!("Coffee for {sample}.{nth}."), "output": false},
        {"input": format!("More tea, {sample}.{nth} cups."), "output": true},
    ]);
    format!("```json\n{}\n```", serde_json::json!({"func": source, "cases": cases}))
}

fn answer(request: &Request) -> String {
    let (sample, nth) = (request.sample, request.nth);
    match request.call {
        CallKind::SelfInstruct => {
            "- Mention tea somewhere in the answer.\n- End with a question about the weather.\n- Use four lines."
                .to_owned()
        }
        CallKind::Verifiers => verifier(sample, nth),
        CallKind::BackTranslate => format!("The response must mention tea ({sample}, {nth})."),
        CallKind::Entail => "They say the same.\nLabel: entailment".to_owned(),
        CallKind::Respond if sample % 2 == 0 => format!("A cup of tea helps ({}, {sample}, {nth}).", request.slot),
        CallKind::Respond => format!("A glass of water helps ({}, {sample}, {nth}).", request.slot),
        CallKind::Score => "Good.\nScore: 9".to_owned(),
    }
}

/// A good or bad answer, after a while; both depend on the question alone.
async fn varied(request: &Request) -> Result<String, LlmError> {
    let said: Vec<&str> = request.messages.iter().map(|message| message.content.as_str()).collect();
    let question = Question { prompt: said.join("\n"), seed: request.seed.unwrap() };
    tokio::time::sleep(std::time::Duration::from_micros(question.draw("wait", 4000))).await;
    if question.draw("refused", 30) == 0 {
        let message = "the prompt is too long".to_owned();
        return Err(LlmError::Status { endpoint: "script".into(), status: 400, message });
    }
    Ok(question.answer())
}

impl Endpoint for Script {
    fn name(&self) -> &str {
        if self.name.is_empty() { "script" } else { self.name }
    }

    fn concurrency(&self) -> usize {
        if self.concurrency == 0 { 8 } else { self.concurrency }
    }

    fn complete(
        &self,
        request: Request,
        tail: Arc<Tail>,
        _on_attempt: OnAttempt,
        cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        let key = (request.call, request.slot.to_string(), request.sample);
        *self.asked.lock().unwrap().entry(key).or_default() += 1;
        Box::pin(async move {
            let _flight = Flight::begin(self, request.call);
            assert!(!self.panics.swap(false, std::sync::atomic::Ordering::SeqCst), "a client with a defect");
            if self.refuses.lock().unwrap().contains(&request.call) {
                let message = "the prompt is too long".to_owned();
                return Err(LlmError::Status { endpoint: "script".into(), status: 400, message });
            }
            if self.stuck.load(std::sync::atomic::Ordering::SeqCst) {
                cancel.cancelled().await;
                return Err(LlmError::Cancelled);
            }
            let slow = self.slow.load(std::sync::atomic::Ordering::SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(slow)).await;
            let content = if self.varied {
                varied(&request).await?
            } else {
                tokio::time::sleep(std::time::Duration::from_micros(500)).await;
                answer(&request)
            };
            tail.push(&content);
            Ok(Answer {
                content,
                reasoning: None,
                finish: Finish::Stop,
                usage: Some(Usage { prompt_tokens: 10, cached_tokens: 0, completion_tokens: 5 }),
                first_ms: 1,
                total_ms: 2,
                attempts: 1,
                form: None,
                chances: None,
                together: None,
                model: request.model,
            })
        })
    }
}

//! Tests of the model clients: against a server that misbehaves as real ones do, from tape, and live.

mod blame;
mod certificates;
mod chances;
mod doctor;
mod faults;
mod forms;
pub mod live;
mod probes;
mod replicas;
mod schedule;
mod secrets;
pub mod server;
mod several;
mod tapes;
mod tolerated;
mod ways;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use assay::{
    config::{EndpointConfig, TimeoutConfig},
    domain::{CallKind, SlotKey},
    llm::{
        Answer, Endpoint, LlmError, Message, OnAttempt, Progress, Request, Role, Tail,
        openai::{OpenAi, Retry},
    },
};
use tokio_util::sync::CancellationToken;

/// A request for sample 0 of a slot.
fn request(slot: &str) -> Request {
    Request {
        call: CallKind::Respond,
        slot: SlotKey(slot.to_owned()),
        sample: 0,
        nth: 0,
        messages: vec![
            Message { role: Role::System, content: "Be brief.".to_owned() },
            Message { role: Role::User, content: format!("item {slot}") },
        ],
        model: "m".to_owned(),
        temperature: 0.8,
        top_p: 1.0,
        max_tokens: 64,
        shape: None,
        choices: &[],
        seed: Some(11),
        together: 1,
    }
}

/// A configuration for a test server: impatient, but never so that a busy machine fails a healthy answer.
fn config(url: &str) -> EndpointConfig {
    EndpointConfig {
        base_url: Some(url.to_owned()),
        attempts: 3,
        timeouts: TimeoutConfig { connect_s: 5.0, first_token_s: 30.0, idle_s: 30.0, total_s: 60.0 },
        ..EndpointConfig::default()
    }
}

/// Pauses of a millisecond.
fn quick(attempts: u32) -> Retry {
    Retry { attempts, base: Duration::from_millis(1), cap: Duration::from_millis(2), ..Retry::default() }
}

fn client(config: &EndpointConfig) -> OpenAi {
    OpenAi::open("test", config).unwrap().retrying(quick(config.attempts))
}

/// What a request went through.
#[derive(Default)]
struct Heard(Arc<Mutex<Vec<Progress>>>);

impl Heard {
    fn listener(&self) -> OnAttempt {
        let heard = Arc::clone(&self.0);
        Arc::new(move |progress| heard.lock().unwrap().push(progress))
    }

    fn all(&self) -> Vec<Progress> {
        self.0.lock().unwrap().clone()
    }
}

async fn complete(endpoint: &dyn Endpoint, request: Request) -> (Result<Answer, LlmError>, Arc<Tail>, Heard) {
    let (tail, heard) = (Arc::new(Tail::default()), Heard::default());
    let answer = endpoint.complete(request, Arc::clone(&tail), heard.listener(), CancellationToken::new()).await;
    (answer, tail, heard)
}

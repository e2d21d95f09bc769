//! For people who look at a verifier: one check step by step, and what a source says without running it. Facts inform;
//! they never replace execution.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::domain::{Fault, Outcome, OutcomeKind};

use super::{
    batch::{Limits, Namespace, Text},
    error::SandboxError,
    instance::{ANSWERED, Answer},
    pool::Work,
    report::{self, Report},
    runner::{Runner, Verifier},
    start::Sandbox,
};

/// What happened at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// A function of the verifier was entered.
    Call,
    /// A line is about to run.
    Line,
    /// A function is about to return.
    Return,
    /// An exception passes through the line.
    Exception,
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The line of the verifier's source, counted from 1.
    pub line: u32,
    /// What happened there.
    pub event: Event,
    /// In which function.
    pub function: String,
    /// How deep that function was called, counted from 1.
    pub depth: u32,
    /// Local variables that changed since the function's last step, with their `repr`, capped.
    pub changed: Vec<(String, String)>,
    /// The `repr` of what is returned, or the exception.
    pub value: Option<String>,
}

/// One check, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The steps, in order; none where the verifier does not load or the check ran into a limit.
    pub steps: Vec<Step>,
    /// How the check ended; nothing where the trace was cut off at its cap of steps, which ends the check.
    pub outcome: Option<Outcome>,
}

impl Trace {
    pub(super) const fn without_steps(outcome: Outcome) -> Self {
        Self { steps: Vec::new(), outcome: Some(outcome) }
    }

    /// From the driver's answer: the steps, then the fields of a check's report.
    pub(super) fn read(mut answer: Answer) -> Self {
        let refused = answer.refused;
        if answer.code != ANSWERED || answer.texts.is_empty() {
            return Self::without_steps(report::broken(refused));
        }
        let Ok(Told { steps, cut }) = serde_json::from_str(&answer.texts.remove(0)) else {
            return Self::without_steps(report::broken(refused));
        };
        let outcome = || Report::read(answer.texts, refused).and_then(Report::outcome);
        let outcome = (!cut).then(|| outcome().unwrap_or_else(|| report::broken(refused)));
        Self { steps, outcome }
    }
}

#[derive(Deserialize)]
struct Told {
    steps: Vec<Step>,
    cut: bool,
}

/// What a source says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The syntax error, where it does not compile; the other facts are then empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syntax: Option<Fault>,
    /// Whether it defines a function `evaluate` at its top level.
    pub evaluate: bool,
    /// The line of that definition.
    pub line: Option<u32>,
    /// How many positional arguments `evaluate` needs.
    pub required: Option<u32>,
    /// How many it takes; nothing where it takes any number.
    pub accepted: Option<u32>,
    /// The one constant that all its `return` statements give, as Python writes it.
    pub constant: Option<String>,
    /// The modules it imports, anywhere.
    pub imports: Vec<String>,
    /// Those of them that the sandbox lacks.
    pub unavailable: Vec<String>,
}

impl Facts {
    /// From the driver's answer.
    pub(super) fn read(answer: Answer) -> Self {
        let refused = answer.refused;
        match answer.texts.as_slice() {
            [kind, told] if kind == "facts" => {
                serde_json::from_str(told).unwrap_or_else(|_| Self::unreadable(&report::broken(refused)))
            }
            _ => {
                let outcome = Report::read(answer.texts, refused).and_then(Report::outcome);
                Self::unreadable(&outcome.unwrap_or_else(|| report::broken(refused)))
            }
        }
    }

    /// Of a source that cannot even be parsed.
    pub(super) fn unreadable(outcome: &Outcome) -> Self {
        let fault = match &outcome.kind {
            OutcomeKind::Load { error, .. } | OutcomeKind::Raised(error) => error.clone(),
            _ => Fault { message: format!("parsing ended with: {}", outcome.kind_name()), ..Fault::default() },
        };
        Self { syntax: Some(fault), ..Self::default() }
    }

    /// Whether `evaluate` can be called with one text.
    pub fn takes_one_text(&self) -> bool {
        self.required.is_some_and(|n| n <= 1) && self.accepted.is_none_or(|n| n >= 1)
    }
}

/// What is asked.
enum Question {
    Trace { source: Arc<str>, text: Text, namespace: Namespace },
    Facts { source: Arc<str> },
}

enum Reply {
    Trace(Option<Trace>),
    Facts(Option<Facts>),
}

/// One question to one worker.
struct Ask {
    question: Question,
    limits: Limits,
    cancel: CancellationToken,
    reply: Mutex<Option<oneshot::Sender<Result<Reply, SandboxError>>>>,
}

impl Ask {
    fn tell(&self, reply: Result<Reply, SandboxError>) {
        let sender = self.reply.lock().unwrap_or_else(PoisonError::into_inner).take();
        if sender.is_some_and(|sender| sender.send(reply).is_err()) {
            tracing::debug!("nobody waits for this answer any more");
        }
    }
}

impl Work for Ask {
    fn parts(&self) -> usize {
        1
    }

    fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    fn run(&self, runner: &mut Runner, _part: usize) -> Result<(), SandboxError> {
        let (limits, cancel) = (self.limits, &self.cancel);
        let reply = match &self.question {
            Question::Trace { source, text, namespace } => {
                let verifier = Verifier { source, limits, namespace: *namespace, allow_skips: false, cancel };
                Reply::Trace(runner.trace(&verifier, &text.0)?)
            }
            Question::Facts { source } => Reply::Facts(runner.facts(source, limits, cancel)?),
        };
        self.tell(Ok(reply));
        Ok(())
    }

    fn fail(&self, error: &SandboxError) {
        self.tell(Err(error.clone()));
    }
}

impl Sandbox {
    /// Runs one check step by step. Slower than a check; the same limits hold. Dropping the future cancels.
    ///
    /// # Errors
    /// Where the sandbox itself fails.
    pub async fn trace(
        &self,
        source: Arc<str>,
        text: Text,
        limits: Limits,
        namespace: Namespace,
    ) -> Result<Trace, SandboxError> {
        match self.ask(Question::Trace { source, text, namespace }, limits).await? {
            Reply::Trace(Some(trace)) => Ok(trace),
            _ => Err(SandboxError::Cancelled),
        }
    }

    /// What a source says, by the guest's own parser, without running it.
    ///
    /// # Errors
    /// Where the sandbox itself fails.
    pub async fn facts(&self, source: Arc<str>) -> Result<Facts, SandboxError> {
        match self.ask(Question::Facts { source }, Limits::default()).await? {
            Reply::Facts(Some(facts)) => Ok(facts),
            _ => Err(SandboxError::Cancelled),
        }
    }

    async fn ask(&self, question: Question, limits: Limits) -> Result<Reply, SandboxError> {
        let (sender, receiver) = oneshot::channel();
        let cancel = CancellationToken::new();
        let _guard = cancel.clone().drop_guard();
        self.push(Ask { question, limits, cancel, reply: Mutex::new(Some(sender)) });
        receiver.await.unwrap_or(Err(SandboxError::Cancelled))
    }
}

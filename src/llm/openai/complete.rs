//! A completion from the first attempt to the last.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    OpenAi, blame,
    body::{self, Quirk},
    chances,
    exchange::{Exchange, Reply},
    form::Form,
    pace,
    retry::{self, Again, Failure, Standing},
    wire::Wire,
};
use crate::{
    domain::Finish,
    llm::{Answer, Blame, LlmError, OnAttempt, Progress, Request, Tail},
};

/// The most bytes of an answer: a base, and an allowance for every token it may have.
const LARGEST_BASE: usize = 8 << 20;
const LARGEST_PER_TOKEN: usize = 2 << 10;

/// A request and those who watch it.
pub(super) struct Asked<'a> {
    pub request: &'a Request,
    pub tail: &'a Arc<Tail>,
    pub on_attempt: &'a OnAttempt,
}

impl OpenAi {
    pub(super) async fn run(&self, asked: &Asked<'_>) -> Result<Answer, LlmError> {
        self.replicas.first().key.ready().await?;
        let (request, began) = (asked.request, Instant::now());
        let mut standing = Standing { salt: retry::salt(request), ..Standing::default() };
        let (mut answered_before, mut refused) = (None, Vec::new());
        loop {
            let number = standing.attempts + 1;
            asked.tail.attempt(number);
            (asked.on_attempt)(Progress::Attempt { number, of: self.retry.attempts });
            let form = self.form(request, standing.below);
            let failure = match self.try_once(asked, standing, form).await {
                Ok(reply) => {
                    self.learn_bare(standing);
                    // Where both were given up, which of the forms would be taken alone is not known.
                    let refused = if standing.bare { &[] } else { &refused[..] };
                    self.learn_form(request, form, refused, &reply);
                    return Ok(self.answered(request, reply, form, number));
                }
                Err(failure) => failure,
            };
            standing.elapsed = began.elapsed();
            if may_be_chances(&failure) && self.goes_bare(request, &mut standing, form) {
                tell(asked, number, &failure.error, Duration::ZERO);
                continue;
            }
            if self.ladder.may_blame(form, &failure) {
                standing.bare = false;
                // It may be the form: less is asked for at once. What comes of that tells.
                standing.below = Some(form);
                refused.push(form);
                tell(asked, number, &failure.error, Duration::ZERO);
                continue;
            }
            match failure.again {
                Again::Learnt(quirk) => self.quirks.learn(quirk),
                Again::Loading => {}
                Again::Empty => (standing.attempts, standing.empties) = (number, standing.empties + 1),
                Again::Never | Again::Backoff | Again::Fresh | Again::After(_) => standing.attempts = number,
            }
            let before = *answered_before.get_or_insert_with(|| self.answered.count(request.call));
            let elsewhere = standing.attempts < self.retry.attempts && self.replicas.has_another_for(&failure);
            let pause = if elsewhere { Some(Duration::ZERO) } else { self.retry.pause(failure.again, standing) };
            let Some(wait) = pause else {
                return Err(self.trace(failure.error, asked, before).await);
            };
            standing.broken |= failure.again == Again::Fresh;
            tell(asked, number, &failure.error, wait);
            tokio::time::sleep(wait).await;
            asked.tail.clear();
        }
    }

    /// One attempt at the server that is best placed, and what it says of that server.
    async fn try_once(&self, asked: &Asked<'_>, standing: Standing, form: Form) -> Result<Reply, Failure> {
        let ticket = self.rate.admit(asked.request).await;
        let (wire, sent) = (self.replicas.pick(), Instant::now());
        match self.attempt(&wire, asked.request, asked.tail, standing, form).await {
            Ok(reply) => {
                self.rate.settle(&ticket, reply.answer.usage);
                self.pace.answered(sent);
                wire.answered(standing.broken);
                Ok(reply)
            }
            Err(failure) => {
                if pace::is_overrun(&failure) {
                    self.pace.refused(sent);
                }
                if matches!(failure.error, LlmError::Status { status: 401, .. }) {
                    wire.key.refused();
                }
                wire.failed(&failure);
                Err(Failure { error: wire.scrub(failure.error), ..failure })
            }
        }
    }

    /// How a request's shape is asked for; nothing is asked for where it has none.
    fn form(&self, request: &Request, below: Option<Form>) -> Form {
        request.shape.map_or(Form::Prompt, |shape| self.ladder.choose(shape, below))
    }

    /// Whether a refused request is to be sent again as it is, but without asking for probabilities: after its first
    /// refusal, and once more where no lesser form is left.
    fn goes_bare(&self, request: &Request, standing: &mut Standing, form: Form) -> bool {
        let asks = !standing.bare && body::asks_chances(request, &self.extra, &self.quirks);
        let goes = asks && (standing.bares == 0 || standing.bares == 1 && form == Form::Prompt);
        if goes {
            (standing.bare, standing.bares) = (true, standing.bares + 1);
        }
        goes
    }

    /// Remembers that a request was answered once it asked for no probabilities.
    fn learn_bare(&self, standing: Standing) {
        if standing.bare && !self.quirks.has(Quirk::NoLogprobs) {
            self.quirks.learn(Quirk::NoLogprobs);
            tracing::info!(endpoint = self.replicas.first().name, "log-probabilities are not told");
            self.keep(None);
        }
    }

    /// Remembers the forms that were refused where less was taken, and those that nobody heeds.
    fn learn_form(&self, request: &Request, form: Form, refused: &[Form], reply: &Reply) {
        if request.shape.is_none() {
            return;
        }
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(reply.answer.content.trim()).is_ok();
        let whole = reply.answer.finish == Finish::Stop;
        let mut news = whole && self.ladder.heeded(form, is_json);
        for refused in refused {
            news |= self.ladder.refuse(*refused);
        }
        if news {
            let endpoint = &self.replicas.first().name;
            tracing::info!(endpoint, refused = ?self.ladder.refused(), "forms of structured output are not taken");
            self.keep(None);
        }
    }

    /// Finds out whose fault a final error is. `before` says how many requests were answered when the first attempt
    /// failed.
    async fn trace(&self, error: LlmError, asked: &Asked<'_>, before: u64) -> LlmError {
        let (request, tail) = (asked.request, asked.tail);
        if !blame::is_doubtful(&error) {
            return error;
        }
        let since = if blame::is_refusal(&error) { 0 } else { before };
        if self.answered.count(request.call) > since {
            return blame::traced(error, Blame::Item);
        }
        let (wire, standing) = (self.replicas.pick(), Standing { broken: true, ..Standing::default() });
        let apart = Tail::default();
        let tested = self.attempt(&wire, &blame::test_request(request), &apart, standing, Form::Prompt).await;
        tail.lose(apart.attempts().lost);
        tail.lose(tested.as_ref().ok().and_then(|reply| reply.answer.usage).unwrap_or_default());
        // An answer without text is an answer.
        let answers = matches!(tested, Ok(_) | Err(Failure { error: LlmError::Empty { .. }, .. }));
        blame::traced(error, if answers { Blame::Item } else { Blame::Endpoint })
    }

    /// One attempt. A seed that led to an empty answer would lead there again: it is moved on.
    pub(super) async fn attempt(
        &self,
        wire: &Wire,
        request: &Request,
        tail: &Tail,
        standing: Standing,
        form: Form,
    ) -> Result<Reply, Failure> {
        let endpoint = || wire.name.clone();
        let seed = request.seed.map(|seed| seed.wrapping_add(u64::from(standing.empties)));
        let learnt = self.quirks.snapshot();
        if standing.bare {
            learnt.learn(Quirk::NoLogprobs);
        }
        let body = body::build(request, seed, &self.extra, &learnt, form).map_err(|error| {
            let reason = format!("cannot write the request: {error}");
            Failure { error: LlmError::Config { endpoint: endpoint(), reason }, again: Again::Never }
        })?;
        let tokens = usize::try_from(request.max_tokens).unwrap_or(usize::MAX);
        let largest = LARGEST_BASE.saturating_add(tokens.saturating_mul(LARGEST_PER_TOKEN));
        let sent = Exchange::new(wire, tail, largest).run(body, standing.broken).await;
        let reply = sent.map_err(|failure| match failure.again {
            // Refused for a form that was not used in this request: nothing to learn, a plain refusal.
            Again::Learnt(quirk) if learnt.has(quirk) => Failure { again: Again::Never, ..failure },
            _ => failure,
        })?;
        if !reply.answer.content.trim().is_empty() {
            return Ok(reply);
        }
        tail.lose(reply.answer.usage.unwrap_or_default());
        let finish = reply.answer.finish;
        let again = if finish == Finish::ContentFilter { Again::Never } else { Again::Empty };
        Err(Failure { error: LlmError::Empty { endpoint: endpoint(), call: request.call, finish }, again })
    }

    fn answered(&self, request: &Request, reply: Reply, form: Form, attempts: u32) -> Answer {
        self.answered.add(request.call);
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let answer = Answer {
            form: request.shape.map(|_| form.name().to_owned()),
            chances: chances::chances(&reply.answer.tokens, request.choices),
            content: reply.answer.content,
            reasoning: reply.answer.reasoning,
            finish: reply.answer.finish,
            usage: reply.answer.usage,
            first_ms: millis(reply.first),
            total_ms: millis(reply.total),
            attempts,
            model: reply.answer.model.unwrap_or_else(|| request.model.clone()),
        };
        self.record(request, &answer);
        answer
    }

    /// The answer is in hand and will be stored: a tape that cannot take it must not lose it.
    fn record(&self, request: &Request, answer: &Answer) {
        let Some(recorder) = &self.recorder else { return };
        let tape = recorder.path().display();
        match recorder.record(request, answer) {
            Ok(true) => {}
            Ok(false) => tracing::warn!(%tape, "the tape has an answer for this key; the first stays"),
            Err(error) => tracing::error!(%error, "an answer is missing on the tape"),
        }
    }
}

/// Whether a refusal that names nothing may come from asking for probabilities. One that names them is learnt from.
fn may_be_chances(failure: &Failure) -> bool {
    matches!(failure.error, LlmError::Status { status: 400 | 422, .. }) && failure.again == Again::Never
}

/// Tells everybody of a failure that is retried.
fn tell(asked: &Asked<'_>, number: u32, error: &LlmError, wait: Duration) {
    let (told, call) = (error.to_string(), asked.request.call.name());
    tracing::warn!(call, attempt = number, code = %error.code(), wait_ms = wait.as_millis(), "a request failed and is sent again: {told}");
    asked.tail.trouble(&told);
    (asked.on_attempt)(Progress::Waiting { number, error: told, wait });
}

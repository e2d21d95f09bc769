//! A request from the first attempt to the last.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Client, blame,
    body::{self, Quirk},
    chances,
    exchange::{Exchange, Replies, Reply},
    form::Form,
    pace,
    retry::{self, Again, Failure, Standing},
    wire::Wire,
};
use crate::{
    domain::{Finish, Together},
    llm::{Answer, Blame, Fault, LlmError, OnAttempt, Progress, Request, Tail},
};

/// The most bytes of an answer: a base, and an allowance for every token it may have.
const LARGEST_BASE: usize = 8 << 20;
const LARGEST_PER_TOKEN: usize = 2 << 10;

/// A request and those who wait for it: one for each choice that is asked for, at least one.
pub(super) struct Asked<'a> {
    pub request: &'a Request,
    pub watchers: &'a [Watcher],
}

/// Who waits for a choice.
pub(super) struct Watcher {
    pub tail: Arc<Tail>,
    pub on_attempt: OnAttempt,
}

impl Asked<'_> {
    /// How many choices are asked for.
    pub const fn n(&self) -> usize {
        self.watchers.len()
    }

    fn hear(&self, progress: &Progress) {
        for watcher in self.watchers {
            (watcher.on_attempt)(progress.clone());
        }
    }

    /// Tells everybody of a failure that is retried.
    fn tell(&self, number: u32, error: &LlmError, wait: Duration) {
        let (told, call) = (error.to_string(), self.request.call.name());
        tracing::warn!(call, attempt = number, code = %error.code(), wait_ms = wait.as_millis(), "a request failed and is sent again: {told}");
        for watcher in self.watchers {
            watcher.tail.trouble(&told);
        }
        self.hear(&Progress::Waiting { number, error: told, wait });
    }
}

/// What a request brought.
pub(super) struct Ran {
    /// For each choice that was asked for: its answer, or what is wrong with it alone and where it stands.
    pub choices: Vec<Result<Reply, (Standing, Failure)>>,
    pub how: How,
}

/// How an answered request was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    form: Form,
    /// The attempt that was answered, from 1.
    number: u32,
    seed: Option<u64>,
    n: usize,
    /// Whether it was answered as it was sent first: nothing was left out since.
    pub at_first: bool,
}

/// Why a request brought nothing.
#[derive(Debug)]
pub(super) enum Ended {
    /// It failed.
    Failed(LlmError),
    /// It was refused, and that may be for asking for several choices.
    TooMany(LlmError),
}

impl Client {
    /// A request for one answer. `from`: it failed before, as one of several.
    pub(super) async fn run_one(
        &self,
        request: &Request,
        watcher: Watcher,
        from: Option<(Standing, Failure)>,
    ) -> Result<(Answer, How), LlmError> {
        let asked = Asked { request, watchers: &[watcher] };
        let mut ran = self.run(&asked, from).await.map_err(|ended| match ended {
            Ended::Failed(error) | Ended::TooMany(error) => error,
        })?;
        match ran.choices.pop() {
            Some(Ok(reply)) => Ok((self.answered(request, reply, ran.how), ran.how)),
            Some(Err((_, failure))) => Err(failure.error),
            None => Err(self.missing().error),
        }
    }

    /// A request until it is answered or given up.
    pub(super) async fn run(&self, asked: &Asked<'_>, from: Option<(Standing, Failure)>) -> Result<Ran, Ended> {
        self.replicas.first().key.ready().await.map_err(Ended::Failed)?;
        let (request, began) = (asked.request, Instant::now());
        let (mut standing, mut failed) = match from {
            Some((standing, failure)) => (standing, Some(failure)),
            None => (Standing { salt: retry::salt(request), ..Standing::default() }, None),
        };
        let (mut answered_before, mut refused) = (None, Vec::new());
        loop {
            let (number, form) = (standing.attempts + 1, self.form(request, standing.below));
            let failure = match failed.take() {
                Some(failure) => failure,
                None => {
                    asked.watchers.iter().for_each(|watcher| watcher.tail.attempt(number));
                    asked.hear(&Progress::Attempt { number, of: self.retry.attempts });
                    match self.try_once(asked, standing, form).await {
                        Ok(replies) => return Ok(self.ran(asked, replies, standing, form, &refused)),
                        Err(failure) => failure,
                    }
                }
            };
            standing.elapsed = began.elapsed();
            if asked.n() > 1 && is_plain_refusal(&failure) {
                return Err(Ended::TooMany(failure.error));
            }
            if is_plain_refusal(&failure) && self.goes_bare(request, &mut standing, form) {
                asked.tell(number, &failure.error, Duration::ZERO);
                continue;
            }
            if self.ladder.may_blame(form, &failure) {
                standing.bare = false;
                // It may be the form: less is asked for at once. What comes of that tells.
                standing.below = Some(form);
                refused.push(form);
                asked.tell(number, &failure.error, Duration::ZERO);
                continue;
            }
            match failure.again {
                Again::Learnt(quirk) => self.quirks.learn(quirk),
                Again::Loading | Again::Alone => {}
                Again::Empty => (standing.attempts, standing.empties) = (number, standing.empties + 1),
                Again::Never | Again::Backoff | Again::Fresh | Again::After(_) => standing.attempts = number,
            }
            let before = *answered_before.get_or_insert_with(|| self.answered.count(request.call));
            let elsewhere = standing.attempts < self.retry.attempts && self.replicas.has_another_for(&failure);
            let pause = if elsewhere { Some(Duration::ZERO) } else { self.retry.pause(failure.again, standing) };
            let Some(wait) = pause else {
                return Err(Ended::Failed(self.trace(failure.error, asked, before).await));
            };
            standing.broken |= failure.again == Again::Fresh;
            asked.tell(number, &failure.error, wait);
            tokio::time::sleep(wait).await;
            asked.watchers.iter().for_each(|watcher| watcher.tail.clear());
        }
    }

    /// One attempt at the server that is best placed, and what it says of that server.
    async fn try_once(&self, asked: &Asked<'_>, standing: Standing, form: Form) -> Result<Replies, Failure> {
        let ticket = self.rate.admit(asked.request, asked.n()).await;
        let (wire, sent) = (self.replicas.pick(asked.n()), Instant::now());
        let tails: Vec<&Tail> = asked.watchers.iter().map(|watcher| &*watcher.tail).collect();
        match self.attempt(&wire, asked.request, &tails, standing, form).await {
            Ok(replies) => {
                self.rate.settle(&ticket, replies.usage());
                self.pace.answered(sent, replies.came.len());
                wire.answered(standing.broken);
                Ok(replies)
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
        let request = asked.request;
        if !blame::is_doubtful(&error) {
            return error;
        }
        let since = if blame::is_refusal(&error) { 0 } else { before };
        if self.answered.count(request.call) > since {
            return blame::traced(error, Blame::Item);
        }
        let (wire, standing) = (self.replicas.pick(1), Standing { broken: true, ..Standing::default() });
        let apart = Tail::default();
        let tested = self.attempt(&wire, &blame::test_request(request), &[&apart], standing, Form::Prompt).await;
        if let Some(watcher) = asked.watchers.first() {
            watcher.tail.lose(apart.attempts().lost);
            watcher.tail.lose(tested.as_ref().ok().and_then(Replies::usage).unwrap_or_default());
        }
        // An answer without text is an answer.
        let answers = matches!(tested, Ok(_) | Err(Failure { error: LlmError::Empty { .. }, .. }));
        blame::traced(error, if answers { Blame::Item } else { Blame::Endpoint })
    }

    /// The seed of an attempt. One that led to an empty answer would lead there again: it is moved on.
    fn seed(&self, request: &Request, standing: Standing) -> Option<u64> {
        let own = request.seed.map(|seed| seed.wrapping_add(u64::from(standing.empties)));
        body::sent_seed(own, &self.extra)
    }

    /// One attempt, with a tail for each choice that is asked for.
    pub(super) async fn attempt(
        &self,
        wire: &Wire,
        request: &Request,
        tails: &[&Tail],
        standing: Standing,
        form: Form,
    ) -> Result<Replies, Failure> {
        let endpoint = || wire.name.clone();
        let learnt = self.quirks.snapshot();
        if standing.bare {
            learnt.learn(Quirk::NoLogprobs);
        }
        let (seed, n) = (self.seed(request, standing), tails.len());
        let body = body::build(request, (seed, n), &self.extra, &learnt, form).map_err(|error| {
            let reason = format!("cannot write the request: {error}");
            Failure { error: LlmError::Config { endpoint: endpoint(), reason }, again: Again::Never }
        })?;
        let tokens = usize::try_from(request.max_tokens).unwrap_or(usize::MAX);
        let largest = LARGEST_BASE.saturating_add(tokens.saturating_mul(LARGEST_PER_TOKEN)).saturating_mul(n);
        let sent = Exchange::new(wire, tails, largest).run(body, standing.broken).await;
        let replies = sent.map_err(|failure| match failure.again {
            // Refused for a form that was not used in this request: nothing to learn, a plain refusal.
            Again::Learnt(quirk) if learnt.has(quirk) => Failure { again: Again::Never, ..failure },
            _ => failure,
        })?;
        match &replies.came[..] {
            [only] if n == 1 && only.is_empty() => {
                if let Some(tail) = tails.first() {
                    tail.lose(only.answer.usage.unwrap_or_default());
                }
                Err(self.empty(request, only))
            }
            _ => Ok(replies),
        }
    }

    /// What an answer without text is.
    fn empty(&self, request: &Request, reply: &Reply) -> Failure {
        let finish = reply.answer.finish;
        let again = if finish == Finish::ContentFilter { Again::Never } else { Again::Empty };
        let endpoint = self.replicas.first().name.clone();
        Failure { error: LlmError::Empty { endpoint, call: request.call, finish }, again }
    }

    /// What a choice is that did not come.
    fn missing(&self) -> Failure {
        let message = "fewer answers came than were asked for by n; the missing ones are asked for singly".to_owned();
        let endpoint = self.replicas.first().name.clone();
        Failure { error: LlmError::Protocol { endpoint, fault: Fault::Shape, message }, again: Again::Alone }
    }

    /// An answered request: what is learnt from it, and what each choice is.
    fn ran(&self, asked: &Asked<'_>, replies: Replies, standing: Standing, form: Form, refused: &[Form]) -> Ran {
        let (request, number, n) = (asked.request, standing.attempts + 1, asked.n());
        self.learn_bare(standing);
        // Where both were given up, which of the forms would be taken alone is not known.
        let known = if standing.bare { &[] } else { refused };
        let at_first = standing.attempts == 0 && !standing.bare && refused.is_empty();
        let how = How { form, number, seed: self.seed(request, standing), n, at_first };
        let absent = replies.cut.unwrap_or_else(|| self.missing());
        let stands = Standing { attempts: number - 1, ..standing };
        let mut choices: Vec<_> = vec![(stands, absent); n].into_iter().map(Err).collect();
        for reply in replies.came {
            self.learn_form(request, form, known, &reply);
            let (Some(place), Some(watcher)) = (choices.get_mut(reply.choice), asked.watchers.get(reply.choice)) else {
                continue;
            };
            *place = if reply.is_empty() {
                watcher.tail.lose(reply.answer.usage.unwrap_or_default());
                Err((stands, self.empty(request, &reply)))
            } else {
                Ok(reply)
            };
        }
        Ran { choices, how }
    }

    /// The answer to a request, on tape where one runs along.
    pub(super) fn answered(&self, request: &Request, reply: Reply, how: How) -> Answer {
        self.answered.add(request.call);
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let together = Together { n: small(how.n), choice: small(reply.choice), seed: how.seed };
        let answer = Answer {
            form: request.shape.map(|_| how.form.name().to_owned()),
            chances: chances::chances(&reply.answer.tokens, request.choices),
            content: reply.answer.content,
            reasoning: reply.answer.reasoning,
            finish: reply.answer.finish,
            usage: reply.answer.usage,
            first_ms: millis(reply.first),
            total_ms: millis(reply.total),
            attempts: how.number,
            model: reply.answer.model.unwrap_or_else(|| request.model.clone()),
            together: (how.n > 1).then_some(together),
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

/// Whether a refusal that names nothing may come from what was asked for beside the prompt: several choices, or
/// probabilities. One that names them is learnt from.
fn is_plain_refusal(failure: &Failure) -> bool {
    matches!(failure.error, LlmError::Status { status: 400 | 422, .. }) && failure.again == Again::Never
}

//! What comes back: stored first, then planned on.

use crate::{
    domain::{NewCompletion, Provenance, Stage, Usage},
    llm::{Answer, LlmError, Nature, tail::Attempts},
    pipeline::{
        compose,
        cost::{Spent, price},
        handle::Note,
        jobs::End,
        lanes::{At, Lane},
        snapshot::JobState,
        work::{CallTask, Task, Work},
    },
    sandbox::SandboxError,
    store::{Applied, Op, Refused, StoreError, Txn},
};

use super::{Engine, Event};

/// What is said of what a person cancelled.
const CANCELLED: &str = "cancelled by a person; retry it, or run it again, to go on";

impl Engine {
    /// A model answered, or did not.
    pub(super) fn answered(
        &mut self,
        job: u64,
        prompt: String,
        result: Result<Answer, LlmError>,
    ) -> Result<(), StoreError> {
        let Some((work, lane)) = self.jobs.get(job).map(|job| (job.work.clone(), job.lane.clone())) else {
            return Ok(());
        };
        let Task::Call(call) = work.task.clone() else { return Ok(()) };
        match result {
            // The permit is held until the answer is on disk: what a crash repeats is never more than the permits.
            Ok(answer) if self.is_wanted(&work) => {
                self.reached(&lane);
                self.store_answer(job, &work, &call, &lane, prompt, answer);
            }
            Ok(_) => {
                self.reached(&lane);
                self.release(&lane);
                self.drop_job(job);
            }
            Err(error) => {
                self.release(&lane);
                if error.nature() != Nature::Lasting {
                    self.count_lost(job, &lane);
                }
                self.call_failed(job, &work, &call, &lane, &error);
            }
        }
        Ok(())
    }

    /// Notes that an endpoint was reached, whatever it said.
    fn reached(&mut self, lane: &At) {
        if self.lanes.get_mut(lane).is_some_and(Lane::answered) {
            self.note(Note::Info(format!("{lane} answers again")));
        }
    }

    /// What a request went through so far.
    fn attempts_of(&self, job: u64) -> Attempts {
        self.jobs.get(job).and_then(|job| job.tail.as_ref()).map(|tail| tail.attempts()).unwrap_or_default()
    }

    /// What failed attempts used: counted and paid for as what is stored is.
    fn lost(&self, lane: &At, attempts: &Attempts) -> Option<Op> {
        let usage = attempts.lost;
        let prices = self.project.settings.config.endpoints.get(lane.name()).and_then(|endpoint| endpoint.prices);
        (!usage.is_zero()).then(|| Op::AddUsage { usage, cost: prices.map(|prices| price(usage, prices)) })
    }

    /// Counts what a request used that leaves nothing else behind. It is on its way when this returns.
    fn count_lost(&mut self, job: u64, lane: &At) {
        let Some(op) = self.lost(lane, &self.attempts_of(job)) else { return };
        let written = self.project.store.write(op.into());
        self.spent_more = true;
        tokio::spawn(async move {
            // A store that cannot be written is found out at the next answer.
            if let Err(error) = written.await {
                tracing::warn!(%error, "what failed attempts used is not counted");
            }
        });
    }

    fn drop_job(&mut self, job: u64) {
        self.jobs.end(job, JobState::Cancelled, End::default());
    }

    /// Whether a plan still wants what this work makes; an edit may have come in between.
    fn is_wanted(&self, work: &Work) -> bool {
        let outstanding = match work.root {
            Some(root) => self.roots.all.get(&root).and_then(|root| root.outstanding.get(&work.id)),
            None => self.calling.get(&work.id),
        };
        outstanding == Some(&work.fingerprint())
    }

    fn store_answer(&mut self, job: u64, work: &Work, call: &CallTask, lane: &At, prompt: String, answer: Answer) {
        // Only cases depend on what is there: what a person wrote stays. A first answer finds none.
        let root = work.root.filter(|_| work.id.stage == Stage::Verifiers && call.nth > 0);
        let read = root.map(|root| self.project.store.load_tree(root, self.project.settings.outcomes)).transpose();
        let tree = match read {
            Ok(tree) => tree.flatten(),
            Err(error) => return self.answered_too_early(job, prompt, answer, &error),
        };
        let planned = self.calls.by_id(work.id.item).and_then(|call| call.slot.body()).cloned();
        let attempts = self.attempts_of(job);
        let lost = self.lost(lane, &attempts);
        let provenance = Provenance {
            form: answer.form,
            chances: answer.chances,
            together: answer.together,
            troubles: attempts.troubles,
            lost: Some(attempts.lost).filter(|lost| !lost.is_zero()),
        };
        let config = &self.project.settings.config;
        let spent = Spent::of(config, lane.name(), answer.usage, &prompt, &answer.content);
        let completion = NewCompletion {
            call: call.call,
            content: answer.content,
            reasoning: answer.reasoning,
            finish: answer.finish,
            usage: spent.usage,
            prompt,
            endpoint: lane.name().to_owned(),
            model: answer.model,
            first_ms: answer.first_ms,
            total_ms: answer.total_ms,
            attempts: answer.attempts,
            cost: spent.cost,
            provenance,
        };
        let mut txn = compose::completed(work, call, completion, tree.as_ref(), planned.as_ref());
        txn.ops.extend(lost);
        self.write(job, txn, spent.usage);
    }

    /// Takes an answer up again when the store can be read.
    fn answered_too_early(&mut self, job: u64, prompt: String, answer: Answer, error: &StoreError) {
        self.hold(error);
        let back = self.back.clone();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            // The engine may have ended.
            let _gone = back.send(Event::Answered { job, prompt, result: Ok(answer) });
        });
    }

    /// Writes on a task of its own, so that many answers share one commit.
    pub(super) fn write(&self, job: u64, txn: Txn, usage: Option<Usage>) {
        let (store, back) = (self.project.store.clone(), self.back.clone());
        // It is on its way when `write` returns: what a person asks next comes after it.
        let written = store.write_or_return(txn);
        tokio::spawn(async move {
            let result = written.await;
            let _gone = back.send(Event::Written { job, result, usage });
        });
    }

    fn call_failed(&mut self, job: u64, work: &Work, call: &CallTask, lane: &At, error: &LlmError) {
        let (code, message) = (error.code().into_owned(), error.to_string());
        let state = JobState::Failed { code: code.clone(), message: message.clone() };
        match error.nature() {
            Nature::Cancelled if self.cancelled.remove(&job) && self.is_wanted(work) => {
                self.note_failure(job, work, call, "cancelled", CANCELLED);
            }
            Nature::Cancelled => self.drop_job(job),
            Nature::Lasting => {
                self.reached(lane);
                tracing::warn!(item = %work.id.item, code, "{message}");
                self.note_failure(job, work, call, &code, &message);
            }
            Nature::Blocked if !self.is_wanted(work) => self.drop_job(job),
            Nature::Blocked => {
                self.jobs.end(job, state, End::default());
                if code == "tape" {
                    self.blocked.insert(work.id, message);
                    self.warn(&format!(
                        "the tape of endpoint `{lane}` has no further answers for what is asked; connect an endpoint to \
                         continue from here ([endpoints] in assay.toml), or undo. Jobs shows which"
                    ));
                } else {
                    let group = self.group_of(work);
                    if let Some(lane) = self.lanes.get_mut(lane) {
                        lane.fell(message.clone(), std::time::Instant::now());
                        lane.queue.push(work.clone(), group);
                    }
                    self.warn(&message);
                }
            }
        }
    }

    /// Stores a lasting failure. The job stays "running" until it is durable, and is then shown as failed.
    fn note_failure(&mut self, job: u64, work: &Work, call: &CallTask, code: &str, message: &str) {
        let mut txn = compose::failed(work, call, code, message);
        if let Some(lane) = self.jobs.get(job).map(|job| job.lane.clone()) {
            txn.ops.extend(self.lost(&lane, &self.attempts_of(job)));
            self.spent_more = true;
        }
        // The job stays "running" until its failure is durable, and is then shown as failed.
        let state = JobState::Failed { code: code.to_owned(), message: message.to_owned() };
        self.failing.insert(job, state);
        self.write(job, txn, None);
    }

    /// The sandbox ran a batch, or did not.
    pub(super) fn executed(
        &mut self,
        job: u64,
        result: Result<Vec<crate::domain::Outcome>, SandboxError>,
    ) -> Result<(), StoreError> {
        let Some((work, lane)) = self.jobs.get(job).map(|job| (job.work.clone(), job.lane.clone())) else {
            return Ok(());
        };
        self.release(&lane);
        let Task::Execute(run) = &work.task else { return Ok(()) };
        match (result, work.root) {
            (Ok(outcomes), Some(root)) => {
                let txn = compose::executed(root, run, self.project.settings.outcomes, outcomes);
                self.write(job, txn, None);
            }
            (Ok(_), None) => self.drop_job(job),
            (Err(SandboxError::Cancelled), _) => {
                if self.cancelled.remove(&job) && self.is_wanted(&work) {
                    self.blocked.insert(work.id, CANCELLED.to_owned());
                }
                self.drop_job(job);
            }
            (Err(error), _) => {
                let message = error.to_string();
                self.jobs.end(
                    job,
                    JobState::Failed { code: "sandbox".to_owned(), message: message.clone() },
                    End::default(),
                );
                self.blocked.insert(work.id, message.clone());
                self.warn(&message);
            }
        }
        Ok(())
    }

    /// A job ended in a panic. Its item fails, and can be retried.
    pub(super) fn broke(&mut self, job: u64, what: &str) {
        let Some((work, lane)) = self.jobs.get(job).map(|job| (job.work.clone(), job.lane.clone())) else { return };
        self.release(&lane);
        let message = format!("a defect of this program ended it ({what}); retry it, and please report it");
        self.warn(&format!("{}: {message}", work.id.item.short()));
        match &work.task {
            Task::Call(call) if self.is_wanted(&work) => self.note_failure(job, &work, call, "defect", &message),
            _ => {
                let state = JobState::Failed { code: "defect".to_owned(), message: message.clone() };
                self.jobs.end(job, state, End::default());
                self.blocked.insert(work.id, message);
            }
        }
    }

    /// What a job made is durable: plan on from it.
    pub(super) fn written(
        &mut self,
        job: u64,
        result: Result<Applied, Box<Refused>>,
        usage: Option<Usage>,
    ) -> Result<(), StoreError> {
        let result = match result {
            // Its permit stays with it: no more is held than may be in flight.
            Err(refused) if refused.error.passes() => {
                self.keep(job, *refused, usage);
                return Ok(());
            }
            result => result.map_err(|refused| refused.error),
        };
        let failing = self.failing.remove(&job);
        let answered = self.jobs.get(job).filter(|running| failing.is_none() && running.is_call());
        if let Some(lane) = answered.map(|running| running.lane.clone()) {
            self.release(&lane);
        }
        match result {
            Ok(applied) => {
                let completion = applied.completions.first().copied();
                self.spent_more |= !applied.completions.is_empty();
                let state = failing.unwrap_or(JobState::Done);
                let ended = self.jobs.end(job, state, End { completion, usage });
                self.seen.one(applied.seq);
                match ended.as_ref().map(|ended| &ended.work) {
                    Some(work) if work.root.is_none() => self.reload_call_or_later(work.id.item, &applied.roots)?,
                    Some(work) => self.roots.is_over(work),
                    None => {}
                }
                self.dirty.extend(applied.roots);
                self.let_go()
            }
            // A store that cannot write is the end of the run: nothing more must be asked that could not be kept.
            Err(error) => {
                let state = JobState::Failed { code: "store".to_owned(), message: error.to_string() };
                self.jobs.end(job, state, End::default());
                Err(error)
            }
        }
    }
}

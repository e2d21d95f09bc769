//! The job log: what runs, what failed, what ended lately.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{Stage, Usage},
    llm::Tail,
};

use super::{
    lanes::At,
    snapshot::{JobKind, JobState, JobView},
    work::{Task, Work},
};

/// Ended jobs that are kept for the screen.
const KEPT: usize = 300;
/// Over which time the rate of completions is measured.
const WINDOW: Duration = Duration::from_secs(10);

/// A job under way.
#[derive(Debug)]
pub struct Running {
    /// Its number.
    pub job: u64,
    /// What it does.
    pub work: Work,
    /// Which lane it holds a permit of.
    pub lane: At,
    /// Ends it.
    pub cancel: CancellationToken,
    /// What streams in.
    pub tail: Option<Arc<Tail>>,
    started: Instant,
}

impl Running {
    /// Whether it asks a model.
    pub const fn is_call(&self) -> bool {
        matches!(self.work.task, Task::Call(_))
    }
}

/// How a job ended.
#[derive(Debug, Default)]
pub struct End {
    /// The stored completion.
    pub completion: Option<i64>,
    /// Tokens.
    pub usage: Option<Usage>,
}

/// All jobs of this run.
#[derive(Debug, Default)]
pub struct Jobs {
    next: u64,
    running: BTreeMap<u64, Running>,
    /// How many run, by stage.
    at: [usize; 11],
    ended: VecDeque<JobView>,
    completions: VecDeque<Instant>,
}

impl Jobs {
    /// Notes a start; returns the job's number.
    pub fn start(&mut self, work: Work, lane: At, cancel: CancellationToken, tail: Option<Arc<Tail>>) -> u64 {
        self.next += 1;
        self.at[work.id.stage.index()] += 1;
        let running = Running { job: self.next, work, lane, cancel, tail, started: Instant::now() };
        self.running.insert(self.next, running);
        self.next
    }

    /// A job under way.
    pub fn get(&self, job: u64) -> Option<&Running> {
        self.running.get(&job)
    }

    /// All jobs under way.
    pub fn running(&self) -> impl Iterator<Item = &Running> {
        self.running.values()
    }

    /// How many jobs of a stage are under way.
    pub const fn running_at(&self, stage: Stage) -> usize {
        self.at[stage.index()]
    }

    /// Notes an end.
    pub fn end(&mut self, job: u64, state: JobState, end: End) -> Option<Running> {
        let running = self.running.remove(&job)?;
        self.at[running.work.id.stage.index()] -= 1;
        let now = Instant::now();
        if state == JobState::Done && matches!(running.work.task, Task::Call(_)) {
            self.completions.push_back(now);
        }
        let worth_showing = !matches!(running.work.task, Task::Pair | Task::Restore(_));
        if worth_showing {
            let mut view = view(&running, state);
            view.took = Some(running.started.elapsed());
            view.completion = end.completion;
            view.usage = end.usage;
            self.ended.push_front(view);
            self.ended.truncate(KEPT);
        }
        Some(running)
    }

    /// Running ones first, then what ended, the latest first.
    pub fn views(&self) -> Vec<JobView> {
        let running =
            self.running.values().filter(|running| !matches!(running.work.task, Task::Pair | Task::Restore(_)));
        let running = running.map(|running| view(running, JobState::Running { attempt: attempt(running) }));
        running.chain(self.ended.iter().cloned()).collect()
    }

    /// Completions per second over the last ten seconds.
    pub fn rate(&mut self) -> f64 {
        let now = Instant::now();
        while self.completions.front().is_some_and(|at| now.duration_since(*at) > WINDOW) {
            self.completions.pop_front();
        }
        self.completions.len() as f64 / WINDOW.as_secs_f64()
    }
}

fn attempt(running: &Running) -> u32 {
    running.tail.as_ref().map_or(1, |tail| tail.attempts().number.max(1))
}

fn view(running: &Running, state: JobState) -> JobView {
    let kind = match &running.work.task {
        Task::Call(call) => JobKind::Call(call.call),
        Task::Execute(_) | Task::Pair | Task::Restore(_) => JobKind::Execute(running.work.id.stage),
    };
    JobView {
        id: running.job,
        kind,
        root: running.work.root,
        item: running.work.id.item,
        about: running.work.about.clone(),
        at: Arc::from(running.lane.name()),
        state,
        tail: running.tail.clone(),
        took: None,
        completion: None,
        usage: None,
    }
}

//! The job log: what runs, what failed, what ended lately.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{CallKind, Stage, Usage},
    llm::Tail,
};

use super::{
    lanes::At,
    snapshot::{JobKind, JobState, JobView},
    work::{Task, Work},
};

/// Ended jobs that are kept for the screen.
const KEPT: usize = 300;
/// Waiting work that is shown.
const WAITING: usize = 50;
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
    /// When the first job began.
    since: Option<Instant>,
    /// How many calls of a kind ended well, and the milliseconds of one.
    took: HashMap<CallKind, (u32, f64)>,
}

/// Of a run's own calls, later ones count a hundredth at least, so that what they take is as it is now.
const LATELY: u32 = 100;

impl Jobs {
    /// Notes a start; returns the job's number.
    pub fn start(&mut self, work: Work, lane: At, cancel: CancellationToken, tail: Option<Arc<Tail>>) -> u64 {
        self.next += 1;
        self.since.get_or_insert_with(Instant::now);
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
        if let (JobState::Done, Task::Call(call)) = (&state, &running.work.task) {
            self.completions.push_back(now);
            let (n, mean) = self.took.entry(call.call).or_default();
            *n = n.saturating_add(1);
            *mean += (running.started.elapsed().as_secs_f64() * 1e3 - *mean) / f64::from((*n).min(LATELY));
        }
        if is_shown(&running.work) {
            let mut view = view(&running, state);
            view.took = Some(running.started.elapsed());
            view.completion = end.completion;
            view.usage = end.usage;
            self.ended.push_front(view);
            self.ended.truncate(KEPT);
        }
        Some(running)
    }

    /// Running ones first, then what ended, the latest first; then what waits next, as far as it is shown.
    pub fn views<'a>(&self, waiting: impl Iterator<Item = (&'a At, &'a Work)>) -> Vec<JobView> {
        let running = self.running.values().filter(|running| is_shown(&running.work));
        let running = running.map(|running| view(running, JobState::Running { attempt: attempt(running) }));
        let waiting = waiting.filter(|(_, work)| is_shown(work)).take(WAITING).map(|(lane, work)| queued(lane, work));
        running.chain(self.ended.iter().cloned()).chain(waiting).collect()
    }

    /// The milliseconds that a call of a kind takes in this run, from its start until it is stored, and of how many
    /// calls that is the mean.
    pub fn took(&self, call: CallKind) -> Option<(u32, f64)> {
        self.took.get(&call).copied()
    }

    /// Completions per second over the last ten seconds, or since the first job began.
    pub fn rate(&mut self) -> f64 {
        let now = Instant::now();
        while self.completions.front().is_some_and(|at| now.duration_since(*at) > WINDOW) {
            self.completions.pop_front();
        }
        let window = self.since.map_or(WINDOW, |since| since.elapsed().clamp(Duration::from_secs(1), WINDOW));
        self.completions.len() as f64 / window.as_secs_f64()
    }
}

fn attempt(running: &Running) -> u32 {
    running.tail.as_ref().map_or(1, |tail| tail.attempts().number.max(1))
}

/// Book-keeping is no job for people.
const fn is_shown(work: &Work) -> bool {
    !matches!(work.task, Task::Pair | Task::Restore(_))
}

fn view(running: &Running, state: JobState) -> JobView {
    JobView { id: running.job, state, tail: running.tail.clone(), ..queued(&running.lane, &running.work) }
}

fn queued(lane: &At, work: &Work) -> JobView {
    let kind = match &work.task {
        Task::Call(call) => JobKind::Call(call.call),
        Task::Execute(_) | Task::Pair | Task::Restore(_) => JobKind::Execute(work.id.stage),
    };
    JobView {
        id: waiting_number(work),
        kind,
        root: work.root,
        item: work.id.item,
        about: work.about.clone(),
        at: Arc::from(lane.name()),
        state: JobState::Queued,
        tail: None,
        took: None,
        completion: None,
        usage: None,
    }
}

/// A number for what has none yet, the same as long as it waits, and never that of a job.
fn waiting_number(work: &Work) -> u64 {
    let [a, b, c, d, e, f, g, _, ..] = work.id.item.hash;
    let stage = u8::try_from(work.id.stage.index()).unwrap_or(0);
    u64::from_be_bytes([0x80 | stage, a, b, c, d, e, f, g])
}

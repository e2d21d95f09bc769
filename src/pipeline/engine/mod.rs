//! The engine: one owner of a project's work. It starts from what is stored, plans every instruction, starts what is
//! ready, writes what comes back, and plans again. It runs on a thread of its own; watchers hold a [`Handle`].

mod ask;
mod budget;
mod build;
mod calls;
mod command;
mod dirty;
mod dispatch;
mod finish;
#[cfg(test)]
mod growth;
mod hold;
mod label;
mod load;
mod pairs;
mod publish;
mod queries;
mod retry;
mod roots;
mod rules;
mod seen;
mod start;
mod steer;
mod transcript;

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, watch};

use crate::{
    domain::{Digest, ItemId, Outcome, Stage, Usage},
    llm::{Answer, Endpoints, LlmError},
    nli::{Nli, NliError},
    sandbox::{Sandbox, SandboxError},
    store::{Applied, Lease, Refused, StoreError, Totals},
};

pub use start::{Parts, Running, Stop, start};

use super::{
    calls::Calls,
    cost::Estimate,
    gate::Gatekeeper,
    handle::{Inbound, Note, Seat, StageLimit},
    jobs::Jobs,
    lanes::Lanes,
    options::{Ended, RunOptions},
    project::Project,
    snapshot::JobState,
    work::WorkId,
};
use build::{Build, Built};
use dirty::{Dirty, Turn};
use hold::Held;
use publish::List;
use queries::Queries;
use roots::{Allowed, Roots};
use seen::Seen;

/// How often a snapshot is published at most.
const PUBLISH: Duration = Duration::from_millis(40);
/// How often the engine looks around when nothing happens.
const TICK: Duration = Duration::from_millis(200);
/// Events handled before planning and publishing get their turn.
const DRAIN: usize = 256;

/// What comes back from the work that was started.
#[derive(Debug)]
enum Event {
    /// A model answered, or did not.
    Answered { job: u64, prompt: String, result: Result<Answer, LlmError> },
    /// The sandbox ran a batch, or did not.
    Executed { job: u64, result: Result<Vec<Outcome>, SandboxError> },
    /// What a job made is durable, or could not be stored.
    Written { job: u64, result: Result<Applied, Box<Refused>>, usage: Option<Usage> },
    /// Trees were read for the index.
    Built(u64, Built),
    /// A part of the index is stored, or could not be.
    Saved(Result<Applied, Box<Refused>>),
    /// Whether the store can be used again.
    Probed(Result<Applied, StoreError>),
    /// A job ended in a panic: a defect of this program.
    Broke { job: u64, what: String },
}

/// The engine's state.
struct Engine {
    project: Project,
    options: RunOptions,
    /// Whether this process runs stages; otherwise it reads along and decides.
    leads: Result<(), String>,
    lease: Option<Lease>,
    endpoints: Endpoints,
    sandbox: Sandbox,
    /// What labels back-translations on this machine, or why it cannot; nothing where an endpoint does.
    labels: Option<Result<Nli, NliError>>,
    seat: Seat,
    stop: watch::Receiver<Stop>,
    events: mpsc::UnboundedReceiver<Event>,
    back: mpsc::UnboundedSender<Event>,
    lanes: Lanes,
    jobs: Jobs,
    roots: Roots,
    gates: Gatekeeper,
    /// The instructions that `--limit` allows.
    allowed: Option<Allowed>,
    calls: Calls,
    /// Self-instruct calls that wait, run or are blocked, and whether this run asks any.
    calling: HashMap<WorkId, Digest>,
    asks_calls: bool,
    queries: Queries,
    /// Work that cannot be done in this run, with why.
    blocked: HashMap<WorkId, String>,
    /// Jobs whose lasting failure is being written.
    failing: HashMap<u64, JobState>,
    /// Running jobs that a person ended.
    cancelled: HashSet<u64>,
    /// Where pairs were shown that may be decided on.
    pairs_shown: HashMap<ItemId, ItemId>,
    /// What waits for the store.
    held_up: Held,
    paused: HashSet<Stage>,
    limits: BTreeMap<Stage, StageLimit>,
    all_paused: bool,
    dirty: Dirty,
    /// The first reading of all trees, while it lasts.
    build: Option<Build>,
    /// Whether something to see changed since the last snapshot.
    unseen: bool,
    /// Whether the list of instructions did.
    rows_changed: bool,
    list: List,
    published: Instant,
    /// What all runs together used, and whether more was used since that was read.
    spent: Totals,
    spent_more: bool,
    seq: u64,
    seen: Seen,
    /// When instructions are planned.
    turn: Turn,
    saved: Instant,
    saving: bool,
    started: Instant,
    warned: VecDeque<String>,
    finished: bool,
    target_met: bool,
    /// Whether every handle is gone.
    deaf: bool,
    /// Why the engine has stopped for good.
    dead: Option<String>,
    ticked: Instant,
    /// How many readings of all trees were begun.
    builds: u64,
    /// What is left, as it was estimated last, and when that was.
    ahead: Option<Arc<Estimate>>,
    looked: Instant,
    /// `assay.toml`, as it was read last.
    watched: rules::Watched,
}

impl Engine {
    /// Works until it is stopped, or, headless, until nothing is left that can be done.
    async fn run(mut self) -> Result<Ended, StoreError> {
        let ended = self.work().await;
        if let Err(error) = &ended {
            // Watchers outlive the engine: they must see why nothing moves any more.
            let why = format!("the engine has stopped: {error}. What is stored is whole; quit and start again");
            self.warn(&why);
            self.dead = Some(why);
            self.publish();
        }
        ended
    }

    async fn work(&mut self) -> Result<Ended, StoreError> {
        self.first_look();
        self.open()?;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            self.settle()?;
            if let Some(ended) = self.ended() {
                return Ok(self.close(ended));
            }
            let gathers = self.gathers().unwrap_or_default();
            tokio::select! {
                biased;
                asked = self.seat.inbound.recv(), if !self.deaf => match asked {
                    Some(asked) => self.asked(asked).await,
                    // Nobody can ask any more: work to the end, and listen no longer (it would answer at once, for ever).
                    None => (self.deaf, self.options.headless) = (true, true),
                },
                event = self.events.recv() => if let Some(event) = event { self.events(event)? },
                changed = self.stop.changed() => if changed.is_err() {
                    let ended = self.interrupted();
                    return Ok(self.close(ended));
                },
                _ = tick.tick() => {}
                () = tokio::time::sleep(gathers), if !self.dirty.is_empty() => {}
            }
        }
    }

    /// Plans what changed, starts what may start, publishes what is to be seen.
    fn settle(&mut self) -> Result<(), StoreError> {
        if !self.dirty.is_empty() && self.gathers().is_none() {
            let planned = self.plan_dirty();
            self.bear(planned)?;
        }
        // By the clock and not by the select's turn: a busy engine must see what other processes write, too.
        if self.ticked.elapsed() >= TICK {
            self.ticked = Instant::now();
            let ticked = self.tick();
            self.bear(ticked)?;
        }
        let counted = self.count_spent();
        self.bear(counted)?;
        self.try_again();
        if self.may_start() {
            let refilled = self.refill();
            self.bear(refilled)?;
            self.dispatch();
        }
        self.save_index();
        if self.unseen && self.published.elapsed() >= PUBLISH {
            self.publish();
        }
        Ok(())
    }

    /// Whether work may be started at all.
    fn may_start(&self) -> bool {
        let free = !self.all_paused && !self.target_met && self.held_up.hold.is_none();
        *self.stop.borrow() == Stop::No && self.leads.is_ok() && free
    }

    /// How long planning may still wait, so that an instruction of which several answers come in is read once.
    fn gathers(&self) -> Option<Duration> {
        self.turn.waits(self.lanes.is_any_starving())
    }

    /// The last snapshot, and the rest of the index.
    fn close(&mut self, ended: Ended) -> Ended {
        self.save_rest();
        self.rows_changed = true;
        self.list = List::default();
        self.publish();
        ended
    }

    /// Handles an event and those that wait behind it.
    fn events(&mut self, first: Event) -> Result<(), StoreError> {
        self.event(first)?;
        for _ in 1..DRAIN {
            match self.events.try_recv() {
                Ok(event) => self.event(event)?,
                Err(_) => break,
            }
        }
        self.unseen = true;
        Ok(())
    }

    fn event(&mut self, event: Event) -> Result<(), StoreError> {
        match event {
            Event::Answered { job, prompt, result } => self.answered(job, prompt, result),
            Event::Executed { job, result } => self.executed(job, result),
            Event::Written { job, result, usage } => self.written(job, result, usage),
            Event::Built(nth, built) => self.built(nth, built),
            Event::Saved(result) => self.saved(result),
            Event::Probed(result) => self.probed(result),
            Event::Broke { job, what } => {
                self.broke(job, &what);
                Ok(())
            }
        }
    }

    fn is_sandbox_ready(&self) -> bool {
        *self.sandbox.status().borrow() == crate::sandbox::Status::Ready
    }

    fn tick(&mut self) -> Result<(), StoreError> {
        self.follow()?;
        self.watch_file();
        if self.jobs.running().next().is_some() || self.unseen || !self.is_sandbox_ready() {
            self.publish();
        }
        Ok(())
    }

    async fn asked(&mut self, asked: Inbound) {
        match asked {
            Inbound::Command(command, reply) => {
                let answer = self.command(command).await;
                self.list.hurry();
                // Whoever asked must find what came of it in the next snapshot.
                self.publish();
                // A watcher that no longer listens has nothing to be told.
                let _gone = reply.send(answer);
            }
            Inbound::Query(query) => self.query(query),
        }
        self.unseen = true;
    }

    /// Tells watchers something once.
    fn warn(&mut self, message: &str) {
        if self.warned.iter().any(|known| known == message) {
            return;
        }
        self.warned.push_back(message.to_owned());
        if self.warned.len() > 50 {
            self.warned.pop_front();
        }
        tracing::warn!("{message}");
        self.note(Note::Warning(message.to_owned()));
    }

    fn note(&self, note: Note) {
        // Nobody may be listening, which is no error.
        let _listeners = self.seat.notes.send(note);
    }

    fn about(text: &str) -> Arc<str> {
        Arc::from(text)
    }
}

//! Starting the engine on a thread of its own.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    thread::JoinHandle,
    time::Instant,
};

use tokio::sync::{mpsc, watch};

use crate::{
    config::Config,
    llm::Endpoints,
    pipeline::{
        calls::Calls,
        gate::Gatekeeper,
        handle::{Handle, Seat},
        jobs::Jobs,
        lanes::{At, Lane, Lanes},
        options::{Ended, RunOptions},
        project::Project,
        settings::Settings,
    },
    sandbox::Sandbox,
    store::{Lease, StoreError, Totals},
};

use super::{
    Engine, Queries, Roots,
    dirty::{Dirty, Turn},
    hold::Held,
    publish::List,
    rules::Watched,
    seen::Seen,
};

/// Whether the engine is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// It works on.
    #[default]
    No,
    /// It starts nothing more and ends when what is in flight has ended.
    Soon,
    /// It ends at once; what is in flight is lost, what is stored is whole.
    Now,
}

/// What an engine is made of.
pub struct Parts {
    /// The project.
    pub project: Project,
    /// The engine lease; or who holds it: then this engine reads along and decides.
    pub lease: Result<Lease, String>,
    /// Where completions come from.
    pub endpoints: Endpoints,
    /// Where verifiers run.
    pub sandbox: Sandbox,
    /// How the run is limited.
    pub options: RunOptions,
}

/// An engine under way.
#[derive(Debug)]
pub struct Running {
    /// For watchers.
    pub handle: Handle,
    /// Ends it.
    pub stop: watch::Sender<Stop>,
    /// Its thread; ends with how the run ended.
    pub thread: JoinHandle<Result<Ended, StoreError>>,
}

/// Starts an engine. Must be called within a tokio runtime, which carries its requests.
pub fn start(parts: Parts) -> Running {
    let (handle, seat) = Handle::pair();
    let (stop, stopped) = watch::channel(Stop::No);
    let engine = engine(parts, seat, stopped);
    let runtime = tokio::runtime::Handle::current();
    let thread = std::thread::spawn(move || runtime.block_on(engine.run()));
    Running { handle, stop, thread }
}

/// An engine that is not under way.
pub(super) fn engine(parts: Parts, seat: Seat, stop: watch::Receiver<Stop>) -> Engine {
    let (back, events) = mpsc::unbounded_channel();
    let lanes = lanes(&parts.project.settings, &parts.endpoints);
    let labels = parts.project.settings.labels.as_ref().map(|labels| labels.start());
    let (lease, leads) = match parts.lease {
        Ok(lease) => (Some(lease), Ok(())),
        Err(holder) => (None, Err(holder)),
    };
    let watched = Watched::at(&parts.project.dir);
    Engine {
        project: parts.project,
        options: parts.options,
        lease,
        leads,
        endpoints: parts.endpoints,
        sandbox: parts.sandbox,
        labels,
        seat,
        stop,
        events,
        back,
        lanes,
        jobs: Jobs::default(),
        roots: Roots::default(),
        gates: Gatekeeper::default(),
        allowed: None,
        calls: Calls::default(),
        calling: HashMap::new(),
        asks_calls: false,
        queries: Queries::default(),
        blocked: HashMap::new(),
        failing: HashMap::new(),
        cancelled: HashSet::new(),
        pairs_shown: HashMap::new(),
        held_up: Held::default(),
        paused: HashSet::new(),
        limits: BTreeMap::new(),
        all_paused: false,
        dirty: Dirty::default(),
        build: None,
        unseen: true,
        rows_changed: true,
        list: List::default(),
        published: Instant::now(),
        spent: Totals::default(),
        spent_more: true,
        seq: 0,
        seen: Seen::default(),
        turn: Turn::default(),
        saved: Instant::now(),
        saving: false,
        started: Instant::now(),
        warned: VecDeque::new(),
        finished: false,
        target_met: false,
        deaf: false,
        dead: None,
        ticked: Instant::now(),
        builds: 0,
        ahead: None,
        looked: Instant::now(),
        watched,
    }
}

fn workers(config: &Config) -> usize {
    match config.sandbox.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers as usize,
    }
}

fn lanes(settings: &Settings, endpoints: &Endpoints) -> Lanes {
    let config = &settings.config;
    let mut lanes = Lanes::default();
    if let Some(labels) = &settings.labels {
        lanes.add(Lane::new(At::Classifier, labels.at_once()));
    }
    for name in config.endpoints.keys() {
        let permits = endpoints.get(name).map_or(1, |endpoint| endpoint.concurrency());
        lanes.add(Lane::new(At::endpoint(name), permits));
    }
    // Twice the workers, so that none waits for the engine between two batches.
    lanes.add(Lane::new(At::Sandbox, workers(config) * 2));
    lanes
}

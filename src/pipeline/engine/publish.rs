//! Snapshots for watchers, following another process, and the end of a run.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    domain::{ItemId, Kind, Stage},
    pipeline::{
        balance,
        cost::{Estimate, Scope},
        handle::Note,
        index::{Index, Totals},
        options::Ended,
        snapshot::{Datasets, EngineState, Funnel, InstructionRow, SandboxState, Snapshot},
        whatif::Volume,
        work::Task,
    },
    sandbox::Status,
    store::{Lease, StoreError},
};

use super::{Engine, Stop, build::Build};

/// Of so many parts of the time, one may be spent on making lists.
const LIST_SHARE: u32 = 20;

/// How often what is left is estimated.
const AHEAD: Duration = Duration::from_secs(3);

/// From so many calls of a kind on a run goes by what they took itself.
const OWN: u32 = 5;

/// The list of instructions as it was published last.
#[derive(Debug, Default)]
pub struct List {
    rows: Arc<Vec<Arc<InstructionRow>>>,
    index: Arc<Index>,
    made: Option<Instant>,
    took: Duration,
}

impl List {
    /// Lets the next one be made at once.
    pub const fn hurry(&mut self) {
        self.made = None;
    }
}

impl Engine {
    /// Publishes what there is to see.
    pub(super) fn publish(&mut self) {
        self.seq += 1;
        self.look_ahead();
        let mut funnel = self.funnel_with_running();
        let datasets = self.balanced(&mut funnel);
        let used = self.project.store.usage().unwrap_or_default();
        self.relist();
        let (undo, redo) = self.project.store.undo_state().unwrap_or_default();
        let mut paused: Vec<Stage> = self.paused.iter().copied().collect();
        paused.sort_unstable();
        let snapshot = Snapshot {
            seq: self.seq,
            engine: self.state(),
            sandbox: self.sandbox_state(),
            datasets,
            instructions: self.list.rows.clone(),
            index: self.list.index.clone(),
            jobs: Arc::new(self.jobs.views(self.lanes.waiting())),
            queued: (self.lanes.queued() + self.blocked.len() + self.roots.backlog.len()) as u64,
            requests: used.requests,
            usage: used.usage,
            cost: used.cost,
            budget: self.project.settings.config.budget,
            rate: self.jobs.rate(),
            ahead: self.ahead.clone(),
            elapsed: self.started.elapsed(),
            decisions: self.project.store.decisions().unwrap_or_default(),
            undo,
            redo,
            paused,
            rules: self.project.settings.profile.clone(),
            volume: Volume::of(&self.project.settings),
            limits: self.limits.iter().map(|(stage, limit)| (*stage, *limit)).collect(),
            reading: self.build.as_ref().map(Build::progress),
            funnel: Arc::new(funnel),
        };
        self.seat.snapshot.send_replace(Arc::new(snapshot));
        self.published = Instant::now();
        self.unseen = self.rows_changed;
    }

    /// Estimates what is left, now and then: it reads the latest completions.
    fn look_ahead(&mut self) {
        if self.leads.is_err() || self.seq <= 1 || self.looked.elapsed() < AHEAD {
            return;
        }
        self.looked = Instant::now();
        let (store, config) = (&self.project.store, &self.project.settings.config);
        let limit = self.options.limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX));
        let some = !self.options.only.is_empty();
        let scope = Scope::new(config, limit, self.options.until, some, (self.calls.ended(), self.queries.len()))
            .asking(&self.endpoints, &self.project.settings);
        let now = self.seat.snapshot.borrow().clone();
        let estimate = store.call_means().map(|mut means| {
            for mean in &mut means {
                // What a call takes in this run says more than what was stored of it: a tape has its own time.
                mean.ms = self.jobs.took(mean.call).filter(|(n, _)| *n >= OWN).map_or(mean.ms, |(_, ms)| ms);
            }
            Estimate::of(config, &now, &means, scope)
        });
        // It informs; where it cannot be made, the work goes on all the same.
        self.ahead = estimate.ok().filter(|estimate| estimate.calls >= 1.0).map(Arc::new);
    }

    /// The data sets as they would be exported: balanced where the profile says so.
    fn balanced(&self, funnel: &mut Funnel) -> Datasets {
        let mut datasets = self.roots.datasets;
        // The sums of a first look come before the entries; they are told as they were stored.
        if self.roots.all.is_empty() {
            return datasets;
        }
        if self.project.settings.profile.has_balance() {
            balance::apply(&mut datasets, funnel, &self.roots.cells, &self.project.settings.profile);
        }
        datasets
    }

    /// The sums at rest, as they are published.
    pub(super) fn totals(&self) -> Totals {
        let mut funnel = self.roots.funnel.clone();
        self.calls.count_fallen(&mut funnel);
        let datasets = self.balanced(&mut funnel);
        Totals { funnel, datasets }
    }

    /// Publishes the counters as they were stored last, before anything is read.
    pub(super) fn first_look(&mut self) {
        let totals = crate::pipeline::index::totals(&self.project.store).unwrap_or_default().unwrap_or_default();
        (self.roots.funnel, self.roots.datasets) = (totals.funnel, totals.datasets);
        self.publish();
        (self.roots.funnel, self.roots.datasets) = Default::default();
    }

    /// Makes the list of instructions anew where one changed, as often as its length allows.
    fn relist(&mut self) {
        let List { made, took, .. } = self.list;
        let soon = made.is_some_and(|made| made.elapsed() < took * LIST_SHARE);
        // At rest the list is what it is; while there is work, the next one is not far.
        if !self.rows_changed || soon && self.state() == EngineState::Running {
            return;
        }
        let started = Instant::now();
        let roots = self.roots.order.values().filter_map(|id| self.roots.all.get(id));
        let (rows, facts): (Vec<_>, Vec<_>) =
            roots.map(|root| (root.entry.row.clone(), root.entry.facts.clone())).unzip();
        let (rows, index) = (Arc::new(rows), Arc::new(Index { facts }));
        self.list = List { rows, index, made: Some(started), took: started.elapsed() };
        self.rows_changed = false;
    }

    /// The funnel, with what is being worked on moved from pending (or stale) to running.
    fn funnel_with_running(&self) -> Funnel {
        let mut funnel = self.roots.funnel.clone();
        self.calls.count_fallen(&mut funnel);
        let mut instructions = std::collections::HashSet::new();
        for running in self.jobs.running() {
            let stage = running.work.id.stage;
            let units = match (&running.work.task, stage) {
                (Task::Execute(run), Stage::Verify) => run.texts.len() as u64,
                (_, Stage::CrossValidate | Stage::BackTranslate | Stage::Consistency) => {
                    u64::from(instructions.insert((stage, running.work.root)))
                }
                (_, Stage::SelfInstruct | Stage::PairQueries) => 0,
                _ => 1,
            };
            funnel.stage_mut(stage).start(units);
        }
        funnel
    }

    fn state(&self) -> EngineState {
        if let Some(why) = &self.dead {
            return EngineState::Blocked(why.clone());
        }
        if let Err(holder) = &self.leads {
            return EngineState::Following(holder.clone());
        }
        if self.roots.all.is_empty() && (self.seq <= 1 || self.build.is_some()) {
            return EngineState::Opening;
        }
        if self.all_paused {
            return EngineState::Paused;
        }
        if let Some(why) = self.held_up.message() {
            return EngineState::Blocked(why);
        }
        if self.is_reading() || !self.roots.backlog.is_empty() && self.lanes.stuck().is_none() {
            return EngineState::Running;
        }
        if self.lanes.in_flight() > 0 || self.jobs.running().next().is_some() {
            return EngineState::Running;
        }
        if let Some(why) = self.out_of_budget() {
            return EngineState::Blocked(why);
        }
        if let Some(down) = self.lanes.stuck() {
            return EngineState::Blocked(down.message.clone());
        }
        if let Some(why) = self.held_back() {
            return EngineState::Blocked(why);
        }
        if self.lanes.queued() > 0 {
            return EngineState::Running;
        }
        self.blocked.values().min().map_or(EngineState::Done, |why| EngineState::Blocked(why.clone()))
    }

    /// Whether instructions are still to be read, so that what there is to do is not known.
    pub(super) fn is_reading(&self) -> bool {
        !self.dirty.is_empty() || self.build.is_some()
    }

    fn sandbox_state(&self) -> SandboxState {
        match &*self.sandbox.status().borrow() {
            Status::Preparing { since } => SandboxState::Preparing { seconds: since.elapsed().as_secs() },
            Status::Ready => SandboxState::Ready,
            Status::Failed(message) => SandboxState::Failed(message.clone()),
        }
    }

    /// Reads what another process changed, and takes the engine over where its holder is gone.
    pub(super) fn follow(&mut self) -> Result<(), StoreError> {
        self.read_along()?;
        if self.leads.is_err()
            && !self.project.store.is_read_only()
            && let Ok(lease) = Lease::acquire_now(&self.project.dir)
        {
            self.lease = Some(lease);
            self.leads = Ok(());
            self.spent_more = true;
            self.note(Note::Info("the other process has ended; this one goes on with the work".to_owned()));
            self.open()?;
        }
        Ok(())
    }

    /// Takes in what was written since, by this process or another.
    fn read_along(&mut self) -> Result<(), StoreError> {
        let now = self.project.store.change_seq()?;
        if now <= self.seen.upto() {
            return Ok(());
        }
        let changed = self.project.store.changed_since(self.seen.upto())?;
        self.unseen = true;
        let is_new =
            |id: &ItemId| matches!(id.kind, Kind::Seed | Kind::Instruction) && !self.gates.states.contains_key(id);
        let (new_calls, new_roots) = (changed.iter().any(|id| id.kind == Kind::Call), changed.iter().any(is_new));
        for call in changed.iter().filter(|id| id.kind == Kind::Call) {
            self.reread_call(*call)?;
        }
        self.adopt(&changed)?;
        if new_calls || new_roots {
            self.decide_novelty();
        }
        // Only now: what could not be read is read the next time.
        self.seen.move_to(now);
        Ok(())
    }

    /// Whether the data sets are as large as was asked for.
    pub(super) fn check_targets(&mut self) {
        let asked = self.options.target_sft.is_some() || self.options.target_pairs.is_some();
        if !asked {
            self.target_met = false;
            return;
        }
        let have = self.balanced(&mut Funnel::default());
        let sft = self.options.target_sft.is_none_or(|target| have.sft >= target);
        let pairs = have.pairs_instruction + have.pairs_query;
        let pairs = self.options.target_pairs.is_none_or(|target| pairs >= target);
        self.target_met = sft && pairs;
    }

    /// Whether the run is over, and how.
    pub(super) fn ended(&mut self) -> Option<Ended> {
        let busy = self.jobs.running().next().is_some();
        match *self.stop.borrow() {
            Stop::Now => return Some(self.interrupted()),
            Stop::Soon if !busy => return Some(self.interrupted()),
            Stop::Soon | Stop::No => {}
        }
        if let Some(hold) = &self.held_up.hold {
            let patient = hold.since.elapsed().as_secs() < self.options.patience_s;
            let ends = self.options.headless && !patient;
            return self.held_up.last_words().filter(|_| ends).map(Ended::Incomplete);
        }
        if busy || *self.stop.borrow() == Stop::Soon || self.is_reading() {
            return None;
        }
        if self.target_met {
            return self.options.headless.then_some(Ended::Done);
        }
        if let Some(why) = self.out_of_budget() {
            self.warn(&why);
            return self.options.headless.then_some(Ended::Incomplete(why));
        }
        if let Some(down) = self.lanes.stuck() {
            let patient = down.since.elapsed().as_secs() < self.options.patience_s;
            return (self.options.headless && !patient).then(|| Ended::Incomplete(down.message.clone()));
        }
        if self.lanes.queued() > 0 || !self.roots.backlog.is_empty() {
            return None;
        }
        self.finish()
    }

    fn finish(&mut self) -> Option<Ended> {
        if !std::mem::replace(&mut self.finished, true) && self.blocked.is_empty() && self.leads.is_ok() {
            self.note(Note::Finished);
        }
        if !self.options.headless {
            return None;
        }
        let why = self.blocked.values().min().cloned();
        Some(why.map_or(Ended::Done, |why| {
            Ended::Incomplete(match self.blocked.len() {
                1 => format!("1 item waits: {why}"),
                n => format!("{n} items wait: {why}"),
            })
        }))
    }

    /// The end of an interrupted run.
    pub(super) fn interrupted(&self) -> Ended {
        let left = self.lanes.queued() + self.blocked.len() + self.jobs.running().count() + self.roots.backlog.len();
        match left {
            0 => Ended::Done,
            1 => Ended::Incomplete("interrupted; 1 item was left to do".to_owned()),
            _ => Ended::Incomplete(format!("interrupted; {left} items were left to do")),
        }
    }
}

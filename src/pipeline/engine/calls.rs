//! What belongs to no single instruction: loading the project, self-instruct calls, novelty.

use crate::{
    config::Config,
    domain::{CallBody, CallKind, CallTree, ItemId, Kind, Language, Made, Origin, SlotKey, Stage},
    pipeline::{
        calls::Calls,
        gate::{Candidate, Gatekeeper},
        stale::{Due, due},
        view::State,
        work::{CallTask, Order, Prompt, Task, Work, WorkId},
    },
    rules::pairing::seed_subset,
    store::{Body, Op, StoreError, Txn},
};

use super::Engine;

/// Every how-manieth self-instruct call is in Chinese where there are seeds in both languages.
const CHINESE_EVERY: u32 = 4;

impl Engine {
    /// Loads everything and plans it.
    pub(super) fn open(&mut self) -> Result<(), StoreError> {
        (self.roots, self.allowed) = Default::default();
        self.options.only = self.roots_of_only()?;
        self.reload_all()?;
        if self.leads.is_ok() {
            self.plan_calls_or_later()?;
        }
        self.unseen = true;
        Ok(())
    }

    /// `--only` may name any item: its instruction is meant.
    fn roots_of_only(&self) -> Result<Vec<ItemId>, StoreError> {
        let mut roots = Vec::new();
        for item in &self.options.only {
            roots.push(self.project.store.root_of(*item)?.unwrap_or(*item));
        }
        Ok(roots)
    }

    /// Reads a call anew after it ended, and takes in the candidates it brought.
    pub(super) fn reload_call(&mut self, call: ItemId, brought: &[ItemId]) -> Result<(), StoreError> {
        self.reread_call(call)?;
        for id in brought {
            self.add_candidate(*id)?;
        }
        self.decide_novelty();
        Ok(())
    }

    /// Reads a call anew and plans it.
    pub(super) fn reread_call(&mut self, call: ItemId) -> Result<(), StoreError> {
        if let Some(read) = self.project.store.call(call)? {
            let works: Vec<Work> = self.call_work(&read).filter(|_| self.asks_calls).into_iter().collect();
            self.calls.put(read);
            let id = WorkId { stage: Stage::SelfInstruct, item: call };
            let known = self.calling.remove_entry(&id).into_iter().collect();
            let settled = self.reconcile(known, works);
            self.calling.extend(settled);
        }
        Ok(())
    }

    /// Takes an instruction in that may not be known yet.
    pub(super) fn add_candidate(&mut self, id: ItemId) -> Result<(), StoreError> {
        if matches!(id.kind, Kind::Seed | Kind::Instruction)
            && !self.gates.states.contains_key(&id)
            && let Some(tree) = self.project.store.load_tree(id, self.project.settings.outcomes)?
        {
            self.gates.add(Candidate::of(&tree));
        }
        Ok(())
    }

    pub(super) fn decide_novelty(&mut self) {
        let changed = self.gates.decide(&self.calls, &self.project.settings.config.pipeline);
        self.dirty.extend(changed.iter().map(|candidate| candidate.id));
        self.apply_limit(&changed);
    }

    /// Plans the self-instruct calls: each shows a subset of the seeds that exist when it is first planned.
    pub(super) fn plan_calls(&mut self) -> Result<(), StoreError> {
        let config = self.project.settings.config.clone();
        let wanted = config.calls.self_instruct.samples;
        let enough = self.options.limit.is_some_and(|limit| self.kept_candidates() >= limit);
        if !config.pipeline.self_instruct || enough || !self.options.only.is_empty() {
            return Ok(());
        }
        let missing: Vec<u32> = (0..wanted).filter(|n| self.calls.get(*n).is_none()).collect();
        let shown = if missing.is_empty() { Shown::default() } else { Shown::of(&self.gates) };
        let ops: Vec<Op> = missing.into_iter().flat_map(|n| shown.new_call(n, &config)).collect();
        if !ops.is_empty() {
            self.project.store.write_blocking(Txn { ops })?;
            self.calls = Calls::read(&self.project.store)?;
            self.decide_novelty();
        }
        self.asks_calls = true;
        self.settle_calls();
        Ok(())
    }

    /// Makes waiting and running calls agree with what is due.
    fn settle_calls(&mut self) {
        let works = if self.asks_calls && self.leads.is_ok() { self.call_works() } else { Vec::new() };
        let known = std::mem::take(&mut self.calling);
        self.calling = self.reconcile(known, works);
    }

    /// Plans the calls again after one was asked for.
    pub(super) fn replan_calls(&mut self) -> Result<(), StoreError> {
        self.calls = Calls::read(&self.project.store)?;
        self.settle_calls();
        Ok(())
    }

    fn kept_candidates(&self) -> usize {
        self.gates.states.values().filter(|state| **state == State::Kept).count()
    }

    fn call_works(&self) -> Vec<Work> {
        self.calls.iter().filter_map(|call| self.call_work(call)).collect()
    }

    /// What is due of a call.
    fn call_work(&self, call: &CallTree) -> Option<Work> {
        let config = &self.project.settings.config;
        if call.n >= config.calls.self_instruct.samples {
            return None;
        }
        let body = call.slot.body()?;
        let is_plan = call.slot.version().is_some_and(|version| version.origin == Origin::Imported);
        let made = self.call_made(call)?;
        let failed = call.slot.failure.as_ref().is_some_and(|failure| failure.made.same_base(&made));
        let (take, urgent) = match due(&call.slot, &made, false) {
            Due::Call { take, urgent, .. } => (take, urgent),
            Due::No if is_plan && !failed => (0, false),
            Due::No | Due::Failed | Due::Restore { .. } => return None,
        };
        let seeds = body.shown.iter().filter_map(|id| self.gates.seed(*id)).map(|seed| seed.text.to_string()).collect();
        Some(Work {
            id: WorkId { stage: Stage::SelfInstruct, item: call.slot.id },
            root: None,
            order: Order { call: call.n, line: 0 },
            urgent,
            about: Self::about(&format!("self-instruct call {}", call.n + 1)),
            task: Task::Call(CallTask {
                call: CallKind::SelfInstruct,
                slot: call.slot.key.clone(),
                owner: None,
                sample: 0,
                nth: call.slot.completions,
                made: Made { take, ..made },
                language: body.language,
                prompt: Prompt::SelfInstruct { seeds, count: config.pipeline.instructions_per_call },
            }),
        })
    }

    /// What a self-instruct call would be made from now.
    pub(super) fn call_made(&self, call: &CallTree) -> Option<Made> {
        let inputs = [crate::domain::digest_of(&["call", &call.n.to_string()])];
        Some(self.project.settings.made(CallKind::SelfInstruct, call.slot.body()?.language, &inputs, call.n))
    }
}

/// The seeds that calls can show, by language and in the order of their identities.
#[derive(Debug, Default)]
struct Shown {
    known: u32,
    english: Vec<ItemId>,
    chinese: Vec<ItemId>,
}

impl Shown {
    fn of(gates: &Gatekeeper) -> Self {
        let mut shown = Self::default();
        for seed in gates.seeds() {
            shown.known = shown.known.saturating_add(1);
            match Language::detect(&seed.text) {
                Language::English => shown.english.push(seed.id),
                Language::Chinese => shown.chinese.push(seed.id),
            }
        }
        shown.english.sort_unstable();
        shown.chinese.sort_unstable();
        shown
    }

    fn new_call(&self, n: u32, config: &Config) -> Vec<Op> {
        let turn = n % CHINESE_EVERY == CHINESE_EVERY - 1;
        let chinese = !self.chinese.is_empty() && (turn || self.english.is_empty());
        let (language, seeds) =
            if chinese { (Language::Chinese, &self.chinese) } else { (Language::English, &self.english) };
        if seeds.is_empty() {
            return Vec::new();
        }
        let shown = seed_subset(config.seed, n, seeds, config.pipeline.seeds_per_call as usize);
        let id = ItemId::call(n);
        let body = CallBody { shown, lines: Vec::new(), language, seeds: self.known };
        vec![
            Op::EnsureSlot { id, key: SlotKey::call(n), root: None, owner: None, index: n, query: None },
            Op::AddVersion {
                slot: id,
                origin: Origin::Imported,
                body: Body::Call(body),
                made: None,
                completion: None,
                make_current: true,
            },
        ]
    }
}

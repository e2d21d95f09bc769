//! What belongs to no single instruction: loading the project, self-instruct calls, novelty, pairing.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    domain::{
        CallBody, CallKind, CallTree, ItemId, Language, Made, Origin, QueryBody, SlotKey, Stage, TaskTree,
        tree::InstructionTree,
    },
    pipeline::{
        gate::Candidate,
        judge::is_accepted,
        stale::{Due, due},
        view::State,
        work::{CallTask, Order, Prompt, Task, Work, WorkId},
    },
    rules::{
        feasibility::conflicts,
        pairing::{QueryCandidate, length_fits, order_queries, seed_subset},
        profile::ConflictRule,
    },
    store::{Body, Op, StoreError, Txn},
};

use super::{Engine, roots::Roots};

/// Every how-manieth self-instruct call is in Chinese where there are seeds in both languages.
const CHINESE_EVERY: u32 = 4;

impl Engine {
    /// Loads everything and plans it.
    pub(super) fn open(&mut self) -> Result<(), StoreError> {
        self.roots = Roots::default();
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
        if let Some(read) = self.project.store.call(call)?
            && let Ok(at) = self.calls.binary_search_by_key(&read.n, |known| known.n)
        {
            let works: Vec<Work> = self.call_work(&read, &self.seed_texts()).into_iter().collect();
            self.calls[at] = read;
            let id = WorkId { stage: Stage::SelfInstruct, item: call };
            let known = self.calling.remove_entry(&id).into_iter().collect();
            let settled = self.reconcile(known, works);
            self.calling.extend(settled);
        }
        for id in brought {
            if self.gates.states.contains_key(id) {
                continue;
            }
            if let Some(tree) = self.tree(*id) {
                self.candidates.push(Candidate::of(&tree));
            }
        }
        self.candidates.sort_by_key(|candidate| candidate.from.map_or((0, 0), |(call, line)| (call + 1, line)));
        self.decide_novelty();
        Ok(())
    }

    pub(super) fn decide_novelty(&mut self) {
        let changed = self.gates.decide(&self.candidates, &self.calls, &self.project.settings.config.pipeline);
        self.dirty.extend(changed);
        self.apply_limit();
    }

    /// Plans the self-instruct calls: each shows a subset of the seeds that exist when it is first planned.
    pub(super) fn plan_calls(&mut self) -> Result<(), StoreError> {
        let config = self.project.settings.config.clone();
        let wanted = config.calls.self_instruct.samples;
        let enough = self.options.limit.is_some_and(|limit| self.kept_candidates() >= limit);
        if !config.pipeline.self_instruct || enough || !self.options.only.is_empty() {
            return Ok(());
        }
        let there: HashSet<u32> = self.calls.iter().map(|call| call.n).collect();
        let missing: Vec<u32> = (0..wanted).filter(|n| !there.contains(n)).collect();
        let ops: Vec<Op> = missing.into_iter().flat_map(|n| self.new_call(n)).collect();
        if !ops.is_empty() {
            self.project.store.write_blocking(Txn { ops })?;
            self.calls = self.project.store.calls()?;
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
        self.calls = self.project.store.calls()?;
        self.settle_calls();
        Ok(())
    }

    fn kept_candidates(&self) -> usize {
        self.gates.states.values().filter(|state| **state == State::Kept).count()
    }

    fn new_call(&self, n: u32) -> Vec<Op> {
        let config = &self.project.settings.config;
        let language = self.call_language(n);
        let seeds: Vec<ItemId> = self.seeds_in(language).map(|seed| seed.id).collect();
        if seeds.is_empty() {
            return Vec::new();
        }
        let shown = seed_subset(config.seed, n, &seeds, config.pipeline.seeds_per_call as usize);
        let id = ItemId::call(n);
        let known = self.candidates.iter().filter(|candidate| candidate.from.is_none()).count();
        let seeds = u32::try_from(known).unwrap_or(u32::MAX);
        let body = CallBody { shown, lines: Vec::new(), language, seeds };
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

    fn seeds_in(&self, language: Language) -> impl Iterator<Item = &Candidate> {
        let seeds = self.candidates.iter().filter(|candidate| candidate.from.is_none());
        seeds.filter(move |seed| Language::detect(&seed.text) == language)
    }

    fn call_language(&self, n: u32) -> Language {
        let has = |language| self.seeds_in(language).next().is_some();
        let turn = n % CHINESE_EVERY == CHINESE_EVERY - 1;
        if has(Language::Chinese) && (turn || !has(Language::English)) { Language::Chinese } else { Language::English }
    }

    fn seed_texts(&self) -> HashMap<ItemId, Arc<str>> {
        let seeds = self.candidates.iter().filter(|candidate| candidate.from.is_none());
        seeds.map(|seed| (seed.id, seed.text.clone())).collect()
    }

    fn call_works(&self) -> Vec<Work> {
        let texts = self.seed_texts();
        self.calls.iter().filter_map(|call| self.call_work(call, &texts)).collect()
    }

    /// What is due of a call.
    fn call_work(&self, call: &CallTree, texts: &HashMap<ItemId, Arc<str>>) -> Option<Work> {
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
        let seeds = body.shown.iter().filter_map(|id| texts.get(id)).map(ToString::to_string).collect();
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

    /// Whether pairing has nothing more to offer an instruction.
    pub(super) fn is_paired_out(&self, work: &Work, tree: &InstructionTree) -> bool {
        matches!(work.task, Task::Pair) && self.new_partners(tree).is_empty()
    }

    /// The queries an instruction is to be paired with beside those it has: pairing sticks. Where conflicts are left
    /// out, queries at odds with it are paired too, so that they are seen, and do not count.
    fn new_partners(&self, tree: &InstructionTree) -> Vec<usize> {
        let settings = &self.project.settings;
        let config = &settings.config;
        let Some(body) = tree.slot.body() else { return Vec::new() };
        let leaves_out = settings.profile.conflicts == ConflictRule::LeaveOut;
        let at_odds = |query: &str| leaves_out && !conflicts(&body.text, query).is_empty();
        let is_wanted = |task: &&TaskTree| is_accepted(task.slot.decision.as_ref()) || !at_odds(&task.query.text);
        let paired: HashSet<ItemId> = tree.tasks.iter().map(|task| task.query_id).collect();
        let have = tree.tasks.iter().filter(is_wanted).count();
        let wanted = (config.pipeline.queries_per_instruction as usize).saturating_sub(have);
        let usable: Vec<usize> = (0..self.queries.len())
            .filter(|at| {
                let query = &self.queries[*at];
                !paired.contains(&query.id)
                    && !crate::pipeline::judge::is_rejected(query.decision.as_ref())
                    && length_fits(&query.body.text, config.pipeline.query_chars)
            })
            .collect();
        let topic = |body: &'_ QueryBody| body.topic.clone().filter(|_| config.pipeline.spread_topics);
        let topics: Vec<Option<String>> = usable.iter().map(|at| topic(&self.queries[*at].body)).collect();
        let candidates: Vec<QueryCandidate<'_>> = usable
            .iter()
            .zip(&topics)
            .map(|(at, topic)| {
                let query = &self.queries[*at];
                QueryCandidate { key: query.key.as_str(), language: query.body.language, topic: topic.as_deref() }
            })
            .collect();
        let taken: Vec<Option<String>> = tree.tasks.iter().map(|task| topic(&task.query)).collect();
        let taken: Vec<Option<&str>> = taken.iter().map(Option::as_deref).collect();
        let order = order_queries(config.seed, tree.key().as_str(), body.language, &candidates, &taken);
        let mut partners = Vec::new();
        let mut fit = 0;
        for at in order {
            if fit == wanted {
                break;
            }
            partners.push(usable[at]);
            fit += usize::from(!at_odds(&self.queries[usable[at]].body.text));
        }
        partners
    }

    /// The transaction that pairs an instruction. Tasks are numbered in the order of pairing.
    pub(super) fn pairing(&self, tree: &InstructionTree) -> Txn {
        let first = tree.tasks.iter().map(|task| task.slot.index + 1).max().unwrap_or(0);
        let ops = (first..)
            .zip(self.new_partners(tree))
            .map(|(index, at)| {
                let query = &self.queries[at];
                Op::EnsureSlot {
                    id: ItemId::task(&tree.id(), &query.id),
                    key: SlotKey::task(tree.key(), &query.key),
                    root: Some(tree.id()),
                    owner: Some(tree.id()),
                    index,
                    query: Some(query.id),
                }
            })
            .collect();
        Txn { ops }
    }
}

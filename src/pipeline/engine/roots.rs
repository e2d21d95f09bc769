//! Every instruction's entry and outstanding work, kept up to date one tree at a time. Work is planned ahead only as
//! far as the lanes need it: what is beyond waits in the backlog as an identity.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::{Duration, Instant},
};

use crate::{
    domain::{Digest, ItemId, Stage, tree::InstructionTree},
    pipeline::{
        balance::Cells,
        effort,
        gate::Candidate,
        handle::Note,
        index::{Entry, order_of},
        judge::view_of,
        plan::{Reach, plan},
        snapshot::{Datasets, Funnel},
        view::{InstructionView, State},
        work::{Order, Work, WorkId},
    },
    store::StoreError,
};

use super::Engine;

/// How long the engine reads trees before it looks at what came in.
const SLICE: Duration = Duration::from_millis(25);
/// Work waiting in all lanes beyond which no further instruction is planned.
const ENOUGH: usize = 10_000;
/// Work waiting in a lane below which further instructions are planned, at least and per permit.
const FEW: (usize, usize) = (128, 4);

/// One instruction.
#[derive(Debug)]
pub struct Root {
    /// What is known of it.
    pub entry: Entry,
    /// Its work that waits, runs or is blocked, with what each would make.
    pub outstanding: HashMap<WorkId, Digest>,
}

/// All instructions.
#[derive(Debug, Default)]
pub struct Roots {
    /// By identity.
    pub all: HashMap<ItemId, Root>,
    /// In stable order.
    pub order: BTreeMap<Order, ItemId>,
    /// The sum over all of them.
    pub funnel: Funnel,
    /// The sum over all of them.
    pub datasets: Datasets,
    /// The same by category and language, for the balance.
    pub cells: Cells,
    /// Instructions with work that is not planned yet: those that got furthest first, then in order.
    pub backlog: BTreeSet<(std::cmp::Reverse<Stage>, Order, ItemId)>,
    /// Entries that are not stored as they are now.
    pub unsaved: BTreeSet<ItemId>,
    /// Entries made under rules that are no longer in force: they are stored only once they were made again.
    pub outruled: HashSet<ItemId>,
}

impl Roots {
    /// Work has ended and is stored: where the next plan wants the same once more (a person asked for what failed), it is
    /// new work and not this one.
    pub fn is_over(&mut self, work: &Work) {
        let root = work.root.and_then(|root| self.all.get_mut(&root));
        if let Some(root) = root.filter(|root| root.outstanding.get(&work.id) == Some(&work.fingerprint())) {
            root.outstanding.remove(&work.id);
        }
    }

    /// Replaces an instruction's entry and keeps the sums right.
    pub fn put(&mut self, id: ItemId, entry: Entry, outstanding: HashMap<WorkId, Digest>) {
        if let Some(old) = self.all.get(&id) {
            self.backlog.remove(&place(&old.entry));
            self.datasets.subtract(&old.entry.datasets);
            self.cells.subtract(old.entry.row.category.as_deref(), old.entry.row.language, rows_of(&old.entry));
            if old.entry.counts != entry.counts {
                self.funnel.subtract(&old.entry.counts.funnel());
                self.funnel.merge(&entry.counts.funnel());
            }
        } else {
            self.funnel.merge(&entry.counts.funnel());
        }
        self.datasets.add(&entry.datasets);
        self.cells.add(entry.row.category.as_deref(), entry.row.language, rows_of(&entry));
        self.order.insert(entry.order, id);
        self.all.insert(id, Root { entry, outstanding });
    }

    /// Every entry, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        effort::counted(self.all.values()).map(|root| &root.entry)
    }

    /// Puts an instruction off until there is room for its work.
    pub fn put_off(&mut self, id: ItemId) {
        if let Some(root) = self.all.get(&id) {
            self.backlog.insert(place(&root.entry));
        }
    }
}

/// What an instruction gives, before the balance.
const fn rows_of(entry: &Entry) -> [u64; 3] {
    let Datasets { sft, pairs_instruction, pairs_query, .. } = entry.datasets;
    [sft, pairs_instruction, pairs_query]
}

fn place(entry: &Entry) -> (std::cmp::Reverse<Stage>, Order, ItemId) {
    (std::cmp::Reverse(entry.row.stage), entry.order, entry.row.id)
}

/// The instructions that `--limit` allows.
#[derive(Debug, Default)]
pub struct Allowed {
    order: BTreeMap<Order, ItemId>,
    ids: HashSet<ItemId>,
}

impl Allowed {
    /// Whether one is.
    pub fn has(&self, id: ItemId) -> bool {
        self.ids.contains(&id)
    }

    fn remove(&mut self, id: ItemId) -> bool {
        let there = self.ids.remove(&id);
        if there {
            self.order.retain(|_, known| *known != id);
        }
        there
    }

    /// Allows one where it is among the first, in place of the last; gives those of which something else holds now.
    fn put(&mut self, order: Order, id: ItemId, limit: usize) -> Vec<ItemId> {
        let mut changed = Vec::new();
        if self.ids.insert(id) {
            self.order.insert(order, id);
            changed.push(id);
        }
        if self.order.len() > limit
            && let Some((_, last)) = self.order.pop_last()
        {
            self.ids.remove(&last);
            changed.push(last);
        }
        changed
    }
}

impl Engine {
    /// Loads, views and plans instructions that changed, for a while.
    pub(super) fn plan_dirty(&mut self) -> Result<(), StoreError> {
        let started = Instant::now();
        while let Some(id) = self.dirty.pop() {
            self.plan_one(id)?;
            if started.elapsed() >= SLICE {
                break;
            }
        }
        self.turn.took(started.elapsed(), !self.dirty.is_empty());
        Ok(())
    }

    /// The same for these at once, whatever else waits.
    pub(super) fn plan_now(&mut self, ids: &[ItemId]) -> Result<(), StoreError> {
        for id in ids {
            self.dirty.take(*id);
            self.plan_one(*id)?;
        }
        Ok(())
    }

    fn plan_one(&mut self, id: ItemId) -> Result<(), StoreError> {
        let read = self.project.store.load_tree(id, self.project.settings.outcomes);
        if read.is_err() {
            // Not lost where the trouble passes.
            self.dirty.insert(id);
        }
        if let Some(tree) = read? {
            self.take_in(&tree);
            self.note(Note::Changed(id));
        }
        self.unseen = true;
        Ok(())
    }

    /// Plans put-off instructions while a lane that works has little to do.
    pub(super) fn refill(&mut self) -> Result<(), StoreError> {
        let started = Instant::now();
        while self.has_room() && started.elapsed() < SLICE {
            let Some((_, _, id)) = self.roots.backlog.pop_first() else { break };
            self.dirty.take(id);
            self.plan_one(id)?;
        }
        Ok(())
    }

    fn has_room(&self) -> bool {
        let (least, each) = FEW;
        let hungry = |lane: &crate::pipeline::lanes::Lane| {
            lane.down.is_none() && lane.queue.len() < least.max(lane.permits * each)
        };
        self.lanes.queued() < ENOUGH && self.lanes.iter().any(hungry)
    }

    /// Takes a tree in: its view, its entry, its work.
    pub(super) fn take_in(&mut self, tree: &InstructionTree) {
        let id = tree.id();
        let Some(gate) = self.gates.gate(id, tree.from, &self.calls) else { return };
        let settings = &self.project.settings;
        let view = view_of(tree, &gate, settings);
        let works = self.plan_of(tree, &view, order_of(tree));
        let entry = Entry::of(tree, &view, (gate.novelty, gate.nearest), settings, works.is_empty());
        self.read_otherwise(id);
        self.settle_work(id, entry, works);
        self.check_targets();
    }

    fn settle_work(&mut self, id: ItemId, entry: Entry, mut works: Vec<Work>) {
        let until = self.options.until.unwrap_or(Stage::Pairs);
        works.retain(|work| work.id.stage <= until);
        if !self.works_on(id) || self.leads.is_err() {
            works.clear();
        }
        let known = self.roots.all.get_mut(&id).map(|root| std::mem::take(&mut root.outstanding)).unwrap_or_default();
        let urgent = works.iter().any(|work| work.urgent);
        let later = known.is_empty() && !works.is_empty() && !urgent && !self.has_room();
        let same = self.roots.all.get(&id).is_some_and(|root| root.entry == entry);
        let outstanding = if later { known } else { self.reconcile(known, works) };
        self.roots.put(id, entry, outstanding);
        if later {
            self.roots.put_off(id);
        }
        let outruled = self.roots.outruled.remove(&id);
        self.rows_changed |= !same;
        if !same || outruled {
            self.roots.unsaved.insert(id);
        }
    }

    fn plan_of(&self, tree: &InstructionTree, view: &InstructionView, order: Order) -> Vec<Work> {
        let reach = Reach { until: Stage::Pairs, remake_settings: self.options.remake_settings };
        plan(tree, view, order, &self.project.settings, reach)
            .into_iter()
            .filter(|work| !self.is_paired_out(work, tree))
            .collect()
    }

    /// Whether this run works on an instruction at all (`--only`, `--limit`).
    pub(super) fn works_on(&self, id: ItemId) -> bool {
        if !self.options.only.is_empty() {
            return self.options.only.contains(&id);
        }
        self.allowed.as_ref().is_none_or(|allowed| allowed.has(id))
    }

    /// Works out which instructions `--limit` means: the first that novelty keeps.
    pub(super) fn apply_limit(&mut self, changed: &[Candidate]) {
        let Some(limit) = self.options.limit else { return };
        let fell = |candidate: &&Candidate| self.gates.states.get(&candidate.id) != Some(&State::Kept);
        let lost: Vec<ItemId> = changed.iter().filter(fell).map(|fallen| fallen.id).collect();
        let is_first = self.allowed.is_none();
        let allowed = self.allowed.get_or_insert_default();
        let removed = lost.iter().filter(|id| allowed.remove(**id)).count();
        if is_first || removed > 0 {
            // Others take the place of what fell.
            self.dirty.extend(lost);
            let all: Vec<Candidate> = self.gates.candidates().cloned().collect();
            return self.allow(&all, limit);
        }
        self.allow(changed, limit);
    }

    fn allow(&mut self, some: &[Candidate], limit: usize) {
        let allowed = self.allowed.get_or_insert_default();
        for candidate in some.iter().filter(|one| self.gates.states.get(&one.id) == Some(&State::Kept)) {
            let order = self.gates.order_of(candidate.id, candidate.from);
            self.dirty.extend(allowed.put(order, candidate.id, limit));
        }
    }

    /// Makes waiting and running work agree with a new plan: what is no longer wanted is taken out or cancelled,
    /// what is new is queued, what goes on as it was is left alone.
    pub(super) fn reconcile(&mut self, known: HashMap<WorkId, Digest>, works: Vec<Work>) -> HashMap<WorkId, Digest> {
        let wanted: HashMap<WorkId, Digest> = works.iter().map(|work| (work.id, work.fingerprint())).collect();
        for (id, fingerprint) in &known {
            if wanted.get(id) != Some(fingerprint) {
                self.withdraw(*id);
            }
        }
        for work in works {
            let same = known.get(&work.id) == wanted.get(&work.id);
            if !same {
                self.enqueue(work);
            }
        }
        wanted
    }
}

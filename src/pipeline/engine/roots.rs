//! Every instruction's summary and outstanding work, kept up to date one tree at a time.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    domain::{Digest, ItemId, Stage, tree::InstructionTree},
    pipeline::{
        judge::{Gate, view_of},
        plan::{Reach, plan},
        snapshot::{Datasets, Funnel, InstructionRow},
        summary,
        view::{InstructionView, State},
        work::{Order, Work, WorkId},
    },
    store::StoreError,
};

use super::Engine;

/// One instruction.
#[derive(Debug)]
pub struct Root {
    /// Its place among all.
    pub order: Order,
    /// Its line in lists.
    pub row: Arc<InstructionRow>,
    /// What it adds to the funnel.
    pub counts: Funnel,
    /// What it adds to the data sets.
    pub datasets: Datasets,
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
    /// Gates of candidates, loaded or not.
    pub gates: HashMap<ItemId, Gate>,
}

impl Roots {
    /// Replaces an instruction's summary and keeps the sums right.
    fn put(&mut self, id: ItemId, root: Root) {
        if let Some(old) = self.all.get(&id) {
            self.funnel.subtract(&old.counts);
            self.datasets.subtract(&old.datasets);
        }
        self.funnel.merge(&root.counts);
        self.datasets.add(&root.datasets);
        self.order.insert(root.order, id);
        self.all.insert(id, root);
    }
}

impl Engine {
    /// Loads, views and plans the instructions that changed.
    pub(super) fn plan_dirty(&mut self) -> Result<(), StoreError> {
        if self.dirty.is_empty() {
            return Ok(());
        }
        for id in std::mem::take(&mut self.dirty) {
            if let Some(tree) = self.project.store.load_tree(id, self.project.settings.outcomes)? {
                self.take_in(&tree);
                self.note(crate::pipeline::handle::Note::Changed(id));
            }
        }
        self.unseen = true;
        Ok(())
    }

    /// Takes a tree in: its view, its summary, its work.
    pub(super) fn take_in(&mut self, tree: &InstructionTree) {
        let id = tree.id();
        let Some(gate) = self.roots.gates.get(&id).cloned() else { return };
        let order = order_of(tree);
        let view = view_of(tree, &gate, &self.project.settings);
        let works = if self.works_on(id) { self.plan_of(tree, &view, order) } else { Vec::new() };
        let known = self.roots.all.get_mut(&id).map(|root| std::mem::take(&mut root.outstanding)).unwrap_or_default();
        let outstanding = self.reconcile(known, works);
        let datasets = summary::datasets(&view);
        let row = Arc::new(summary::row(&view));
        let root = Root { order, row, counts: view.counts, datasets, outstanding };
        self.roots.put(id, root);
        self.check_targets();
    }

    fn plan_of(&self, tree: &InstructionTree, view: &InstructionView, order: Order) -> Vec<Work> {
        let until = self.options.until.unwrap_or(Stage::Pairs);
        let reach = Reach { until, remake_settings: self.options.remake_settings };
        plan(tree, view, order, &self.project.settings, reach)
            .into_iter()
            .filter(|work| !self.is_paired_out(work, tree))
            .collect()
    }

    /// Whether this run works on an instruction at all (`--only`, `--limit`).
    fn works_on(&self, id: ItemId) -> bool {
        if !self.options.only.is_empty() {
            return self.options.only.contains(&id);
        }
        let Some(limit) = self.options.limit else { return true };
        let kept = self
            .candidates
            .iter()
            .filter(|candidate| self.roots.gates.get(&candidate.id).is_some_and(|gate| gate.novelty == State::Kept));
        kept.take(limit).any(|candidate| candidate.id == id)
    }

    /// Makes waiting and running work agree with a new plan: what is no longer wanted is taken out or cancelled,
    /// what is new is queued, what goes on as it was is left alone.
    fn reconcile(&mut self, known: HashMap<WorkId, Digest>, works: Vec<Work>) -> HashMap<WorkId, Digest> {
        let wanted: HashMap<WorkId, Digest> = works.iter().map(|work| (work.id, work.fingerprint())).collect();
        for (id, fingerprint) in &known {
            if wanted.get(id) != Some(fingerprint) {
                self.withdraw(*id);
            }
        }
        for work in works {
            let same = known.get(&work.id) == wanted.get(&work.id);
            if !same && self.leads.is_ok() {
                self.enqueue(work);
            }
        }
        wanted
    }
}

fn order_of(tree: &InstructionTree) -> Order {
    match tree.from {
        Some((call, line)) => Order { call: call + 1, line },
        None => Order { call: 0, line: tree.slot.index },
    }
}

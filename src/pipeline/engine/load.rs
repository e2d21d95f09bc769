//! Loading a project: from its index where that is there and was made under these settings, else from its trees, a
//! few at a time; and storing the index as it changes.

use std::time::{Duration, Instant};

use crate::{
    domain::{ItemId, Kind},
    pipeline::{
        calls::Calls,
        gate::{Candidate, Gatekeeper},
        index::{self, Facts},
    },
    rules::profile::ConflictRule,
    store::{Applied, Op, Refused, StoreError, Txn},
};

use super::{Engine, Event, seen::Seen};

/// Entries that are stored together, and how long changed ones wait for that at most.
const TOGETHER: usize = 1000;
const WAIT: Duration = Duration::from_secs(3);

impl Engine {
    /// Reads the whole project: at the start, and when another process added to it.
    pub(super) fn reload_all(&mut self) -> Result<(), StoreError> {
        let store = self.project.store.clone();
        self.seen = Seen::all(store.change_seq()?);
        self.reload_queries()?;
        self.calls = Calls::read(&store)?;
        self.dirty.clear();
        self.build = None;
        match index::load(&store, &self.project.settings)? {
            Some(loaded) if self.roots.all.is_empty() => self.take_index(loaded)?,
            _ => self.read_trees()?,
        }
        self.rows_changed = true;
        Ok(())
    }

    fn take_index(&mut self, loaded: index::Loaded) -> Result<(), StoreError> {
        let index::Loaded { mut entries, changed } = loaded;
        entries.sort_by_key(|entry| entry.order);
        let known = entries.iter().map(|entry| (&entry.candidate, &entry.novelty, entry.nearest));
        self.gates = Gatekeeper::remembering(known, &self.calls);
        self.adopt(&changed)?;
        self.decide_novelty();
        for entry in entries {
            let (id, idle) = (entry.row.id, entry.idle);
            self.roots.put(id, entry, std::collections::HashMap::new());
            if !idle && self.works_on(id) {
                self.roots.put_off(id);
            }
        }
        if changed.iter().any(|id| id.kind == Kind::Query) {
            self.dirty.extend(self.unpaired());
        }
        self.check_targets();
        Ok(())
    }

    /// Names what changed for planning; instructions that were not known become candidates.
    pub(super) fn adopt(&mut self, changed: &[ItemId]) -> Result<(), StoreError> {
        let roots = || changed.iter().filter(|id| matches!(id.kind, Kind::Seed | Kind::Instruction));
        let new: Vec<ItemId> = roots().filter(|id| !self.gates.states.contains_key(id)).copied().collect();
        if new.iter().any(|id| id.kind == Kind::Seed) {
            // Seeds count in the order in which they were added.
            self.gates.renew(Candidate::all(&self.project.store)?);
        } else {
            new.iter().try_for_each(|line| self.add_candidate(*line))?;
        }
        self.dirty.extend(roots().copied());
        if changed.iter().any(|id| id.kind == Kind::Query) {
            self.reload_queries()?;
            self.dirty.extend(self.unpaired());
        }
        Ok(())
    }

    /// Instructions that more queries could be paired with.
    pub(super) fn unpaired(&self) -> Vec<ItemId> {
        let wanted = self.project.settings.config.pipeline.queries_per_instruction as usize;
        let mut facts = Facts::default();
        let entries = self.roots.entries();
        let leaves_out = self.project.settings.profile.conflicts == ConflictRule::LeaveOut;
        let mut paired = |entry: &index::Entry| {
            facts.read(&entry.facts)?;
            let counted = facts.tasks.iter().filter(|task| !(leaves_out && task.conflict)).count();
            facts.alive.then_some(counted)
        };
        let short = entries.filter(|entry| paired(entry).is_some_and(|paired| paired < wanted));
        short.map(|entry| entry.row.id).collect()
    }

    fn read_trees(&mut self) -> Result<(), StoreError> {
        self.gates.renew(Candidate::all(&self.project.store)?);
        self.decide_novelty();
        // All of them are read, those included of which novelty says something new.
        self.dirty.clear();
        self.begin_build();
        Ok(())
    }

    /// Stores what changed of the index, when there is enough of it or it has waited long enough.
    pub(super) fn save_index(&mut self) {
        let unsaved = self.roots.unsaved.len();
        let due = unsaved >= TOGETHER || (unsaved > 0 && self.saved.elapsed() >= WAIT);
        if !due || self.saving || self.leads.is_err() || self.held_up.hold.is_some() {
            return;
        }
        let txn = self.index_txn(TOGETHER);
        self.saving = true;
        let (store, back) = (self.project.store.clone(), self.back.clone());
        tokio::spawn(async move {
            let result = store.write_or_return(txn).await;
            // The engine may have ended; what is not stored is made again.
            let _gone = back.send(Event::Saved(result));
        });
    }

    /// Stores the rest at the end of a run.
    pub(super) fn save_rest(&mut self) {
        if self.leads.is_err() || (self.roots.unsaved.is_empty() && self.is_reading()) {
            return;
        }
        let txn = self.index_txn(usize::MAX);
        if let Err(error) = self.project.store.write_blocking(txn) {
            tracing::warn!("the index is not stored and will be made again: {error}");
        }
    }

    /// At most so many of the entries that are not stored.
    fn index_txn(&mut self, most: usize) -> Txn {
        self.saved = Instant::now();
        let unsaved = &mut self.roots.unsaved;
        let some: Vec<ItemId> = std::iter::from_fn(|| unsaved.pop_first()).take(most).collect();
        let entries = some.iter().filter_map(|id| self.roots.all.get(id)).map(|root| &root.entry);
        let key = index::key(&self.project.settings);
        let mut ops: Vec<Op> =
            entries.map(|entry| Op::SetSummary { root: entry.row.id, data: entry.write(key) }).collect();
        // The index is whole up to here only if nothing is still to be read.
        if !self.is_reading() && self.roots.unsaved.is_empty() {
            ops.extend(index::mark(key, self.seen.upto(), &self.totals()));
        }
        Txn { ops }
    }

    /// The index was stored, or could not be: then it is made again another time.
    pub(super) fn saved(&mut self, result: Result<Applied, Box<Refused>>) -> Result<(), StoreError> {
        self.saving = false;
        match result {
            Ok(applied) => {
                self.seen.one(applied.seq);
                self.let_go()
            }
            Err(refused) => {
                let roots = refused.txn.ops.iter().filter_map(|op| match op {
                    Op::SetSummary { root, .. } => Some(*root),
                    _ => None,
                });
                self.roots.unsaved.extend(roots);
                self.bear(Err(refused.error))
            }
        }
    }
}

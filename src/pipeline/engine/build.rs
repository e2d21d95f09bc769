//! The first index: where none is stored, every tree is read on all cores, beside the engine, which goes on with
//! what it knows meanwhile. What changes before its reading comes in is read again.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    domain::{InstructionTree, ItemId},
    pipeline::{
        bulk,
        handle::Note,
        index::Entry,
        judge::{Gate, view_of},
        plan::{Reach, plan},
        view::Source,
    },
    store::StoreError,
};

use super::{Engine, Event};

/// From so many instructions on it is told that they are read.
const MANY: usize = 10_000;

/// A reading under way.
#[derive(Debug)]
pub struct Build {
    /// Which one it is: what an earlier one still sends was read under other rules.
    nth: u64,
    /// What is still to come in, and was not read otherwise since.
    left: HashSet<ItemId>,
    /// How many there were at the start.
    of: usize,
    stop: Arc<AtomicBool>,
}

impl Build {
    /// How many are in, of how many.
    pub fn progress(&self) -> (u64, u64) {
        ((self.of - self.left.len()) as u64, self.of as u64)
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// A part of what was read: entries, or the end with how it went.
#[derive(Debug)]
pub enum Built {
    /// Some more, in order.
    Some(Vec<Entry>),
    /// All were read, or reading failed.
    End(Result<(), StoreError>),
}

impl Engine {
    /// Starts to read every candidate's tree.
    pub(super) fn begin_build(&mut self) {
        let stop = Arc::new(AtomicBool::new(false));
        let known = |candidate: &crate::pipeline::gate::Candidate| {
            let novelty = self.gates.states.get(&candidate.id)?.clone();
            let source = candidate.from.map_or(Source::Seed, |(call, line)| {
                // What a call showed is no part of an entry.
                Source::SelfInstruct { call, line, shown: Vec::new() }
            });
            let nearest = self.gates.nearest.get(&candidate.id).copied();
            Some((candidate.id, Gate { novelty, nearest, source }))
        };
        let (ids, gates): (Vec<ItemId>, Vec<Gate>) = self.gates.candidates().filter_map(known).unzip();
        self.builds += 1;
        let nth = self.builds;
        self.build = Some(Build { nth, left: ids.iter().copied().collect(), of: ids.len(), stop: Arc::clone(&stop) });
        if ids.len() >= MANY {
            let many = ids.len();
            let said = format!("{many} instructions are read to make the index, once; work goes on meanwhile");
            self.note(Note::Info(said));
        }
        let (store, settings, back) = (self.project.store.clone(), self.project.settings.clone(), self.back.clone());
        let reach = Reach { until: crate::domain::Stage::Pairs, remake_settings: self.options.remake_settings };
        let read = move || {
            let each = |at: usize, tree: InstructionTree| {
                let gate = gates.get(at)?;
                let view = view_of(&tree, gate, &settings);
                let idle = plan(&tree, &view, crate::pipeline::index::order_of(&tree), &settings, reach).is_empty();
                Some(Entry::of(&tree, &view, (gate.novelty.clone(), gate.nearest), &settings, idle))
            };
            let tell = |some| !stop.load(Ordering::Relaxed) && back.send(Event::Built(nth, Built::Some(some))).is_ok();
            let result = bulk::trees(&store, settings.outcomes, &ids, each, tell);
            // The engine may have ended.
            let _gone = back.send(Event::Built(nth, Built::End(result)));
        };
        let thread = std::thread::Builder::new().name("index".to_owned()).spawn(read);
        if let Err(error) = thread {
            tracing::warn!(%error, "no thread for the index; its trees are read one by one");
            self.build = None;
            self.dirty.extend(self.gates.candidates().map(|candidate| candidate.id));
        }
    }

    /// Takes in what was read.
    pub(super) fn built(&mut self, nth: u64, built: Built) -> Result<(), StoreError> {
        if self.build.as_ref().is_none_or(|build| build.nth != nth) {
            return Ok(());
        }
        match built {
            Built::Some(entries) => {
                for entry in entries {
                    self.take_built(entry);
                }
                self.rows_changed = true;
                self.check_targets();
                Ok(())
            }
            Built::End(result) => {
                let left = self.build.take().map(|mut build| std::mem::take(&mut build.left));
                self.unseen = true;
                // What did not come in is looked at one by one; where nothing is there any more, that costs a look.
                self.dirty.extend(left.into_iter().flatten());
                self.bear(result)
            }
        }
    }

    fn take_built(&mut self, entry: Entry) {
        let id = entry.row.id;
        // Read otherwise since, from a later state.
        if !self.build.as_mut().is_some_and(|build| build.left.remove(&id)) {
            return;
        }
        let works = !entry.idle && self.leads.is_ok() && self.works_on(id);
        self.roots.put(id, entry, std::collections::HashMap::new());
        self.roots.outruled.remove(&id);
        self.roots.unsaved.insert(id);
        if works {
            self.roots.put_off(id);
        }
    }

    /// Notes that an instruction was read otherwise, from a state that is at least as new.
    pub(super) fn read_otherwise(&mut self, id: ItemId) {
        if let Some(build) = &mut self.build {
            build.left.remove(&id);
        }
    }
}

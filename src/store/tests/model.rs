//! Acts, machine versions, undo and redo at random, against a model in memory.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::{
    domain::{Decision, ItemId, Kind, Made, Origin, Ruling, Slot, VerifierBody, journal::Change},
    store::{Op, StoreError, Txn},
};

use super::fixture::*;

const ITEMS: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    Decide(Vec<usize>, Option<Ruling>),
    Edit(usize),
    Rerun(Vec<usize>),
    /// The pending re-run of an item is stored.
    Fulfil(usize),
    /// The machine makes an item again from other inputs.
    Remake(usize),
    Undo,
    Redo,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let item = 0..ITEMS;
    let items = proptest::collection::vec(0..ITEMS, 1..=ITEMS + 1);
    let ruling = proptest::option::of(prop_oneof![Just(Ruling::Accepted), Just(Ruling::Rejected)]);
    let step = prop_oneof![
        3 => (items.clone(), ruling).prop_map(|(items, ruling)| Step::Decide(items, ruling)),
        1 => item.clone().prop_map(Step::Edit),
        4 => items.prop_map(Step::Rerun),
        3 => item.clone().prop_map(Step::Fulfil),
        1 => item.prop_map(Step::Remake),
        8 => Just(Step::Undo),
        4 => Just(Step::Redo),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..200)
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Item {
    decision: Option<Decision>,
    current: usize,
    rerun: Option<u32>,
    /// Origin, inputs and take of every version.
    versions: Vec<(Option<u32>, u32)>,
    /// Takes that were taken back.
    taken_back: BTreeSet<usize>,
}

impl Item {
    fn first() -> Self {
        Self { versions: vec![(Some(0), 0)], ..Self::default() }
    }

    /// The take that a re-run asks for.
    fn next_take(&self) -> u32 {
        self.versions.iter().filter(|(inputs, _)| inputs.is_some()).map(|(_, take)| take + 1).max().unwrap_or(0)
    }

    fn came_of(&self, take: u32, since: usize) -> Option<usize> {
        (since..self.versions.len()).find(|&no| self.versions[no].0.is_some() && self.versions[no].1 == take)
    }
}

/// One change: of which item, and the fields before and after.
#[derive(Clone, Debug)]
enum Did {
    Decided { item: usize, before: Option<Decision>, after: Option<Decision> },
    Edited { item: usize, before: usize, after: usize },
    Asked { item: usize, before: usize, take: u32, since: usize },
}

#[derive(Debug)]
struct Model {
    items: Vec<Item>,
    done: Vec<Vec<Did>>,
    undone: Vec<Vec<Did>>,
}

/// Whether undo or redo was possible.
#[derive(Debug, PartialEq)]
enum Answer {
    Fine,
    Nothing,
    Conflict,
}

impl Model {
    fn did(&mut self, all: Vec<Did>) {
        self.done.push(all);
        self.undone.clear();
    }

    fn undo(&mut self) -> Answer {
        let Some(all) = self.done.pop() else { return Answer::Nothing };
        let mut items = self.items.clone();
        if !all.iter().rev().all(|did| take_back(&mut items, did)) {
            self.done.push(all);
            return Answer::Conflict;
        }
        self.items = items;
        self.undone.push(all);
        Answer::Fine
    }

    fn redo(&mut self) -> Answer {
        let Some(all) = self.undone.pop() else { return Answer::Nothing };
        let mut items = self.items.clone();
        if !all.iter().all(|did| do_again(&mut items, did)) {
            self.undone.push(all);
            return Answer::Conflict;
        }
        self.items = items;
        self.done.push(all);
        Answer::Fine
    }
}

fn take_back(items: &mut [Item], did: &Did) -> bool {
    match did {
        Did::Decided { item, before, after } => {
            let fits = items[*item].decision == *after;
            items[*item].decision.clone_from(before);
            fits
        }
        Did::Edited { item, before, after } => {
            let fits = items[*item].current == *after;
            items[*item].current = *before;
            fits
        }
        Did::Asked { item, before, take, since } => {
            let item = &mut items[*item];
            if item.rerun == Some(*take) {
                item.rerun = None;
                return true;
            }
            let untouched = item.current == *before;
            let fulfilled = item.rerun.is_none() && item.came_of(*take, *since) == Some(item.current);
            if fulfilled && !untouched {
                item.taken_back.insert(item.current);
            }
            item.current = *before;
            untouched || fulfilled
        }
    }
}

fn do_again(items: &mut [Item], did: &Did) -> bool {
    match did {
        Did::Decided { item, before, after } => {
            let fits = items[*item].decision == *before;
            items[*item].decision.clone_from(after);
            fits
        }
        Did::Edited { item, before, after } => {
            let fits = items[*item].current == *before;
            items[*item].current = *after;
            fits
        }
        Did::Asked { item, before, take, since } => {
            let item = &mut items[*item];
            let fits = item.current == *before && item.rerun.is_none();
            match item.came_of(*take, *since) {
                Some(no) => {
                    item.taken_back.remove(&no);
                    item.current = no;
                }
                None => item.rerun = Some(*take),
            }
            fits
        }
    }
}

fn made_of(inputs: u32, take: u32) -> Made {
    made(&inputs.to_string(), take)
}

fn source() -> VerifierBody {
    VerifierBody { source: Some("x".to_owned()), problem: None, repairs: Vec::new() }
}

/// The step in the model, and the operations that do it in the store; with them, the answer expected.
fn step(model: &mut Model, ids: &[ItemId], step: &Step) -> Option<(Vec<Op>, Answer)> {
    let ops = match step {
        Step::Decide(items, ruling) => {
            let after = ruling.map(|ruling| decision(ruling, "why"));
            let mut did = Vec::new();
            for &item in items {
                let before = std::mem::replace(&mut model.items[item].decision, after.clone());
                did.push(Did::Decided { item, before, after: after.clone() });
            }
            model.did(did);
            let change = |&item: &usize| Change::Decide { item: ids[item], before: None, after: after.clone() };
            vec![act("decide", items.iter().map(change).collect())]
        }
        Step::Edit(item) => {
            let held = &mut model.items[*item];
            held.versions.push((None, 0));
            let (before, after) = (held.current, held.versions.len() - 1);
            held.current = after;
            // A person's text ends what was asked for before it.
            held.rerun = None;
            model.did(vec![Did::Edited { item: *item, before, after }]);
            let change = Change::Edit { item: ids[*item], before: None, after: 0 };
            vec![human(ids[*item], source()), act("edit", vec![change])]
        }
        Step::Rerun(items) => {
            let (mut did, mut changes) = (Vec::new(), Vec::new());
            for &item in items {
                let held = &mut model.items[item];
                let take = held.next_take();
                held.rerun = Some(take);
                did.push(Did::Asked { item, before: held.current, take, since: held.versions.len() });
                changes.push(Change::Rerun { item: ids[item], before: None, take, since: 0 });
            }
            model.did(did);
            vec![act("re-run", changes)]
        }
        Step::Fulfil(item) => {
            let held = &mut model.items[*item];
            let take = held.rerun.take()?;
            held.versions.push((Some(0), take));
            held.current = held.versions.len() - 1;
            vec![machine(ids[*item], source(), made_of(0, take))]
        }
        Step::Remake(item) => {
            let held = &mut model.items[*item];
            let inputs = held.versions.len() as u32;
            held.versions.push((Some(inputs), 0));
            held.current = held.versions.len() - 1;
            if held.rerun == Some(0) {
                held.rerun = None;
            }
            vec![machine(ids[*item], source(), made_of(inputs, 0))]
        }
        Step::Undo => return Some((vec![undo()], model.undo())),
        Step::Redo => return Some((vec![redo()], model.redo())),
        Step::Reopen => return None,
    };
    Some((ops, Answer::Fine))
}

fn check(slot: Slot<VerifierBody>, item: &Item) {
    assert_eq!(slot.decision, item.decision);
    assert_eq!(slot.current, Some(item.current as u32));
    assert_eq!(slot.rerun, item.rerun);
    let versions: Vec<_> =
        slot.versions.iter().map(|version| (version.origin, version.made.map_or(0, |made| made.take))).collect();
    let origin = |machine: bool| if machine { Origin::Machine } else { Origin::Human };
    let back = slot.versions.iter().filter(|version| version.taken_back).map(|version| version.no as usize);
    assert_eq!(back.collect::<BTreeSet<_>>(), item.taken_back);
    assert_eq!(versions, item.versions.iter().map(|(i, take)| (origin(i.is_some()), *take)).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn acts_undo_and_redo_do_what_the_model_does(steps in steps()) {
        let (dir, mut store) = empty();
        let (root, mut ops) = seed("a");
        let ids: Vec<_> = (0..ITEMS as u32).map(|k| ItemId::child(Kind::Verifier, &root, k)).collect();
        for (k, &id) in ids.iter().enumerate() {
            ops.push(slot(id, &format!("v{k}"), Some(root), Some(root), k as u32));
            ops.push(machine(id, source(), made_of(0, 0)));
        }
        write(&store, ops);
        let mut model = Model { items: vec![Item::first(); ITEMS], done: Vec::new(), undone: Vec::new() };
        for next in &steps {
            if matches!(next, Step::Reopen) {
                store = reopen(&dir, store);
            }
            let Some((ops, expected)) = step(&mut model, &ids, next) else { continue };
            let answer = match store.write_blocking(Txn::new(ops)) {
                Ok(_) => Answer::Fine,
                Err(StoreError::NothingToUndo | StoreError::NothingToRedo) => Answer::Nothing,
                Err(StoreError::Conflict { .. }) => Answer::Conflict,
                Err(error) => panic!("{next:?}: {error}"),
            };
            prop_assert_eq!(answer, expected, "{:?}", next);
            let tree = store.load_tree(root, config()).unwrap().unwrap();
            for (sample, item) in tree.verifiers.into_iter().zip(&model.items) {
                check(sample.function, item);
            }
            let decisions = model.items.iter().filter(|item| item.decision.is_some()).count() as u64;
            prop_assert_eq!(store.decisions().unwrap(), decisions);
            let (undo, redo) = store.undo_state().unwrap();
            prop_assert_eq!((undo.is_some(), redo.is_some()), (!model.done.is_empty(), !model.undone.is_empty()));
        }
    }
}

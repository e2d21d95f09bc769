//! The digest: what counts and what does not.

use crate::{
    domain::{ItemId, Ruling, SlotKey, journal::Change},
    store::{Op, Store},
};

use super::fixture::*;

/// The transactions of a project, which may come in any order once seeds and queries are there.
fn transactions() -> (Vec<Vec<Op>>, Vec<Vec<Op>>) {
    let (a, a_ops) = seed("a");
    let (b, b_ops) = seed("b");
    let (q, q_ops) = query("q");
    let mut later = Vec::new();
    for root in [a, b] {
        for k in 0..3 {
            later.push(verifier(root, k, 2).1);
        }
        let (id, ops) = task(root, q, 0, 0);
        let key = SlotKey(format!("{root}/{q}"));
        for j in 0..3 {
            let mut both = ops.clone();
            both.extend(response_ops(root, id, &key, j));
            later.push(both);
        }
        let merge = |outcomes| Op::MergeOutcomes { root, batch: None, config: config(), outcomes };
        later.push(vec![merge(vec![outcome("a", "x", true)])]);
        later.push(vec![merge(vec![outcome("b", "x", false), outcome("c", "x", true)])]);
    }
    (vec![a_ops, b_ops, q_ops], later)
}

fn digest_of_order(later: impl Iterator<Item = Vec<Op>>, first: Vec<Vec<Op>>) -> crate::domain::Digest {
    let (_dir, store) = empty();
    for ops in first.into_iter().chain(later) {
        write(&store, ops);
    }
    store.digest().unwrap()
}

#[test]
fn it_does_not_depend_on_the_order_of_arrival() {
    let (first, later) = transactions();
    let forward = digest_of_order(later.clone().into_iter(), first.clone());
    let backward = digest_of_order(later.into_iter().rev(), first.into_iter().rev().collect());
    assert_eq!(forward, backward);
}

/// Whether some operations change the digest of the small project.
fn changes(ops: impl FnOnce(&Store, ItemId) -> Vec<Op>) -> bool {
    let (_dir, store) = empty();
    let root = project(&store);
    let before = store.digest().unwrap();
    let ops = ops(&store, root);
    write(&store, ops);
    store.digest().unwrap() != before
}

#[test]
fn everything_logical_counts() {
    assert!(changes(|_, root| vec![human(root, instruction("b"))]));
    assert!(changes(|_, root| vec![Op::SetCurrent { slot: root, no: None }]));
    assert!(changes(|_, root| vec![Op::SetRerun { slot: root, take: Some(0) }]));
    assert!(changes(|_, root| {
        let outcomes = vec![outcome("new", "x", true)];
        vec![Op::MergeOutcomes { root, batch: None, config: config(), outcomes }]
    }));
    assert!(changes(|_, item| {
        let after = Some(decision(Ruling::Accepted, "fine"));
        vec![act("accept", vec![Change::Decide { item, before: None, after }])]
    }));
    assert!(changes(|_, root| {
        let (query, mut ops) = query("another");
        ops.extend(task(root, query, 2, 0).1);
        ops
    }));
    assert!(changes(|_, root| {
        let failure = crate::domain::Failure { made: made("x", 0), code: "tape".into(), message: String::new() };
        vec![Op::SetFailure { slot: root, failure: Some(failure) }]
    }));
}

#[test]
fn usage_notes_and_empty_slots_do_not_count() {
    assert!(!changes(|_, slot| {
        vec![Op::AddCompletion { slot, sample: 0, key: config(), completion: completion("raw") }]
    }));
    assert!(!changes(|_, _| vec![Op::SetMeta { key: "name".into(), value: "x".into() }]));
    assert!(!changes(|_, root| {
        let pair = ItemId::pair(&root, &root);
        vec![slot(pair, "pair", Some(root), None, 0)]
    }));
    assert!(!changes(|_, root| {
        let (key, mut outcome) = outcome("a", "x", true);
        outcome.cpu_us = 99;
        vec![Op::MergeOutcomes { root, batch: None, config: config(), outcomes: vec![(key, outcome)] }]
    }));
}

#[test]
fn the_time_a_check_took_does_not_count() {
    let digest = |cpu_us: u64| {
        let (_dir, store) = empty();
        let (root, mut ops) = seed("a");
        let (key, mut outcome) = outcome("a", "x", true);
        outcome.cpu_us = cpu_us;
        ops.push(Op::MergeOutcomes { root, batch: None, config: config(), outcomes: vec![(key, outcome)] });
        write(&store, ops);
        store.digest().unwrap()
    };
    assert_eq!(digest(1), digest(2));
}

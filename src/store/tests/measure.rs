//! Measurements on a generated project; run by hand:
//! `cargo test --lib store::tests::measure -- --ignored --nocapture`, with `ASSAY_MEASURE=N` instructions.

use std::time::Instant;

use crate::{
    domain::{ItemId, SlotKey},
    store::{Op, Txn},
};

use super::fixture::*;

const VERIFIERS: u32 = 8;
const CASES: u32 = 3;
const TASKS: usize = 4;
const RESPONSES: u32 = 8;

/// The transactions of one instruction: the seed, an answer each for verifiers and responses, a batch each of
/// outcomes.
fn instruction_txns(n: usize, queries: &[ItemId]) -> (ItemId, Vec<Txn>) {
    let (root, ops) = seed(&format!("Answer in at most {n} words, and name the number."));
    let mut txns = vec![Txn::new(ops)];
    txns.extend((0..VERIFIERS).map(|k| Txn::new(verifier(root, k, CASES).1)));
    let batch = |texts: u32, salt: usize| {
        let pairs = (0..VERIFIERS).flat_map(move |k| (0..texts).map(move |t| (k, t)));
        pairs.map(|(k, t)| outcome(&format!("{n} {k}"), &format!("{n} {salt} {t}"), (k + t) % 3 == 0)).collect()
    };
    let outcomes = batch(VERIFIERS * CASES, 0);
    txns.push(Txn::from(Op::MergeOutcomes { root, batch: None, config: config(), outcomes }));
    for index in 0..TASKS {
        let query = queries[(n + index) % queries.len()];
        let (id, ops) = task(root, query, index as u32, 0);
        txns.push(Txn::new(ops));
        let key = SlotKey(format!("{root}/{query}"));
        txns.extend((0..RESPONSES).map(|j| {
            let mut ops = response_ops(root, id, &key, j);
            let text = format!("An answer with a number. {n} {index} {j} ").repeat(20);
            if let Op::AddCompletion { completion, .. } = &mut ops[1] {
                (completion.content, completion.prompt) = (text.clone(), format!("{text} {query}"));
            }
            if let Op::AddVersion { body, .. } = &mut ops[2] {
                *body = response(&text);
            }
            Txn::new(ops)
        }));
        let outcomes = batch(RESPONSES, index + 1);
        txns.push(Txn::from(Op::MergeOutcomes { root, batch: Some(id), config: config(), outcomes }));
    }
    (root, txns)
}

#[tokio::test]
#[ignore = "measures; nothing to check"]
async fn a_generated_project() {
    let instructions = std::env::var("ASSAY_MEASURE").ok().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let began = Instant::now();
    let (dir, store) = empty();
    println!("create and open: {:.2?}", began.elapsed());
    let mut queries = Vec::new();
    for n in 0..50 {
        let (id, ops) = query(&format!("query {n}"));
        store.write(Txn::new(ops)).await.unwrap();
        queries.push(id);
    }
    let began = Instant::now();
    let (mut roots, mut count) = (Vec::new(), 0);
    for n in 0..instructions {
        let (root, txns) = instruction_txns(n, &queries);
        roots.push(root);
        count += txns.len();
        futures::future::try_join_all(txns.into_iter().map(|txn| store.write(txn))).await.unwrap();
    }
    let took = began.elapsed();
    println!("write, 51 in flight: {count} transactions in {took:.2?}: {:.0}/s", count as f64 / took.as_secs_f64());

    let began = Instant::now();
    let alone = 200;
    for n in 0..alone {
        let op = Op::SetRerun { slot: roots[n % roots.len()], take: None };
        store.write(Txn::from(op)).await.unwrap();
    }
    println!("write, one at a time: {:.2?} each", began.elapsed() / alone as u32);

    let began = Instant::now();
    let loads = 200;
    for n in 0..loads {
        assert!(store.load_tree(roots[(n * 7919) % roots.len()], config()).unwrap().is_some());
    }
    println!("load_tree: {:.2?} each", began.elapsed() / loads as u32);

    let began = Instant::now();
    let mut trees = 0;
    let all: Vec<_> = store.roots().unwrap().into_iter().map(|head| head.id).collect();
    store.load_trees(&all, config(), &mut crate::store::KnownQueries::default(), |_, _| trees += 1).unwrap();
    println!("load_trees: {trees} in {:.2?}", began.elapsed());
    let began = Instant::now();
    store.digest().unwrap();
    println!("digest: {:.2?}", began.elapsed());
    let store = reopen(&dir, store);
    let began = Instant::now();
    drop(store);
    println!("close: {:.2?}", began.elapsed());
    let began = Instant::now();
    let store = crate::store::Store::open(dir.path(), crate::store::Access::Write).unwrap();
    let head = store.roots().unwrap().len();
    println!("open and list {head} instructions: {:.2?}", began.elapsed());
    let began = Instant::now();
    store.change_seq().unwrap();
    println!("change_seq: {:.2?}", began.elapsed());
    let bytes = std::fs::metadata(store.path()).unwrap().len();
    println!("size: {:.1} MiB", bytes as f64 / f64::from(1 << 20));
}

//! Group commit.

use crate::store::{Op, StoreError, Txn};

use super::fixture::*;

#[tokio::test]
async fn transactions_sent_together_are_all_answered_and_one_bad_one_fails_alone() {
    let (_dir, store) = empty();
    let mut pending = Vec::new();
    for n in 0..300 {
        let (id, mut ops) = seed(&format!("seed {n}"));
        if n % 50 == 7 {
            ops.push(Op::SetCurrent { slot: id, no: Some(5) });
        }
        pending.push((n, store.write(Txn::new(ops))));
    }
    let mut last = 0;
    for (n, answer) in pending {
        match answer.await {
            Ok(applied) => {
                assert!(applied.seq > last, "answers come in the order of the calls");
                last = applied.seq;
            }
            Err(error) => assert!(n % 50 == 7 && matches!(error, StoreError::UnknownVersion { .. }), "{n}: {error}"),
        }
    }
    assert_eq!(store.roots().unwrap().len(), 294);
}

#[test]
fn what_was_handed_over_is_stored_before_the_store_closes() {
    let (dir, store) = empty();
    let mut pending = Vec::new();
    for n in 0..100 {
        pending.push(store.write(Txn::new(seed(&format!("seed {n}")).1)));
    }
    drop(pending);
    let store = reopen(&dir, store);
    assert_eq!(store.roots().unwrap().len(), 100);
}

#[test]
fn many_threads_write_and_read_at_once() {
    let (_dir, store) = empty();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = store.clone();
            scope.spawn(move || {
                for n in 0..20 {
                    let (id, ops) = seed(&format!("seed {thread} {n}"));
                    write(&store, ops);
                    assert!(store.load_tree(id, config()).unwrap().is_some(), "what is acknowledged can be read");
                }
            });
        }
    });
    assert_eq!(store.roots().unwrap().len(), 80);
}

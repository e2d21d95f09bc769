//! Reading many trees: on all cores, each with a connection of its own, a few trees at a time, handed on in order.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
};

use crate::{
    domain::{Digest, InstructionTree, ItemId},
    store::{KnownQueries, Store, StoreError},
};

/// Trees that are read within one look at the store: short, so that no writer's log grows behind it.
const TOGETHER: usize = 32;
/// Threads at most.
const MOST: usize = 8;

/// One share of the work, done: its place among all, and what came of it.
type Done<T> = (usize, Result<Vec<T>, StoreError>);

/// Reads the trees of instructions and hands on what `each` makes of them (their place among the wanted comes with
/// them), in the order in which they are wanted, some together. Ends early where `sink` says so (`false`). What is held
/// in memory meanwhile does not depend on how many are wanted.
///
/// # Errors
/// Where the store cannot be read.
pub fn trees<T: Send>(
    store: &Store,
    config: Digest,
    wanted: &[ItemId],
    each: impl Fn(usize, InstructionTree) -> Option<T> + Sync,
    mut sink: impl FnMut(Vec<T>) -> bool,
) -> Result<(), StoreError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, MOST);
    let (next, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let (done, results) = sync_channel::<Done<T>>(threads * 2);
        for _ in 0..threads.min(wanted.len().div_ceil(TOGETHER)) {
            let (done, next, ended, each) = (done.clone(), &next, &ended, &each);
            scope.spawn(move || work(store, config, wanted, each, next, ended, &done));
        }
        drop(done);
        let mut waiting: BTreeMap<usize, Vec<T>> = BTreeMap::new();
        let mut turn = 0;
        let mut result = Ok(());
        for (place, found) in results {
            match found {
                Ok(found) => waiting.insert(place, found),
                Err(error) => {
                    result = Err(error);
                    break;
                }
            };
            while let Some(found) = waiting.remove(&turn) {
                turn += 1;
                if !sink(found) {
                    ended.store(true, Ordering::Relaxed);
                    break;
                }
            }
            if ended.load(Ordering::Relaxed) {
                break;
            }
        }
        // Whoever still works finds nobody to tell, and ends.
        ended.store(true, Ordering::Relaxed);
        result
    })
}

/// Takes one share after the other until none is left.
fn work<T>(
    store: &Store,
    config: Digest,
    wanted: &[ItemId],
    each: &(impl Fn(usize, InstructionTree) -> Option<T> + Sync),
    next: &AtomicUsize,
    ended: &AtomicBool,
    done: &SyncSender<Done<T>>,
) {
    let mut queries = KnownQueries::default();
    while !ended.load(Ordering::Relaxed) {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let first = place * TOGETHER;
        let Some(share) = wanted.get(first..).filter(|rest| !rest.is_empty()) else { return };
        let share = &share[..share.len().min(TOGETHER)];
        let mut found = Vec::with_capacity(share.len());
        let read = store.load_trees(share, config, &mut queries, |at, tree| found.extend(each(first + at, tree)));
        if done.send((place, read.map(|()| found))).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{InstructionBody, Language, Origin, SlotKey, digest_of},
        store::{Op, Txn},
    };

    use super::*;

    fn seeds(store: &Store, n: usize) -> Vec<ItemId> {
        let text = |n: usize| format!("Say tea {n} times.");
        let ops = (0..n).flat_map(|n| {
            let id = ItemId::seed(&text(n));
            let body = InstructionBody { text: text(n), category: None, language: Language::English };
            let ensure =
                Op::EnsureSlot { id, key: SlotKey::seed(&text(n)), root: Some(id), owner: None, index: 0, query: None };
            let (origin, body) = (Origin::Imported, body.into());
            [ensure, Op::AddVersion { slot: id, origin, body, made: None, completion: None, make_current: true }]
        });
        store.write_blocking(Txn { ops: ops.collect() }).unwrap();
        (0..n).map(|n| ItemId::seed(&text(n))).collect()
    }

    #[test]
    fn they_come_in_order_and_end_where_enough_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path(), 1).unwrap();
        let config = digest_of(&["c"]);
        for n in [0, 1, TOGETHER, TOGETHER + 1, 20 * TOGETHER + 3] {
            let ids = seeds(&store, n);
            let mut found = Vec::new();
            let each = |at, tree: InstructionTree| Some((at, tree.id()));
            let read = trees(&store, config, &ids, each, |some| {
                found.extend(some);
                true
            });
            read.unwrap();
            assert_eq!(found, ids.iter().copied().enumerate().collect::<Vec<_>>());
            let mut shares = 0;
            let read = trees(&store, config, &ids, each, |_| {
                shares += 1;
                shares < 2
            });
            read.unwrap();
            assert!(shares <= 2);
        }
        let stranger = [ItemId::seed("nobody")];
        trees(&store, config, &stranger, |_, tree| Some(tree), |some| some.is_empty()).unwrap();
    }
}

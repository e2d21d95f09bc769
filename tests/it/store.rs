//! Tests of the store through its public face: crashes, several processes, the engine lease.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use assay::{
    domain::{
        Decision, InstructionBody, InstructionTree, ItemId, Language, Origin, Ruling, SlotKey, digest_of,
        journal::Change,
    },
    store::{Access, Lease, LeaseError, Op, Store, StoreError, Txn},
};

use crate::small_disk::small_disk_blocking;

const CHILD: &str = "ASSAY_TEST_STORE_CHILD";

fn child_dir() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

/// Starts this test binary again, to run one of the tests below as another process.
fn start(test: &str, dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("store::{test}"), "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn seed(text: &str) -> (ItemId, Vec<Op>) {
    let id = ItemId::seed(text);
    let ensure = Op::EnsureSlot { id, key: SlotKey::seed(text), root: Some(id), owner: None, index: 0, query: None };
    (id, vec![ensure, version(id, text)])
}

fn version(slot: ItemId, text: &str) -> Op {
    let body = InstructionBody { text: text.to_owned(), category: None, language: Language::English };
    let origin = Origin::Imported;
    Op::AddVersion { slot, origin, body: body.into(), made: None, completion: None, make_current: true }
}

fn tree(store: &Store, id: ItemId) -> Option<InstructionTree> {
    store.load_tree(id, digest_of(&["config"])).unwrap()
}

/// Not a test by itself: writes without end and says what is acknowledged. Each transaction has three versions.
#[tokio::test]
async fn child_writes() {
    let Some(dir) = child_dir() else { return };
    let store = Store::open(&dir, Access::Write).unwrap();
    let run = store.roots().unwrap().len();
    let mut out = std::io::stdout();
    for round in 0.. {
        let pending: Vec<_> = (0..8)
            .map(|n| {
                let name = format!("{run} {round} {n}");
                let (id, mut ops) = seed(&name);
                ops.extend([version(id, "second"), version(id, "third")]);
                (name, store.write(Txn::new(ops)))
            })
            .collect();
        for (name, answer) in pending {
            answer.await.unwrap();
            writeln!(out, "\nack {name}").unwrap();
        }
    }
}

#[test]
fn kill_9_loses_nothing_acknowledged_and_leaves_whole_transactions() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::create(dir.path(), 1).unwrap());
    let mut acknowledged = Vec::new();
    for kill_after in [1, 9, 40, 77, 150] {
        let mut child = start("child_writes", dir.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut acks = lines.by_ref().filter_map(|line| line.strip_prefix("ack ").map(str::to_owned));
        acknowledged.extend(acks.by_ref().take(kill_after));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(acks);

        let store = Store::open(dir.path(), Access::Write).unwrap();
        assert!(store.notices().iter().any(|notice| notice.contains("not closed in order")), "{:?}", store.notices());
        for name in &acknowledged {
            assert!(tree(&store, ItemId::seed(name)).is_some(), "`{name}` was acknowledged and is lost");
        }
        for head in store.roots().unwrap() {
            let slot = tree(&store, head.id).unwrap().slot;
            assert_eq!((slot.versions.len(), slot.current), (3, Some(2)), "half of a transaction was stored");
        }
        let extra = store.roots().unwrap().len() - acknowledged.len();
        assert!(extra <= 8, "{extra} were stored unacknowledged, of at most 8 in flight");
        // What was stored unacknowledged counts from now on.
        acknowledged = store.roots().unwrap().iter().map(|head| tree_name(&store, head.id)).collect();
    }
    let store = Store::open(dir.path(), Access::Write).unwrap();
    assert_eq!(store.notices(), &[] as &[String], "closed in order this time");
}

fn tree_name(store: &Store, id: ItemId) -> String {
    tree(store, id).unwrap().slot.versions[0].body.text.clone()
}

/// Not a test by itself: takes the lease and waits for its end.
#[test]
fn child_holds_the_lease() {
    let Some(dir) = child_dir() else { return };
    let _lease = Lease::acquire(&dir).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "\nheld").unwrap();
    std::io::stdin().lines().for_each(drop);
    std::thread::park();
}

#[test]
fn the_lease_names_its_holder_and_dies_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = start("child_holds_the_lease", dir.path());
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map(Result::unwrap).any(|line| line == "held"));
    let Err(LeaseError::Held { holder }) = Lease::acquire(dir.path()) else { panic!("two leases") };
    assert!(holder.contains(&format!("process {} on ", child.id())), "{holder}");
    assert!(holder.contains("since 20"), "{holder}");
    child.kill().unwrap();
    child.wait().unwrap();
    Lease::acquire(dir.path()).unwrap();
}

#[test]
fn two_processes_write_and_see_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Store::create(dir.path(), 1).unwrap();
    let (id, ops) = seed("a");
    engine.write_blocking(Txn::new(ops)).unwrap();
    let decider = Store::open(dir.path(), Access::Write).unwrap();
    assert_eq!(decider.notices(), &[] as &[String], "a database in use is not taken for one that was cut short");
    let seen = engine.change_seq().unwrap();
    let after = Some(Decision { ruling: Ruling::Rejected, reason: None, version: Some(0) });
    let changes = vec![Change::Decide { item: id, before: None, after: after.clone() }];
    let (author, at) = ("ann".to_owned(), "2026-11-20T00:00:00Z".to_owned());
    let label = "reject a".to_owned();
    let act = Op::Act { author: author.clone(), at: at.clone(), label, changes };
    decider.write_blocking(Txn::from(act)).unwrap();
    assert_eq!(engine.changed_since(seen).unwrap(), [id]);
    assert_eq!(tree(&engine, id).unwrap().slot.decision, after);
    engine.write_blocking(Txn::from(Op::Undo { author: author.clone(), at: at.clone() })).unwrap();
    assert_eq!(tree(&decider, id).unwrap().slot.decision, None);
    let again = decider.write_blocking(Txn::from(Op::Undo { author, at }));
    assert!(matches!(again, Err(StoreError::NothingToUndo)));
    drop(engine);
    decider.write_blocking(Txn::new(seed("b").1)).unwrap();
    drop(decider);
    let store = Store::open(dir.path(), Access::Write).unwrap();
    assert_eq!((store.notices().len(), store.roots().unwrap().len()), (0, 2));
}

/// Needs a folder on a small disk, named in `ASSAY_TEST_SMALL_DISK` (a tmpfs of a few megabytes).
#[test]
fn a_disk_that_fills_up_loses_nothing_acknowledged() {
    let Some((disk, _alone)) = small_disk_blocking() else { return };
    let dir = tempfile::tempdir_in(disk).unwrap();
    let ballast = dir.path().join("ballast");
    std::fs::write(&ballast, [0; 1 << 18]).unwrap();
    let store = Store::create(dir.path(), 1).unwrap();
    let mut acknowledged = Vec::new();
    let error = loop {
        let (id, mut ops) = seed(&acknowledged.len().to_string());
        ops.push(version(id, &"long ".repeat(2000)));
        match store.write_blocking(Txn::new(ops)) {
            Ok(_) => acknowledged.push(id),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    let whole = |store: &Store| {
        assert_eq!(store.roots().unwrap().len(), acknowledged.len());
        for &id in &acknowledged {
            assert_eq!(tree(store, id).unwrap().slot.versions.len(), 2);
        }
    };
    whole(&store);
    drop(store);
    whole(&Store::open(dir.path(), Access::Read).unwrap());
    match Store::open(dir.path(), Access::Write) {
        Ok(store) => whole(&store),
        Err(error) => assert!(matches!(error, StoreError::Full { .. }), "{error}"),
    }
    // The same with no room for so much as a log.
    let filler = dir.path().join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 512]).is_ok() {}
    whole(&Store::open(dir.path(), Access::Read).unwrap());
    drop(file);
    std::fs::remove_file(filler).unwrap();
    std::fs::remove_file(ballast).unwrap();
    let store = Store::open(dir.path(), Access::Write).unwrap();
    store.write_blocking(Txn::new(seed("after").1)).unwrap();
}

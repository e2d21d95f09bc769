//! Files that cannot be opened, and migrations.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::store::{
    Access, Op, Store, StoreError, Txn,
    open::Terms,
    schema::{MIGRATIONS, Migration},
};

use super::fixture::*;

fn open_error(dir: &Path, access: Access) -> StoreError {
    Store::open(dir, access).unwrap_err()
}

fn open_with(dir: &TempDir, migrations: &[Migration]) -> Result<Store, StoreError> {
    Store::open_on(dir.path(), &Terms { migrations, network: None, tell: &|_| () })
}

const BOTH: [Access; 2] = [Access::Write, Access::Read];

#[test]
fn a_missing_database_is_said_to_be_missing() {
    let dir = tempfile::tempdir().unwrap();
    for access in BOTH {
        let error = open_error(dir.path(), access);
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
        assert!(error.to_string().contains("assay init"), "{error}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn an_existing_database_is_not_made_again() {
    let (dir, store) = empty();
    let root = project(&store);
    assert!(matches!(Store::create(dir.path(), 1), Err(StoreError::Exists { .. })));
    assert!(store.load_tree(root, config()).unwrap().is_some());
}

#[test]
fn foreign_files_are_refused_and_left_alone() {
    for content in [b"not a database, but long enough to be taken for one".repeat(40), Vec::new()] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("assay.db");
        std::fs::write(&path, &content).unwrap();
        for access in BOTH {
            let error = open_error(dir.path(), access);
            assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("assay.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE photos(x)").unwrap();
    let content = std::fs::read(&path).unwrap();
    for access in BOTH {
        assert!(matches!(open_error(dir.path(), access), StoreError::Foreign { .. }));
    }
    assert_eq!(std::fs::read(&path).unwrap(), content);
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let (dir, store) = empty();
    project(&store);
    drop(store);
    let path = dir.path().join("assay.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let content = std::fs::read(&path).unwrap();
    for access in BOTH {
        let error = open_error(dir.path(), access);
        assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
        assert!(error.to_string().contains("update assay"), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), content);
}

#[test]
fn a_missing_table_is_damage() {
    let (dir, store) = empty();
    drop(store);
    Connection::open(dir.path().join("assay.db")).unwrap().execute_batch("DROP TABLE journal").unwrap();
    for access in BOTH {
        let error = open_error(dir.path(), access);
        assert!(matches!(&error, StoreError::Corrupt { detail, .. } if detail.contains("journal")), "{error}");
    }
}

#[test]
fn damaged_pages_are_found_after_a_crash() {
    let (dir, store) = empty();
    for n in 0..200 {
        write(&store, seed(&format!("a seed of some length, to fill pages: {n}")).1);
    }
    drop(store);
    let path = dir.path().join("assay.db");
    let mut content = std::fs::read(&path).unwrap();
    for page in content.chunks_mut(4096).skip(1) {
        page[..2048].fill(0x5a);
    }
    std::fs::write(&path, content).unwrap();
    // A log that was left behind stands for a crash.
    std::fs::write(dir.path().join("assay.db-wal"), [0; 8]).unwrap();
    let error = open_error(dir.path(), Access::Write);
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[test]
fn a_locked_database_is_said_to_be_locked() {
    let (dir, store) = empty();
    let (root, ops) = seed("a");
    write(&store, ops);
    let other = Connection::open(dir.path().join("assay.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.write_blocking(Txn::from(Op::SetRerun { slot: root, take: Some(1) })).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    assert!(store.load_tree(root, config()).unwrap().is_some(), "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    write(&store, vec![Op::SetRerun { slot: root, take: Some(1) }]);
}

const NEXT: Migration =
    Migration { to: 3, sql: "ALTER TABLE slot ADD COLUMN colour TEXT; UPDATE slot SET colour = 'red'" };

#[test]
fn a_migration_keeps_everything_and_leaves_a_copy() {
    let (dir, store) = empty();
    let root = project(&store);
    let (tree, digest) = (store.load_tree(root, config()).unwrap(), store.digest().unwrap());
    drop(store);
    let newer = [MIGRATIONS, &[NEXT]].concat();
    let store = open_with(&dir, &newer).unwrap();
    assert!(store.notices()[0].contains("assay.db.bak-v2"), "{:?}", store.notices());
    assert_eq!(store.digest().unwrap(), digest);
    drop(store);
    assert!(matches!(open_error(dir.path(), Access::Write), StoreError::Newer { found: 3, known: 2, .. }));
    std::fs::rename(dir.path().join("assay.db.bak-v2"), dir.path().join("assay.db")).unwrap();
    let store = Store::open(dir.path(), Access::Write).unwrap();
    assert_eq!((store.load_tree(root, config()).unwrap(), store.digest().unwrap()), (tree, digest));
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let (dir, store) = empty();
    let root = project(&store);
    let digest = store.digest().unwrap();
    drop(store);
    let bad = Migration { to: 4, sql: "ALTER TABLE slot ADD COLUMN x TEXT; UPDATE nowhere SET x = 1" };
    let newer = [MIGRATIONS, &[NEXT, bad]].concat();
    assert!(open_with(&dir, &newer).is_err());
    let store = Store::open(dir.path(), Access::Write).unwrap();
    assert_eq!(store.digest().unwrap(), digest);
    assert!(store.load_tree(root, config()).unwrap().is_some());
}

#[test]
fn a_database_in_use_is_not_migrated() {
    let (dir, store) = empty();
    let newer = [MIGRATIONS, &[NEXT]].concat();
    assert!(matches!(open_with(&dir, &newer), Err(StoreError::Locked { .. })));
    drop(store);
    open_with(&dir, &newer).unwrap();
}

#[test]
fn closing_in_order_leaves_one_file() {
    let (dir, store) = empty();
    project(&store);
    drop(store);
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["assay.db"]);
}

fn journal_mode(store: &Store) -> String {
    let conn = Connection::open(store.path()).unwrap();
    conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap()
}

#[test]
fn a_network_file_system_gets_a_rollback_journal_and_a_word_about_it() {
    let (dir, store) = empty();
    let root = project(&store);
    let tree = store.load_tree(root, config()).unwrap();
    assert_eq!(journal_mode(&store), "wal");
    drop(store);
    let on_network = || {
        let terms = Terms { migrations: MIGRATIONS, network: Some("nfs4".to_owned()), tell: &|_| () };
        Store::open_on(dir.path(), &terms).unwrap()
    };
    let store = on_network();
    assert!(store.notices()[0].contains("nfs4"), "{:?}", store.notices());
    assert_eq!(journal_mode(&store), "delete");
    let other = on_network();
    assert_eq!(other.load_tree(root, config()).unwrap(), tree);
    write(&other, vec![human(root, instruction("b"))]);
    write(&store, vec![human(root, instruction("c"))]);
    assert_eq!(store.load_tree(root, config()).unwrap().unwrap().slot.versions.len(), 3);
    drop((store, other));
    let store = Store::open(dir.path(), Access::Write).unwrap();
    assert_eq!(journal_mode(&store), "wal");
}

#[test]
fn a_half_written_log_loses_only_what_was_half_written() {
    let (dir, store) = empty();
    project(&store);
    let copy = tempfile::tempdir().unwrap();
    let (before, digest) = (std::fs::metadata(dir.path().join("assay.db-wal")).unwrap().len(), store.digest().unwrap());
    write(&store, seed("the last one").1);
    for name in ["assay.db", "assay.db-wal"] {
        std::fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let log = std::fs::OpenOptions::new().write(true).open(copy.path().join("assay.db-wal")).unwrap();
    log.set_len(before + 100).unwrap();
    drop(log);
    let torn = Store::open(copy.path(), Access::Write).unwrap();
    assert!(torn.notices()[0].contains("not closed in order"), "{:?}", torn.notices());
    assert_eq!(torn.digest().unwrap(), digest);
}

#[test]
fn a_database_at_rest_can_be_read_without_a_log() {
    let (dir, store) = empty();
    let root = project(&store);
    let tree = store.load_tree(root, config()).unwrap();
    drop(store);
    // Characters that mean something in the address of a database.
    let odd = dir.path().join("50%? #1");
    std::fs::create_dir(&odd).unwrap();
    std::fs::rename(dir.path().join("assay.db"), odd.join("assay.db")).unwrap();
    // A folder in the place of the log keeps SQLite from making one, as a folder without write permission does.
    std::fs::create_dir(odd.join("assay.db-wal")).unwrap();
    std::fs::create_dir(odd.join("assay.db-shm")).unwrap();
    let store = Store::open(&odd, Access::Read).unwrap();
    assert_eq!(store.load_tree(root, config()).unwrap(), tree);
}

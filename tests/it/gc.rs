//! `assay gc`: what goes is told beforehand, nothing else changes, and a process that is killed meanwhile loses
//! nothing.

use std::{fs, path::Path, process::Stdio, time::Duration};

use assay::{
    pipeline::Project,
    store::{Access, Lease, Op, Store, Txn},
};

use crate::{
    cli::{assay, ok, run},
    draws::Draws,
};

/// A demo project that was run to its end, with some room that nothing needs.
fn project(home: &Path) -> std::path::PathBuf {
    let dir = home.join("p");
    ok(home, &["init", "p", "--demo"]);
    ok(home, &["run", "--project", "p", "--speed", "0"]);
    waste(&dir);
    dir
}

/// Fills pages with entries of the index that no settings know.
fn waste(dir: &Path) {
    let store = Store::open(dir, Access::Write).unwrap();
    let roots = store.roots().unwrap();
    let ops = roots.iter().map(|root| Op::SetSummary { root: root.id, data: vec![7; 40_000] });
    store.write_blocking(Txn { ops: ops.collect() }).unwrap();
}

#[test]
fn room_is_given_back_and_nothing_else_changes() {
    let home = tempfile::tempdir().unwrap();
    let dir = project(home.path());
    let digest = ok(&dir, &["digest"]);
    let size = || fs::metadata(dir.join("assay.db")).unwrap().len();
    let before = size();
    let told = ok(&dir, &["gc", "--dry-run"]);
    assert!(told.contains("goes: ") && told.contains("index entries made under other settings"), "{told}");
    assert!(told.contains("outcomes") && told.contains("raw answers and prompts"), "{told}");
    assert_eq!((size(), ok(&dir, &["digest"])), (before, digest.clone()), "looking changes nothing");
    let told = ok(&dir, &["gc"]);
    assert!(told.contains("went: ") && told.contains("given back: "), "{told}");
    assert!(size() < before, "{} bytes of {before} are left", size());
    assert_eq!(ok(&dir, &["digest"]), digest);
    let status = ok(&dir, &["status"]);
    assert!(status.contains("on disk "), "{status}");
    let again = run(&dir, &["run", "--speed", "0"]);
    assert!(again.status == 0 && again.err.contains("nothing was left to do"), "{}", again.err);
    waste(&dir);
    killed_at_random_moments_nothing_is_lost(&dir, &digest);
}

#[test]
fn an_engine_at_work_is_named() {
    let home = tempfile::tempdir().unwrap();
    ok(home.path(), &["init", "p", "--demo"]);
    let dir = home.path().join("p");
    let lease = Lease::acquire(&dir).unwrap();
    let said = run(&dir, &["gc"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains(&format!("process {}", std::process::id())), "{}", said.err);
    ok(&dir, &["gc", "--dry-run"]);
    drop(lease);
    ok(&dir, &["gc"]);
}

/// Killed at random moments: the state is what it was, the file is in order, and the next one goes on.
fn killed_at_random_moments_nothing_is_lost(dir: &Path, digest: &str) {
    let mut draws = Draws::new(11);
    let mut early = 0;
    for _ in 0..8 {
        let mut child = assay(dir, &["gc", "--full"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(draws.below(60_000) as u64));
        early += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        // Opening for writing looks at every page of a file that was not closed in order.
        let opened = Project::open(dir, Access::Write, None).unwrap();
        assert_eq!(opened.store.digest().unwrap().to_string(), digest.trim());
        drop(opened);
        waste(dir);
    }
    assert!(early > 0, "not one was killed at work");
    ok(dir, &["gc", "--older-takes"]);
    assert_eq!(ok(dir, &["digest"]), digest, "versions stay where raw answers go");
}

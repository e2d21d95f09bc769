//! Acts, undo and redo.

use crate::{
    domain::{
        ItemId, Kind, Ruling, Slot, VerifierBody,
        journal::{Change, EntryKind},
    },
    store::{Op, Store, StoreError, Txn},
};

use super::fixture::*;

fn function(store: &Store, root: ItemId, k: usize) -> Slot<VerifierBody> {
    store.load_tree(root, config()).unwrap().unwrap().verifiers.swap_remove(k).function
}

fn decide(item: ItemId, ruling: Ruling) -> Change {
    Change::Decide { item, before: None, after: Some(decision(ruling, "because")) }
}

fn source(text: &str) -> VerifierBody {
    VerifierBody { source: Some(text.to_owned()), problem: None, repairs: Vec::new() }
}

fn conflict(store: &Store, op: Op) -> String {
    match store.write_blocking(Txn::from(op)) {
        Err(StoreError::Conflict { what }) => what,
        other => panic!("no conflict: {other:?}"),
    }
}

#[test]
fn a_bulk_decision_is_one_entry_and_comes_back_whole() {
    let (dir, store) = empty();
    let root = project(&store);
    let ids: Vec<_> = (0..2).map(|k| ItemId::child(Kind::Verifier, &root, k)).collect();
    let clean = store.digest().unwrap();
    write(&store, vec![act("accept one", vec![decide(ids[0], Ruling::Accepted)])]);
    let one = store.digest().unwrap();
    let applied = write(&store, vec![act("reject two", ids.iter().map(|&id| decide(id, Ruling::Rejected)).collect())]);
    let both = store.digest().unwrap();
    let entry = applied.entry.unwrap();
    assert!(
        matches!(&entry.changes[0], Change::Decide { before: Some(before), .. } if before.ruling == Ruling::Accepted)
    );
    assert_eq!(store.decisions().unwrap(), 2);
    let undone = write(&store, vec![undo()]);
    assert_eq!(undone.entry.unwrap().kind, EntryKind::Undo { of: entry.seq });
    assert_eq!(undone.roots, [root]);
    assert_eq!(store.digest().unwrap(), one);
    assert_eq!(store.undo_state().unwrap(), (Some("accept one".to_owned()), Some("reject two".to_owned())));
    let store = reopen(&dir, store);
    write(&store, vec![undo()]);
    assert_eq!((store.digest().unwrap(), store.decisions().unwrap()), (clean, 0));
    assert!(matches!(store.write_blocking(Txn::from(undo())), Err(StoreError::NothingToUndo)));
    write(&store, vec![redo()]);
    assert_eq!(store.digest().unwrap(), one);
    write(&store, vec![redo()]);
    assert_eq!(store.digest().unwrap(), both);
    assert!(matches!(store.write_blocking(Txn::from(redo())), Err(StoreError::NothingToRedo)));
    assert_eq!(store.journal(100).unwrap().len(), 6);
    assert_eq!(store.journal(1).unwrap()[0].label, "redo: reject two");
}

#[test]
fn a_new_act_ends_redo() {
    let (_dir, store) = empty();
    let root = project(&store);
    write(&store, vec![act("a", vec![decide(root, Ruling::Accepted)])]);
    write(&store, vec![undo()]);
    write(&store, vec![act("b", vec![decide(root, Ruling::Rejected)])]);
    assert!(matches!(store.write_blocking(Txn::from(redo())), Err(StoreError::NothingToRedo)));
    write(&store, vec![undo()]);
    assert_eq!(store.undo_state().unwrap(), (None, Some("b".to_owned())));
}

#[test]
fn an_edit_comes_back_at_no_cost() {
    let (_dir, store) = empty();
    let root = project(&store);
    let id = ItemId::child(Kind::Verifier, &root, 0);
    // The number that the caller expects is wrong, as it would be if another process had written meanwhile.
    let edit = Change::Edit { item: id, before: None, after: 7 };
    let applied = write(&store, vec![human(id, source("def evaluate(r): return True")), act("edit", vec![edit])]);
    assert_eq!(applied.entry.unwrap().changes, [Change::Edit { item: id, before: Some(0), after: 1 }]);
    assert!(function(&store, root, 0).is_edited());
    write(&store, vec![undo()]);
    assert_eq!(function(&store, root, 0).current, Some(0));
    write(&store, vec![redo()]);
    assert_eq!(function(&store, root, 0).current, Some(1));
    write(&store, vec![machine(id, source("x"), made("later", 0))]);
    let what = conflict(&store, undo());
    assert!(what.contains("edit") && what.contains(&id.short()) && what.contains("newer version"), "{what}");
    assert_eq!(function(&store, root, 0).current, Some(2));
}

#[test]
fn an_edit_that_was_made_current_before_the_act_keeps_what_the_caller_saw() {
    let (_dir, store) = empty();
    let root = project(&store);
    let id = ItemId::child(Kind::Verifier, &root, 0);
    let mut add = human(id, source("x"));
    if let Op::AddVersion { make_current, .. } = &mut add {
        *make_current = true;
    }
    write(&store, vec![add, act("edit", vec![Change::Edit { item: id, before: Some(0), after: 1 }])]);
    write(&store, vec![undo()]);
    assert_eq!(function(&store, root, 0).current, Some(0));
}

#[test]
fn a_pending_rerun_is_taken_back() {
    let (_dir, store) = empty();
    let root = project(&store);
    let id = ItemId::child(Kind::Verifier, &root, 0);
    write(&store, vec![act("re-run", vec![Change::Rerun { item: id, before: Some(0), take: 1, since: 0 }])]);
    assert_eq!(function(&store, root, 0).rerun, Some(1));
    write(&store, vec![undo()]);
    assert_eq!(function(&store, root, 0).rerun, None);
    write(&store, vec![redo()]);
    assert_eq!(function(&store, root, 0).rerun, Some(1));
}

#[test]
fn a_fulfilled_rerun_goes_back_and_forth_at_no_cost() {
    let (_dir, store) = empty();
    let root = project(&store);
    let id = ItemId::child(Kind::Verifier, &root, 0);
    let base = function(&store, root, 0).version().unwrap().made.unwrap();
    write(&store, vec![act("re-run", vec![Change::Rerun { item: id, before: Some(0), take: 1, since: 0 }])]);
    write(&store, vec![machine(id, source("new"), crate::domain::Made { take: 1, ..base })]);
    assert_eq!((function(&store, root, 0).current, function(&store, root, 0).rerun), (Some(1), None));
    write(&store, vec![undo()]);
    assert_eq!(function(&store, root, 0).current, Some(0));
    let version = &function(&store, root, 0).versions[1];
    assert!(version.taken_back && version.made.unwrap().take == 1, "{version:?}");
    write(&store, vec![redo()]);
    assert_eq!((function(&store, root, 0).current, function(&store, root, 0).rerun), (Some(1), None));
    assert!(!function(&store, root, 0).versions[1].taken_back);
    write(&store, vec![machine(id, source("newer"), made("other inputs", 0))]);
    assert!(conflict(&store, undo()).contains("made again or edited"));
}

/// Takes are counted for what a version is made from, so that two re-runs can have the same take.
#[test]
fn re_runs_of_different_bases_are_told_apart() {
    let (_dir, store) = empty();
    let root = project(&store);
    let id = ItemId::child(Kind::Verifier, &root, 0);
    let base = function(&store, root, 0).version().unwrap().made.unwrap();
    let rerun = || act("re-run", vec![Change::Rerun { item: id, before: None, take: 1, since: 0 }]);
    write(&store, vec![rerun()]);
    write(&store, vec![machine(id, source("first again"), crate::domain::Made { take: 1, ..base })]);
    write(&store, vec![machine(id, source("of other inputs"), made("other inputs", 0))]);
    write(&store, vec![rerun()]);
    write(&store, vec![machine(id, source("those again"), made("other inputs", 1))]);
    write(&store, vec![undo()]);
    assert_eq!(function(&store, root, 0).current, Some(2));
    write(&store, vec![Op::SetCurrent { slot: id, no: Some(1) }]);
    write(&store, vec![undo()]);
    assert_eq!(function(&store, root, 0).current, Some(0));
    let taken_back = function(&store, root, 0).versions.iter().map(|version| version.taken_back).collect::<Vec<_>>();
    assert_eq!(taken_back, [false, true, false, true]);
}

#[test]
fn one_conflict_refuses_the_whole_entry() {
    let (_dir, store) = empty();
    let root = project(&store);
    let ids: Vec<_> = (0..2).map(|k| ItemId::child(Kind::Verifier, &root, k)).collect();
    let edit = Change::Edit { item: ids[0], before: None, after: 0 };
    let decide = decide(ids[1], Ruling::Rejected);
    write(&store, vec![human(ids[0], source("x")), act("both", vec![edit, decide])]);
    write(&store, vec![machine(ids[0], source("y"), made("later", 0))]);
    let (digest, entries) = (store.digest().unwrap(), store.journal(10).unwrap());
    conflict(&store, undo());
    assert_eq!(store.digest().unwrap(), digest, "the decision stays, too");
    assert_eq!(store.journal(10).unwrap(), entries);
    assert_eq!(store.decisions().unwrap(), 1);
}

#[test]
fn an_act_on_a_stranger_is_refused() {
    let (_dir, store) = empty();
    let stranger = ItemId::seed("stranger");
    let refused = store.write_blocking(Txn::from(act("x", vec![decide(stranger, Ruling::Accepted)])));
    assert!(matches!(refused, Err(StoreError::UnknownItem(_))));
    assert_eq!(store.journal(10).unwrap(), []);
}

#[test]
fn a_note_is_kept_with_its_instruction_undone_and_done_again() {
    let (_dir, store) = empty();
    let root = project(&store);
    let function = ItemId::child(Kind::Verifier, &root, 0);
    let note = |text: Option<&str>| Change::Note { item: function, before: None, after: text.map(str::to_owned) };
    assert_eq!(store.notes(root).unwrap(), []);
    let applied = write(&store, vec![act("note", vec![note(Some("odd: \u{1b}[31m"))])]);
    assert_eq!(applied.roots, [root], "who looks at the instruction is told");
    write(&store, vec![act("note", vec![note(Some("fine"))])]);
    assert_eq!(store.notes(root).unwrap(), [(function, "fine".to_owned())]);
    write(&store, vec![undo()]);
    assert_eq!(store.notes(root).unwrap(), [(function, "odd: \u{1b}[31m".to_owned())]);
    write(&store, vec![redo()]);
    write(&store, vec![act("no note", vec![note(None)])]);
    assert_eq!(store.notes(root).unwrap(), []);
    write(&store, vec![undo()]);
    assert_eq!(store.notes(root).unwrap(), [(function, "fine".to_owned())]);
}

//! Giving room back: what goes, what stays, and that nothing else changes.

use crate::{
    domain::{ItemId, Kind, journal::Change},
    store::{
        Access, CompletionRef, DiskUse, Op, Part, Store,
        gc::{Found, InUse, Sweep, Waste, sweep},
    },
};

use super::fixture::{act, completion, config, empty, machine, made, outcome, project, response, undo, write};
use crate::domain::digest_of;

fn in_use() -> InUse {
    InUse { config: config(), entry: Box::new(|data| data.starts_with(b"now")), marks: &["index-key"] }
}

fn of(found: &[Found], what: Waste) -> (u64, bool) {
    found.iter().find(|found| found.what == what).map_or((0, false), |found| (found.count, found.goes))
}

/// The first response of a project, with a second take that is current.
fn with_a_second_take(store: &Store, root: ItemId) -> ItemId {
    let tree = store.load_tree(root, config()).unwrap().unwrap();
    let sample = &tree.tasks[0].samples[0].response;
    let id = sample.id;
    let mut again = completion("raw, again");
    again.prompt = "another prompt".to_owned();
    let body = response("another answer");
    let first = sample.version().unwrap().made.unwrap();
    write(
        store,
        vec![
            act("again", vec![Change::Rerun { item: id, before: None, take: 1, since: 0 }]),
            Op::AddCompletion { slot: id, sample: 0, key: digest_of(&["again"]), completion: again },
            Op::AddVersion {
                slot: id,
                origin: crate::domain::Origin::Machine,
                body,
                made: Some(crate::domain::Made { take: 1, ..first }),
                completion: Some(CompletionRef::InTxn(0)),
                make_current: true,
            },
        ],
    );
    id
}

#[test]
fn what_nobody_can_miss_goes_and_the_rest_only_when_it_is_named() {
    let (dir, store) = empty();
    let root = project(&store);
    let id = with_a_second_take(&store, root);
    let other = ItemId::seed("another");
    let ensure = super::fixture::slot(other, "seed.x", Some(other), None, 1);
    write(&store, vec![ensure, Op::SetSummary { root: other, data: b"before".to_vec() }]);
    write(&store, vec![Op::SetSummary { root, data: b"now".to_vec() }]);
    let mark = |key: &str| Op::SetMeta { key: key.to_owned(), value: "7".to_owned() };
    write(&store, vec![mark("index-key"), mark("other")]);
    let outcomes = vec![outcome("a", "x", false)];
    write(&store, vec![Op::MergeOutcomes { root, batch: None, config: digest_of(&["older"]), outcomes }]);
    std::fs::write(dir.path().join("assay.db.bak-v1"), "a copy").unwrap();
    std::fs::write(dir.path().join(".assay.db.77"), "a draft").unwrap();
    std::fs::write(dir.path().join("assay.db.bak-mine"), "not ours").unwrap();
    let before = store.digest().unwrap();
    let named = store.waste(&Sweep::default(), &in_use()).unwrap();
    assert_eq!(of(&named, Waste::Entries), (1, true));
    assert_eq!(of(&named, Waste::Drafts), (1, true));
    assert_eq!(of(&named, Waste::OlderTakes), (1, false), "the first answer is not current");
    assert_eq!(of(&named, Waste::OtherOutcomes), (1, false));
    assert_eq!(of(&named, Waste::Backups), (1, false));
    assert_eq!(DiskUse::of(dir.path()).copies, 13);
    drop(store);

    let swept = sweep(dir.path(), &Sweep { full: true, ..Sweep::default() }, &in_use()).unwrap();
    assert_eq!(swept.found.len(), named.len(), "what was told beforehand is what is found");
    assert_eq!((swept.before.of(Part::Copies), swept.after.of(Part::Copies)), (13, 6));
    assert_eq!((swept.after.of(Part::Free), swept.after.of(Part::Log)), (0, 0));
    let store = Store::open(dir.path(), Access::Write).unwrap();
    assert_eq!(store.digest().unwrap(), before);
    let left = store.waste(&Sweep::default(), &in_use()).unwrap();
    assert!(left.iter().all(|found| !found.goes), "{left:?}");
    let marks = ["index-key", "other"].map(|key| store.meta(key).unwrap());
    assert_eq!(marks, [None, Some("7".to_owned())], "an index that lost entries does not pass for whole");
    drop(store);

    let all = Sweep { older_takes: true, other_outcomes: true, backups: true, full: false };
    sweep(dir.path(), &all, &in_use()).unwrap();
    assert!(dir.path().join("assay.db.bak-mine").exists(), "what is not ours stays");
    let store = Store::open(dir.path(), Access::Write).unwrap();
    assert!(store.waste(&all, &in_use()).unwrap().is_empty());
    assert_ne!(store.digest().unwrap(), before, "outcomes are facts, and those of the other guest are gone");
    let metas = store.completions(id).unwrap();
    let texts = |nth: usize| store.transcript(metas[nth].row).unwrap().unwrap();
    assert!(texts(0).dropped && texts(0).content.is_empty() && texts(0).prompt.is_empty());
    assert_eq!((texts(1).content.as_str(), texts(1).prompt.as_str()), ("raw, again", "another prompt"));
    assert_eq!(metas.len(), 2, "what was asked is known as before");

    // Undo still brings the first take back, at no cost.
    write(&store, vec![undo()]);
    let tree = store.load_tree(root, config()).unwrap().unwrap();
    let sample = tree.tasks[0].samples.iter().find(|sample| sample.response.id == id).unwrap();
    assert_eq!(sample.response.body().unwrap().text, "answer 0");
}

#[test]
fn a_damaged_file_is_not_touched() {
    let (dir, store) = empty();
    for n in 0..200 {
        let (root, mut ops) = super::fixture::seed(&format!("Say tea {n} times."));
        ops.push(Op::SetSummary { root, data: b"before".to_vec() });
        let verifier = ItemId::child(Kind::Verifier, &root, 0);
        ops.push(super::fixture::slot(verifier, "v", Some(root), Some(root), 0));
        let source = "#".repeat(400);
        let body = crate::domain::VerifierBody { source: Some(source), problem: None, repairs: Vec::new() };
        ops.push(machine(verifier, body, made("v", 0)));
        write(&store, ops);
    }
    drop(store);
    let path = dir.path().join("assay.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let page = 4096;
    assert!(bytes.len() > 12 * page);
    for at in (5 * page..bytes.len()).step_by(3 * page) {
        bytes[at..at + 64].fill(0xff);
    }
    std::fs::write(&path, &bytes).unwrap();
    let error = sweep(dir.path(), &Sweep { full: true, ..Sweep::default() }, &in_use()).unwrap_err();
    assert!(matches!(error, crate::store::StoreError::Corrupt { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap().len(), bytes.len());
}

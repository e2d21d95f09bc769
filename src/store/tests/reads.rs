//! Lists and look-ups.

use crate::{
    domain::{
        CallBody, Decision, InstructionTree, ItemId, Kind, Language, Origin, PairBody, Ruling, SlotKey, journal::Change,
    },
    store::{Access, Op, Store, StoreError, Txn},
};

use super::fixture::*;

fn call_with_lines(store: &Store, n: u32, lines: u32) -> ItemId {
    let call = ItemId::call(n);
    let body = CallBody { shown: Vec::new(), lines: Vec::new(), language: Language::English, seeds: 0 };
    let mut ops = vec![slot(call, SlotKey::call(n).as_str(), None, None, n), machine(call, body, made("call", 0))];
    for line in 0..lines {
        let text = format!("line {n} {line}");
        let id = ItemId::instruction(&call, line, &text);
        ops.push(slot(id, SlotKey::line(n, line).as_str(), Some(id), Some(call), line));
        ops.push(machine(id, instruction(&text), made("line", 0)));
    }
    write(store, ops);
    call
}

#[test]
fn roots_come_seeds_first_then_by_call_and_line() {
    let (_dir, store) = empty();
    call_with_lines(&store, 10, 1);
    let (b, ops) = seed("b");
    write(&store, ops);
    call_with_lines(&store, 2, 11);
    let (a, ops) = seed("a");
    write(&store, ops);
    let roots = store.roots().unwrap();
    assert_eq!(roots.iter().take(2).map(|head| head.id).collect::<Vec<_>>(), [b, a]);
    let from: Vec<_> = roots.iter().skip(2).map(|head| head.from.unwrap()).collect();
    let expected: Vec<_> = (0..11).map(|line| (2, line)).chain([(10, 0)]).collect();
    assert_eq!(from, expected);
    let mut streamed = Vec::new();
    let ids: Vec<_> = roots.iter().map(|head| head.id).collect();
    let each = |_, tree: crate::domain::InstructionTree| streamed.push((tree.id(), tree.from));
    store.load_trees(&ids, config(), &mut crate::store::KnownQueries::default(), each).unwrap();
    assert_eq!(streamed, roots.into_iter().map(|head| (head.id, head.from)).collect::<Vec<_>>());
    assert_eq!(store.calls().unwrap().iter().map(|call| call.n).collect::<Vec<_>>(), [2, 10]);
}

#[test]
fn queries_come_with_their_decisions() {
    let (_dir, store) = empty();
    let root = project(&store);
    let queries = store.queries().unwrap();
    assert_eq!(queries[1].body.text, "Name three rivers.");
    let after = Some(decision(Ruling::Rejected, "dull"));
    let item = queries[1].id;
    write(&store, vec![act("reject", vec![Change::Decide { item, before: None, after: after.clone() }])]);
    assert_eq!(store.queries().unwrap()[1].decision, after);
    assert_eq!(store.decisions().unwrap(), 1);
    assert_eq!(store.root_of(item).unwrap(), None);
    let task = ItemId::task(&root, &item);
    assert_eq!(store.root_of(task).unwrap(), Some(root));
    assert_eq!(store.root_of(root).unwrap(), Some(root));
}

#[test]
fn prefixes_find_items() {
    let (_dir, store) = empty();
    let mut ids = Vec::new();
    for n in 0..100 {
        let (id, ops) = seed(&format!("seed {n}"));
        write(&store, ops);
        ids.push(id);
    }
    ids.sort();
    for length in 1..=32 {
        let prefix = &ids[50].to_string()[..5 + length];
        let expected: Vec<_> = ids.iter().filter(|id| id.to_string().starts_with(prefix)).copied().collect();
        assert_eq!(store.find_prefix(prefix).unwrap(), expected);
    }
    assert_eq!(store.find_prefix("seed:").unwrap().len(), 16);
    assert_eq!(store.find_prefix("ins:").unwrap(), []);
    assert!(matches!(store.find_prefix("seed"), Err(StoreError::BadPrefix(_))));
}

#[test]
fn a_decided_pair_is_part_of_the_tree_and_of_the_digest_while_it_is_decided() {
    let (_dir, store) = empty();
    let root = project(&store);
    let tree = store.load_tree(root, config()).unwrap().unwrap();
    let samples = &tree.tasks[0].samples;
    let pair = ItemId::pair(&samples[0].response.id, &samples[1].response.id);
    let before = store.digest().unwrap();
    let body = PairBody::of(&["p"], (samples[0].response.id, "a"), (samples[1].response.id, "b"));
    assert_eq!(body.id(), pair);
    let after = decision(Ruling::Rejected, "same");
    let change = Change::Decide { item: pair, before: None, after: Some(after.clone()) };
    let seen = Op::AddVersion {
        slot: pair,
        origin: Origin::Machine,
        body: body.clone().into(),
        made: None,
        completion: None,
        make_current: true,
    };
    for _ in 0..2 {
        write(&store, vec![slot(pair, "pair", Some(root), None, 0), seen.clone(), act("no", vec![change.clone()])]);
    }
    let decided = store.load_tree(root, config()).unwrap().unwrap();
    assert_eq!(InstructionTree { pairs: Vec::new(), ..decided.clone() }, tree);
    let [slot] = &decided.pairs[..] else { panic!("{:?}", decided.pairs) };
    assert_eq!((slot.id, slot.body()), (pair, Some(&body)));
    assert_eq!(slot.decision, Some(Decision { version: Some(1), ..after }), "on the version of its transaction");
    assert_ne!(store.digest().unwrap(), before);
    for _ in 0..2 {
        write(&store, vec![Op::Undo { author: "x".into(), at: "y".into() }]);
    }
    assert_eq!(store.digest().unwrap(), before, "taken back, it is as if it had never been");
}

#[test]
fn unknown_things_are_none() {
    let (_dir, store) = empty();
    let stranger = ItemId::seed("x");
    assert_eq!(store.load_tree(stranger, config()).unwrap(), None);
    assert_eq!(store.root_of(stranger).unwrap(), None);
    assert_eq!(store.meta("x").unwrap(), None);
    assert_eq!(store.completions(stranger).unwrap(), []);
    assert_eq!(store.undo_state().unwrap(), (None, None));
    assert_eq!(store.journal(10).unwrap(), []);
}

#[test]
fn a_reader_sees_what_another_writes_and_writes_nothing() {
    let (dir, store) = empty();
    let reader = Store::open(dir.path(), Access::Read).unwrap();
    let before = reader.change_seq().unwrap();
    let root = project(&store);
    assert!(reader.change_seq().unwrap() > before);
    assert_eq!(reader.changed_since(before).unwrap().len(), 3);
    assert_eq!(reader.load_tree(root, config()).unwrap(), store.load_tree(root, config()).unwrap());
    let refused = reader.write_blocking(Txn::from(Op::SetRerun { slot: root, take: None }));
    assert!(matches!(refused, Err(StoreError::ReadOnly { .. })));
}

#[test]
fn a_verifier_is_no_root() {
    let (_dir, store) = empty();
    let root = project(&store);
    let verifier = ItemId::child(Kind::Verifier, &root, 0);
    assert_eq!(store.load_tree(verifier, config()).unwrap(), None);
}

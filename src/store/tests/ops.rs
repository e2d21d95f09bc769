//! What each operation does.

use crate::{
    domain::{Failure, ItemId, Kind, NewCompletion, Outcome, OutcomeKind, SlotKey, Usage},
    store::{CompletionRef, Op, StoreError, Txn},
};

use super::fixture::*;

#[test]
fn a_tree_is_put_together_in_order_and_the_same_after_reopening() {
    let (dir, store) = empty();
    let root = project(&store);
    let tree = store.load_tree(root, config()).unwrap().unwrap();
    assert_eq!(tree.text(), "Answer in lower case.");
    assert_eq!(tree.from, None);
    assert_eq!(tree.verifiers.iter().map(|sample| sample.function.index).collect::<Vec<_>>(), [0, 1]);
    for sample in &tree.verifiers {
        assert_eq!(sample.cases.iter().map(|case| case.index).collect::<Vec<_>>(), [0, 1]);
        assert!(sample.back.is_some() && sample.entailment.is_some());
        assert!(sample.cases[0].body().unwrap().input.starts_with(&format!("input {}", sample.function.index)));
    }
    assert_eq!(tree.tasks.len(), 2);
    assert_eq!(tree.tasks[0].query.text, "How do tides work?");
    for task in &tree.tasks {
        assert_eq!(task.slot.id, ItemId::task(&root, &task.query_id));
        assert_eq!(task.samples.iter().map(|sample| sample.response.index).collect::<Vec<_>>(), [0, 1]);
        for sample in &task.samples {
            assert_eq!(sample.response.completions, 1);
            assert_eq!(sample.scores[0].body().unwrap().value, Some(8.5));
            let row = sample.response.version().unwrap().completion.unwrap();
            assert_eq!(store.transcript(row).unwrap().unwrap().slot, sample.response.id);
        }
    }
    assert_eq!(tree.outcomes.0.len(), 2);
    let digest = store.digest().unwrap();
    let store = reopen(&dir, store);
    assert_eq!(store.load_tree(root, config()).unwrap().unwrap(), tree);
    assert_eq!(store.digest().unwrap(), digest);
    assert_eq!(store.notices(), &[] as &[String]);
}

#[test]
fn ensuring_a_slot_twice_changes_nothing() {
    let (_dir, store) = empty();
    let (root, ops) = seed("a");
    write(&store, ops.clone());
    let before = store.load_tree(root, config()).unwrap();
    write(&store, vec![slot(root, "another key", Some(root), None, 9)]);
    assert_eq!(store.load_tree(root, config()).unwrap(), before);
}

#[test]
fn versions_are_numbered_and_one_is_current() {
    let (_dir, store) = empty();
    let (root, ops) = seed("a");
    write(&store, ops);
    write(&store, vec![human(root, instruction("b")), human(root, instruction("c"))]);
    let slot = store.load_tree(root, config()).unwrap().unwrap().slot;
    assert_eq!(slot.versions.iter().map(|version| version.no).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(slot.current, Some(0));
    write(&store, vec![Op::SetCurrent { slot: root, no: Some(2) }]);
    assert_eq!(store.load_tree(root, config()).unwrap().unwrap().text(), "c");
    write(&store, vec![Op::SetCurrent { slot: root, no: None }]);
    assert_eq!(store.load_tree(root, config()).unwrap().unwrap().text(), "");
}

#[test]
fn a_machine_version_ends_its_rerun_and_failure() {
    let (_dir, store) = empty();
    let (root, ops) = seed("a");
    write(&store, ops);
    let (id, ops) = verifier(root, 0, 0);
    write(&store, ops);
    let failure = Failure { made: made("x", 1), code: "http-400".to_owned(), message: "no".to_owned() };
    write(&store, vec![Op::SetRerun { slot: id, take: Some(1) }]);
    write(&store, vec![Op::SetFailure { slot: id, failure: Some(failure.clone()) }]);
    let function = |n: usize| store.load_tree(root, config()).unwrap().unwrap().verifiers.swap_remove(n).function;
    assert_eq!(function(0).failure, Some(failure));
    let body = function(0).body().unwrap().clone();
    write(&store, vec![machine(id, body.clone(), made("other", 0))]);
    assert_eq!((function(0).rerun, function(0).failure), (Some(1), None), "another take does not fulfil the re-run");
    write(&store, vec![machine(id, body, made("x", 1))]);
    assert_eq!(function(0).rerun, None);
}

#[test]
fn completions_are_counted_and_read_back() {
    let (_dir, store) = empty();
    let root = project(&store);
    let tree = store.load_tree(root, config()).unwrap().unwrap();
    let response = tree.tasks[0].samples[1].response.id;
    let mut again = completion("second");
    (again.usage, again.reasoning, again.cost) = (None, None, None);
    let key = config();
    let applied = write(
        &store,
        vec![
            Op::AddCompletion { slot: response, sample: 1, key, completion: again.clone() },
            Op::AddCompletion { slot: response, sample: 2, key, completion: completion("third") },
        ],
    );
    let metas = store.completions(response).unwrap();
    assert_eq!(metas.iter().map(|meta| (meta.sample, meta.nth)).collect::<Vec<_>>(), [(1, 0), (1, 1), (2, 0)]);
    let second = store.transcript(applied.completions[0]).unwrap().unwrap();
    assert_eq!((second.content.as_str(), second.prompt.as_str()), ("second", "the prompt"));
    assert_eq!((second.reasoning, second.cost, second.meta.usage), (None, None, None));
    assert_eq!(second.meta, metas[1]);
    assert_eq!(store.transcript(9999).unwrap(), None);
    let totals = store.usage().unwrap();
    assert_eq!((totals.requests, totals.usage.prompt_tokens, totals.cost), (6, 50, Some(1.25)));
    assert_eq!((totals.usage.cached_tokens, totals.usage.completion_tokens), (20, 15));
}

#[test]
fn a_server_that_tells_nonsense_does_not_damage_the_counts() {
    let (_dir, store) = empty();
    let root = project(&store);
    let usage = Usage { prompt_tokens: u64::MAX, cached_tokens: u64::MAX, completion_tokens: u64::MAX };
    let broken = NewCompletion { usage: Some(usage), ..completion("a") };
    for sample in 1..4 {
        let add = Op::AddCompletion { slot: root, sample, key: config(), completion: broken.clone() };
        write(&store, vec![add, Op::AddUsage { usage, cost: None }]);
    }
    assert!(store.usage().unwrap().usage.prompt_tokens > 1 << 40);
    assert!(!store.call_totals().unwrap().is_empty() && !store.call_means().unwrap().is_empty());
}

#[test]
fn outcomes_are_merged_and_facts_stay() {
    let (_dir, store) = empty();
    let (root, ops) = seed("a");
    write(&store, ops);
    let merge = |outcomes| Op::MergeOutcomes { root, batch: None, config: config(), outcomes };
    write(&store, vec![merge(vec![outcome("a", "x", true)])]);
    let (skipped, _) = outcome("a", "z", true);
    let skipped = (skipped, Outcome::quiet(OutcomeKind::Skipped));
    write(&store, vec![merge(vec![outcome("a", "x", false), outcome("a", "y", false), skipped])]);
    let known = store.load_tree(root, config()).unwrap().unwrap().outcomes;
    assert_eq!(known.0.len(), 2);
    assert_eq!(known.0[&outcome("a", "x", true).0], returned(true, 12));
    let other = crate::domain::digest_of(&["other"]);
    assert!(store.load_tree(root, other).unwrap().unwrap().outcomes.0.is_empty());
}

#[test]
fn outcomes_of_a_task_are_a_batch_of_their_own() {
    let (_dir, store) = empty();
    let root = project(&store);
    let task = store.load_tree(root, config()).unwrap().unwrap().tasks[0].slot.id;
    let outcomes = vec![outcome("a", "answer 0", true)];
    let applied = write(&store, vec![Op::MergeOutcomes { root, batch: Some(task), config: config(), outcomes }]);
    assert_eq!(applied.roots, [root]);
    assert_eq!(store.load_tree(root, config()).unwrap().unwrap().outcomes.0.len(), 3);
}

#[test]
fn a_failing_transaction_leaves_nothing() {
    let (_dir, store) = empty();
    let (root, ops) = seed("a");
    write(&store, ops);
    let digest = store.digest().unwrap();
    let stranger = ItemId::seed("stranger");
    let bad = |op: Op| {
        let ops = vec![human(root, instruction("never")), verifier(root, 0, 0).1.swap_remove(0), op];
        store.write_blocking(Txn::new(ops)).unwrap_err()
    };
    assert!(matches!(bad(Op::SetRerun { slot: stranger, take: None }), StoreError::UnknownItem(id) if id == stranger));
    let no = Op::SetCurrent { slot: root, no: Some(9) };
    assert!(matches!(bad(no), StoreError::UnknownVersion { no: 9, .. }));
    assert!(matches!(
        bad(machine(root, crate::domain::BackTranslation { text: String::new() }, made("x", 0))),
        StoreError::WrongBody { .. }
    ));
    let nowhere = Op::AddVersion {
        slot: root,
        origin: crate::domain::Origin::Machine,
        body: instruction("x"),
        made: None,
        completion: Some(CompletionRef::InTxn(0)),
        make_current: true,
    };
    assert!(matches!(bad(nowhere), StoreError::UnknownCompletion { index: 0, .. }));
    assert_eq!(store.digest().unwrap(), digest);
    let child = ItemId::child(Kind::Verifier, &root, 0);
    let after = store.write_blocking(Txn::from(Op::SetRerun { slot: child, take: None }));
    assert!(matches!(after, Err(StoreError::UnknownItem(_))), "a rolled back slot is not remembered");
}

#[test]
fn applied_names_the_touched_instructions_and_grows_the_sequence() {
    let (_dir, store) = empty();
    let (a, ops) = seed("a");
    let first = write(&store, ops);
    let (b, ops) = seed("b");
    let second = write(&store, ops);
    assert_eq!((first.roots, second.roots), (vec![a], vec![b]));
    assert!(second.seq > first.seq);
    assert_eq!(store.change_seq().unwrap(), second.seq);
    let (query, ops) = query("q");
    let third = write(&store, ops);
    assert_eq!(third.roots, []);
    assert_eq!(store.changed_since(first.seq).unwrap(), [b, query]);
    let (_, ops) = task(a, query, 0, 1);
    write(&store, ops);
    assert_eq!(store.changed_since(third.seq).unwrap(), [a]);
    write(&store, vec![Op::SetMeta { key: "k".to_owned(), value: "v".to_owned() }]);
    assert_eq!(store.meta("k").unwrap().as_deref(), Some("v"));
    assert_eq!(store.meta("project_seed").unwrap().as_deref(), Some("7"));
    assert_eq!(SlotKey::seed("a"), store.roots().unwrap()[0].key);
}

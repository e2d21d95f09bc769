//! A small project, written with the operations that the pipeline uses.

use tempfile::TempDir;

use crate::{
    domain::{
        BackTranslation, CallKind, CaseBody, Decision, Digest, Entailment, Finish, InstructionBody, ItemId, Kind,
        Label, Language, Made, NewCompletion, Origin, Outcome, OutcomeKind, Provenance, QueryBody, ResponseBody,
        Ruling, ScoreBody, SlotKey, Usage, Value, VerifierBody, digest_of, journal::Change, tree::OutcomeKey,
    },
    store::{Access, Body, CompletionRef, Op, Store, Txn},
};

/// A store in a folder that goes away with it.
pub(super) fn empty() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path(), 7).unwrap();
    (dir, store)
}

/// Closes and opens again.
pub(super) fn reopen(dir: &TempDir, store: Store) -> Store {
    drop(store);
    Store::open(dir.path(), Access::Write).unwrap()
}

pub(super) const AT: &str = "2026-11-20T00:00:00Z";

pub(super) fn config() -> Digest {
    digest_of(&["config"])
}

pub(super) fn write(store: &Store, ops: Vec<Op>) -> crate::store::Applied {
    store.write_blocking(Txn::new(ops)).unwrap()
}

pub(super) fn slot(id: ItemId, key: &str, root: Option<ItemId>, owner: Option<ItemId>, index: u32) -> Op {
    Op::EnsureSlot { id, key: SlotKey(key.to_owned()), root, owner, index, query: None }
}

pub(super) fn made(what: &str, take: u32) -> Made {
    Made { inputs: digest_of(&["inputs", what]), settings: digest_of(&["settings"]), sample: 0, take }
}

/// A machine version that becomes current.
pub(super) fn machine(slot: ItemId, body: impl Into<Body>, made: Made) -> Op {
    let body = body.into();
    Op::AddVersion { slot, origin: Origin::Machine, body, made: Some(made), completion: None, make_current: true }
}

/// A human version that does not become current by itself.
pub(super) fn human(slot: ItemId, body: impl Into<Body>) -> Op {
    let body = body.into();
    Op::AddVersion { slot, origin: Origin::Human, body, made: None, completion: None, make_current: false }
}

pub(super) fn instruction(text: &str) -> Body {
    InstructionBody { text: text.to_owned(), category: None, language: Language::English }.into()
}

pub(super) fn response(text: &str) -> Body {
    ResponseBody { text: text.to_owned(), cut: None }.into()
}

pub(super) fn completion(content: &str) -> NewCompletion {
    NewCompletion {
        call: CallKind::Respond,
        content: content.to_owned(),
        reasoning: Some("thinking".to_owned()),
        finish: Finish::Stop,
        usage: Some(Usage { prompt_tokens: 10, cached_tokens: 4, completion_tokens: 3 }),
        prompt: "the prompt".to_owned(),
        endpoint: "demo".to_owned(),
        model: "m".to_owned(),
        first_ms: 5,
        total_ms: 9,
        attempts: 1,
        cost: Some(0.25),
        provenance: Provenance { troubles: vec!["HTTP 500".to_owned()], ..Provenance::default() },
    }
}

/// The operations of a seed.
pub(super) fn seed(text: &str) -> (ItemId, Vec<Op>) {
    let id = ItemId::seed(text);
    let ensure = slot(id, SlotKey::seed(text).as_str(), Some(id), None, 0);
    let body = instruction(text);
    let import =
        Op::AddVersion { slot: id, origin: Origin::Imported, body, made: None, completion: None, make_current: true };
    (id, vec![ensure, import])
}

/// The operations of a query.
pub(super) fn query(text: &str) -> (ItemId, Vec<Op>) {
    let id = ItemId::query(text);
    let body = QueryBody { text: text.to_owned(), language: Language::English, topic: None, source: None }.into();
    let import =
        Op::AddVersion { slot: id, origin: Origin::Imported, body, made: None, completion: None, make_current: true };
    (id, vec![slot(id, SlotKey::query(text).as_str(), None, None, 0), import])
}

/// The operations of one verifier sample with cases, back-translation and label.
pub(super) fn verifier(root: ItemId, k: u32, cases: u32) -> (ItemId, Vec<Op>) {
    let id = ItemId::child(Kind::Verifier, &root, k);
    let key = format!("{root}/v{k}");
    let source = format!("def evaluate(response):\n    return len(response) > {k}\n");
    let body = VerifierBody { source: Some(source), problem: None, repairs: vec!["a fence".to_owned()] };
    let mut ops = vec![slot(id, &key, Some(root), Some(root), k), machine(id, body, made(&key, 0))];
    for i in 0..cases {
        let case = ItemId::child(Kind::Case, &id, i);
        ops.push(slot(case, &format!("{key}/c{i}"), Some(root), Some(id), i));
        let expected = serde_json::Value::Bool(i % 2 == 0);
        ops.push(machine(case, CaseBody { input: format!("input {k} {i}"), expected }, made(&key, 0)));
    }
    let back = ItemId::child(Kind::BackTranslation, &id, 0);
    ops.push(slot(back, &format!("{key}/bt"), Some(root), Some(id), 0));
    ops.push(machine(back, BackTranslation { text: format!("Write more than {k} letters.") }, made(&key, 0)));
    let label = ItemId::child(Kind::Entailment, &id, 0);
    ops.push(slot(label, &format!("{key}/nli"), Some(root), Some(id), 0));
    let entailment = Entailment { label: Some(Label::Neutral), probabilities: None, text: "neutral".to_owned() };
    ops.push(machine(label, entailment, made(&key, 0)));
    (id, ops)
}

/// The operations of a task with responses, their completions and scores.
pub(super) fn task(root: ItemId, query: ItemId, index: u32, responses: u32) -> (ItemId, Vec<Op>) {
    let id = ItemId::task(&root, &query);
    let key = SlotKey(format!("{root}/{query}"));
    let mut ops =
        vec![Op::EnsureSlot { id, key: key.clone(), root: Some(root), owner: Some(root), index, query: Some(query) }];
    for j in 0..responses {
        ops.extend(response_ops(root, id, &key, j));
    }
    (id, ops)
}

/// The operations of one response with its completion and score.
pub(super) fn response_ops(root: ItemId, task: ItemId, key: &SlotKey, j: u32) -> Vec<Op> {
    let id = ItemId::child(Kind::Response, &task, j);
    let key = SlotKey::response(key, j);
    let score = ItemId::child(Kind::Score, &id, 0);
    vec![
        slot(id, key.as_str(), Some(root), Some(task), j),
        Op::AddCompletion { slot: id, sample: j, key: digest_of(&[key.as_str()]), completion: completion("raw") },
        Op::AddVersion {
            slot: id,
            origin: Origin::Machine,
            body: response(&format!("answer {j}")),
            made: Some(made(key.as_str(), 0)),
            completion: Some(CompletionRef::InTxn(0)),
            make_current: true,
        },
        slot(score, &format!("{key}/s0"), Some(root), Some(id), 0),
        machine(score, ScoreBody { value: Some(8.5), text: "good".to_owned(), asked_again: false }, made("s", 0)),
    ]
}

pub(super) fn returned(value: bool, cpu_us: u64) -> Outcome {
    let repr = if value { "True" } else { "False" }.to_owned();
    Outcome { cpu_us, ..Outcome::quiet(OutcomeKind::Returned { value: Value::Bool(value), repr }) }
}

pub(super) fn outcome(source: &str, text: &str, value: bool) -> (OutcomeKey, Outcome) {
    (OutcomeKey::of(source, text), returned(value, 12))
}

pub(super) fn decision(ruling: Ruling, reason: &str) -> Decision {
    Decision { ruling, reason: Some(reason.to_owned()), version: Some(0) }
}

pub(super) fn act(label: &str, changes: Vec<Change>) -> Op {
    Op::Act { author: "ann".to_owned(), at: AT.to_owned(), label: label.to_owned(), changes }
}

pub(super) fn undo() -> Op {
    Op::Undo { author: "ann".to_owned(), at: AT.to_owned() }
}

pub(super) fn redo() -> Op {
    Op::Redo { author: "ann".to_owned(), at: AT.to_owned() }
}

/// A seed with two verifiers, two queries, two tasks of two responses, and some outcomes.
pub(super) fn project(store: &Store) -> ItemId {
    let (root, mut ops) = seed("Answer in lower case.");
    for k in [1, 0] {
        ops.extend(verifier(root, k, 2).1);
    }
    write(store, ops);
    for (index, text) in ["How do tides work?", "Name three rivers."].into_iter().enumerate() {
        let (query, ops) = query(text);
        write(store, ops);
        let (id, ops) = task(root, query, index as u32, 0);
        write(store, ops);
        let key = SlotKey(format!("{root}/{query}"));
        for j in [1, 0] {
            write(store, response_ops(root, id, &key, j));
        }
    }
    let outcomes = vec![outcome("a", "x", true), outcome("b", "x", false)];
    write(store, vec![Op::MergeOutcomes { root, batch: None, config: config(), outcomes }]);
    root
}

//! From a model's answer to what is written: one transaction with the raw completion and the versions read from it.

use crate::{
    domain::{
        BackTranslation, CallBody, CaseBody, Digest, Entailment, Failure, Finish, InstructionBody, ItemId, Kind,
        Language, NewCompletion, Origin, Outcome, Provenance, ResponseBody, ScoreBody, SlotKey, Stage, VerifierBody,
        VerifierSample,
        tree::{InstructionTree, OutcomeKey},
    },
    rules::answers::{self, ParsedVerifier},
    store::{Body, CompletionRef, Op, Txn},
};

use super::batch::source_digest;
use super::shapes;
use super::work::{CallTask, ExecuteTask, Work};

/// Most cases of one answer that are used; more is a model in a loop.
const MOST_CASES: usize = 16;
/// Most lines of one self-instruct answer that are used.
const MOST_LINES: usize = 200;

/// The transaction that stores an answer. `tree` is the instruction as it stands; `shown` what a self-instruct call
/// had planned.
pub fn completed(
    work: &Work,
    call: &CallTask,
    completion: NewCompletion,
    tree: Option<&InstructionTree>,
    planned: Option<&CallBody>,
) -> Txn {
    let slot = work.id.item;
    let text = completion.content.clone();
    let finish = completion.finish;
    let Provenance { chances, form, .. } = completion.provenance.clone();
    let mut ops = vec![
        ensure(work, call),
        Op::AddCompletion { slot, sample: call.sample, key: call.made.key(work.id.stage.id()), completion },
        Op::SetRerun { slot, take: None },
        Op::SetFailure { slot, failure: None },
    ];
    match work.id.stage {
        Stage::SelfInstruct => self_instruct(&mut ops, work, call, &text, planned),
        Stage::Verifiers => verifier(&mut ops, work, call, shapes::read_verifier(&text, form.as_deref()), finish, tree),
        Stage::BackTranslate => {
            let body = BackTranslation { text: answers::parse_back_translation(&text) };
            version(&mut ops, slot, Body::BackTranslation(body), call);
        }
        Stage::Consistency => {
            let label = answers::parse_label(&text);
            let probabilities = shapes::probabilities(label, chances.as_ref());
            let body = Entailment { label, probabilities, text };
            version(&mut ops, slot, Body::Entailment(body), call);
        }
        Stage::Respond => {
            let cut = match finish {
                Finish::Length => Some("length".to_owned()),
                Finish::ContentFilter => Some("content_filter".to_owned()),
                Finish::Stop | Finish::Other => None,
            };
            version(&mut ops, slot, Body::Response(ResponseBody { text, cut }), call);
        }
        Stage::Score => {
            let body = ScoreBody { value: answers::parse_score(&text), text, asked_again: call.nth > 0 };
            version(&mut ops, slot, Body::Score(body), call);
        }
        Stage::CrossValidate | Stage::PairQueries | Stage::Verify | Stage::Sft | Stage::Pairs => {}
    }
    Txn { ops }
}

/// The slot that a call fills, made when it is first written to.
fn ensure(work: &Work, call: &CallTask) -> Op {
    let id = work.id.item;
    Op::EnsureSlot { id, key: call.slot.clone(), root: work.root, owner: call.owner, index: call.sample, query: None }
}

/// The transaction that notes a lasting failure, so that it is shown and not asked again by itself.
pub fn failed(work: &Work, call: &CallTask, code: &str, message: &str) -> Txn {
    let slot = work.id.item;
    let failure = Failure { made: call.made, code: code.to_owned(), message: message.to_owned() };
    Txn {
        ops: vec![
            ensure(work, call),
            Op::SetRerun { slot, take: None },
            Op::SetFailure { slot, failure: Some(failure) },
        ],
    }
}

/// The transaction that stores what executing a batch gave.
pub fn executed(root: ItemId, run: &ExecuteTask, config: Digest, outcomes: Vec<Outcome>) -> Txn {
    let keyed = run.cells.iter().zip(outcomes).filter(|(_, outcome)| outcome.is_fact());
    let outcomes = keyed
        .filter_map(|(&(function, text), outcome)| {
            let source = run.functions.get(function as usize)?;
            let text = run.texts.get(text as usize)?;
            let key =
                OutcomeKey { source: source_digest(source, run.namespace), text: Digest::of_bytes(text.as_bytes()) };
            Some((key, outcome))
        })
        .collect();
    Txn { ops: vec![Op::MergeOutcomes { root, batch: run.batch, config, outcomes }] }
}

fn version(ops: &mut Vec<Op>, slot: ItemId, body: Body, call: &CallTask) {
    ops.push(Op::AddVersion {
        slot,
        origin: Origin::Machine,
        body,
        made: Some(call.made),
        completion: Some(CompletionRef::InTxn(0)),
        make_current: true,
    });
}

/// Every line becomes a candidate instruction at once; novelty is a view and decides later.
fn self_instruct(ops: &mut Vec<Op>, work: &Work, call: &CallTask, text: &str, planned: Option<&CallBody>) {
    let mut lines = answers::parse_instructions(text);
    lines.truncate(MOST_LINES);
    let n = work.order.call;
    for (line, text) in (0_u32..).zip(&lines) {
        let id = ItemId::instruction(&work.id.item, line, text);
        ops.push(Op::EnsureSlot {
            id,
            key: SlotKey::line(n, line),
            root: Some(id),
            owner: Some(work.id.item),
            index: line,
            query: None,
        });
        let body = InstructionBody { text: text.clone(), category: None, language: Language::detect(text) };
        ops.push(Op::AddVersion {
            slot: id,
            origin: Origin::Machine,
            body: Body::Instruction(body),
            made: None,
            completion: Some(CompletionRef::InTxn(0)),
            make_current: true,
        });
    }
    let shown = planned.map(|body| body.shown.clone()).unwrap_or_default();
    let seeds = planned.map_or(u32::MAX, |body| body.seeds);
    version(ops, work.id.item, Body::Call(CallBody { shown, lines, language: call.language, seeds }), call);
}

/// A function with its cases. Cases that a person wrote stay; machine cases beyond the answer's are withdrawn.
fn verifier(
    ops: &mut Vec<Op>,
    work: &Work,
    call: &CallTask,
    mut parsed: ParsedVerifier,
    finish: Finish,
    tree: Option<&InstructionTree>,
) {
    parsed.cases.truncate(MOST_CASES);
    let problem = match (&parsed.source, finish) {
        (None, Finish::Length) => Some("cut-off".to_owned()),
        _ => parsed.problem.map(str::to_owned),
    };
    let body = VerifierBody { source: parsed.source, problem, repairs: parsed.repairs };
    version(ops, work.id.item, Body::Verifier(body), call);
    let known = tree.and_then(|tree| tree.verifiers.iter().find(|sample| sample.function.id == work.id.item));
    for (index, (input, expected)) in (0_u32..).zip(&parsed.cases) {
        let id = ItemId::child(Kind::Case, &work.id.item, index);
        ops.push(Op::EnsureSlot {
            id,
            key: call.slot.clone(),
            root: work.root,
            owner: Some(work.id.item),
            index,
            query: None,
        });
        ops.push(Op::AddVersion {
            slot: id,
            origin: Origin::Machine,
            body: Body::Case(CaseBody { input: input.clone(), expected: expected.clone() }),
            made: Some(call.made),
            completion: Some(CompletionRef::InTxn(0)),
            make_current: !is_edited(known, index),
        });
    }
    withdraw(ops, known, parsed.cases.len());
}

fn is_edited(known: Option<&VerifierSample>, index: u32) -> bool {
    known.is_some_and(|sample| sample.cases.iter().any(|case| case.index == index && case.is_edited()))
}

fn withdraw(ops: &mut Vec<Op>, known: Option<&VerifierSample>, answered: usize) {
    let surplus = known.into_iter().flat_map(|sample| &sample.cases);
    for case in surplus.filter(|case| case.index as usize >= answered && !case.is_edited() && case.current.is_some()) {
        ops.push(Op::SetCurrent { slot: case.id, no: None });
    }
}

//! From facts to a view: the profile's rules applied to one instruction's tree. Pure; costs no model call and no
//! execution, so that any threshold can be tried at any time.

mod consistency;
mod counts;
mod cross;
mod limits;
mod pairs;
mod responses;
pub mod sheet;

use std::sync::Arc;

use crate::domain::{Decision, ItemId, Language, Ruling, tree::InstructionTree};

pub use counts::units;
pub use responses::{response_row, unjudged};

use super::{
    expect::Expect,
    settings::Settings,
    view::{Copies, InstructionView, Source, State},
};

/// What is decided above a single instruction: whether it is new, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// What novelty says, decisions aside.
    pub novelty: State,
    /// Which earlier candidate is nearest to one that fell, with its ROUGE-L.
    pub nearest: Option<(ItemId, f64)>,
    /// Where it comes from.
    pub source: Source,
}

/// The view of an instruction under the settings' profile.
pub fn view_of(tree: &InstructionTree, gate: &Gate, settings: &Settings) -> InstructionView {
    let mut view = empty(tree, gate);
    let expect = Expect::of(tree, settings);
    // What is known of an instruction that fell is shown, too; it only counts for nothing.
    if let Some(expect) = expect {
        cross::fill(&mut view, tree, &expect, settings);
        consistency::fill(&mut view, tree, &expect, settings);
        responses::fill(&mut view, tree, &expect, settings);
        limits::cap(&mut view, settings);
    }
    view.counts = counts::count(&view, tree, settings);
    view
}

fn empty(tree: &InstructionTree, gate: &Gate) -> InstructionView {
    let body = tree.slot.body();
    InstructionView {
        id: tree.id(),
        key: tree.key().clone(),
        text: Arc::from(tree.text()),
        language: body.map_or(Language::English, |body| body.language),
        category: body.and_then(|body| body.category.clone()),
        source: gate.source.clone(),
        novelty: novelty(tree, gate),
        nearest: gate.nearest,
        cross_validate: None,
        back_translate: None,
        consistency: None,
        decision: tree.slot.decision.clone(),
        edited: tree.slot.is_edited(),
        copies: Copies::default(),
        functions: Vec::new(),
        cases: Vec::new(),
        matrix: Vec::new(),
        tasks: Vec::new(),
        case_pairs: Vec::new(),
        counts: super::snapshot::Funnel::default(),
    }
}

/// A person's word and a person's text go before novelty.
fn novelty(tree: &InstructionTree, gate: &Gate) -> State {
    match tree.slot.ruling() {
        Some(Ruling::Rejected | Ruling::UseAsNegative) => State::Dropped("rejected".into()),
        Some(Ruling::Accepted) => State::Kept,
        None if tree.slot.is_edited() => State::Kept,
        None => gate.novelty.clone(),
    }
}

/// Whether a person turned it down.
pub fn is_rejected(decision: Option<&Decision>) -> bool {
    decision.is_some_and(|decision| decision.ruling != Ruling::Accepted)
}

/// Whether a person wants it whatever the rules say.
pub fn is_accepted(decision: Option<&Decision>) -> bool {
    decision.is_some_and(|decision| decision.ruling == Ruling::Accepted)
}

/// A child's id within a view, for lookups.
pub fn position<T>(items: &[T], id: ItemId, of: impl Fn(&T) -> ItemId) -> Option<usize> {
    items.iter().position(|item| of(item) == id)
}

//! What failed for good within an instruction, or was cancelled, and can be asked again.

use crate::domain::{
    ItemId, Made, Origin, ResponseSample, Slot, TaskTree, VerifierSample,
    tree::{Head, InstructionTree},
};

use super::{expect::Expect, settings::Settings};

/// A slot whose call failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    /// The slot, and the take that asking again makes.
    pub head: Head,
    /// What it is part of: the instruction, its verifier or task, its response.
    pub within: Vec<ItemId>,
}

impl Failed {
    /// Whether an item means this slot.
    pub fn is_of(&self, item: ItemId) -> bool {
        self.head.id == item || self.within.contains(&item)
    }
}

/// The slots of an instruction that were asked for what would be asked now, and failed.
pub fn failed(tree: &InstructionTree, settings: &Settings) -> Vec<Failed> {
    let mut found = Vec::new();
    let Some(expect) = Expect::of(tree, settings) else { return found };
    for sample in &tree.verifiers {
        of_verifier(&mut found, tree.id(), sample, &expect);
    }
    for task in &tree.tasks {
        for sample in &task.samples {
            of_response(&mut found, tree.id(), task, sample, &expect);
        }
    }
    found
}

/// A slot by itself.
pub fn one<T>(slot: &Slot<T>, now: &Made, within: Vec<ItemId>) -> Option<Failed> {
    let failed = slot.failure.as_ref().is_some_and(|failure| failure.made.same_base(now));
    // A person's text stands, whatever failed before it was written.
    let stands = slot.version().is_some_and(|version| version.origin == Origin::Human);
    let asked = slot.rerun.is_some();
    (failed && !stands && !asked)
        .then(|| Failed { head: Head { next_take: slot.next_take(now), ..Head::from(slot) }, within })
}

fn of_verifier(found: &mut Vec<Failed>, root: ItemId, sample: &VerifierSample, expect: &Expect<'_>) {
    let index = sample.function.index;
    let within = || vec![root, sample.function.id];
    found.extend(one(&sample.function, &expect.verifier(index), within()));
    let Some(function) = sample.function.body() else { return };
    let Some(back) = &sample.back else { return };
    found.extend(one(back, &expect.back(function, index), within()));
    if let (Some(back), Some(slot)) = (back.body(), &sample.entailment) {
        found.extend(one(slot, &expect.entailment(back, index), within()));
    }
}

fn of_response(found: &mut Vec<Failed>, root: ItemId, task: &TaskTree, sample: &ResponseSample, expect: &Expect<'_>) {
    let within = || vec![root, task.slot.id, sample.response.id];
    found.extend(one(&sample.response, &expect.response(&task.query, sample.response.index), within()));
    let Some(body) = sample.response.body() else { return };
    for score in &sample.scores {
        found.extend(one(score, &expect.score(&task.query, body, score.index), within()));
    }
}

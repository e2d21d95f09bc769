//! What a person asked to run again is run wherever its instruction stands: in one that fell, too.

use crate::{
    domain::{CallKind, InstructionTree, ItemId, Origin, ResponseSample, Slot, TaskTree, VerifierSample},
    pipeline::settings::Settings,
};

use super::Planner;

impl Planner<'_> {
    /// Adds what was asked for and no stage has planned.
    pub(super) fn asked(&mut self) {
        let tree = self.tree;
        for sample in &tree.verifiers {
            self.asked_of_verifier(sample);
        }
        for task in &tree.tasks {
            for sample in &task.samples {
                self.asked_of_response(task, sample);
            }
        }
    }

    fn is_asked<T>(&self, slot: &Slot<T>) -> bool {
        slot.rerun.is_some() && !self.has_work(slot.id)
    }

    fn asked_of_verifier(&mut self, sample: &VerifierSample) {
        let function = &sample.function;
        if self.is_asked(function) && !is_beyond(function, CallKind::Verifiers, self.settings) {
            self.verifier(function.index);
        }
        let next = [
            sample.back.as_ref().map(|slot| self.is_asked(slot)),
            sample.entailment.as_ref().map(|slot| self.is_asked(slot)),
        ];
        // What is made from something that is itself being made again waits for that.
        if next.contains(&Some(true)) && !self.has_work(function.id) {
            self.back_translation(sample);
        }
    }

    fn asked_of_response(&mut self, task: &TaskTree, sample: &ResponseSample) {
        let response = &sample.response;
        if self.is_asked(response) && !is_beyond(response, CallKind::Respond, self.settings) {
            self.response(task, response.index);
        }
        let asked: Vec<u32> = sample.scores.iter().filter(|slot| self.is_asked(slot)).map(|slot| slot.index).collect();
        for judge in asked {
            if !self.has_work(response.id) {
                self.judge(task, sample, judge);
            }
        }
    }
}

/// Whether a machine's sample is beyond the number that is asked for now: it stays in the history, takes part in
/// nothing, and is there again when that number is raised.
pub fn is_beyond<T>(slot: &Slot<T>, call: CallKind, settings: &Settings) -> bool {
    let made = slot.version().is_none_or(|version| version.origin == Origin::Machine);
    made && slot.index >= settings.call(call).samples
}

/// Whether an item can be run again; or why not.
///
/// # Errors
/// What is in the way, and what to do.
pub fn can_rerun(tree: &InstructionTree, item: ItemId, settings: &Settings) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("{} cannot be run again: {why}", item.short()));
    for sample in &tree.verifiers {
        if sample.function.id == item && is_beyond(&sample.function, CallKind::Verifiers, settings) {
            return refuse("there are fewer samples now; raise `calls.verifiers.samples`");
        }
        let is = |id: Option<ItemId>| id == Some(item);
        let source = sample.function.body().and_then(|body| body.source.as_ref());
        if is(sample.back.as_ref().map(|slot| slot.id)) && source.is_none() {
            return refuse("its function has no source; run the function again");
        }
        let back = sample.back.as_ref().and_then(Slot::body).filter(|back| !back.text.is_empty());
        if is(sample.entailment.as_ref().map(|slot| slot.id)) && back.is_none() {
            return refuse("its back-translation says nothing; run that again");
        }
    }
    for sample in tree.tasks.iter().flat_map(|task| &task.samples) {
        if sample.response.id == item && is_beyond(&sample.response, CallKind::Respond, settings) {
            return refuse("there are fewer samples now; raise `calls.respond.samples`");
        }
        if sample.response.body().is_none() && sample.scores.iter().any(|slot| slot.id == item) {
            return refuse("its response says nothing; run that again");
        }
    }
    Ok(())
}

/// What a profile needs of labels at all.
pub const fn asks_consistency(profile: &crate::rules::Profile) -> bool {
    !matches!(profile.consistency, crate::rules::profile::ConsistencyRule::Off)
}

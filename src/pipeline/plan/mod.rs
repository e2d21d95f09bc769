//! What is to be done next for an instruction: a pure function of its tree, its view and the settings. Results do
//! not depend on when or in which order work ends, because every plan starts from what is stored.

use std::sync::Arc;

use crate::{
    domain::{
        CallKind, ItemId, Kind, Made, Origin, ResponseSample, Slot, SlotKey, Stage, TaskTree, VerifierSample,
        tree::InstructionTree,
    },
    rules::datasets::Band,
    sandbox::Namespace,
};

mod asked;

pub use asked::{asks_consistency, can_rerun, is_beyond};

use super::{
    batch::Hashed,
    expect::Expect,
    judge::{response_row, sheet::Sheet},
    settings::Settings,
    stale::{Due, due, holds},
    view::{FunctionView, InstructionView, State, TaskView},
    work::{CallTask, ExecuteTask, Order, Prompt, Task, Work, WorkId},
};

/// How far a plan goes.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The last stage to work on.
    pub until: Stage,
    /// Whether changed settings are applied.
    pub remake_settings: bool,
}

/// Plans an instruction. An instruction that fell gets no work, except what a person asked to re-run.
pub fn plan(
    tree: &InstructionTree,
    view: &InstructionView,
    order: Order,
    settings: &Settings,
    reach: Reach,
) -> Vec<Work> {
    let Some(expect) = Expect::of(tree, settings) else { return Vec::new() };
    let mut planner = Planner { tree, view, order, settings, reach, expect, about: view.text.clone(), works: vec![] };
    if view.novelty == State::Kept {
        planner.verifiers();
        planner.follow_cases();
        planner.cross_validate();
        planner.back_translate();
        planner.pair();
        planner.tasks();
    }
    planner.asked();
    planner.works
}

struct Planner<'a> {
    tree: &'a InstructionTree,
    view: &'a InstructionView,
    order: Order,
    settings: &'a Settings,
    reach: Reach,
    expect: Expect<'a>,
    about: Arc<str>,
    works: Vec<Work>,
}

impl<'a> Planner<'a> {
    fn push(&mut self, stage: Stage, item: ItemId, urgent: bool, task: Task) {
        if stage > self.reach.until {
            return;
        }
        let id = WorkId { stage, item };
        let about = self.about.clone();
        self.works.push(Work { id, root: Some(self.tree.id()), order: self.order, urgent, about, task });
    }

    /// Adds a call where the slot's is due.
    fn call<T>(
        &mut self,
        stage: Stage,
        call: CallKind,
        slot: Option<&Slot<T>>,
        place: Place,
        now: Made,
        prompt: Prompt,
    ) {
        let due = slot.map_or(Due::Call { take: 0, urgent: false, stale: false }, |slot| {
            due(slot, &now, self.reach.remake_settings)
        });
        if let Due::Restore { no } = due {
            self.restore(stage, place.id, no);
        }
        let Due::Call { take, urgent, .. } = due else { return };
        self.ask(stage, call, slot, place, Made { take, ..now }, urgent, prompt);
    }

    #[expect(clippy::too_many_arguments, reason = "a call is named by all of these, and only here")]
    fn ask<T>(
        &mut self,
        stage: Stage,
        call: CallKind,
        slot: Option<&Slot<T>>,
        place: Place,
        made: Made,
        urgent: bool,
        prompt: Prompt,
    ) {
        let task = CallTask {
            call,
            slot: place.key,
            owner: place.owner,
            sample: place.index,
            nth: slot.map_or(0, |slot| slot.completions),
            made,
            language: self.expect.language,
            prompt,
        };
        self.push(stage, place.id, urgent, Task::Call(task));
    }

    /// Brings a version back, and with a function the cases of the same answer; cases that a person wrote stay.
    fn restore(&mut self, stage: Stage, item: ItemId, no: u32) {
        let mut heads = vec![(item, Some(no))];
        if let Some(sample) = self.tree.verifiers.iter().find(|sample| sample.function.id == item) {
            heads.extend(cases_of(sample, no));
        }
        self.push(stage, item, true, Task::Restore(heads));
    }

    /// Cases follow the answer that their function is of: taking back a re-run brings its cases back too.
    fn follow_cases(&mut self) {
        let tree = self.tree;
        for sample in &tree.verifiers {
            let made = sample.function.version().filter(|version| version.origin == Origin::Machine);
            let Some(version) = made.filter(|_| !self.has_work(sample.function.id)) else { continue };
            let current = |id: ItemId| sample.cases.iter().find(|case| case.id == id).and_then(|case| case.current);
            let mut heads = cases_of(sample, version.no);
            heads.retain(|(id, no)| current(*id) != *no);
            if !heads.is_empty() {
                self.push(Stage::Verifiers, sample.function.id, true, Task::Restore(heads));
            }
        }
    }

    fn has_work(&self, item: ItemId) -> bool {
        self.works.iter().any(|work| work.id.item == item)
    }

    /// K verifier samples (paper, 3.2).
    fn verifiers(&mut self) {
        for sample in 0..self.settings.call(CallKind::Verifiers).samples {
            self.verifier(sample);
        }
    }

    fn verifier(&mut self, sample: u32) {
        let known = self.tree.verifiers.iter().find(|known| known.function.index == sample);
        let id = ItemId::child(Kind::Verifier, &self.tree.id(), sample);
        let place = Place { id, owner: None, key: self.tree.key().clone(), index: sample };
        let prompt = Prompt::Verifiers { instruction: self.tree.text().to_owned() };
        let now = self.expect.verifier(sample);
        self.call(Stage::Verifiers, CallKind::Verifiers, known.map(|known| &known.function), place, now, prompt);
    }

    fn has(&self, stage: Stage) -> bool {
        self.works.iter().any(|work| work.id.stage == stage)
    }

    /// The matrix of an instruction, once all its samples have ended.
    fn cross_validate(&mut self) {
        if self.has(Stage::Verifiers) {
            return;
        }
        let sheet = Sheet::read(self.tree, &self.expect, self.settings);
        let functions = sheet.usable().filter_map(|(_, function)| {
            let source = function.source.as_ref()?;
            Some((source.text.clone(), &function.row))
        });
        let texts = sheet.cases.iter().map(|case| case.input.text.clone()).collect();
        if let Some(task) = missing(None, self.settings.namespace(Stage::CrossValidate), functions, texts) {
            let asked = self.tree.verifiers.iter().any(|sample| sample.function.is_edited());
            self.push(Stage::CrossValidate, self.tree.id(), asked, Task::Execute(task));
        }
    }

    /// Back-translation and entailment of every kept function (paper, 3.2).
    fn back_translate(&mut self) {
        if !matches!(self.view.cross_validate, Some(State::Kept)) {
            return;
        }
        let view = self.view;
        let kept = view.functions.iter().filter(|function| function.kept.is_ok());
        let samples: Vec<&VerifierSample> = kept.filter_map(|function| self.sample_of(function)).collect();
        for sample in samples {
            self.back_translation(sample);
        }
    }

    fn sample_of(&self, function: &FunctionView) -> Option<&'a VerifierSample> {
        self.tree.verifiers.iter().find(|sample| sample.function.id == function.id)
    }

    fn back_translation(&mut self, sample: &VerifierSample) {
        let Some(body) = sample.function.body() else { return };
        let Some(source) = &body.source else { return };
        let function = &sample.function;
        let place = |kind| Place {
            id: ItemId::child(kind, &function.id, 0),
            owner: Some(function.id),
            key: self.tree.key().clone(),
            index: function.index,
        };
        let (back_place, label_place) = (place(Kind::BackTranslation), place(Kind::Entailment));
        let now = self.expect.back(body, function.index);
        let prompt = Prompt::BackTranslate { source: source.clone() };
        let before = self.works.len();
        self.call(Stage::BackTranslate, CallKind::BackTranslate, sample.back.as_ref(), back_place, now, prompt);
        let ready = self.works.len() == before;
        let back = sample.back.as_ref().and_then(|slot| holds(slot, &now)).filter(|back| !back.text.is_empty());
        let asked = sample.entailment.as_ref().is_some_and(|slot| slot.rerun.is_some());
        let wanted = ready && (asked || asks_consistency(&self.settings.profile));
        let Some(back) = back.filter(|_| wanted) else { return };
        let now = self.expect.entailment(back, function.index);
        let prompt = Prompt::Entail { premise: self.tree.text().to_owned(), hypothesis: back.text.clone() };
        let slot = sample.entailment.as_ref();
        if let Some(slot) = slot.filter(|slot| asks_again(slot, &now, |body| body.label.is_none())) {
            let made = Made { take: slot.next_take(&now), ..now };
            self.ask(Stage::Consistency, CallKind::Entail, Some(slot), label_place, made, false, prompt);
        } else {
            self.call(Stage::Consistency, CallKind::Entail, slot, label_place, now, prompt);
        }
    }

    fn is_consistent(&self) -> bool {
        self.view.consistency == Some(State::Kept)
    }

    fn pair(&mut self) {
        let wanted = self.settings.config.pipeline.queries_per_instruction as usize;
        let left_out = self.view.tasks.iter().filter(|task| task.left_out).count();
        if self.is_consistent() && self.tree.tasks.len().saturating_sub(left_out) < wanted {
            self.push(Stage::PairQueries, self.tree.id(), false, Task::Pair);
        }
    }

    fn tasks(&mut self) {
        if !self.is_consistent() {
            return;
        }
        let tree = self.tree;
        let view = self.view;
        for task in &tree.tasks {
            let Some(seen) = view.tasks.iter().find(|seen| seen.id == task.slot.id) else { continue };
            if seen.is_out() {
                continue;
            }
            if !self.respond(task) {
                self.verify(task, seen);
                self.score(task, seen);
            }
        }
    }

    /// K responses of a task (paper, 3.3). Tells whether any is still to come.
    fn respond(&mut self, task: &TaskTree) -> bool {
        let before = self.works.len();
        for sample in 0..self.settings.call(CallKind::Respond).samples {
            self.response(task, sample);
        }
        self.works.len() > before
    }

    fn response(&mut self, task: &TaskTree, sample: u32) {
        let known = task.samples.iter().find(|known| known.response.index == sample);
        let id = ItemId::child(Kind::Response, &task.slot.id, sample);
        let place = Place { id, owner: Some(task.slot.id), key: task.slot.key.clone(), index: sample };
        let prompt = Prompt::Respond { instruction: self.tree.text().to_owned(), query: task.query.text.clone() };
        let now = self.expect.response(&task.query, sample);
        self.call(Stage::Respond, CallKind::Respond, known.map(|known| &known.response), place, now, prompt);
    }

    /// The used functions over a task's responses, in sample order.
    fn verify(&mut self, task: &TaskTree, seen: &TaskView) {
        let there = seen.responses.iter().filter(|response| response.respond == State::Kept);
        let texts: Vec<Hashed> = there.filter_map(|response| response.text.as_deref().map(Hashed::new)).collect();
        let used = self.view.functions.iter().filter(|function| function.used);
        let rows: Vec<_> = used
            .filter_map(|function| {
                let source = function.source.clone()?;
                let row = response_row(self.tree, &source, &texts, self.settings);
                Some((source, row))
            })
            .collect();
        let functions = rows.iter().map(|(source, row)| (source.clone(), row));
        let texts = texts.iter().map(|text| text.text.clone()).collect();
        if let Some(run) = missing(Some(task.slot.id), self.settings.namespace(Stage::Verify), functions, texts) {
            let edited = task.samples.iter().any(|sample| sample.response.is_edited());
            self.push(Stage::Verify, task.slot.id, edited, Task::Execute(run));
        }
    }

    /// A judge for every response that passed (paper, 3.3).
    fn score(&mut self, task: &TaskTree, seen: &TaskView) {
        if seen.band != Band::Inside {
            return;
        }
        for response in &seen.responses {
            let passed = response.verify == Some(State::Kept) && response.same_as.is_none();
            let sample = task.samples.iter().find(|sample| sample.response.id == response.id);
            let Some(sample) = sample.filter(|_| passed) else { continue };
            for judge in 0..self.settings.call(CallKind::Score).samples {
                self.judge(task, sample, judge);
            }
        }
    }

    fn judge(&mut self, task: &TaskTree, sample: &ResponseSample, judge: u32) {
        let Some(body) = sample.response.body() else { return };
        let known = sample.scores.iter().find(|known| known.index == judge);
        let place = Place {
            id: ItemId::child(Kind::Score, &sample.response.id, judge),
            owner: Some(sample.response.id),
            key: SlotKey::response(&task.slot.key, sample.response.index),
            index: judge,
        };
        let prompt = Prompt::Score {
            instruction: self.tree.text().to_owned(),
            query: task.query.text.clone(),
            response: body.text.clone(),
        };
        let now = self.expect.score(&task.query, body, judge);
        if let Some(slot) = known.filter(|slot| asks_again(slot, &now, |body| body.value.is_none())) {
            let made = Made { take: slot.next_take(&now), ..now };
            self.ask(Stage::Score, CallKind::Score, Some(slot), place, made, false, prompt);
        } else {
            self.call(Stage::Score, CallKind::Score, known, place, now, prompt);
        }
    }
}

/// Where a call's slot is or will be.
struct Place {
    id: ItemId,
    owner: Option<ItemId>,
    key: SlotKey,
    index: u32,
}

/// An answer that could not be read is asked for once more, and then stands as it is (design, profile table); also
/// where asking once more failed for good.
pub fn asks_again<T>(slot: &Slot<T>, now: &Made, unreadable: impl Fn(&T) -> bool) -> bool {
    if slot.failure.as_ref().is_some_and(|failure| failure.made.same_base(now)) {
        return false;
    }
    let made_now = |made: Option<Made>| made.is_some_and(|made| made.same_base(now));
    let current = slot.version().filter(|version| made_now(version.made));
    let tries = slot.versions.iter().filter(|version| made_now(version.made)).count();
    slot.rerun.is_none() && tries == 1 && current.is_some_and(|version| unreadable(&version.body))
}

/// Which versions the cases of a function's answer have: those of the same completion. A person's stay as they are.
fn cases_of(sample: &VerifierSample, no: u32) -> Vec<(ItemId, Option<u32>)> {
    let Some(answer) = sample.function.versions.iter().find(|version| version.no == no) else { return Vec::new() };
    let machine = sample.cases.iter().filter(|case| !case.is_edited());
    machine
        .map(|case| {
            let same = case
                .versions
                .iter()
                .rev()
                .find(|version| version.origin == Origin::Machine && version.completion == answer.completion);
            (case.id, same.map(|version| version.no))
        })
        .collect()
}

/// The checks that are to be run, or nothing.
fn missing<'r>(
    batch: Option<ItemId>,
    namespace: Namespace,
    functions: impl Iterator<Item = (Arc<str>, &'r super::batch::Row)>,
    texts: Vec<Arc<str>>,
) -> Option<ExecuteTask> {
    let mut task = ExecuteTask { batch, namespace, functions: Vec::new(), texts, cells: Vec::new() };
    for (source, row) in functions {
        let unknown = row.outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_none());
        let cells: Vec<u32> = unknown.filter_map(|(text, _)| u32::try_from(text).ok()).collect();
        if cells.is_empty() {
            continue;
        }
        let function = u32::try_from(task.functions.len()).unwrap_or(u32::MAX);
        task.functions.push(source);
        task.cells.extend(cells.into_iter().map(|text| (function, text)));
    }
    (!task.cells.is_empty()).then_some(task)
}

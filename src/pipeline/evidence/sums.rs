//! What is summed over all instructions under the profile in force.

use std::collections::BTreeMap;

use crate::{
    analysis::report::{DecisionFacts, Histogram, KindFacts, Yield},
    domain::{Decision, Ruling, Stage},
    pipeline::{
        snapshot::{Datasets, Funnel},
        summary,
        view::{Copies, InstructionView, State, TaskView},
    },
};

/// The sums.
#[derive(Debug)]
pub struct Sums {
    /// The funnel.
    pub funnel: Funnel,
    /// The rows.
    pub datasets: Datasets,
    kinds: BTreeMap<&'static str, KindFacts>,
    copies: Copies,
    /// Rows and pairs that a person decided on; instructions that give some, and those that were decided on.
    audited: [(u64, u64); 4],
    pass_rates: Histogram,
    functions: Histogram,
    cases: Histogram,
    responses: Histogram,
    scores: Histogram,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            funnel: Funnel::default(),
            datasets: Datasets::default(),
            kinds: BTreeMap::new(),
            copies: Copies::default(),
            audited: [(0, 0); 4],
            pass_rates: Histogram::of_shares("Pass rate of tasks: kept of verified responses"),
            functions: Histogram::of_shares("Accuracy of usable functions"),
            cases: Histogram::of_shares("Accuracy of cases"),
            responses: Histogram::of_shares("Accuracy of verifiable responses"),
            scores: Histogram::of_scores("Mean scores of responses that passed"),
        }
    }
}

impl Sums {
    /// Adds an instruction.
    pub fn add(&mut self, view: &InstructionView) {
        self.funnel.merge(&view.counts);
        self.datasets.add(&summary::datasets(view));
        self.copies.functions += view.copies.functions;
        self.copies.of_functions += view.copies.of_functions;
        self.copies.cases += view.copies.cases;
        self.copies.of_cases += view.copies.of_cases;
        self.decide(view);
        for function in view.functions.iter().filter(|function| function.usable.is_ok()) {
            function.accuracy.into_iter().for_each(|accuracy| self.functions.add_share(accuracy));
        }
        view.cases.iter().filter_map(|case| case.accuracy).for_each(|accuracy| self.cases.add_share(accuracy));
        for task in &view.tasks {
            self.task(task);
        }
        self.audit(view);
    }

    fn task(&mut self, task: &TaskView) {
        let verified = task.responses.iter().filter_map(|response| response.verify.as_ref());
        let settled: Vec<bool> = verified
            .filter(|state| matches!(state, State::Kept | State::Dropped(_)))
            .map(|state| *state == State::Kept)
            .collect();
        let passed = settled.iter().filter(|kept| **kept).count() as u64;
        let rate = crate::analysis::report::share(passed, settled.len() as u64);
        rate.into_iter().for_each(|rate| self.pass_rates.add_share(rate));
        for response in &task.responses {
            response.accuracy.into_iter().for_each(|accuracy| self.responses.add_share(accuracy));
            response.mean_score.into_iter().for_each(|score| self.scores.add_score(score));
        }
    }

    fn decide(&mut self, view: &InstructionView) {
        self.item("instruction", view.decision.as_ref(), view.edited);
        view.functions.iter().for_each(|item| self.item("function", item.decision.as_ref(), item.edited));
        view.cases.iter().for_each(|item| self.item("case", item.decision.as_ref(), item.edited));
        view.case_pairs.iter().for_each(|pair| self.item("pair", pair.decision.as_ref(), false));
        for task in &view.tasks {
            self.item("task", task.decision.as_ref(), false);
            let there = task.responses.iter().filter(|response| response.text.is_some());
            there.for_each(|item| self.item("response", item.decision.as_ref(), item.edited));
            task.pairs.iter().for_each(|pair| self.item("pair", pair.decision.as_ref(), false));
        }
    }

    fn item(&mut self, kind: &'static str, decision: Option<&Decision>, edited: bool) {
        let facts = self.kinds.entry(kind).or_default();
        facts.items += 1;
        facts.edited += u64::from(edited);
        match decision.map(|decision| decision.ruling) {
            Some(Ruling::Accepted) => facts.accepted += 1,
            Some(Ruling::Rejected) => facts.rejected += 1,
            Some(Ruling::UseAsNegative) => facts.use_as_negative += 1,
            None => {}
        }
    }

    /// What of that which is exported a person decided on.
    fn audit(&mut self, view: &InstructionView) {
        let rows: Vec<bool> = view
            .tasks
            .iter()
            .flat_map(|task| &task.responses)
            .filter(|response| response.sft)
            .map(|response| response.decision.is_some())
            .collect();
        let pairs = view.case_pairs.iter().chain(view.tasks.iter().flat_map(|task| &task.pairs));
        let pairs: Vec<bool> = pairs.filter(|pair| pair.is_given()).map(|pair| pair.decision.is_some()).collect();
        let gives = !rows.is_empty() || !pairs.is_empty();
        let functions = view.functions.iter().filter(|function| gives && function.used);
        let functions: Vec<bool> = functions.map(|function| function.decision.is_some()).collect();
        let own: Vec<bool> = gives.then_some(view.decision.is_some()).into_iter().collect();
        for (sum, some) in self.audited.iter_mut().zip([rows, pairs, own, functions]) {
            sum.0 += some.iter().filter(|decided| **decided).count() as u64;
            sum.1 += some.len() as u64;
        }
    }

    /// What people decided.
    pub fn decisions(&self, in_force: u64) -> DecisionFacts {
        let what = [
            "SFT rows whose response was decided on",
            "pairs that were decided on",
            "instructions with rows or pairs that were decided on",
            "functions that verified them and were decided on",
        ];
        DecisionFacts {
            in_force,
            by_kind: self.kinds.iter().map(|(kind, facts)| ((*kind).to_owned(), *facts)).collect(),
            audit: what.iter().zip(self.audited).map(|(what, (part, whole))| Yield::new(what, part, whole)).collect(),
        }
    }

    /// What went on, step by step.
    pub fn yields(&self) -> Vec<Yield> {
        let stage = |what, stage| {
            let counts = self.funnel.stage(stage);
            Yield::new(what, counts.kept, counts.kept + counts.dropped + counts.failed)
        };
        let copies = self.copies;
        vec![
            stage("candidates that are new", Stage::SelfInstruct),
            stage("answers that hold a function", Stage::Verifiers),
            stage("instructions that cross-validation keeps", Stage::CrossValidate),
            stage("of those, instructions that are consistent", Stage::Consistency),
            stage("responses that are whole", Stage::Respond),
            stage("of those, responses that pass", Stage::Verify),
            stage("of those, responses scored well", Stage::Score),
            Yield::new("functions copied from worked examples", copies.functions.into(), copies.of_functions.into()),
            Yield::new("cases copied from worked examples", copies.cases.into(), copies.of_cases.into()),
        ]
    }

    /// The distributions.
    pub fn distributions(self) -> Vec<Histogram> {
        vec![self.pass_rates, self.functions, self.cases, self.responses, self.scores]
    }
}

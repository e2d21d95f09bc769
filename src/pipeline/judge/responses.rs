//! Responses of an instruction's tasks: verified, scored, chosen (paper, 3.3 and 3.4).

use std::sync::Arc;

use crate::{
    dataset::rows::PairLevel,
    domain::{CallKind, ItemId, Kind, ResponseSample, Slot, Stage, TaskTree, tree::InstructionTree},
    pipeline::{
        batch::{Hashed, Row},
        expect::Expect,
        plan::{asks_again, is_beyond},
        settings::Settings,
        stale::{Due, due},
        view::{CaseView, Cell, InstructionView, PairView, Reason, ResponseView, State, TaskView},
    },
    rules::{
        Profile,
        datasets::{Band, Candidate, CaseCandidate, Draw, case_pairs, rate, select},
        feasibility::{Conflict, conflicts},
        profile::ConflictRule,
        response::{self, Accuracy},
        score,
        verdict::{Verdict, verdict},
    },
};

use super::{
    is_accepted,
    pairs::{Pairs, Side},
};

/// What is known of a function over a task's responses.
pub fn response_row(tree: &InstructionTree, source: &Arc<str>, texts: &[Hashed], settings: &Settings) -> Row {
    Row::read(&tree.outcomes, &Hashed::source(source, settings.namespace(Stage::Verify)), texts)
}

/// The tasks of an instruction that fell, as they would be if it had not: with what is still to be answered, and
/// nothing judged.
pub fn unjudged(tree: &InstructionTree, settings: &Settings) -> Vec<TaskView> {
    let Some(expect) = Expect::of(tree, settings) else { return Vec::new() };
    let judge = |task| Judge { tree, task, expect: &expect, settings, used: &[], whole: false, fell: false }.view();
    tree.tasks.iter().map(judge).collect()
}

/// Fills tasks, rows and pairs. What was answered before an instruction fell is still there to be looked at, gives no
/// rows, and waits for nothing.
pub fn fill(view: &mut InstructionView, tree: &InstructionTree, expect: &Expect<'_>, settings: &Settings) {
    let fell = view.fell();
    let used: Vec<Arc<str>> =
        view.functions.iter().filter(|function| function.used).filter_map(|function| function.source.clone()).collect();
    let whole = view.consistency == Some(State::Kept);
    let judge = |task| Judge { tree, task, expect, settings, used: &used, whole, fell }.view();
    view.tasks = tree.tasks.iter().map(judge).collect();
    if whole && !fell {
        view.case_pairs = pairs_of_cases(view, tree, settings);
    }
}

struct Judge<'a> {
    tree: &'a InstructionTree,
    task: &'a TaskTree,
    expect: &'a Expect<'a>,
    settings: &'a Settings,
    used: &'a [Arc<str>],
    /// Whether the functions are settled, so that responses can be verified.
    whole: bool,
    /// Whether the instruction fell: only what is there is shown.
    fell: bool,
}

impl Judge<'_> {
    fn view(&self) -> TaskView {
        let wanted = self.settings.call(CallKind::Respond).samples;
        let there = self.task.samples.iter().map(|known| known.response.index);
        let mut samples: Vec<u32> = there.filter(|sample| self.fell || *sample >= wanted).collect();
        if !self.fell {
            samples.splice(0..0, 0..wanted);
        }
        let mut responses: Vec<ResponseView> = samples.into_iter().map(|sample| self.response(sample)).collect();
        mark_equal(&mut responses);
        self.verify(&mut responses);
        let (pass_rate, band) = self.band(&responses);
        for response in &mut responses {
            self.score(response, band);
            response.left_out = !self.fell && response.stale && self.was_row(response);
        }
        let (conflicts, left_out) = conflicts_of(self.tree, self.task, &self.settings.profile);
        let mut task = TaskView {
            id: self.task.slot.id,
            key: self.task.slot.key.clone(),
            query_id: self.task.query_id,
            query: Arc::from(self.task.query.text.as_str()),
            responses,
            pairs: Vec::new(),
            conflicts,
            left_out,
            pass_rate,
            band,
            decision: self.task.slot.decision.clone(),
        };
        let gives = !task.is_out() && self.whole && !self.fell;
        let drawn = if gives { self.rows(&mut task) } else { Vec::new() };
        self.pairs(&mut task, &drawn);
        task
    }

    /// The share of verified responses that pass, equal texts included, and whether it is in the band.
    fn band(&self, responses: &[ResponseView]) -> (Option<f64>, Band) {
        let waits = |state: &State| matches!(state, State::Pending | State::Stale | State::Running);
        let open = |response: &ResponseView| waits(&response.respond) || response.verify.as_ref().is_some_and(waits);
        let settled = self.whole && !responses.iter().any(open);
        let verified = responses.iter().filter(|response| response.verify.is_some()).count();
        let passed = responses.iter().filter(|response| response.verify == Some(State::Kept)).count();
        let rate = settled.then(|| rate(passed, verified));
        (rate, Band::of(passed, verified, settled, &self.settings.profile))
    }

    fn sample(&self, sample: u32) -> Option<&ResponseSample> {
        self.task.samples.iter().find(|known| known.response.index == sample)
    }

    fn response(&self, sample: u32) -> ResponseView {
        let known = self.sample(sample).map(|known| &known.response);
        let now = self.expect.response(&self.task.query, sample);
        let beyond = known.is_some_and(|slot| is_beyond(slot, CallKind::Respond, self.settings));
        let respond = if beyond {
            State::Dropped(Reason::Borrowed("beyond-k"))
        } else {
            respond_state(known, known.map(|slot| due(slot, &now, true)))
        };
        let stale = respond == State::Stale
            || known.is_some_and(|slot| {
                slot.version().is_some_and(|version| {
                    crate::pipeline::stale::staleness(version, &now) != crate::pipeline::stale::Staleness::Fresh
                })
            });
        ResponseView {
            id: ItemId::child(Kind::Response, &self.task.slot.id, sample),
            sample,
            text: known.and_then(Slot::body).map(|body| Arc::from(body.text.as_str())),
            cells: Vec::new(),
            accuracy: None,
            found: None,
            respond,
            verify: None,
            score: None,
            mean_score: None,
            judges: Vec::new(),
            decision: known.and_then(|slot| slot.decision.clone()),
            edited: known.is_some_and(Slot::is_edited),
            stale,
            outdated: known.is_some_and(Slot::is_outdated),
            left_out: false,
            capped: false,
            sft: false,
            pairs: (0, 0),
            same_as: None,
        }
    }

    /// The used functions' outcomes, read in batch order, and what they count as.
    fn verify(&self, responses: &mut [ResponseView]) {
        let there: Vec<usize> = (0..responses.len()).filter(|at| responses[*at].respond == State::Kept).collect();
        let texts: Vec<Hashed> =
            there.iter().filter_map(|at| responses[*at].text.as_deref().map(Hashed::new)).collect();
        let rows: Vec<Row> =
            self.used.iter().map(|source| response_row(self.tree, source, &texts, self.settings)).collect();
        for (place, at) in there.iter().enumerate() {
            let outcomes: Vec<_> = rows.iter().map(|row| row.outcomes.get(place).cloned().flatten()).collect();
            let response = &mut responses[*at];
            response.cells = outcomes.iter().map(|outcome| self.cell(outcome.clone())).collect();
            let known: Option<Vec<_>> = outcomes.iter().map(|outcome| outcome.as_deref().map(Some)).collect();
            response.verify = Some(match known {
                Some(known) if self.whole => {
                    let found = response::accuracy(&known, &self.settings.profile);
                    response.accuracy = found.verifiable.then_some(found.value);
                    response.found = Some(found);
                    self.verdict(&found)
                }
                _ => State::Pending,
            });
            if self.fell && response.verify == Some(State::Pending) {
                response.verify = None;
            }
        }
    }

    /// Whether a stale response's last verdicts and scores would keep it. Where the functions themselves are being made
    /// again, the scores alone tell.
    fn was_row(&self, response: &ResponseView) -> bool {
        let Some(text) = response.text.as_deref().map(Hashed::new) else { return false };
        let texts = [text];
        let row = |source| response_row(self.tree, source, &texts, self.settings).outcomes.remove(0);
        let outcomes: Vec<_> = self.used.iter().map(row).collect();
        let known: Vec<_> = outcomes.iter().map(Option::as_deref).collect();
        let found = response::accuracy(&known, &self.settings.profile);
        let passed = self.used.is_empty() || self.verdict(&found) == State::Kept;
        let scores = self.sample(response.sample).map(|sample| &sample.scores[..]).unwrap_or_default();
        let scores: Vec<_> = scores.iter().map(|slot| slot.body().and_then(|body| body.value)).collect();
        passed && score::kept(score::mean(&scores), None, &self.settings.profile).is_ok()
    }

    fn cell(&self, outcome: Option<Arc<crate::domain::Outcome>>) -> Cell {
        let verdict = outcome.as_deref().map(|outcome| verdict(outcome, self.settings.profile.value_policy));
        Cell { outcome, verdict, agrees: None }
    }

    fn verdict(&self, found: &Accuracy) -> State {
        response::kept(found, None, &self.settings.profile)
            .map_or_else(|reason| State::Dropped(Reason::Borrowed(reason)), |()| State::Kept)
    }

    /// The judges' scores of a response that passed. Outside the band of pass rates nobody is asked.
    fn score(&self, response: &mut ResponseView, band: Band) {
        if response.verify != Some(State::Kept) {
            return;
        }
        if band != Band::Inside {
            if self.fell {
                return;
            }
            let outside = State::Dropped(Reason::Borrowed("pass-rate"));
            response.score = Some(if band == Band::Open { State::Pending } else { outside });
            return;
        }
        if response.same_as.is_some() {
            response.score = Some(State::Dropped(Reason::Borrowed("same-text")));
            return;
        }
        let Some(sample) = self.sample(response.sample) else { return };
        let Some(body) = sample.response.body() else { return };
        let judges = self.settings.call(CallKind::Score).samples;
        let mut scores = Vec::new();
        for judge in 0..judges {
            let slot = sample.scores.iter().find(|known| known.index == judge);
            let now = self.expect.score(&self.task.query, body, judge);
            let again = slot.is_some_and(|slot| asks_again(slot, &now, |body| body.value.is_none()));
            response.judges.extend(slot.and_then(Slot::body).map(|body| body.text.clone()));
            match slot.map(|slot| due(slot, &now, true)) {
                _ if again => response.score = Some(State::Pending),
                None | Some(Due::Call { stale: false, .. }) => response.score = Some(State::Pending),
                Some(Due::Call { stale: true, .. } | Due::Restore { .. }) => response.score = Some(State::Stale),
                Some(Due::Failed) => scores.push(None),
                Some(Due::No) => scores.push(slot.and_then(Slot::body).and_then(|body| body.value)),
            }
        }
        if self.fell && response.score.is_some() {
            // Nothing is asked for any more.
            response.score = None;
        } else if response.score.is_none() {
            response.mean_score = score::mean(&scores);
            response.score = Some(
                score::kept(response.mean_score, None, &self.settings.profile)
                    .map_or_else(|reason| State::Dropped(Reason::Borrowed(reason)), |()| State::Kept),
            );
        }
    }

    /// SFT rows of the task, and its pairs by place.
    fn rows(&self, task: &mut TaskView) -> Vec<(usize, usize)> {
        let keys: Vec<String> = task.responses.iter().map(|response| response.sample.to_string()).collect();
        let places: Vec<usize> = (0..task.responses.len()).filter(|at| is_candidate(&task.responses[*at])).collect();
        let candidates: Vec<Candidate<'_>> =
            places.iter().map(|at| candidate(&task.responses[*at], &keys[*at])).collect();
        let draw = Draw { seed: self.settings.config.seed, task: self.task.slot.key.as_str() };
        let selection = select(&candidates, &draw, task.band, &self.settings.profile);
        for at in selection.sft {
            task.responses[places[at]].sft = true;
        }
        selection.pairs.iter().map(|(a, b)| (places[*a], places[*b])).collect()
    }

    /// What was drawn, with what was decided.
    fn pairs(&self, task: &mut TaskView, drawn: &[(usize, usize)]) {
        let side = |response: &ResponseView| Side {
            item: response.id,
            sample: response.sample,
            text: response.text.clone().unwrap_or_default(),
            stale: response.stale || response.respond != State::Kept,
        };
        let sides: Vec<Side> = task.responses.iter().map(side).collect();
        let prompt = [self.tree.text(), &self.task.query.text];
        task.pairs = Pairs { tree: self.tree, level: PairLevel::Query, prompt: &prompt, sides: &sides }.view(drawn);
        for pair in task.pairs.iter().filter(|pair| pair.is_given()) {
            for response in &mut task.responses {
                response.pairs.0 += u32::from(response.id == pair.chosen.item);
                response.pairs.1 += u32::from(response.id == pair.rejected.item);
            }
        }
    }
}

/// What a task's instruction and query disagree about, and whether it is left out for that.
fn conflicts_of(tree: &InstructionTree, task: &TaskTree, profile: &Profile) -> (Vec<Conflict>, bool) {
    let found = conflicts(tree.text(), &task.query.text);
    let wanted = is_accepted(task.slot.decision.as_ref());
    let left_out = !found.is_empty() && profile.conflicts == ConflictRule::LeaveOut && !wanted;
    (found, left_out)
}

/// What is stale, pending or was decided on before it changed is no candidate.
fn is_candidate(response: &ResponseView) -> bool {
    response.respond == State::Kept && !response.stale && !response.outdated && response.text.is_some()
}

/// A response as the data set rules see it.
fn candidate<'a>(response: &'a ResponseView, key: &'a str) -> Candidate<'a> {
    Candidate {
        key,
        text: response.text.as_deref().unwrap_or_default(),
        accuracy: response.found,
        kept: response.verify == Some(State::Kept),
        score_kept: response.score == Some(State::Kept),
        ruling: response.decision.as_ref().map(|decision| decision.ruling),
    }
}

fn respond_state<T>(slot: Option<&Slot<T>>, due: Option<Due>) -> State
where
    T: Answered,
{
    match due {
        None | Some(Due::Call { stale: false, .. }) => State::Pending,
        Some(Due::Call { stale: true, .. } | Due::Restore { .. }) => State::Stale,
        Some(Due::Failed) => {
            let code = slot.and_then(|slot| slot.failure.as_ref()).map(|failure| failure.code.clone());
            State::Failed(code.map_or(Reason::Borrowed("failed"), Reason::Owned))
        }
        Some(Due::No) => {
            slot.map_or(State::Pending, |slot| slot.body().map_or(State::Pending, |body| body.state(slot.is_edited())))
        }
    }
}

/// Whether an answer is whole.
trait Answered {
    fn state(&self, edited: bool) -> State;
}

impl Answered for crate::domain::ResponseBody {
    fn state(&self, edited: bool) -> State {
        match &self.cut {
            _ if self.text.trim().is_empty() => State::Dropped(Reason::Borrowed("empty")),
            Some(_) if edited => State::Kept,
            Some(cut) if cut == "length" => State::Dropped(Reason::Borrowed("cut-off")),
            Some(_) => State::Dropped(Reason::Borrowed("content-filter")),
            None => State::Kept,
        }
    }
}

/// Equal texts of one task: the first stands for all (design, notes to the profile table).
fn mark_equal(responses: &mut [ResponseView]) {
    for at in 0..responses.len() {
        let first = (0..at).find(|before| {
            responses[at].respond == State::Kept
                && responses[*before].respond == State::Kept
                && responses[*before].text == responses[at].text
        });
        responses[at].same_as = first.map(|first| responses[first].sample);
    }
}

/// Pairs of case inputs: what the kept functions accept against what they refuse (paper, 3.4).
fn pairs_of_cases(view: &InstructionView, tree: &InstructionTree, settings: &Settings) -> Vec<PairView> {
    let used: Vec<usize> = (0..view.functions.len()).filter(|at| view.functions[*at].used).collect();
    let verdicts: Vec<Vec<Option<bool>>> = (0..view.cases.len())
        .map(|at| used.iter().map(|f| view.matrix[*f][at].verdict.and_then(Verdict::boolean)).collect())
        .collect();
    let candidates: Vec<CaseCandidate<'_>> = view
        .cases
        .iter()
        .zip(&verdicts)
        .map(|(case, verdicts)| CaseCandidate {
            key: &case.input,
            input: &case.input,
            kept: case.kept.is_ok(),
            rejected: case.stale || case.kept.as_ref().is_err_and(|why| why == "rejected" || why == "copied-example"),
            verdicts,
        })
        .collect();
    let draw = Draw { seed: settings.config.seed, task: view.key.as_str() };
    let drawn = case_pairs(&candidates, &draw, &settings.profile);
    let side =
        |case: &CaseView| Side { item: case.id, sample: case.sample, text: case.input.clone(), stale: case.stale };
    let sides: Vec<Side> = view.cases.iter().map(side).collect();
    Pairs { tree, level: PairLevel::Instruction, prompt: &[tree.text()], sides: &sides }.view(&drawn)
}

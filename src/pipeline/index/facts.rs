//! What what-if needs of an instruction, as bit masks over its functions: who agrees with which case, who passes which
//! response, labels, scores and decisions. Verdicts are those of the value policy in force.

use crate::{
    domain::{CallKind, Label, QueryBody, ResponseSample, Ruling, Slot, Stage, tree::InstructionTree},
    pipeline::{
        batch::{Hashed, Row},
        expect::Expect,
        judge::{sheet::answers, unjudged},
        plan::asks_again,
        settings::Settings,
        stale::{Due, due},
        view::{InstructionView, ResponseView, State, TaskView},
    },
    rules::{profile::ResponseAccuracy, verdict},
};

use super::{
    codec::{Reader, Writer},
    entry::{ruling_code, ruling_of},
};

/// Functions and responses that a mask can hold; what is beyond is left out of what-if.
const MOST: usize = 64;
/// Quarters of a point, so that the mean of up to four judges is exact.
const STEPS: f64 = 4.0;

/// What is known of a function's meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelFact {
    /// No back-translation yet.
    #[default]
    Nothing,
    /// A back-translation, and no label yet.
    Described,
    /// Its back-translation agrees with the instruction, or at least does not contradict it.
    Agrees,
    /// It contradicts.
    Contradicts,
}

/// A usable function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunctionFact {
    /// What a person decided.
    pub ruling: Option<Ruling>,
    /// What its back-translation says.
    pub label: LabelFact,
}

/// A distinct case; masks are over the functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseFact {
    /// What a person decided.
    pub ruling: Option<Ruling>,
    /// What it expects, where the value policy understands it.
    pub expected: Option<bool>,
    /// The place of the first case with the same input; nothing where the input is blank and makes no pair.
    pub first: Option<u8>,
    /// Functions whose outcome is known.
    pub known: u64,
    /// Functions that agree with it.
    pub agree: u64,
    /// Functions whose agreement counts: they gave a boolean (or whatever the value policy compares).
    pub counted: u64,
    /// Functions that gave `True` and those that gave `False`.
    pub gave: (u64, u64),
    /// Cases (by place) whose inputs begin like its.
    pub alike: u64,
}

/// A response that is there, is whole, and is not stale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResponseFact {
    /// What a person decided.
    pub ruling: Option<Ruling>,
    /// Whether it may become a row: what was decided before it changed may not.
    pub fit: bool,
    /// The place of the first response of the task with the same text; its own where there is none.
    pub first: u8,
    /// Functions whose outcome is known.
    pub known: u64,
    /// Functions that gave a boolean.
    pub boolean: u64,
    /// Functions that pass it.
    pub pass: u64,
    /// The mean score; the inner nothing where no judge gave one, the outer where none was asked.
    pub score: Option<Option<f64>>,
    /// Responses (by place) whose texts begin like its.
    pub alike: u64,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskFact {
    /// Whether a person turned it down.
    pub rejected: bool,
    /// Samples that are still to be answered.
    pub missing: u32,
    /// Responses.
    pub responses: Vec<ResponseFact>,
}

/// An instruction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Whether it takes part at all: it is new, or wanted.
    pub alive: bool,
    /// Whether a person accepted it.
    pub accepted: bool,
    /// Whether verifier samples or checks of its cases are still to come.
    pub unsettled: bool,
    /// Verifier samples that are to be asked for.
    pub samples: u32,
    /// Usable functions.
    pub functions: Vec<FunctionFact>,
    /// Distinct cases.
    pub cases: Vec<CaseFact>,
    /// Tasks.
    pub tasks: Vec<TaskFact>,
}

/// The facts of an instruction, packed.
pub fn facts_of(tree: &InstructionTree, view: &InstructionView, settings: &Settings) -> Vec<u8> {
    let mut facts = Facts::default();
    if view.novelty == State::Kept {
        gather(&mut facts, tree, view, settings);
    }
    facts.write()
}

fn gather(facts: &mut Facts, tree: &InstructionTree, view: &InstructionView, settings: &Settings) {
    facts.alive = true;
    facts.accepted = ruling(view.decision.as_ref()) == Some(Ruling::Accepted);
    facts.unsettled = matches!(view.cross_validate, None | Some(State::Pending | State::Stale));
    let usable: Vec<usize> =
        (0..view.functions.len()).filter(|at| view.functions[*at].usable.is_ok()).take(MOST).collect();
    facts.functions = usable
        .iter()
        .map(|at| FunctionFact { ruling: ruling(view.functions[*at].decision.as_ref()), label: label(tree, view, *at) })
        .collect();
    let inputs: Vec<&str> = view.cases.iter().take(MOST).map(|case| &*case.input).collect();
    facts.cases = (0..inputs.len()).map(|at| case(view, &usable, &inputs, at)).collect();
    let namespace = settings.namespace(Stage::Verify);
    let sources: Vec<Hashed> = usable
        .iter()
        .filter_map(|at| view.functions[*at].source.as_deref().map(|source| Hashed::source(source, namespace)))
        .collect();
    let Some(expect) = Expect::of(tree, settings) else { return };
    facts.samples = samples_to_come(tree, &expect, settings);
    let fallen = if view.tasks.is_empty() { unjudged(tree, settings) } else { Vec::new() };
    let tasks = view.tasks.iter().chain(&fallen);
    facts.tasks = tasks.filter_map(|task| task_fact(tree, task, &sources, &expect, settings)).collect();
}

fn samples_to_come(tree: &InstructionTree, expect: &Expect<'_>, settings: &Settings) -> u32 {
    let comes = |sample: &u32| {
        let slot = tree.verifiers.iter().find(|known| known.function.index == *sample).map(|known| &known.function);
        slot.is_none_or(|slot| matches!(due(slot, &expect.verifier(*sample), true), Due::Call { .. }))
    };
    let all = 0..settings.call(CallKind::Verifiers).samples;
    u32::try_from(all.filter(comes).count()).unwrap_or(u32::MAX)
}

fn ruling(decision: Option<&crate::domain::Decision>) -> Option<Ruling> {
    decision.map(|decision| decision.ruling)
}

fn label(tree: &InstructionTree, view: &InstructionView, at: usize) -> LabelFact {
    let sample = tree.verifiers.iter().find(|sample| sample.function.id == view.functions[at].id);
    let Some(back) = sample.and_then(|sample| sample.back.as_ref()) else { return LabelFact::Nothing };
    let (Some(sample), Some(body)) = (sample, back.body()) else {
        // A call that failed for good speaks against nothing.
        return if back.failure.is_some() { LabelFact::Agrees } else { LabelFact::Nothing };
    };
    if body.text.is_empty() || sample.entailment.as_ref().is_some_and(|slot| slot.failure.is_some()) {
        return LabelFact::Agrees;
    }
    match sample.entailment.as_ref().and_then(Slot::body).map(|body| body.label) {
        None => LabelFact::Described,
        Some(Some(Label::Contradiction)) => LabelFact::Contradicts,
        Some(_) => LabelFact::Agrees,
    }
}

/// Places of the others that begin like one; see the draw of pairs.
fn alike(texts: &[&str], at: usize) -> u64 {
    let begins = |other: &usize| *other != at && begin_alike(texts[*other], texts[at]);
    (0..texts.len().min(MOST)).filter(begins).fold(0, |mask, other| mask | (1 << other))
}

/// The place of the first text that says the same.
fn first(texts: &[&str], at: usize) -> u8 {
    texts.iter().position(|text| *text == texts[at]).and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
}

/// As `rules::datasets` has it: the longest common prefix is at least half of the longer text.
fn begin_alike(a: &str, b: &str) -> bool {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    common * 2 >= a.len().max(b.len())
}

fn case(view: &InstructionView, usable: &[usize], inputs: &[&str], at: usize) -> CaseFact {
    let seen = &view.cases[at];
    let mut fact = CaseFact {
        ruling: ruling(seen.decision.as_ref()),
        expected: seen.expected,
        first: (!inputs[at].trim().is_empty()).then(|| first(inputs, at)),
        alike: alike(inputs, at),
        ..CaseFact::default()
    };
    for (bit, function) in usable.iter().enumerate() {
        let Some(cell) = view.matrix.get(*function).and_then(|row| row.get(at)) else { continue };
        let mask = 1 << bit;
        fact.known |= if cell.outcome.is_some() { mask } else { 0 };
        fact.counted |= if cell.agrees.is_some() { mask } else { 0 };
        fact.agree |= if cell.agrees == Some(true) { mask } else { 0 };
        let gave = cell.verdict.and_then(verdict::Verdict::boolean);
        fact.gave.0 |= if gave == Some(true) { mask } else { 0 };
        fact.gave.1 |= if gave == Some(false) { mask } else { 0 };
    }
    fact
}

fn task_fact(
    tree: &InstructionTree,
    task: &TaskView,
    sources: &[Hashed],
    expect: &Expect<'_>,
    settings: &Settings,
) -> Option<TaskFact> {
    let profile = &settings.profile;
    let stored = tree.tasks.iter().find(|stored| stored.slot.id == task.id)?;
    let judges = settings.call(CallKind::Score).samples;
    let waits = |response: &&ResponseView| matches!(response.respond, State::Pending | State::Stale);
    let there: Vec<&ResponseView> = task
        .responses
        .iter()
        .filter(|response| response.respond == State::Kept && !response.stale)
        .take(MOST)
        .collect();
    let texts: Vec<&str> = there.iter().map(|response| response.text.as_deref().unwrap_or_default()).collect();
    let known = answers(stored);
    let hashed: Vec<Hashed> = known.iter().map(|answer| answer.text.clone()).collect();
    let rows: Vec<Row> = sources.iter().map(|source| Row::read(&tree.outcomes, source, &hashed)).collect();
    let response = |(at, seen): (usize, &&ResponseView)| {
        let mut fact = ResponseFact {
            ruling: ruling(seen.decision.as_ref()),
            fit: !seen.outdated,
            first: first(&texts, at),
            alike: alike(&texts, at),
            score: stored
                .samples
                .iter()
                .find(|sample| sample.response.id == seen.id)
                .and_then(|sample| score(sample, &stored.query, expect, judges)),
            ..ResponseFact::default()
        };
        let place = known.iter().position(|answer| answer.id == seen.id);
        for (bit, row) in rows.iter().enumerate() {
            let Some(outcome) = place.and_then(|place| row.outcomes.get(place)?.as_deref()) else { continue };
            let mask = 1 << bit;
            fact.known |= mask;
            let gave = match profile.response_accuracy {
                ResponseAccuracy::IntMean => verdict::int_value(outcome).map(|number| number > 0.0),
                _ => verdict::verdict(outcome, profile.value_policy).boolean(),
            };
            fact.boolean |= if gave.is_some() { mask } else { 0 };
            fact.pass |= if gave == Some(true) { mask } else { 0 };
        }
        fact
    };
    Some(TaskFact {
        rejected: crate::pipeline::judge::is_rejected(task.decision.as_ref()),
        missing: u32::try_from(task.responses.iter().filter(waits).count()).unwrap_or(u32::MAX),
        responses: there.iter().enumerate().map(response).collect(),
    })
}

/// The mean of what judges said of a response, whether it passes now or not; nothing while one is still to be asked.
fn score(sample: &ResponseSample, query: &QueryBody, expect: &Expect<'_>, judges: u32) -> Option<Option<f64>> {
    let body = sample.response.body()?;
    let mut said = Vec::new();
    for judge in 0..judges {
        let slot = sample.scores.iter().find(|slot| slot.index == judge)?;
        let now = expect.score(query, body, judge);
        match due(slot, &now, true) {
            _ if asks_again(slot, &now, |body| body.value.is_none()) => return None,
            Due::Call { .. } | Due::Restore { .. } => return None,
            Due::Failed => said.push(None),
            Due::No => said.push(slot.body().and_then(|body| body.value)),
        }
    }
    Some(crate::rules::score::mean(&said))
}

impl Facts {
    /// The packed form.
    pub fn write(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        let flags = [self.alive, self.accepted, self.unsettled];
        writer.byte(flags.iter().enumerate().fold(0, |bits, (at, flag)| bits | (u8::from(*flag) << at)));
        if !self.alive {
            return writer.0;
        }
        writer.number(u64::from(self.samples));
        writer.count(self.functions.len());
        for function in &self.functions {
            writer.byte(ruling_code(function.ruling) | (function.label as u8) << 2);
        }
        writer.count(self.cases.len());
        for case in &self.cases {
            let expected = case.expected.map_or(0, |expected| 1 + u8::from(expected));
            writer.byte(ruling_code(case.ruling) | expected << 2);
            writer.byte(case.first.unwrap_or(u8::MAX));
            for mask in [case.known, case.agree, case.counted, case.gave.0, case.gave.1, case.alike] {
                writer.number(mask);
            }
        }
        writer.count(self.tasks.len());
        for task in &self.tasks {
            writer.byte(u8::from(task.rejected));
            writer.number(u64::from(task.missing));
            writer.count(task.responses.len());
            for response in &task.responses {
                response.write(&mut writer);
            }
        }
        writer.0
    }

    /// Reads the packed form over this one, so that its memory is used again; nothing where it is damaged.
    pub fn read(&mut self, bytes: &[u8]) -> Option<()> {
        let mut reader = Reader(bytes);
        let flags = reader.byte()?;
        (self.alive, self.accepted, self.unsettled) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        self.functions.clear();
        self.cases.clear();
        if !self.alive {
            self.tasks.clear();
            return Some(());
        }
        self.samples = reader.small()?;
        for _ in 0..reader.count()? {
            let byte = reader.byte()?;
            let label = match byte >> 2 {
                0 => LabelFact::Nothing,
                1 => LabelFact::Described,
                2 => LabelFact::Agrees,
                _ => LabelFact::Contradicts,
            };
            self.functions.push(FunctionFact { ruling: ruling_of(byte & 3), label });
        }
        for _ in 0..reader.count()? {
            self.cases.push(CaseFact::read(&mut reader)?);
        }
        self.tasks.resize_with(reader.count()?, TaskFact::default);
        for task in &mut self.tasks {
            task.rejected = reader.byte()? == 1;
            task.missing = reader.small()?;
            task.responses.clear();
            for _ in 0..reader.count()? {
                task.responses.push(ResponseFact::read(&mut reader)?);
            }
        }
        Some(())
    }
}

impl CaseFact {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (byte, first) = (reader.byte()?, reader.byte()?);
        let expected = match byte >> 2 & 3 {
            0 => None,
            n => Some(n == 2),
        };
        Some(Self {
            ruling: ruling_of(byte & 3),
            expected,
            first: (first != u8::MAX).then_some(first),
            known: reader.number()?,
            agree: reader.number()?,
            counted: reader.number()?,
            gave: (reader.number()?, reader.number()?),
            alike: reader.number()?,
        })
    }
}

impl ResponseFact {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 10")]
    fn write(&self, writer: &mut Writer) {
        let scored = match self.score {
            None => 0,
            Some(None) => 1,
            Some(Some(_)) => 2,
        };
        writer.byte(ruling_code(self.ruling) | u8::from(self.fit) << 2 | scored << 3);
        writer.byte(self.first);
        for mask in [self.known, self.boolean, self.pass, self.alike] {
            writer.number(mask);
        }
        if let Some(Some(score)) = self.score {
            // What quarters cannot say is written in full.
            let quarters = score * STEPS;
            let exact = quarters.fract().abs() < f64::EPSILON && (0.0..=250.0).contains(&quarters);
            writer.byte(if exact { quarters as u8 } else { u8::MAX });
            if !exact {
                writer.0.extend_from_slice(&score.to_le_bytes());
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let byte = reader.byte()?;
        let first = reader.byte()?;
        let (known, boolean, pass, alike) = (reader.number()?, reader.number()?, reader.number()?, reader.number()?);
        let score = match byte >> 3 & 3 {
            0 => None,
            1 => Some(None),
            _ => Some(Some(match reader.byte()? {
                u8::MAX => {
                    let (bytes, rest) = reader.0.split_first_chunk::<8>()?;
                    reader.0 = rest;
                    f64::from_le_bytes(*bytes)
                }
                quarters => f64::from(quarters) / STEPS,
            })),
        };
        Some(Self { ruling: ruling_of(byte & 3), fit: byte & 4 != 0, first, known, boolean, pass, score, alike })
    }
}

//! What what-if needs of an instruction, as bit masks over its functions: who agrees with which case, who passes which
//! response, labels, scores and decisions. Verdicts are those of the value policy in force.

use crate::{
    domain::{Label, Ruling, Slot, tree::InstructionTree},
    pipeline::{
        batch::Hashed,
        judge::sheet::answers,
        view::{InstructionView, ResponseView, State},
    },
    rules::{Profile, profile::ResponseAccuracy, verdict},
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
    /// Whether it can make a pair: not blank, and no repeat of an earlier input.
    pub distinct: bool,
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
    /// Usable functions.
    pub functions: Vec<FunctionFact>,
    /// Distinct cases.
    pub cases: Vec<CaseFact>,
    /// Tasks.
    pub tasks: Vec<TaskFact>,
}

/// The facts of an instruction, packed.
pub fn facts_of(tree: &InstructionTree, view: &InstructionView, profile: &Profile) -> Vec<u8> {
    let mut facts = Facts::default();
    if view.novelty == State::Kept {
        gather(&mut facts, tree, view, profile);
    }
    facts.write()
}

fn gather(facts: &mut Facts, tree: &InstructionTree, view: &InstructionView, profile: &Profile) {
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
    let sources: Vec<Hashed> =
        usable.iter().filter_map(|at| view.functions[*at].source.as_deref().map(Hashed::new)).collect();
    facts.tasks = view.tasks.iter().map(|task| task_fact(tree, task, &sources, profile)).collect();
}

fn ruling(decision: Option<&crate::domain::Decision>) -> Option<Ruling> {
    decision.map(|decision| decision.ruling)
}

fn label(tree: &InstructionTree, view: &InstructionView, at: usize) -> LabelFact {
    let sample = tree.verifiers.iter().find(|sample| sample.function.id == view.functions[at].id);
    let Some(sample) = sample.filter(|sample| sample.back.as_ref().and_then(Slot::body).is_some()) else {
        return LabelFact::Nothing;
    };
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
        distinct: !inputs[at].trim().is_empty() && !inputs[..at].contains(&inputs[at]),
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
    task: &crate::pipeline::view::TaskView,
    sources: &[Hashed],
    profile: &Profile,
) -> TaskFact {
    let waits = |response: &&ResponseView| matches!(response.respond, State::Pending | State::Stale);
    let there: Vec<&ResponseView> = task
        .responses
        .iter()
        .filter(|response| response.respond == State::Kept && !response.stale)
        .take(MOST)
        .collect();
    let texts: Vec<&str> = there.iter().map(|response| response.text.as_deref().unwrap_or_default()).collect();
    let known = tree.tasks.iter().find(|known| known.slot.id == task.id).map(answers).unwrap_or_default();
    let response = |(at, seen): (usize, &&ResponseView)| {
        let mut fact = ResponseFact {
            ruling: ruling(seen.decision.as_ref()),
            fit: !seen.outdated,
            first: texts.iter().position(|text| *text == texts[at]).and_then(|n| u8::try_from(n).ok()).unwrap_or(0),
            alike: alike(&texts, at),
            score: score(tree, seen),
            ..ResponseFact::default()
        };
        let text = known.iter().find(|answer| answer.id == seen.id).map(|answer| answer.text.digest);
        for (bit, source) in sources.iter().enumerate() {
            let Some(outcome) = text.and_then(|text| tree.outcomes.get(source.digest, text)) else { continue };
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
    TaskFact {
        rejected: crate::pipeline::judge::is_rejected(task.decision.as_ref()),
        missing: u32::try_from(task.responses.iter().filter(waits).count()).unwrap_or(u32::MAX),
        responses: there.iter().enumerate().map(response).collect(),
    }
}

/// The mean of what judges said of a response, whether it passes now or not.
fn score(tree: &InstructionTree, seen: &ResponseView) -> Option<Option<f64>> {
    if seen.score.as_ref().is_some_and(|state| matches!(state, State::Pending | State::Stale)) {
        return None;
    }
    let samples = tree.tasks.iter().flat_map(|task| &task.samples);
    let sample = samples.into_iter().find(|sample| sample.response.id == seen.id)?;
    let said: Vec<Option<f64>> = sample.scores.iter().filter_map(|slot| slot.body().map(|body| body.value)).collect();
    (!said.is_empty()).then(|| crate::rules::score::mean(&said))
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
        writer.count(self.functions.len());
        for function in &self.functions {
            writer.byte(ruling_code(function.ruling) | (function.label as u8) << 2);
        }
        writer.count(self.cases.len());
        for case in &self.cases {
            let expected = case.expected.map_or(0, |expected| 1 + u8::from(expected));
            writer.byte(ruling_code(case.ruling) | expected << 2 | u8::from(case.distinct) << 4);
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
        let byte = reader.byte()?;
        let expected = match byte >> 2 & 3 {
            0 => None,
            n => Some(n == 2),
        };
        Some(Self {
            ruling: ruling_of(byte & 3),
            expected,
            distinct: byte & 0x10 != 0,
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

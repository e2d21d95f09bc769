//! What what-if needs of an instruction, as bit masks over its functions: who agrees with which case, who passes which
//! response, labels, scores and decisions; and its packed form. Verdicts are those of the value policy in force.

use crate::domain::Ruling;

use super::{
    codec::{Reader, Writer},
    entry::{ruling_code, ruling_of},
};

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
    /// Whether instruction and query are at odds, and nobody accepted that.
    pub conflict: bool,
    /// Samples that are still to be answered.
    pub missing: u32,
    /// Pairs that the rules in force give and a person's word keeps out.
    pub kept_out: u32,
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
    /// Its category, where known; for balance.
    pub category: Option<String>,
    /// Its language.
    pub chinese: bool,
    /// Verifier samples that are to be asked for.
    pub samples: u32,
    /// Instruction-level pairs that the rules in force give and a person's word keeps out.
    pub kept_out: u32,
    /// Usable functions.
    pub functions: Vec<FunctionFact>,
    /// Distinct cases.
    pub cases: Vec<CaseFact>,
    /// Tasks.
    pub tasks: Vec<TaskFact>,
}

impl Facts {
    /// The packed form.
    pub fn write(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        let flags = [self.alive, self.accepted, self.unsettled, self.chinese, self.category.is_some()];
        writer.byte(flags.iter().enumerate().fold(0, |bits, (at, flag)| bits | (u8::from(*flag) << at)));
        if !self.alive {
            return writer.0;
        }
        if let Some(category) = &self.category {
            writer.bytes(category.as_bytes());
        }
        writer.number(u64::from(self.samples));
        writer.number(u64::from(self.kept_out));
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
            writer.byte(u8::from(task.rejected) | u8::from(task.conflict) << 1);
            writer.number(u64::from(task.missing));
            writer.number(u64::from(task.kept_out));
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
        (self.chinese, self.category) = (flags & 8 != 0, None);
        self.functions.clear();
        self.cases.clear();
        if !self.alive {
            self.tasks.clear();
            return Some(());
        }
        if flags & 16 != 0 {
            self.category = Some(reader.text()?.to_owned());
        }
        self.samples = reader.small()?;
        self.kept_out = reader.small()?;
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
            let byte = reader.byte()?;
            (task.rejected, task.conflict) = (byte & 1 != 0, byte & 2 != 0);
            task.missing = reader.small()?;
            task.kept_out = reader.small()?;
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

//! The steps, and reading a row for one.

use std::{fmt, str::FromStr, time::Duration};

use crate::{
    dataset::jsonl::{Object, Refusal},
    rules::{Profile, ProfileName},
    sandbox::{Limits, Sandbox, SandboxError},
};

use super::{cross, filter, format::Layout, pairs, report::RowReport, responses, sft};

/// A step, named after the script that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// code/3: functions and cases judge one another.
    CrossValidate,
    /// code/7: responses that the functions accept.
    VerifyResponses,
    /// `code_dpo/1`: the accuracy of every response.
    ScoreResponses,
    /// code/8: rows whose scores are good.
    FilterScores,
    /// code/9: rows for supervised fine-tuning.
    Sft,
    /// `code_dpo/2`: preference pairs.
    Pairs,
}

impl Step {
    /// All of them, in the method's order.
    pub const ALL: [Self; 6] =
        [Self::CrossValidate, Self::VerifyResponses, Self::ScoreResponses, Self::FilterScores, Self::Sft, Self::Pairs];

    /// The name in arguments and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CrossValidate => "cross-validate",
            Self::VerifyResponses => "verify-responses",
            Self::ScoreResponses => "score-responses",
            Self::FilterScores => "filter-scores",
            Self::Sft => "sft",
            Self::Pairs => "pairs",
        }
    }

    /// Whether it runs functions.
    pub const fn needs_sandbox(self) -> bool {
        matches!(self, Self::CrossValidate | Self::VerifyResponses | Self::ScoreResponses)
    }

    /// How OUT is laid out.
    pub(super) const fn layout(self) -> Layout {
        match self {
            Self::Sft => Layout::Array,
            _ => Layout::Lines,
        }
    }

    /// The limits of one check: in `released` the scripts' own (5 s, and 3 s in `code_dpo/1`).
    fn limits(self, profile: &Profile) -> Limits {
        let cpu = match (profile.name, self) {
            (ProfileName::Released, Self::ScoreResponses) => Duration::from_secs(3),
            (ProfileName::Released, _) => Duration::from_secs(5),
            (ProfileName::Paper | ProfileName::Recommended, _) => return Limits::default(),
        };
        Limits { cpu, ..Limits::default() }
    }

    /// Reads a row.
    pub(super) fn read(self, line: &[u8]) -> Result<Row, Refusal> {
        let object = Object::read(line)?;
        Ok(match self {
            Self::CrossValidate => Row::Cross(cross::Row::read(&object)?),
            Self::VerifyResponses => Row::Responses(responses::Row::read(&object, true)?),
            Self::ScoreResponses => Row::Responses(responses::Row::read(&object, false)?),
            Self::FilterScores => Row::Filter(filter::Row::read(&object, line)?),
            Self::Sft => Row::Sft(sft::Row::read(&object)?),
            Self::Pairs => Row::Pairs(pairs::Row::read(&object)?),
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|step| step.name() == text);
        found.ok_or_else(|| format!("`{text}` is not a step: expected one of {}", names()))
    }
}

/// A row, read.
pub enum Row {
    Cross(cross::Row),
    Responses(responses::Row),
    Filter(filter::Row),
    Sft(sft::Row),
    Pairs(pairs::Row),
}

/// What a row comes to.
#[derive(Debug, Default)]
pub struct Done {
    /// Rows to write.
    pub rows: Vec<Vec<u8>>,
    /// What fell, and why.
    pub report: RowReport,
}

/// What the work on all rows has in common.
pub struct Office {
    pub profile: Profile,
    pub seed: u64,
    pub step: Step,
    pub sandbox: Option<Sandbox>,
}

impl Office {
    /// Works on a row.
    pub async fn work(&self, row: Row) -> Result<Done, SandboxError> {
        match row {
            Row::Cross(row) => row.work(self).await,
            Row::Responses(row) => row.work(self).await,
            Row::Filter(row) => Ok(row.work(&self.profile)),
            Row::Sft(row) => Ok(row.work()),
            Row::Pairs(row) => Ok(row.work(self.seed, &self.profile)),
        }
    }

    /// The limits of each check.
    pub fn limits(&self) -> Limits {
        self.step.limits(&self.profile)
    }

    /// The sandbox.
    pub fn sandbox(&self) -> Result<&Sandbox, SandboxError> {
        self.sandbox.as_ref().ok_or_else(|| SandboxError::Unavailable("it was not started for this step".into()))
    }
}

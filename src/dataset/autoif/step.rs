//! The steps, and reading a row for one.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use crate::{
    dataset::jsonl::{Object, Refusal},
    domain::Outcome,
    rules::{Profile, ProfileName},
    sandbox::{Batch, Limits, Namespace, Sandbox, SandboxError, Text},
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

    /// What functions see: in `released`, what the scripts show them.
    ///
    /// They `exec` a function into a dictionary of its own while its globals are the script's: code/7 and `code_dpo/1`
    /// then call it with neither its helpers, nor its imports at top level, nor its own name. code/3 has leaked them
    /// into the script's globals before, so there they are seen; that one candidate also sees another's is not
    /// reproduced.
    const fn namespace(self, profile: &Profile) -> Namespace {
        match (profile.name, self) {
            (ProfileName::Released, Self::CrossValidate) => Namespace::OwnAndScript,
            (ProfileName::Released, _) => Namespace::ScriptGlobals,
            (ProfileName::Paper | ProfileName::Recommended, _) => Namespace::Own,
        }
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

    /// Runs every function on every text, by function, then text. No check is skipped.
    pub async fn collect(&self, functions: Vec<Arc<str>>, texts: Vec<Text>) -> Result<Vec<Outcome>, SandboxError> {
        let unstarted = || SandboxError::Unavailable("it was not started for this step".into());
        let sandbox = self.sandbox.as_ref().ok_or_else(unstarted)?;
        let (limits, namespace) = (self.step.limits(&self.profile), self.step.namespace(&self.profile));
        sandbox.collect(Batch { limits, namespace, ..Batch::matrix(functions, texts) }).await
    }
}

//! The stages of the method, in order (paper, section 3; the ids are the contract's).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A stage of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A supervisor model writes instructions from seeds (3.2).
    SelfInstruct,
    /// It writes verification functions with cases (3.2).
    Verifiers,
    /// Functions and cases are executed against each other (3.2).
    CrossValidate,
    /// Kept functions are turned back into instructions (3.2).
    BackTranslate,
    /// Entailment between an instruction and its back-translations (3.2).
    Consistency,
    /// Instructions meet user queries (3.3).
    PairQueries,
    /// The model answers each task K times (3.3).
    Respond,
    /// The kept functions run over every response (3.3).
    Verify,
    /// A judge rates what passed (3.3).
    Score,
    /// Rows for supervised fine-tuning (3.4).
    Sft,
    /// Preference pairs (3.4).
    Pairs,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 11] = [
        Self::SelfInstruct,
        Self::Verifiers,
        Self::CrossValidate,
        Self::BackTranslate,
        Self::Consistency,
        Self::PairQueries,
        Self::Respond,
        Self::Verify,
        Self::Score,
        Self::Sft,
        Self::Pairs,
    ];

    /// The id used in files, arguments and output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SelfInstruct => "self-instruct",
            Self::Verifiers => "verifiers",
            Self::CrossValidate => "cross-validate",
            Self::BackTranslate => "back-translate",
            Self::Consistency => "consistency",
            Self::PairQueries => "pair-queries",
            Self::Respond => "respond",
            Self::Verify => "verify",
            Self::Score => "score",
            Self::Sft => "sft",
            Self::Pairs => "pairs",
        }
    }

    /// What the stage's counts count.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::SelfInstruct => "candidate instruction",
            Self::Verifiers => "function sample",
            Self::CrossValidate | Self::BackTranslate | Self::Consistency => "instruction",
            Self::PairQueries => "task",
            Self::Respond => "response sample",
            Self::Verify | Self::Score => "response",
            Self::Sft => "row",
            Self::Pairs => "pair",
        }
    }

    /// Position in [`Stage::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A text that names no stage.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a stage: expected one of self-instruct, verifiers, cross-validate, back-translate, consistency, pair-queries, respond, verify, score, sft, pairs"
)]
pub struct BadStage(pub String);

impl FromStr for Stage {
    type Err = BadStage;

    fn from_str(text: &str) -> Result<Self, BadStage> {
        Self::ALL.into_iter().find(|stage| stage.id() == text).ok_or_else(|| BadStage(text.to_owned()))
    }
}

//! Profiles: every value of every rule, for the paper as written, the scripts as released, and our recommendation.
//!
//! Notation: over the functions F of an instruction and its cases C.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Which published or recommended set of values a profile starts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileName {
    /// The paper, section 3 and appendix C.
    Paper,
    /// The released scripts.
    Released,
    /// Ours.
    #[default]
    Recommended,
}

impl ProfileName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Paper, Self::Released, Self::Recommended];

    /// The name in files and arguments.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Released => "released",
            Self::Recommended => "recommended",
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ProfileName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|name| name.name() == text)
            .ok_or_else(|| format!("`{text}` is not a profile: expected paper, released or recommended"))
    }
}

/// What a returned value counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValuePolicy {
    /// `bool`; 1 and 0; "true" and "false" in any case; anything else is invalid.
    Normalised,
    /// Python `==` against a case's JSON output; `int()` of the value for responses.
    Python,
}

/// A bound that must be met, or exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Threshold {
    /// Kept when strictly above.
    Above(f64),
    /// Kept when at least.
    AtLeast(f64),
}

impl Threshold {
    /// Whether a number passes.
    pub fn passes(self, number: f64) -> bool {
        match self {
            Self::Above(bound) => number > bound,
            Self::AtLeast(bound) => number >= bound,
        }
    }

    /// The bound.
    pub const fn bound(self) -> f64 {
        match self {
            Self::Above(bound) | Self::AtLeast(bound) => bound,
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Above(bound) => write!(f, "> {bound}"),
            Self::AtLeast(bound) => write!(f, "≥ {bound}"),
        }
    }
}

/// Whose agreement a case's accuracy counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseAccuracy {
    /// Agreeing / all F.
    AllFunctions,
    /// 1 where any F agrees, else 0.
    AnyFunction,
    /// Agreeing / F with a boolean there; at least 2 of those (1 if there is only one F).
    BooleanFunctions,
}

/// Which cases a function's accuracy counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FunctionAccuracy {
    /// Agreeing / all C, errors wrong.
    AllCases,
    /// Agreeing / kept C, errors wrong.
    KeptCases,
}

/// What a contradicted back-translation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsistencyRule {
    /// A contradicted function drops the instruction.
    AnyDropsInstruction,
    /// Any of the first three contradicted drops it.
    AnyOfFirstThree,
    /// A contradicted function is dropped; the instruction when none is left.
    DropsFunction,
    /// Not asked.
    Off,
}

/// What a response's accuracy is the mean of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseAccuracy {
    /// True / all F, errors wrong.
    AllFunctions,
    /// Mean of `int(value)`, errors and `None` left out; 0 if none is left.
    IntMean,
    /// True / F with a boolean; *not verifiable* when fewer than half of F gave one.
    BooleanFunctions,
}

/// Which responses of a task are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChosenRule {
    /// By accuracy alone.
    Accuracy(Threshold),
    /// Response kept and score kept.
    KeptAndScored,
}

/// Which responses of a task are rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectedRule {
    /// Accuracy = 0.
    ZeroAccuracy,
    /// Accuracy 0 and verifiable.
    ZeroAndVerifiable,
}

/// How many pairs a task gives, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairDraw {
    /// All of chosen x rejected.
    All,
    /// 2 x 2 drawn by seed (1 x 1 where each side has one).
    TwoByTwo,
    /// Up to this many, by seed, longest-common-prefix duplicates avoided.
    UpTo(u32),
}

/// Which cases make instruction-level pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstructionPairs {
    /// None.
    Off,
    /// Over all cases: chosen where more than half of kept F accept; rejected where none accepts.
    AllCases,
    /// Over kept cases: chosen likewise; rejected where all kept F returned `False`.
    KeptCases,
}

/// What is done with a query that an instruction cannot be served with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictRule {
    /// It is flagged and asked all the same; the judge's score tells (paper 3.3).
    Flag,
    /// It is paired, shown and not asked; another query takes its place.
    LeaveOut,
}

/// Every value of every rule. Serialised as the `[rules]` table of `assay.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// The set of values this one started from.
    #[serde(skip)]
    pub name: ProfileName,
    /// What a returned value counts as.
    pub value_policy: ValuePolicy,
    /// Whether a verbatim copy of a worked example is unusable.
    pub reject_copies: bool,
    /// How a case's accuracy is counted.
    pub case_accuracy: CaseAccuracy,
    /// Which cases are kept.
    pub case_kept: Threshold,
    /// How a function's accuracy is counted.
    pub function_accuracy: FunctionAccuracy,
    /// Which functions are kept.
    pub function_kept: Threshold,
    /// Whether a kept function must give both `True` and `False` on kept cases.
    pub function_both_values: bool,
    /// Functions an instruction needs before cross-validation.
    pub functions_before: u32,
    /// Cases it needs before.
    pub cases_before: u32,
    /// Kept functions it needs after.
    pub functions_after: u32,
    /// Kept cases it needs after.
    pub cases_after: u32,
    /// Whether kept cases must be of both kinds.
    pub cases_both_kinds: bool,
    /// What a contradicted back-translation does.
    pub consistency: ConsistencyRule,
    /// What a response's accuracy is the mean of.
    pub response_accuracy: ResponseAccuracy,
    /// Which responses are kept.
    pub response_kept: Threshold,
    /// Which mean scores are kept (0-10).
    pub score_kept: Threshold,
    /// Which responses are chosen.
    pub chosen: ChosenRule,
    /// Which responses are rejected.
    pub rejected: RejectedRule,
    /// Pairs per task.
    pub pairs: PairDraw,
    /// Pairs made from cases.
    pub instruction_pairs: InstructionPairs,
    /// Queries that conflict with their instruction. This and what follows is in no published rule.
    pub conflicts: ConflictRule,
    /// Tasks count whose share of passing responses is at least this (0 to 1).
    pub pass_rate_from: f64,
    /// And at most this (0 to 1).
    pub pass_rate_to: f64,
    /// SFT rows of one instruction at most; 0: as many as there are.
    pub sft_per_instruction: u32,
    /// Pairs of one instruction at most, of each level; 0: as many as there are.
    pub pairs_per_instruction: u32,
    /// Share of a data set that one category may make up (0 to 1).
    pub category_share: f64,
    /// Share of a data set that one language may make up (0 to 1).
    pub language_share: f64,
}

impl Default for Profile {
    fn default() -> Self {
        Self::recommended()
    }
}

impl Profile {
    /// Whether tasks are chosen by their pass rate at all.
    pub fn has_band(&self) -> bool {
        self.pass_rate_from > 0.0 || self.pass_rate_to < 1.0
    }

    /// Whether data sets are balanced at all.
    pub fn has_balance(&self) -> bool {
        self.category_share < 1.0 || self.language_share < 1.0
    }

    /// The values of a named profile.
    pub const fn named(name: ProfileName) -> Self {
        match name {
            ProfileName::Paper => Self::paper(),
            ProfileName::Released => Self::released(),
            ProfileName::Recommended => Self::recommended(),
        }
    }

    /// The paper, section 3: majority agreement, errors are wrong, scores of 8 and more.
    pub const fn paper() -> Self {
        Self {
            name: ProfileName::Paper,
            value_policy: ValuePolicy::Normalised,
            reject_copies: false,
            case_accuracy: CaseAccuracy::AllFunctions,
            case_kept: Threshold::Above(0.5),
            function_accuracy: FunctionAccuracy::AllCases,
            function_kept: Threshold::Above(0.5),
            function_both_values: false,
            functions_before: 1,
            cases_before: 1,
            functions_after: 1,
            cases_after: 1,
            cases_both_kinds: false,
            consistency: ConsistencyRule::AnyDropsInstruction,
            response_accuracy: ResponseAccuracy::AllFunctions,
            response_kept: Threshold::Above(0.5),
            score_kept: Threshold::AtLeast(8.0),
            chosen: ChosenRule::Accuracy(Threshold::Above(0.5)),
            rejected: RejectedRule::ZeroAccuracy,
            pairs: PairDraw::All,
            instruction_pairs: InstructionPairs::AllCases,
            conflicts: ConflictRule::Flag,
            pass_rate_from: 0.0,
            pass_rate_to: 1.0,
            sft_per_instruction: 0,
            pairs_per_instruction: 0,
            category_share: 1.0,
            language_share: 1.0,
        }
    }

    /// The released scripts, with their thresholds and their treatment of values and errors.
    pub const fn released() -> Self {
        Self {
            name: ProfileName::Released,
            value_policy: ValuePolicy::Python,
            reject_copies: false,
            case_accuracy: CaseAccuracy::AnyFunction,
            case_kept: Threshold::Above(0.0),
            function_accuracy: FunctionAccuracy::KeptCases,
            function_kept: Threshold::AtLeast(0.8),
            function_both_values: false,
            functions_before: 3,
            cases_before: 10,
            functions_after: 1,
            cases_after: 0,
            cases_both_kinds: false,
            consistency: ConsistencyRule::AnyOfFirstThree,
            response_accuracy: ResponseAccuracy::IntMean,
            response_kept: Threshold::Above(0.0),
            score_kept: Threshold::Above(8.0),
            chosen: ChosenRule::Accuracy(Threshold::AtLeast(0.5)),
            rejected: RejectedRule::ZeroAccuracy,
            pairs: PairDraw::TwoByTwo,
            instruction_pairs: InstructionPairs::Off,
            conflicts: ConflictRule::Flag,
            pass_rate_from: 0.0,
            pass_rate_to: 1.0,
            sft_per_instruction: 0,
            pairs_per_instruction: 0,
            category_share: 1.0,
            language_share: 1.0,
        }
    }

    /// Ours: an error is never a verdict, a vacuous function is no verifier, a negative needs evidence.
    pub const fn recommended() -> Self {
        Self {
            name: ProfileName::Recommended,
            value_policy: ValuePolicy::Normalised,
            reject_copies: true,
            case_accuracy: CaseAccuracy::BooleanFunctions,
            case_kept: Threshold::Above(0.5),
            function_accuracy: FunctionAccuracy::KeptCases,
            function_kept: Threshold::AtLeast(0.8),
            function_both_values: true,
            functions_before: 1,
            cases_before: 1,
            functions_after: 1,
            cases_after: 1,
            cases_both_kinds: true,
            consistency: ConsistencyRule::DropsFunction,
            response_accuracy: ResponseAccuracy::BooleanFunctions,
            response_kept: Threshold::Above(0.5),
            score_kept: Threshold::AtLeast(8.0),
            chosen: ChosenRule::KeptAndScored,
            rejected: RejectedRule::ZeroAndVerifiable,
            pairs: PairDraw::UpTo(4),
            instruction_pairs: InstructionPairs::KeptCases,
            conflicts: ConflictRule::Flag,
            pass_rate_from: 0.0,
            pass_rate_to: 1.0,
            sft_per_instruction: 0,
            pairs_per_instruction: 0,
            category_share: 1.0,
            language_share: 1.0,
        }
    }
}

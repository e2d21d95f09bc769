//! The report: the evidence of a project. `assay report --format json` prints a [`Report`] as it stands here, so that
//! the fields below are the format's documentation; Markdown and HTML are drawn from the same.
//!
//! Everything but `generated` follows from what is stored and from `assay.toml`: two reports of one project differ in
//! that line alone. Shares are from 0 to 1, scores from 0 to 10. Texts of models are as they came: whoever shows them
//! escapes them.

mod compare;
mod document;
mod html;
mod markdown;
mod numbers;
mod sections;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::Usage;

pub use compare::{Column, Comparer, Comparison, Difference, Fate, Group, Item, Standing, UnknownFacts};
pub use html::html;
pub use markdown::markdown;
pub use numbers::{Bin, Histogram, share};

/// The version of the format.
pub const VERSION: u32 = 1;

/// A project's evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`VERSION`].
    pub assay_report: u32,
    /// When it was made (RFC 3339): the only field that is not a fact of the project.
    pub generated: String,
    /// The version of the program.
    pub program: String,
    /// The project.
    pub project: ProjectFacts,
    /// The model calls: who is asked, how, and what it used.
    pub calls: Vec<CallFacts>,
    /// The funnel under the profile in force.
    pub stages: Vec<StageFacts>,
    /// The rows that would be exported now.
    pub datasets: DatasetFacts,
    /// How much of what reached a step went on.
    pub yields: Vec<Yield>,
    /// Distributions, by name.
    pub distributions: Vec<Histogram>,
    /// What all of it used.
    pub usage: UsageFacts,
    /// What people decided.
    pub decisions: DecisionFacts,
    /// Exports found in the project's folder.
    pub exports: Vec<ExportFacts>,
    /// The profiles side by side, over the same outcomes.
    pub comparison: Comparison,
}

/// The project and its rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProjectFacts {
    /// Its folder's name.
    pub name: String,
    /// What `assay digest` prints.
    pub digest: String,
    /// Its seed.
    pub seed: u64,
    /// The profile that the rules in force start from.
    pub profile: String,
    /// Every rule in force, as it would stand under `[rules]`.
    pub rules: BTreeMap<String, String>,
    /// The rules that `assay.toml` sets otherwise than the profile.
    pub changed_rules: Vec<String>,
    /// What back-translations are labelled by.
    pub labeller: String,
}

/// One model call of the method.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CallFacts {
    /// `self_instruct`, ...
    pub call: String,
    /// The endpoint that is asked.
    pub endpoint: String,
    /// The model that is asked for.
    pub model: String,
    /// Sampling temperature.
    pub temperature: f64,
    /// Nucleus sampling.
    pub top_p: f64,
    /// Most tokens of an answer.
    pub max_tokens: u32,
    /// How many are asked for.
    pub samples: u32,
    /// The templates by language: file or `built-in`, and digest.
    pub templates: BTreeMap<String, String>,
    /// Completions that are stored.
    pub completions: u64,
    /// Their tokens, where servers told.
    pub usage: Usage,
    /// Their cost, where there were prices.
    pub cost: Option<f64>,
}

/// One stage's counts: `in = kept + dropped + failed + pending + running + stale`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StageFacts {
    /// The stage's id.
    pub stage: String,
    /// What is counted.
    pub unit: String,
    /// What reached it.
    #[serde(rename = "in")]
    pub total: u64,
    /// What went on.
    pub kept: u64,
    /// What fell.
    pub dropped: u64,
    /// What failed for good.
    pub failed: u64,
    /// What is not known yet.
    pub pending: u64,
    /// What is being worked on.
    pub running: u64,
    /// What is out of date.
    pub stale: u64,
    /// Why things fell or failed.
    pub reasons: BTreeMap<String, u64>,
}

/// Rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DatasetFacts {
    /// For supervised fine-tuning.
    pub sft: u64,
    /// Pairs made from cases.
    pub pairs_instruction: u64,
    /// Pairs made from responses.
    pub pairs_query: u64,
    /// Left out because they are stale or were decided on before a change.
    pub outdated: u64,
}

/// A part of a whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Yield {
    /// What of what.
    pub what: String,
    /// The part.
    pub part: u64,
    /// The whole.
    pub whole: u64,
    /// `part / whole`; nothing where there is no whole.
    pub share: Option<f64>,
}

impl Yield {
    /// A part of a whole.
    pub fn new(what: &str, part: u64, whole: u64) -> Self {
        Self { what: what.to_owned(), part, whole, share: share(part, whole) }
    }
}

/// Tokens and money. Failed attempts whose tokens servers told are in the totals, and in no call.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct UsageFacts {
    /// Stored completions.
    pub requests: u64,
    /// Tokens in all.
    pub usage: Usage,
    /// Cost in all, where there are prices.
    pub cost: Option<f64>,
    /// Tokens for every SFT row, what fell included.
    pub tokens_per_sft_row: Option<f64>,
    /// Cost for every SFT row, likewise.
    pub cost_per_sft_row: Option<f64>,
    /// Tokens for every row or pair.
    pub tokens_per_row_or_pair: Option<f64>,
    /// Cost for every row or pair.
    pub cost_per_row_or_pair: Option<f64>,
}

/// What people decided, of what is there now.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DecisionFacts {
    /// Decisions in force.
    pub in_force: u64,
    /// By kind of item: how many are accepted, rejected, to be used as negatives, and written by a person.
    pub by_kind: BTreeMap<String, KindFacts>,
    /// How much of what is exported a person has looked at.
    pub audit: Vec<Yield>,
}

/// Decisions about one kind of item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KindFacts {
    /// Items there are.
    pub items: u64,
    /// Accepted.
    pub accepted: u64,
    /// Rejected.
    pub rejected: u64,
    /// To be used as negatives.
    pub use_as_negative: u64,
    /// Written by a person.
    pub edited: u64,
}

/// One export.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExportFacts {
    /// Its folder, from the project's.
    pub folder: String,
    /// Its format.
    pub format: String,
    /// The profile it was made under.
    pub profile: String,
    /// Its rows.
    pub datasets: DatasetFacts,
    /// What is not as it was written; empty where it is whole.
    pub differences: Vec<String>,
}

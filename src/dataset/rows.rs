//! Rows that come in and rows that go out.

use serde::{Deserialize, Serialize};

use crate::domain::{InstructionBody, ItemId, Language, QueryBody};

/// An instruction written by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedRow {
    /// The instruction, without white space around it.
    pub text: String,
    /// Its category, where the file gives one.
    pub category: Option<String>,
    /// Its language: the file's word, or judged by its script.
    pub language: Language,
    /// The file's own id.
    pub id: Option<String>,
}

impl SeedRow {
    /// What the item says.
    pub fn body(&self) -> InstructionBody {
        InstructionBody { text: self.text.clone(), category: self.category.clone(), language: self.language }
    }
}

/// A user query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryRow {
    /// The query, without white space around it.
    pub text: String,
    /// Its language: the file's word, or judged by its script.
    pub language: Language,
    /// A topic or category, where the file gives one.
    pub topic: Option<String>,
    /// The name of the file it came from.
    pub source: String,
    /// The file's own id.
    pub id: Option<String>,
}

impl QueryRow {
    /// What the item says.
    pub fn body(&self) -> QueryBody {
        QueryBody {
            text: self.text.clone(),
            language: self.language,
            topic: self.topic.clone(),
            source: Some(self.source.clone()),
        }
    }
}

/// A row for supervised fine-tuning (paper 3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SftRow {
    /// The response it is made of.
    pub id: ItemId,
    /// The instruction.
    pub instruction: String,
    /// The query.
    pub query: String,
    /// Both, composed as the project's `[prompt]` says.
    pub prompt: String,
    /// The response.
    pub response: String,
    /// The instruction's category, where known.
    pub category: Option<String>,
    /// The instruction's language.
    pub language: Language,
}

/// What a preference pair is about (paper 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PairLevel {
    /// Two case inputs of one instruction; the prompt is the instruction.
    Instruction,
    /// Two responses to one task; the prompt is the task's.
    Query,
}

/// A preference pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairRow {
    /// The pair.
    pub id: ItemId,
    /// What it is about.
    pub level: PairLevel,
    /// The prompt, composed.
    pub prompt: String,
    /// The text to prefer.
    pub chosen: String,
    /// The text to avoid.
    pub rejected: String,
    /// The instruction's category, where known.
    pub category: Option<String>,
    /// The instruction's language.
    pub language: Language,
}

//! What versions of items hold. Bodies are stored as JSON; adding a field needs a default.

use serde::{Deserialize, Serialize};

use super::{
    digest::{Digest, digest_of},
    id::ItemId,
};

/// A language the method writes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Chinese.
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// The code used in files: `en` or `zh`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The language of a text, by its script: Chinese where at least a fifth of its letters are Han.
    pub fn detect(text: &str) -> Self {
        let (mut han, mut letters) = (0_usize, 0_usize);
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            letters += 1;
            if matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}') {
                han += 1;
            }
        }
        if han > 0 && han * 5 >= letters { Self::Chinese } else { Self::English }
    }
}

/// Content has a digest: what was made from it is stale when the digest changes.
pub trait Content: std::fmt::Debug {
    /// The digest of what the version says (not of notes about it).
    fn digest(&self) -> Digest;
}

/// An instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructionBody {
    /// The instruction, one atomic constraint.
    pub text: String,
    /// Its category (length, case, keywords, ...), where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its language.
    pub language: Language,
}

impl Content for InstructionBody {
    fn digest(&self) -> Digest {
        digest_of(&["instruction", &self.text])
    }
}

/// A verifier as one answer gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifierBody {
    /// The function's source, where the answer held one.
    pub source: Option<String>,
    /// Why there is no function: `refusal`, `bad-json`, `no-function`, `empty`, `cut-off`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What lenient reading repaired, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<String>,
}

impl Content for VerifierBody {
    fn digest(&self) -> Digest {
        match &self.source {
            Some(source) => digest_of(&["verifier", source]),
            None => digest_of(&["verifier"]),
        }
    }
}

/// A test case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseBody {
    /// The text given to the function.
    pub input: String,
    /// The expected output as the model wrote it (a boolean, or the string "True").
    pub expected: serde_json::Value,
}

impl Content for CaseBody {
    fn digest(&self) -> Digest {
        digest_of(&["case", &self.input, &self.expected.to_string()])
    }
}

/// A verifier turned back into an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackTranslation {
    /// The sentence; empty where the answer held none.
    pub text: String,
}

impl Content for BackTranslation {
    fn digest(&self) -> Digest {
        digest_of(&["back-translation", &self.text])
    }
}

/// A three-way entailment label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// The hypothesis follows.
    Entailment,
    /// Neither.
    Neutral,
    /// The hypothesis contradicts the premise.
    Contradiction,
}

/// The label of (premise = instruction, hypothesis = back-translation).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entailment {
    /// The label; nothing where the answer held none.
    pub label: Option<Label>,
    /// Probabilities of entailment, neutral, contradiction, where the model gave them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probabilities: Option<[f64; 3]>,
    /// The model's words.
    #[serde(default)]
    pub text: String,
}

impl Content for Entailment {
    fn digest(&self) -> Digest {
        digest_of(&["entailment", &format!("{:?}", self.label)])
    }
}

/// A user query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryBody {
    /// The query.
    pub text: String,
    /// Its language.
    pub language: Language,
    /// A topic or category, where the source gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Where it came from (a file's name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Content for QueryBody {
    fn digest(&self) -> Digest {
        digest_of(&["query", &self.text])
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseBody {
    /// The response.
    pub text: String,
    /// Set where the model stopped for another reason than being done: `length`, `content_filter`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

impl Content for ResponseBody {
    fn digest(&self) -> Digest {
        digest_of(&["response", &self.text])
    }
}

/// One judge's score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreBody {
    /// The number, 0-10; nothing where the answer held none, twice.
    pub value: Option<f64>,
    /// The judge's words.
    pub text: String,
    /// Whether it was asked a second time because the first answer held no number.
    #[serde(default)]
    pub asked_again: bool,
}

impl Content for ScoreBody {
    fn digest(&self) -> Digest {
        digest_of(&["score", &format!("{:?}", self.value)])
    }
}

/// A preference pair as it was decided on. Pairs are computed; what is stored of one is what a person saw of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairBody {
    /// The chosen response, or case.
    pub chosen: ItemId,
    /// The rejected one.
    pub rejected: ItemId,
    /// Digest of prompt and both texts.
    pub says: Digest,
}

impl PairBody {
    /// The pair of two items that say something to a prompt of one or more parts.
    pub fn of(prompt: &[&str], chosen: (ItemId, &str), rejected: (ItemId, &str)) -> Self {
        let mut parts = vec!["assay/pair"];
        parts.extend_from_slice(prompt);
        parts.extend([chosen.1, rejected.1]);
        Self { chosen: chosen.0, rejected: rejected.0, says: digest_of(&parts) }
    }

    /// The pair's identity.
    pub fn id(&self) -> ItemId {
        ItemId::pair(&self.chosen, &self.rejected)
    }
}

impl Content for PairBody {
    fn digest(&self) -> Digest {
        self.says
    }
}

/// A self-instruct call: what it showed and what came back, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBody {
    /// The seeds it showed, as lineage.
    pub shown: Vec<ItemId>,
    /// The candidate lines of its answer, in order.
    pub lines: Vec<String>,
    /// The language asked for.
    pub language: Language,
    /// How many seeds there were when it was planned: its lines are compared with these, and not with later ones.
    #[serde(default = "every_seed")]
    pub seeds: u32,
}

const fn every_seed() -> u32 {
    u32::MAX
}

impl Content for CallBody {
    fn digest(&self) -> Digest {
        let mut parts = vec!["call"];
        parts.extend(self.lines.iter().map(String::as_str));
        digest_of(&parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_by_script() {
        assert_eq!(Language::detect("用中文回答 in three sentences"), Language::Chinese);
        assert_eq!(Language::detect("Answer in three sentences (中)"), Language::English);
        assert_eq!(Language::detect("123"), Language::English);
    }
}

//! `filter-scores` (code/8): rows whose mean score is good, byte for byte.

use serde_json::json;

use crate::{
    dataset::jsonl::{Object, Refusal, Wtf8},
    rules::{Profile, autoif::filter_score},
};

use super::{report::RowReport, step::Done};

/// A row with its scores.
pub struct Row {
    line: Vec<u8>,
    texts: Vec<Wtf8>,
}

impl Row {
    pub fn read(object: &Object<'_>, line: &[u8]) -> Result<Self, Refusal> {
        Ok(Self { texts: object.texts("gen")?, line: line.to_vec() })
    }

    pub fn work(self, profile: &Profile) -> Done {
        let texts: Vec<_> = self.texts.iter().map(Wtf8::stood_in).collect();
        let (mean, kept) = filter_score(&texts, profile);
        let mut report = RowReport { reason: kept.err(), ..RowReport::default() };
        report.tell("score", json!(mean));
        Done { rows: if kept.is_ok() { vec![self.line] } else { Vec::new() }, report }
    }
}

//! `pairs` (`code_dpo/2`): preference pairs of a row's responses, drawn by the seed.

use std::borrow::Cow;

use serde_json::json;

use crate::{
    dataset::jsonl::{Escape, Object, Refusal, Wtf8},
    rules::{Profile, autoif::row_pairs},
};

use super::{format::RowWriter, report::RowReport, step::Done};

/// A query and its responses with their accuracy.
pub struct Row {
    query: Wtf8,
    responses: Vec<(Wtf8, Option<f64>)>,
}

impl Row {
    pub fn read(object: &Object<'_>) -> Result<Self, Refusal> {
        let mut responses = Vec::new();
        for item in object.field("response")?.items()? {
            let [text, accuracy] = item.pair()?;
            responses.push((text.text()?, accuracy.number_or_null()?));
        }
        Ok(Self { query: object.text("query")?, responses })
    }

    pub fn work(&self, seed: u64, profile: &Profile) -> Done {
        let texts: Vec<Cow<'_, str>> = self.responses.iter().map(|(text, _)| text.stood_in()).collect();
        let accuracies = self.responses.iter().map(|(_, accuracy)| *accuracy);
        let responses: Vec<(&str, Option<f64>)> = texts.iter().map(AsRef::as_ref).zip(accuracies).collect();
        let pairs = row_pairs(&self.query.stood_in(), &responses, seed, profile);
        let row = |(chosen, rejected): &(usize, usize)| {
            // This script writes ASCII, unlike the others.
            let mut row = RowWriter::line(Escape::Ascii);
            row.key("instruction").text(&self.query);
            row.key("positive").text(&self.responses[*chosen].0);
            row.key("negative").text(&self.responses[*rejected].0);
            row.end()
        };
        let mut report = RowReport { reason: pairs.is_empty().then_some("no-pair"), ..RowReport::default() };
        report.tell("pairs", json!(pairs));
        Done { rows: pairs.iter().map(row).collect(), report }
    }
}

//! `sft` (code/9): alpaca rows for supervised fine-tuning.

use crate::{
    dataset::jsonl::{Escape, Object, Refusal, Wtf8},
    rules::autoif::sft_prompt,
};

use super::{format::RowWriter, report::RowReport, step::Done};

/// An instruction, a query and a response.
pub struct Row {
    instruction: Wtf8,
    query: Wtf8,
    response: Wtf8,
}

impl Row {
    pub fn read(object: &Object<'_>) -> Result<Self, Refusal> {
        let (instruction, query) = (object.text("instruction")?, object.text("query")?);
        Ok(Self { instruction, query, response: object.text("response")? })
    }

    pub fn work(&self) -> Done {
        let lone = self.instruction.as_str().is_none() || self.query.as_str().is_none();
        let Some(prompt) = sft_prompt(&self.instruction.stood_in(), &self.query.stood_in()) else {
            let report = RowReport { reason: Some("empty-query-or-instruction"), ..RowReport::default() };
            return Done { rows: Vec::new(), report };
        };
        let mut row = RowWriter::indented(Escape::Least);
        row.key("instruction").text(&Wtf8::from_stood_in(&prompt, lone));
        row.key("input").raw("\"\"").key("output").text(&self.response).key("history").raw("[]");
        Done { rows: vec![row.end()], report: RowReport::default() }
    }
}

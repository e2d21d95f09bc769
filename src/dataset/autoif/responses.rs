//! `verify-responses` (code/7) and `score-responses` (`code_dpo/1`): the functions of a row judge its responses.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value as Json, json};

use crate::{
    dataset::{
        jsonl::{Escape, Object, Refusal, Wtf8},
        python,
    },
    domain::Outcome,
    rules::{
        ProfileName,
        autoif::{query_of, written_accuracy},
        response::{Accuracy, accuracy, kept},
    },
    sandbox::{SandboxError, Text},
};

use super::{
    format::RowWriter,
    report::RowReport,
    step::{Done, Office},
};

/// A prompt, the functions of its instruction and responses to it.
pub struct Row {
    /// What code/7 writes; nothing for `code_dpo/1`, which takes the prompt as it is.
    instruction: Option<Wtf8>,
    prompt: Wtf8,
    /// Every entry, repeated ones too: each counts.
    functions: Vec<Wtf8>,
    responses: Vec<Wtf8>,
}

impl Row {
    pub fn read(object: &Object<'_>, with_instruction: bool) -> Result<Self, Refusal> {
        let instruction = if with_instruction { Some(object.text("instruction")?) } else { None };
        let mut functions = Vec::new();
        for entry in object.field("eval_func")?.items()? {
            let [source, _] = entry.pair()?;
            functions.push(source.text()?);
        }
        Ok(Self { instruction, prompt: object.text("prompt")?, functions, responses: object.texts("gpt-answer")? })
    }

    pub async fn work(&self, office: &Office) -> Result<Done, SandboxError> {
        let outcomes = self.run(office).await?;
        let (functions, responses) = (places(&self.functions), places(&self.responses));
        let columns = responses.iter().max().map_or(0, |last| last + 1);
        let judged: Vec<Accuracy> = responses
            .iter()
            .map(|response| {
                let cell = |function: &usize| outcomes.get(function * columns + response);
                accuracy(&functions.iter().map(cell).collect::<Vec<_>>(), &office.profile)
            })
            .collect();
        let mut done = match &self.instruction {
            Some(instruction) => self.verified(instruction, &judged, office),
            None => self.scored(&judged, office),
        };
        done.report.tell("outcomes", kinds(&outcomes));
        Ok(done)
    }

    /// Every distinct function on every distinct response.
    async fn run(&self, office: &Office) -> Result<Vec<Outcome>, SandboxError> {
        let functions = distinct(&self.functions).map(|source| Arc::from(python::source(source))).collect();
        let texts = distinct(&self.responses).map(|text| Text::from(text.as_bytes().to_vec())).collect();
        office.collect(functions, texts).await
    }

    /// One row a kept response.
    fn verified(&self, instruction: &Wtf8, judged: &[Accuracy], office: &Office) -> Done {
        let lone = self.prompt.as_str().is_none();
        let prompt = self.prompt.stood_in();
        let query = query_of(&prompt).map(|query| Wtf8::from_stood_in(query, lone));
        let mut done = Done::default();
        let mut told = Vec::new();
        for (at, (response, accuracy)) in self.responses.iter().zip(judged).enumerate() {
            let reason = match (kept(accuracy, None, &office.profile), &query) {
                (Err(reason), _) => reason,
                (Ok(()), None) => "no-query",
                (Ok(()), Some(query)) => {
                    let mut row = RowWriter::line(Escape::Least);
                    row.key("instruction").text(instruction).key("query").text(query).key("response").text(response);
                    done.rows.push(row.end());
                    continue;
                }
            };
            done.report.dropped.push(reason);
            told.push(tell(at, accuracy, Some(reason)));
        }
        done.report.tell("dropped", Json::Array(told));
        done
    }

    /// One row with all responses.
    fn scored(&self, judged: &[Accuracy], office: &Office) -> Done {
        let mut row = RowWriter::line(Escape::Least);
        row.key("query").text(&self.prompt);
        row.key("response").list(self.responses.iter().zip(judged), |row, (response, accuracy)| {
            let number = match (written_accuracy(accuracy), office.profile.name) {
                // The script's mean of nothing is the integer.
                (Some(_), ProfileName::Released) if accuracy.booleans == 0 => json!(0),
                (number, _) => json!(number),
            };
            row.raw("[").text(response).raw(", ").raw(&number.to_string()).raw("]");
        });
        let mut report = RowReport::default();
        let unclear = judged.iter().enumerate().filter(|(_, accuracy)| written_accuracy(accuracy).is_none());
        report.tell("not_verifiable", unclear.map(|(at, accuracy)| tell(at, accuracy, None)).collect());
        Done { rows: vec![row.end()], report }
    }
}

fn tell(response: usize, accuracy: &Accuracy, reason: Option<&str>) -> Json {
    json!({
        "response": response, "reason": reason, "accuracy": accuracy.value, "counted": accuracy.booleans,
        "functions": accuracy.of,
    })
}

/// How often each kind of outcome came.
fn kinds(outcomes: &[Outcome]) -> Json {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.kind_name()).or_default() += 1;
    }
    json!(counts)
}

/// The distinct ones, by first occurrence.
fn distinct(texts: &[Wtf8]) -> impl Iterator<Item = &Wtf8> {
    let mut seen = std::collections::HashSet::new();
    texts.iter().filter(move |text| seen.insert(*text))
}

/// The place of each among the distinct ones.
fn places(texts: &[Wtf8]) -> Vec<usize> {
    let mut seen = std::collections::HashMap::new();
    texts
        .iter()
        .map(|text| {
            let next = seen.len();
            *seen.entry(text).or_insert(next)
        })
        .collect()
}

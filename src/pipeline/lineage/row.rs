//! From a line of an exported file to the item that it was made of: by its id where it has one, else by its texts.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use serde_json::{Map, Value};

use crate::{
    domain::ItemId,
    pipeline::{
        calls::Calls,
        judge::view_of,
        project::Project,
        view::{InstructionView, PairView, TaskView},
    },
    store::StoreError,
};

use super::{chain::Answer, novelty, resolve};

/// Why a line leads to no item.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no such line.
    #[error("{file} has {lines} lines, and no line {line}")]
    NoLine {
        /// The file.
        file: String,
        /// Its lines.
        lines: usize,
        /// The line that was asked for.
        line: usize,
    },
    /// The line holds no row.
    #[error("{file}:{line} is no row of an export: expected an object with the texts of one, or with an `id`")]
    NoRow {
        /// The file.
        file: String,
        /// The line.
        line: usize,
    },
    /// No item says that.
    #[error(
        "{file}:{line}: nothing in this project says that now; perhaps it was changed since, or another project wrote it"
    )]
    Unknown {
        /// The file.
        file: String,
        /// The line.
        line: usize,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a row says: its prompt and answers, whatever its format calls them.
#[derive(Debug, Default, PartialEq)]
struct Texts {
    prompt: String,
    /// The answer of an SFT row, or the chosen one of a pair.
    answer: String,
    rejected: Option<String>,
}

/// The item that a line of a file (counted from 1) was made of, with its instruction.
///
/// # Errors
/// See [`RowError`].
pub fn at_line(project: &Project, path: &Path, line: usize) -> Result<Answer, RowError> {
    let file = path.display().to_string();
    let unreadable = |source| RowError::Unreadable { file: file.clone(), source };
    // One line at a time: an export may be larger than the memory.
    let lines = BufReader::new(File::open(path).map_err(unreadable)?).lines();
    let (mut count, mut found) = (0, None);
    for text in lines {
        let text = text.map_err(unreadable)?;
        count += 1;
        if count == line {
            found = Some(text);
            break;
        }
    }
    let found = found.ok_or_else(|| RowError::NoLine { file: file.clone(), lines: count, line })?;
    let no_row = || RowError::NoRow { file: file.clone(), line };
    let row = object(&found).ok_or_else(no_row)?;
    if let Some(id) = row.get("id").and_then(Value::as_str).filter(|id| id.parse::<ItemId>().is_ok()) {
        return Ok(resolve(project, id)?);
    }
    let texts = texts(&row).ok_or_else(no_row)?;
    find(project, &texts)?.ok_or(RowError::Unknown { file, line })
}

/// The object on a line, which may be one of an array.
fn object(line: &str) -> Option<Map<String, Value>> {
    let line = line.trim().trim_start_matches('[').trim_end_matches([',', ']']);
    serde_json::from_str(line.trim()).ok()
}

fn texts(row: &Map<String, Value>) -> Option<Texts> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| row.get(*key)).and_then(said);
    let mut prompt = text(&["instruction", "prompt", "conversations", "messages"])?;
    if let Some(input) = row.get("input").and_then(Value::as_str).filter(|input| !input.is_empty()) {
        prompt = format!("{prompt}\n{input}");
    }
    let turns = row.get("messages").or_else(|| row.get("conversations")).and_then(last_said);
    let answer = text(&["output", "chosen", "response", "completion"]).or(turns)?;
    Some(Texts { prompt, answer, rejected: text(&["rejected"]) })
}

/// A text, or that of the first turn.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(turn) => turn.get("content").or_else(|| turn.get("value")).and_then(said),
        Value::Array(turns) => turns.iter().find_map(said),
        _ => None,
    }
}

fn last_said(value: &Value) -> Option<String> {
    value.as_array()?.iter().rev().find_map(said)
}

/// The response, or the pair, that says these texts. Instructions that are no part of the prompt are not read.
fn find(project: &Project, texts: &Texts) -> Result<Option<Answer>, StoreError> {
    let store = &project.store;
    let calls = Calls::read(store)?;
    for root in store.roots_said_in(&texts.prompt)? {
        let Some(tree) = store.load_tree(root, project.settings.outcomes)? else { continue };
        let Some((gate, _)) = novelty::gate(project, &tree, &calls)? else { continue };
        let view = view_of(&tree, &gate, &project.settings);
        if let Some(item) = in_view(&view, texts) {
            return Ok(Some(Answer::One(item, Some(root))));
        }
        // What makes no row any more is still there to be told of.
        for task in tree.tasks.iter().filter(|task| is_prompt(&texts.prompt, tree.text(), &task.query.text)) {
            let says = |sample: &&crate::domain::ResponseSample| {
                sample.response.versions.iter().any(|version| version.body.text == texts.answer)
            };
            if let Some(sample) = task.samples.iter().find(says) {
                return Ok(Some(Answer::One(sample.response.id, Some(root))));
            }
        }
    }
    Ok(None)
}

/// Whether a prompt is of a task, in whatever order it was put together when it was exported.
fn is_prompt(prompt: &str, instruction: &str, query: &str) -> bool {
    prompt.contains(instruction.trim()) && prompt.contains(query.trim())
}

fn in_view(view: &InstructionView, texts: &Texts) -> Option<ItemId> {
    if let Some(rejected) = &texts.rejected
        && *view.text == *texts.prompt
    {
        let says = |pair: &&PairView| *pair.chosen.text == *texts.answer && *pair.rejected.text == **rejected;
        return view.case_pairs.iter().find(says).map(|pair| pair.id);
    }
    view.tasks
        .iter()
        .filter(|task| is_prompt(&texts.prompt, &view.text, &task.query))
        .find_map(|task| in_task(task, texts))
}

fn in_task(task: &TaskView, texts: &Texts) -> Option<ItemId> {
    match &texts.rejected {
        Some(rejected) => {
            let says = |pair: &&PairView| *pair.chosen.text == *texts.answer && *pair.rejected.text == **rejected;
            task.pairs.iter().find(says).map(|pair| pair.id)
        }
        None => {
            let says = |text: Option<&str>| text == Some(texts.answer.as_str());
            let row = task.responses.iter().find(|response| response.sft && says(response.text.as_deref()));
            row.map(|response| response.id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_all_formats_say_the_same() {
        let wanted = Texts { prompt: "p".into(), answer: "a".into(), rejected: None };
        for line in [
            r#"{"instruction": "p", "input": "", "output": "a"},"#,
            r#"[{"instruction": "p", "output": "a"}]"#,
            r#"{"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "a"}]}"#,
            r#"{"conversations": [{"from": "human", "value": "p"}, {"from": "gpt", "value": "a"}]}"#,
            r#"{"prompt": [{"role": "user", "content": "p"}], "completion": [{"role": "assistant", "content": "a"}]}"#,
        ] {
            assert_eq!(texts(&object(line).unwrap()).unwrap(), wanted, "{line}");
        }
        let pair = r#"{"conversations": [{"value": "p"}], "chosen": {"value": "a"}, "rejected": {"value": "b"}}"#;
        assert_eq!(texts(&object(pair).unwrap()), Some(Texts { rejected: Some("b".into()), ..wanted }));
        assert!(object("[").is_none() && texts(&object("{}").unwrap()).is_none());
    }
}

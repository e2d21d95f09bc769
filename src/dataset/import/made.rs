//! Reading verifiers and responses that were made elsewhere: JSON lines, each row about one instruction. A row that is
//! not what it should be ends the import with its file, line and field, and nothing is taken in.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::dataset::jsonl::{Lines, Object, Place, Refusal, RowError};

use super::error::{At, ImportError};

/// An item that a row names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// By its text.
    Text(String),
    /// By its id, or the beginning of one.
    Id(String),
}

/// Where a row stands, for what is wrong with it beyond its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: u64,
}

impl Origin {
    /// An error about a field of the row.
    pub fn refuse(&self, field: &str, message: &str) -> ImportError {
        ImportError::BadRow {
            path: self.path.clone(),
            at: At::Line(self.line),
            message: format!("field `{field}`: {message}; nothing was imported"),
            expected: "the text of an item, or an id as `assay status` and the workbench show it",
        }
    }
}

/// A function for an instruction, with cases.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifierRow {
    /// The instruction.
    pub instruction: Named,
    /// The function's source.
    pub source: String,
    /// Inputs and expected outputs.
    pub cases: Vec<(String, Json)>,
    /// The instruction's category, for one that is not there yet.
    pub category: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// A response to an instruction with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseRow {
    /// The instruction.
    pub instruction: Named,
    /// The query.
    pub query: Named,
    /// The response.
    pub response: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Verifiers from files of rows `{"instruction" or "id", "source", "cases"}`; `-` is standard input. Cases are
/// `{"input", "output"}` or `[input, output]`, and may be left out.
///
/// # Errors
/// Where a file cannot be read, or a row is not what it should be: with file, line and field.
pub fn import_verifiers(files: &[PathBuf]) -> Result<Vec<VerifierRow>, ImportError> {
    const EXPECTED: &str = "{\"instruction\" or \"id\": text, \"source\": text, \"cases\": [{\"input\", \"output\"}]}";
    rows(files, EXPECTED, |object, origin| {
        Ok(VerifierRow {
            instruction: named(object, ["instruction", "id"])?,
            source: said(object, "source")?,
            cases: match object.has("cases") {
                true => object.field("cases")?.items()?.iter().map(case).collect::<Result<_, _>>()?,
                false => Vec::new(),
            },
            category: if object.has("category") { Some(said(object, "category")?) } else { None },
            origin,
        })
    })
}

/// Responses from files of rows `{"instruction" or "id", "query" or "query_id", "response"}`; `-` is standard input.
///
/// # Errors
/// As [`import_verifiers`].
pub fn import_responses(files: &[PathBuf]) -> Result<Vec<ResponseRow>, ImportError> {
    const EXPECTED: &str = "{\"instruction\" or \"id\": text, \"query\" or \"query_id\": text, \"response\": text}";
    rows(files, EXPECTED, |object, origin| {
        Ok(ResponseRow {
            instruction: named(object, ["instruction", "id"])?,
            query: named(object, ["query", "query_id"])?,
            response: said(object, "response")?,
            origin,
        })
    })
}

fn rows<R>(
    files: &[PathBuf],
    expected: &'static str,
    read: impl Fn(&Object<'_>, Origin) -> Result<R, Refusal>,
) -> Result<Vec<R>, ImportError> {
    let mut found = Vec::new();
    for path in files {
        let mut lines = Lines::open(path).map_err(|error| not_read(path, error))?;
        loop {
            let next = lines.next().map_err(|error| not_read(path, error))?;
            let Some(line) = next else { break };
            let object = line.map(<[u8]>::to_vec);
            let line = lines.number();
            let origin = Origin { path: path.clone(), line };
            let row = object.and_then(|bytes| read(&Object::read(&bytes)?, origin));
            found.push(row.map_err(|refusal| ImportError::BadRow {
                path: path.clone(),
                at: At::Line(line),
                message: format!("{refusal}; nothing was imported"),
                expected,
            })?);
        }
    }
    Ok(found)
}

fn not_read(path: &Path, error: RowError) -> ImportError {
    match error {
        RowError::Open { path, error } => ImportError::Open { path, source: error },
        RowError::Read { path, error, .. } => ImportError::Read { path, source: error },
        RowError::Malformed { line, refusal, .. } => ImportError::BadRow {
            path: path.to_owned(),
            at: At::Line(line),
            message: refusal.to_string(),
            expected: "one JSON object a line",
        },
    }
}

/// The item that one of two fields names: by text, or by id.
fn named(object: &Object<'_>, [text, id]: [&str; 2]) -> Result<Named, Refusal> {
    if object.has(text) || !object.has(id) {
        return Ok(Named::Text(said(object, text)?.trim().to_owned()));
    }
    Ok(Named::Id(said(object, id)?.trim().to_owned()))
}

/// A text that says something, and that the store can hold.
fn said(object: &Object<'_>, name: &str) -> Result<String, Refusal> {
    let text = whole(&object.field(name)?)?;
    if text.trim().is_empty() {
        return Err(Refusal::field(name, "is empty; expected a text"));
    }
    Ok(text)
}

fn whole(place: &Place<'_, '_>) -> Result<String, Refusal> {
    let text = place.text()?;
    let text =
        text.as_str().ok_or_else(|| place.refuse("holds a lone surrogate; expected text that UTF-8 can write"))?;
    Ok(text.to_owned())
}

fn case(place: &Place<'_, '_>) -> Result<(String, Json), Refusal> {
    if place.is_list() {
        let [input, output] = place.pair()?;
        return Ok((whole(&input)?, output.json()?));
    }
    let object = place.object()?;
    let inside = |refusal: Refusal| place.refuse(&refusal.to_string());
    let input = object.field("input").and_then(|input| whole(&input)).map_err(inside)?;
    Ok((input, object.field("output").and_then(|output| output.json()).map_err(inside)?))
}

//! LLaMA-Factory: alpaca rows for SFT and preferences, and the registry that its loader reads.
//!
//! Where a registry entry has `columns`, the loader forgets its defaults, so every column is listed.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::dataset::rows::{PairLevel, PairRow, SftRow};

use super::{
    array::{ArrayFile, write_document},
    error::ExportError,
    manifest::{self, Counts, FileEntry, Manifest, MetaData},
    staging::Staging,
};

/// The format's name.
pub const FORMAT: &str = "llamafactory";

/// The data sets, by name in the registry; each stands in a file of its name.
const SFT: &str = "autoif_sft";
const PAIRS: &str = "autoif_dpo";
const INSTRUCTION_PAIRS: &str = "autoif_dpo_instruction";

#[derive(Serialize)]
struct Alpaca<'a> {
    instruction: &'a str,
    input: &'a str,
    output: &'a str,
}

#[derive(Serialize)]
struct AlpacaPair<'a> {
    instruction: &'a str,
    input: &'a str,
    chosen: &'a str,
    rejected: &'a str,
}

/// Writes the folder: `autoif_sft.json`, `autoif_dpo.json` (query level), `autoif_dpo_instruction.json`,
/// `dataset_info.json` and `manifest.json`. Rows are written in the order given. A data set without rows has a file,
/// but no entry in the registry, as loaders stumble over empty ones.
///
/// # Errors
/// Where the folder holds anything but an earlier export, or writing fails; what was there before stays whole.
pub fn llamafactory(
    dir: &Path,
    sft: impl IntoIterator<Item = SftRow>,
    pairs: impl IntoIterator<Item = PairRow>,
    made_by: &MetaData,
) -> Result<Manifest, ExportError> {
    let staging = Staging::beside(dir)?;
    let to = staging.path();
    let rows = [write_sft(to, sft)?, write_pairs(to, pairs)?].concat();
    let registry = write_document(to, "dataset_info.json", &registry(&rows))?;
    let count = |name: &str| rows.iter().find(|file| file.name == file_name(name)).and_then(|file| file.rows);
    let manifest = Manifest {
        tool: manifest::TOOL.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        format: FORMAT.to_owned(),
        profile: made_by.profile.clone(),
        counts: Counts {
            sft: count(SFT).unwrap_or(0),
            pairs_instruction: count(INSTRUCTION_PAIRS).unwrap_or(0),
            pairs_query: count(PAIRS).unwrap_or(0),
            outdated: made_by.outdated,
        },
        rules: made_by.rules.clone(),
        files: rows.into_iter().chain([registry]).collect(),
    };
    write_document(to, manifest::FILE, &manifest)?;
    staging.publish()?;
    Ok(manifest)
}

fn write_sft(to: &Path, rows: impl IntoIterator<Item = SftRow>) -> Result<Vec<FileEntry>, ExportError> {
    let mut file = ArrayFile::create(to, &file_name(SFT))?;
    for row in rows {
        file.push(&Alpaca { instruction: &row.prompt, input: "", output: &row.response })?;
    }
    Ok(vec![file.finish()?])
}

fn write_pairs(to: &Path, rows: impl IntoIterator<Item = PairRow>) -> Result<Vec<FileEntry>, ExportError> {
    let mut query = ArrayFile::create(to, &file_name(PAIRS))?;
    let mut instruction = ArrayFile::create(to, &file_name(INSTRUCTION_PAIRS))?;
    for row in rows {
        let file = match row.level {
            PairLevel::Query => &mut query,
            PairLevel::Instruction => &mut instruction,
        };
        file.push(&AlpacaPair { instruction: &row.prompt, input: "", chosen: &row.chosen, rejected: &row.rejected })?;
    }
    Ok(vec![query.finish()?, instruction.finish()?])
}

fn file_name(dataset: &str) -> String {
    format!("{dataset}.json")
}

/// `dataset_info.json`: an entry for every data set that has rows.
fn registry(files: &[FileEntry]) -> Map<String, Value> {
    let entries = [SFT, PAIRS, INSTRUCTION_PAIRS].into_iter().filter_map(|name| {
        let file = files.iter().find(|file| file.name == file_name(name))?;
        (file.rows != Some(0)).then(|| (name.to_owned(), entry(name)))
    });
    entries.collect()
}

fn entry(name: &str) -> Value {
    let file = file_name(name);
    if name == SFT {
        let columns = json!({ "prompt": "instruction", "query": "input", "response": "output" });
        return json!({ "file_name": file, "formatting": "alpaca", "columns": columns });
    }
    let columns = json!({ "prompt": "instruction", "query": "input", "chosen": "chosen", "rejected": "rejected" });
    json!({ "file_name": file, "formatting": "alpaca", "ranking": true, "columns": columns })
}

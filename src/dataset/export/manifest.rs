//! The manifest: what an export holds and what it was made by. No times, names or paths, so that it is stable.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::domain::Digest;

use super::error::ExportError;

/// The manifest's name.
pub const FILE: &str = "manifest.json";

/// Who wrote it; how a folder is recognised as an export.
pub const TOOL: &str = "assay";

/// What the rows were made by, given by whoever made them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetaData {
    /// The profile's name.
    pub profile: String,
    /// Every value of the profile.
    pub rules: serde_json::Value,
    /// Rows left out because they are stale or were decided on before a change.
    pub outdated: u64,
}

/// How many rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// SFT rows.
    pub sft: u64,
    /// Instruction-level pairs.
    pub pairs_instruction: u64,
    /// Query-level pairs.
    pub pairs_query: u64,
    /// Rows left out as outdated.
    pub outdated: u64,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the folder.
    pub name: String,
    /// Its rows, where it has some.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows: Option<u64>,
    /// Its length.
    pub bytes: u64,
    /// Its digest, as `sha256sum` prints it.
    pub sha256: Digest,
}

/// What stands in `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `assay`.
    pub tool: String,
    /// The program's version.
    pub version: String,
    /// The format's name.
    pub format: String,
    /// The profile's name.
    pub profile: String,
    /// Row counts.
    pub counts: Counts,
    /// Every value of the profile.
    pub rules: serde_json::Value,
    /// The files, this one excepted.
    pub files: Vec<FileEntry>,
}

impl Manifest {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// Where there is none, or it is not one of ours.
    pub fn read(dir: &Path) -> Result<Self, ExportError> {
        let bad = |reason: String| ExportError::NoManifest { dir: dir.to_owned(), reason };
        let text = fs::read(dir.join(FILE)).map_err(|error| bad(error.to_string()))?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
        if manifest.tool == TOOL { Ok(manifest) } else { Err(bad(format!("it names the tool `{}`", manifest.tool))) }
    }
}

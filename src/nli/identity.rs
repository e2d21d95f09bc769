//! Who a model is: labels belong to the bytes that gave them, whatever the model is called and wherever it stands.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::{Digest, digest_of};

use super::{Files, LabelOrder, NliError, Source};

/// Where a project keeps what it knows of its model, relative to it.
const MEMORY: &str = ".assay/nli.json";

/// A model as far as labels depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What it is called, for people.
    pub name: String,
    /// One digest of `config.json` (with its labels), `tokenizer.json` and the weights.
    pub digest: Digest,
}

/// What is remembered, so that weights are not read for every start, and labels stay what they are where the model is
/// not at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    source: String,
    digest: Digest,
    files: [Stamp; 3],
}

/// A file as it was when its digest was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    path: PathBuf,
    bytes: u64,
    modified_ns: u64,
}

impl Identity {
    /// Who a model is, and where its files are. Where they are not on this machine (the second part says why), it is
    /// who it was when this project last saw it; nothing where it never did.
    pub fn of(source: &Source, project: &Path) -> (Option<Self>, Result<Files, NliError>) {
        let name = source.to_string();
        let known = remembered(project).filter(|known| known.source == name);
        let looked = source.find().and_then(|files| Ok((digest(&files, &name, known.as_ref(), project)?, files)));
        match looked {
            Ok((digest, files)) => (Some(Self { name, digest }), Ok(files)),
            Err(error) => (known.map(|known| Self { name, digest: known.digest }), Err(error)),
        }
    }
}

/// The digest of a model's files: the remembered one while none of them changed.
fn digest(files: &Files, source: &str, known: Option<&Known>, project: &Path) -> Result<Digest, NliError> {
    let stamps = [stamp(&files.config)?, stamp(&files.tokenizer)?, stamp(&files.weights)?];
    if let Some(known) = known.filter(|known| known.files == stamps) {
        return Ok(known.digest);
    }
    let config = fs::read(&files.config).map_err(|error| NliError::unreadable(&files.config, &error))?;
    // A model without the three labels cannot have given any.
    LabelOrder::read(&config).map_err(|message| not_nli(&files.config, message))?;
    let digest = digest_of(&[
        b"assay/nli".as_slice(),
        &Digest::of_bytes(&config).0,
        &of_file(&files.tokenizer)?.0,
        &of_file(&files.weights)?.0,
    ]);
    let now = Known { source: source.to_owned(), digest, files: stamps };
    if let Err(error) = remember(project, &now) {
        tracing::debug!(%error, "what is known of the NLI model cannot be kept; it is read again at the next start");
    }
    Ok(digest)
}

pub(super) fn not_nli(path: &Path, message: impl ToString) -> NliError {
    NliError::unusable(path, message, "name a DeBERTa-v2 or -v3 sequence classifier that was trained for NLI")
}

fn stamp(path: &Path) -> Result<Stamp, NliError> {
    let looked = path.canonicalize().and_then(|real| Ok((fs::metadata(&real)?, real)));
    let (about, real) = looked.map_err(|error| NliError::unreadable(path, &error))?;
    let modified = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified_ns = modified.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0);
    Ok(Stamp { path: real, bytes: about.len(), modified_ns })
}

/// The SHA-256 of a file of any size.
pub(super) fn of_file(path: &Path) -> Result<Digest, NliError> {
    let mut hash = Hashing(Sha256::new());
    let copied = fs::File::open(path).and_then(|mut file| io::copy(&mut file, &mut hash));
    copied.map_err(|error| NliError::unreadable(path, &error))?;
    Ok(Digest(hash.0.finalize().into()))
}

/// A hash that can be written to.
struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a project's labels were last given by this source.
pub(super) fn is_known(source: &Source, project: &Path) -> bool {
    remembered(project).is_some_and(|known| known.source == source.to_string())
}

fn remembered(project: &Path) -> Option<Known> {
    serde_json::from_slice(&fs::read(project.join(MEMORY)).ok()?).ok()
}

fn remember(project: &Path, known: &Known) -> io::Result<()> {
    let path = project.join(MEMORY);
    let dir = path.parent().unwrap_or(project);
    fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(&serde_json::to_vec_pretty(known)?)?;
    file.persist(&path)?;
    Ok(())
}

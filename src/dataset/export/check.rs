//! Reading an export again and holding it to its manifest.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use crate::domain::Digest;

use super::{
    error::ExportError,
    manifest::{FileEntry, Manifest},
};

/// A file that is not what the manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The file.
    pub file: String,
    /// What is different.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

/// Holds the files of a folder to its manifest. An empty list means that nothing changed.
///
/// # Errors
/// Where there is no manifest, or a file cannot be read for another reason than that it is missing.
pub fn check(dir: &Path) -> Result<(Manifest, Vec<Difference>), ExportError> {
    let manifest = Manifest::read(dir)?;
    let mut found = Vec::new();
    for entry in &manifest.files {
        if let Some(what) = compare(dir, entry)? {
            found.push(Difference { file: entry.name.clone(), what });
        }
    }
    Ok((manifest, found))
}

fn compare(dir: &Path, entry: &FileEntry) -> Result<Option<String>, ExportError> {
    if entry.name.contains(['/', '\\']) || entry.name == ".." {
        return Ok(Some("the manifest names a file outside the folder".to_owned()));
    }
    let path = dir.join(&entry.name);
    let (bytes, digest) = match digest(&path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some("is missing".to_owned())),
        Err(source) => return Err(ExportError::Io { path, doing: "reading", source }),
    };
    if bytes != entry.bytes {
        return Ok(Some(format!("has {bytes} bytes, the manifest says {}", entry.bytes)));
    }
    let changed = digest != entry.sha256;
    Ok(changed.then(|| format!("has SHA-256 {}…, the manifest says {}…", digest.short(12), entry.sha256.short(12))))
}

fn digest(path: &Path) -> io::Result<(u64, Digest)> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((bytes, Digest(hash.finalize().into())));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
}

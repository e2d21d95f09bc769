//! A JSON array written row by row, one a line, hashed as it goes.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::domain::Digest;

use super::{error::ExportError, manifest::FileEntry};

/// Counts and hashes what passes.
struct Hashed<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.hash.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A file that is being written.
pub struct ArrayFile {
    path: PathBuf,
    name: String,
    out: BufWriter<Hashed<File>>,
    rows: u64,
}

impl ArrayFile {
    /// Starts an array in a new file of a folder.
    pub fn create(dir: &Path, name: &str) -> Result<Self, ExportError> {
        let path = dir.join(name);
        let file = File::create_new(&path).map_err(ExportError::io(&path, "creating the file"))?;
        let out = BufWriter::new(Hashed { to: file, hash: Sha256::new(), bytes: 0 });
        Ok(Self { path, name: name.to_owned(), out, rows: 0 })
    }

    /// Adds a row.
    pub fn push(&mut self, row: &impl Serialize) -> Result<(), ExportError> {
        let write = |out: &mut BufWriter<Hashed<File>>, first: bool| {
            out.write_all(if first { b"[\n" } else { b",\n" })?;
            serde_json::to_writer(out, row).map_err(io::Error::from)
        };
        write(&mut self.out, self.rows == 0).map_err(ExportError::io(&self.path, "writing"))?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the array and makes it durable.
    pub fn finish(mut self) -> Result<FileEntry, ExportError> {
        let end: &[u8] = if self.rows == 0 { b"[]\n" } else { b"\n]\n" };
        let written = self.out.write_all(end).and_then(|()| {
            let hashed = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
            hashed.to.sync_all()?;
            Ok(hashed)
        });
        let hashed = written.map_err(ExportError::io(&self.path, "writing"))?;
        let sha256 = Digest(hashed.hash.finalize().into());
        Ok(FileEntry { name: self.name, rows: Some(self.rows), bytes: hashed.bytes, sha256 })
    }
}

/// Writes a whole JSON document, indented, and makes it durable.
pub fn write_document(dir: &Path, name: &str, document: &impl Serialize) -> Result<FileEntry, ExportError> {
    let path = dir.join(name);
    let write = || {
        let mut text = serde_json::to_vec_pretty(document).map_err(io::Error::from)?;
        text.push(b'\n');
        let mut file = File::create_new(&path)?;
        file.write_all(&text)?;
        file.sync_all()?;
        Ok(text)
    };
    let text: Vec<u8> = write().map_err(ExportError::io(&path, "writing"))?;
    let (bytes, sha256) = (text.len() as u64, Digest::of_bytes(&text));
    Ok(FileEntry { name: name.to_owned(), rows: None, bytes, sha256 })
}

//! Reading seeds and queries: text lines, JSON lines and JSON arrays, told apart by a look at the first bytes.
//!
//! Files are streamed: what is kept is what is taken. A file that is broken brings nothing in, and the error says
//! where; rows that are merely unfit are skipped and counted by reason.

mod array;
mod collect;
pub mod error;
mod lines;
pub mod made;
mod object;
mod source;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use self::collect::{Collector, Kind};
pub use self::{
    error::{At, ImportError},
    made::{Named, ResponseRow, VerifierRow, import_responses, import_verifiers},
};
use super::rows::{QueryRow, SeedRow};

/// What an import found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported<R> {
    /// The rows taken, in order.
    pub rows: Vec<R>,
    /// Rows or lines read: taken and skipped.
    pub read: u64,
    /// Rows skipped, by reason: `empty`, `too-long`, `duplicate`, `no-human-turn`, `language`.
    pub skipped: BTreeMap<&'static str, u64>,
    /// What is worth a sentence: the first rows skipped, with their places, and files that hold nothing.
    pub remarks: Vec<String>,
}

impl<R> Imported<R> {
    /// How many rows were taken.
    pub fn taken(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// The name that stands for standard input.
pub const STDIN: &str = "-";

/// Seed instructions from files; `-` is standard input.
///
/// # Errors
/// Where a file cannot be read, is no UTF-8 or no JSON, or a row lacks its text: with file, line and field.
pub fn import_seeds(files: &[PathBuf]) -> Result<Imported<SeedRow>, ImportError> {
    read_files(files, Kind::Seeds).map(Collector::seeds)
}

/// User queries from files; `-` is standard input.
///
/// # Errors
/// As [`import_seeds`].
pub fn import_queries(files: &[PathBuf]) -> Result<Imported<QueryRow>, ImportError> {
    read_files(files, Kind::Queries).map(Collector::queries)
}

fn read_files(files: &[PathBuf], kind: Kind) -> Result<Collector, ImportError> {
    let mut collector = Collector::new(kind);
    for path in files {
        if path.as_os_str() == STDIN {
            read(Path::new("standard input"), io::stdin().lock(), &mut collector)?;
        } else {
            let file = File::open(path).map_err(|source| ImportError::Open { path: path.clone(), source })?;
            read(path, BufReader::with_capacity(1 << 16, file), &mut collector)?;
        }
    }
    Ok(collector)
}

/// Reads one file into the collector.
fn read(path: &Path, mut from: impl BufRead, collector: &mut Collector) -> Result<(), ImportError> {
    collector.start_file(path);
    let format = source::probe(path, &mut from)?;
    match format {
        source::Format::Text => lines::read_text(path, from, collector),
        source::Format::JsonLines => lines::read_json(path, from, collector),
        source::Format::JsonArray => array::read_array(path, from, collector),
    }?;
    collector.end_file(path);
    Ok(())
}

#[cfg(test)]
mod tests;

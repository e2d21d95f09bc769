//! Recording: one line a completion, appended by as many requests at a time as there are.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{Header, Key, Line, Tape, bad};
use crate::llm::{Answer, LlmError, Request};

/// Appends completions to a tape. Share it between requests.
#[derive(Debug)]
pub struct TapeWriter {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    known: HashSet<Key>,
}

impl TapeWriter {
    /// Opens a tape to append to, or begins one. What a killed recording left half written is cut off. The lines are
    /// not synced to disk one by one: the store is the memory, the tape a copy.
    pub fn open(path: &Path, label: &str) -> Result<Self, LlmError> {
        let failed = |error: std::io::Error| bad(path, 0, format!("cannot record there: {error}"));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
        let known = if file.metadata().map_err(failed)?.len() == 0 {
            write_line(&mut file, &Header::new(label, Some("recorded by assay"))).map_err(failed)?;
            HashSet::new()
        } else {
            resume(path, &mut file)?
        };
        Ok(Self { path: path.to_owned(), state: Mutex::new(State { file, known }) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends an answer. Where the tape already has one for the same key, the first stays and the result is `false`.
    pub fn record(&self, request: &Request, answer: &Answer) -> Result<bool, LlmError> {
        let line = Line::of(request, answer);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.known.insert(line.key()) {
            return Ok(false);
        }
        write_line(&mut state.file, &line).map_err(|error| {
            state.known.remove(&line.key());
            bad(&self.path, 0, format!("cannot record: {error}; the answer itself is not lost"))
        })?;
        Ok(true)
    }
}

/// Writes a line in one call, so that lines of two processes do not mix.
fn write_line(file: &mut File, line: &impl serde::Serialize) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    file.write_all(&bytes)
}

/// Reads what is there, mends its end, and says which keys it has.
fn resume(path: &Path, file: &mut File) -> Result<HashSet<Key>, LlmError> {
    let failed = |error: std::io::Error| bad(path, 0, format!("cannot record there: {error}"));
    let bytes = std::fs::read(path).map_err(failed)?;
    if bytes.starts_with(&super::ZSTD_MAGIC) {
        return Err(bad(path, 0, "cannot append to a compressed tape; unpack it or name another file"));
    }
    let tape = Tape::parse(&bytes, path)?;
    if tape.torn().is_some() {
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        file.set_len(whole as u64).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
    } else if !bytes.ends_with(b"\n") {
        file.write_all(b"\n").map_err(failed)?;
    }
    Ok(tape.keys().cloned().collect())
}

//! Compiled code in the cache folder. A file's name carries its key and the SHA-256 of its content, so that a
//! truncated, foreign or damaged file is noticed before it is trusted; files are written under a temporary name and
//! renamed, so that any number of processes may compile at once.
#![allow(unsafe_code, reason = "wasmtime's deserialisation trusts the bytes it is given; they are checked first")]

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use wasmtime::{Engine, Module};

use crate::domain::Digest;

use super::{engine, engine::Reservation, error::SandboxError, guest};

/// What compilation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Looking for code compiled before.
    Looking,
    /// Decompressing the module.
    Decompressing,
    /// Compiling it, which takes seconds of all cores.
    Compiling,
    /// Writing the result.
    Writing,
    /// Done.
    Done,
}

/// The folder used where none is named: `assay` in the user's cache folder (`XDG_CACHE_HOME`).
pub fn default_cache_dir() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|base| base.cache_dir().join("assay"))
}

/// Compiles the guest into `dir`, unless a valid file is there already, and returns the file.
///
/// # Errors
/// Where the folder cannot be written or wasmtime cannot compile.
pub fn compile_to_cache(dir: &Path, progress: &mut impl FnMut(Step)) -> Result<PathBuf, SandboxError> {
    let engine = engine::engine(Reservation::Auto)?;
    progress(Step::Looking);
    let path = match find(&engine, dir) {
        Some(path) => path,
        None => compile(&engine, dir, progress)?,
    };
    progress(Step::Done);
    Ok(path)
}

/// A valid file for this engine. Invalid ones of the same key are removed where possible.
pub(super) fn find(engine: &Engine, dir: &Path) -> Option<PathBuf> {
    let prefix = prefix(engine);
    for entry in fs::read_dir(dir).ok()?.flatten() {
        let name = entry.file_name();
        let Some(claimed) = name.to_str().and_then(|n| n.strip_prefix(&prefix)?.strip_suffix(".cwasm")) else {
            continue;
        };
        let path = entry.path();
        if fs::read(&path).is_ok_and(|content| Digest::of_bytes(&content).hex() == claimed) {
            return Some(path);
        }
        tracing::warn!(path = %path.display(), "compiled Python guest is damaged and will be made again");
        discard(&path);
    }
    None
}

/// Compiles into `dir`.
pub(super) fn compile(engine: &Engine, dir: &Path, progress: &mut impl FnMut(Step)) -> Result<PathBuf, SandboxError> {
    progress(Step::Decompressing);
    let module = guest::module()?;
    progress(Step::Compiling);
    let code = engine.precompile_module(&module).map_err(|e| SandboxError::engine("compile the Python guest", &e))?;
    progress(Step::Writing);
    write(dir, &prefix(engine), &code).map_err(|e| SandboxError::file("write compiled code to", dir, &e))
}

/// Loads a file that [`find`] or [`compile`] returned.
pub(super) fn load(engine: &Engine, path: &Path) -> Result<Module, SandboxError> {
    // SAFETY: the file's content has the SHA-256 that its name claims; it was renamed into place whole by a process
    // that compiled it for this key, nothing writes to such a file again, and wasmtime refuses another version or
    // configuration itself. The folder is the user's own, as is the program's file.
    let module = unsafe { Module::deserialize_file(engine, path) };
    module.map_err(|e| SandboxError::engine("load the compiled Python guest", &e))
}

/// Whether files can be made in `dir`, which is created if need be.
pub(super) fn writable(dir: &Path) -> bool {
    fs::create_dir_all(dir).and_then(|()| tempfile::tempfile_in(dir)).is_ok()
}

/// Removes a file that is of no use; a read-only folder is no obstacle to going on.
pub(super) fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!(path = %path.display(), %error, "could not remove a damaged file");
    }
}

fn prefix(engine: &Engine) -> String {
    format!("python-{}-{}-", guest::PYTHON_VERSION, engine::key(engine).short(16))
}

fn write(dir: &Path, prefix: &str, code: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    let mut file = tempfile::Builder::new().prefix(".compiling-").suffix(".tmp").tempfile_in(dir)?;
    file.write_all(code)?;
    file.as_file().sync_all()?;
    let path = dir.join(format!("{prefix}{}.cwasm", Digest::of_bytes(code).hex()));
    file.persist(&path).map_err(|e| e.error)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_content_that_is_what_its_name_says_is_trusted() {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine::engine(Reservation::Auto).unwrap();
        assert_eq!(find(&engine, dir.path()), None);
        let path = write(dir.path(), &prefix(&engine), b"code").unwrap();
        for damaged in [&b"cod"[..], b"codf", b"", b"code and more"] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(find(&engine, dir.path()), None);
            assert!(!path.exists(), "a damaged file stays");
            assert_eq!(write(dir.path(), &prefix(&engine), b"code").unwrap(), path);
            assert_eq!(find(&engine, dir.path()), Some(path.clone()));
        }
    }

    #[test]
    fn code_that_wasmtime_refuses_is_an_error_and_no_crash() {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine::engine(Reservation::Auto).unwrap();
        let path = write(dir.path(), &prefix(&engine), b"\x7fELF not a module").unwrap();
        assert!(matches!(load(&engine, &path), Err(SandboxError::Engine { .. })));
    }
}

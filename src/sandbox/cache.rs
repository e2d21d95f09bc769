//! Compiled code in the cache folder. A file's name carries its key and the SHA-256 of its content, so that a
//! truncated, foreign or damaged file is noticed before it is trusted; files are written under a temporary name and
//! renamed, so that any number of processes may compile at once.
#![allow(unsafe_code, reason = "wasmtime's deserialisation trusts the bytes it is given; they are checked first")]

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use etcetera::BaseStrategy;
use wasmtime::{Engine, Module};

use crate::domain::Digest;

use super::{engine, engine::Reservation, error::SandboxError, guest};

/// Files of compiled code that stay in the folder, whatever their version.
const KEPT: usize = 2;
/// A file written less than this ago stays too.
const YOUNG: Duration = Duration::from_secs(3600);

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
    let (engine, _) = engine::engine(Reservation::Auto, false)?;
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
    let path = write(dir, &prefix(engine), &code).map_err(|e| SandboxError::file("write compiled code to", dir, &e))?;
    prune(dir, SystemTime::now());
    Ok(path)
}

/// Removes code of other versions and settings, all but the newest [`KEPT`] files. Young ones stay, as a process may be
/// about to load one that it found; a process that has loaded one keeps it, as it is mapped.
fn prune(dir: &Path, now: SystemTime) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let ours = |name: &str| name.starts_with("python-") && name.ends_with(".cwasm");
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(ours))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    for (written, path) in files.iter().skip(KEPT) {
        if now.duration_since(*written).is_ok_and(|age| age > YOUNG) {
            discard(path);
        }
    }
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
        tracing::debug!(path = %path.display(), %error, "could not remove a useless file");
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
        let (engine, _) = engine::engine(Reservation::Auto, false).unwrap();
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
    fn old_code_goes_and_nothing_else_does() {
        let dir = tempfile::tempdir().unwrap();
        let names = ["python-a.cwasm", "python-b.cwasm", "python-c.cwasm", "python-d.cwasm", "notes.txt"];
        let start = SystemTime::now() - Duration::from_secs(10 * 3600);
        for (hours, name) in names.iter().enumerate() {
            let file = fs::File::create(dir.path().join(name)).unwrap();
            file.set_modified(start + Duration::from_secs(hours as u64 * 3600)).unwrap();
        }
        let there = || names.map(|name| dir.path().join(name).exists());
        prune(dir.path(), start + Duration::from_secs(1800));
        assert_eq!(there(), [true; 5], "young files were removed");
        prune(dir.path(), SystemTime::now());
        assert_eq!(there(), [false, false, true, true, true]);
    }

    #[test]
    fn code_that_wasmtime_refuses_is_an_error_and_no_crash() {
        let dir = tempfile::tempdir().unwrap();
        let (engine, _) = engine::engine(Reservation::Auto, false).unwrap();
        let path = write(dir.path(), &prefix(&engine), b"\x7fELF not a module").unwrap();
        assert!(matches!(load(&engine, &path), Err(SandboxError::Engine { .. })));
    }
}

//! The engine lease: one process runs the stages of a project. An operating system's lock, so that it dies with its
//! holder and the next process takes over at once.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// How often, and how long apart, a lease that is held is tried again.
const PATIENCE: u32 = 8;
/// See [`PATIENCE`].
const MOMENT: std::time::Duration = std::time::Duration::from_millis(25);

/// The file that is locked.
const FILE: &str = "assay.lock";

/// The right to run the engine on a project, until it is dropped.
#[derive(Debug)]
pub struct Lease {
    file: File,
}

/// Why there is no lease.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another process has it.
    #[error("another process runs this project: {holder}; end it first, or watch it with `assay`")]
    Held {
        /// Which process, where, since when, doing what.
        holder: String,
    },
    /// The operating system refused.
    #[error("cannot lock {}: {source}; the engine needs a folder that can be written", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Why not.
        source: Arc<std::io::Error>,
    },
}

impl Lease {
    /// Takes the lease of the project in a folder, or says who has it. Waits a moment where somebody has it: a lock
    /// outlives its holder for as long as a child that the holder was just starting has not become another program.
    pub fn acquire(dir: &Path) -> Result<Self, LeaseError> {
        for _ in 0..PATIENCE {
            match Self::acquire_now(dir) {
                Err(LeaseError::Held { .. }) => std::thread::sleep(MOMENT),
                settled => return settled,
            }
        }
        Self::acquire_now(dir)
    }

    /// The same without waiting.
    pub fn acquire_now(dir: &Path) -> Result<Self, LeaseError> {
        let path = dir.join(FILE);
        let io = |error| LeaseError::Io { path: path.clone(), source: Arc::new(error) };
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LeaseError::Held { holder: read_holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let mut lease = Self { file };
        lease.sign(&myself()).map_err(io)?;
        Ok(lease)
    }

    fn sign(&mut self, holder: &str) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(holder.as_bytes())?;
        self.file.flush()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // The lock goes with the file; the text would only mislead.
        if let Err(error) = self.file.set_len(0) {
            tracing::debug!(%error, "cannot empty the lock file");
        }
    }
}

/// What the holder wrote about itself, on one line and without control characters.
fn read_holder(file: &mut File) -> String {
    let mut text = Vec::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(400).read_to_end(&mut text));
    let text: String = String::from_utf8_lossy(&text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match read {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "a process that has not said which".to_owned(),
    }
}

/// This process, in words: number, machine, start, verb.
fn myself() -> String {
    let verb = std::env::args().nth(1).filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic()));
    let verb = verb.map_or_else(|| "assay".to_owned(), |word| format!("assay {word}"));
    let since = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC");
    format!("process {} on {}, `{verb}`, since {since}", std::process::id(), host())
}

fn host() -> String {
    let named =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    let name = named.or_else(|_| std::env::var("HOSTNAME")).unwrap_or_default();
    if name.trim().is_empty() { "this machine".to_owned() } else { name.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_the_other_hears_who() {
        let dir = tempfile::tempdir().unwrap();
        let lease = Lease::acquire(dir.path()).unwrap();
        let Err(LeaseError::Held { holder }) = Lease::acquire(dir.path()) else { panic!("two leases") };
        assert!(holder.contains(&format!("process {}", std::process::id())), "{holder}");
        drop(lease);
        Lease::acquire(dir.path()).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Lease::acquire(&dir.path().join("none")), Err(LeaseError::Io { .. })));
    }
}

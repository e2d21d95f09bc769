//! The log: one file in the state folder that moves aside when it has grown.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// The variable that says what is logged, in the words of `tracing-subscriber`: `debug`, `assay::store=trace`, ...
pub const VARIABLE: &str = "ASSAY_LOG";

/// The log's name in the state folder.
pub const FILE: &str = "assay.log";

/// Bytes after which the log moves aside.
const FULL: u64 = 4 << 20;

/// Old logs that are kept.
const KEPT: u32 = 3;

/// Starts logging into a folder: warnings and the program's own notes, more with `-v`, or what `ASSAY_LOG` asks for.
/// Returns the log's path.
///
/// # Errors
/// Where the folder or file cannot be made, or `ASSAY_LOG` cannot be read. The program works without a log.
pub fn start(dir: &Path, verbose: u8) -> io::Result<PathBuf> {
    let path = dir.join(FILE);
    let writer = Rotating::open(&path)?;
    let usual = match verbose {
        0 => "warn,assay=info",
        1 => "warn,assay=debug",
        _ => "info,assay=trace",
    };
    let filter = match std::env::var(VARIABLE) {
        Ok(asked) => EnvFilter::try_new(&asked)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, format!("{VARIABLE}={asked}: {error}")))?,
        Err(_) => EnvFilter::new(usual),
    };
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    Ok(path)
}

/// A file that moves aside when it is full.
#[derive(Clone, Debug)]
struct Rotating(Arc<Mutex<Open>>);

#[derive(Debug)]
struct Open {
    path: PathBuf,
    file: File,
    bytes: u64,
    full: u64,
}

impl Rotating {
    fn open(path: &Path) -> io::Result<Self> {
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir)?;
        }
        let (file, bytes) = append(path)?;
        Ok(Self(Arc::new(Mutex::new(Open { path: path.to_owned(), file, bytes, full: FULL }))))
    }
}

fn append(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

impl Open {
    /// `assay.log` becomes `assay.log.1`, and so on; the last one goes.
    fn rotate(&mut self) -> io::Result<()> {
        let numbered = |n: u32| self.path.with_extension(format!("log.{n}"));
        for n in (1..KEPT).rev() {
            if numbered(n).exists() {
                fs::rename(numbered(n), numbered(n + 1))?;
            }
        }
        fs::rename(&self.path, numbered(1))?;
        (self.file, self.bytes) = append(&self.path)?;
        Ok(())
    }
}

impl Write for Rotating {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.bytes > open.full {
            open.rotate()?;
        }
        let n = open.file.write(bytes)?;
        open.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).file.flush()
    }
}

impl MakeWriter<'_> for Rotating {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_moves_aside_and_the_oldest_goes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep").join(FILE);
        let mut log = Rotating::open(&path).unwrap();
        log.0.lock().unwrap().full = 10;
        for n in 0..9 {
            // In one piece, as the subscriber writes.
            log.write_all(format!("line number {n}\n").as_bytes()).unwrap();
        }
        let mut names: Vec<_> =
            fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["assay.log", "assay.log.1", "assay.log.2", "assay.log.3"]);
        assert!(fs::read_to_string(&path).unwrap().contains("line number 8"));
    }
}

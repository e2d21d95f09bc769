//! The log: one file in the state folder that moves aside when it has grown.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
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

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step.
    Trace,
    /// What helps to find a mistake in the program.
    Debug,
    /// What happened.
    Info,
    /// What a person should know.
    Warn,
    /// What went wrong.
    Error,
}

impl Level {
    const NAMES: [(&str, Self); 5] = [
        ("TRACE", Self::Trace),
        ("DEBUG", Self::Debug),
        ("INFO", Self::Info),
        ("WARN", Self::Warn),
        ("ERROR", Self::Error),
    ];
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When, RFC 3339 in UTC; empty for a line that goes on from the one before.
    pub at: String,
    /// How grave.
    pub level: Level,
    /// Where from and what; may hold text from anywhere.
    pub text: String,
}

/// How much of the log is read back.
const TAIL: u64 = 128 << 10;

/// The newest lines of a log, oldest first.
///
/// # Errors
/// Where the file cannot be read.
pub fn tail(path: &Path) -> io::Result<Vec<Line>> {
    let mut file = File::open(path)?;
    let from = file.metadata()?.len().saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    // The first line may have lost its beginning.
    let whole = if from == 0 { &*text } else { text.split_once('\n').map_or("", |(_, rest)| rest) };
    let mut lines: Vec<Line> = Vec::new();
    for line in whole.lines() {
        let level = lines.last().map_or(Level::Info, |line| line.level);
        lines.push(read(line).unwrap_or_else(|| Line { at: String::new(), level, text: line.to_owned() }));
    }
    Ok(lines)
}

/// A line as the subscriber writes it: time, level, the rest.
fn read(line: &str) -> Option<Line> {
    let (at, rest) = line.split_once(' ')?;
    let (word, text) = rest.trim_start().split_once(' ')?;
    let (_, level) = Level::NAMES.into_iter().find(|(name, _)| *name == word)?;
    Some(Line { at: at.to_owned(), level, text: text.trim_start().to_owned() })
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

    #[test]
    fn lines_come_back_with_their_levels_and_a_cut_one_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        fs::write(&path, "2026-01-02T03:04:05.123456Z  WARN assay::store: slow disk\n  caused by: x\nodd\n").unwrap();
        let lines = tail(&path).unwrap();
        assert_eq!(lines[0].at, "2026-01-02T03:04:05.123456Z");
        assert_eq!((lines[0].level, lines[0].text.as_str()), (Level::Warn, "assay::store: slow disk"));
        assert_eq!((lines[1].level, lines[1].text.as_str()), (Level::Warn, "  caused by: x"));
        let long = "2026-01-02T03:04:05Z  INFO assay: a line of the log that is repeated\n".repeat(5000);
        fs::write(&path, &long).unwrap();
        let lines = tail(&path).unwrap();
        assert!(lines.len() > 1000 && lines.iter().all(|line| line.level == Level::Info && !line.at.is_empty()));
        assert!(tail(&dir.path().join("none")).is_err());
    }
}

//! The log: one file in the state folder that moves aside when it has grown.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use sha2::{Digest as _, Sha256};
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
        let marked = marked(bytes, &mark());
        open.file.write_all(&marked)?;
        open.bytes += marked.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).file.flush()
    }
}

/// A line with whose it is behind its level. The subscriber hands on one line at a time, with time and level first.
fn marked(line: &[u8], mark: &str) -> Vec<u8> {
    let words = |from: usize| line[from..].iter().position(|byte| *byte != b' ').map(|at| from + at);
    let end = |from: usize| line[from..].iter().position(|byte| *byte == b' ').map(|at| from + at);
    let level = end(0).and_then(words).and_then(end);
    match level {
        Some(at) => [&line[..at], b" ", mark.as_bytes(), &line[at..]].concat(),
        None => line.to_vec(),
    }
}

impl MakeWriter<'_> for Rotating {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Which project the lines of this process are about, once that is known.
static PROJECT: OnceLock<String> = OnceLock::new();

/// Says that what is logged from now on is about a project. The first one counts.
pub fn belongs_to(dir: &Path) {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let name: String = whole.file_name().unwrap_or_default().to_string_lossy().chars().map(plain).collect();
    let known = Sha256::digest(whole.as_os_str().as_encoded_bytes());
    let known: String = known.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    if PROJECT.set(format!("{name}-{known}")).is_err() {
        tracing::trace!(project = name, "lines are about another project already");
    }
}

/// A character as it may stand in a mark.
const fn plain(c: char) -> char {
    if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' }
}

/// Whose a line is: its process, and the project where that was known.
fn mark() -> String {
    let process = std::process::id();
    PROJECT.get().map_or_else(|| format!("[{process}]"), |project| format!("[{process} {project}]"))
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
    /// Whose it is: a process, and a project where that was known; empty in lines of older programs.
    pub whose: String,
    /// Whether it is about this process's project, or this process's own.
    pub mine: bool,
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
        let goes_on = |before: &Line| Line { at: String::new(), text: line.to_owned(), ..before.clone() };
        let alone =
            || Line { at: String::new(), level: Level::Info, whose: String::new(), mine: false, text: line.to_owned() };
        lines.push(read(line).unwrap_or_else(|| lines.last().map_or_else(alone, goes_on)));
    }
    Ok(lines)
}

/// A line as it is written: time, level, whose it is, the rest.
fn read(line: &str) -> Option<Line> {
    let (at, rest) = line.split_once(' ')?;
    let (word, text) = rest.trim_start().split_once(' ')?;
    let (_, level) = Level::NAMES.into_iter().find(|(name, _)| *name == word)?;
    let text = text.trim_start();
    let marked = text.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let (whose, text) = marked.unwrap_or(("", text));
    let (process, project) = whose.split_once(' ').unwrap_or((whose, ""));
    let own = PROJECT.get().is_some_and(|own| own == project);
    let mine = own || process.parse() == Ok(std::process::id());
    Some(Line { at: at.to_owned(), level, whose: whose.to_owned(), mine, text: text.to_owned() })
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
            log.write_all(format!("line-number-{n}\n").as_bytes()).unwrap();
        }
        let mut names: Vec<_> =
            fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["assay.log", "assay.log.1", "assay.log.2", "assay.log.3"]);
        assert!(fs::read_to_string(&path).unwrap().contains("line-number-8"));
    }

    #[test]
    fn lines_say_whose_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        let line = b"2026-01-02T03:04:05Z  WARN assay::llm: slow\n";
        let mine = format!("[{} a-project-0a1b2c]", std::process::id());
        let both = [marked(line, "[0 other-project-112233]"), marked(line, &mine), b"  goes on\n".to_vec()].concat();
        fs::write(&path, both).unwrap();
        let lines = tail(&path).unwrap();
        let said: Vec<_> = lines.iter().map(|line| (line.mine, line.whose.as_str(), line.text.as_str())).collect();
        let whose = mine.trim_matches(['[', ']']);
        assert_eq!(
            said,
            [
                (false, "0 other-project-112233", "assay::llm: slow"),
                (true, whose, "assay::llm: slow"),
                (true, whose, "  goes on")
            ]
        );
        assert_eq!(lines[1].level, Level::Warn);
        assert_eq!(marked(b"odd\n", "[1]"), b"odd\n");
        belongs_to(dir.path());
        let name = dir.path().file_name().unwrap().to_string_lossy();
        assert!(mark().starts_with(&format!("[{} {}-", std::process::id(), name.replace(|c| plain(c) != c, "_"))));
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
        assert!(lines.iter().all(|line| line.whose.is_empty() && !line.mine), "nobody knows whose");
        assert!(lines.len() > 1000 && lines.iter().all(|line| line.level == Level::Info && !line.at.is_empty()));
        assert!(tail(&dir.path().join("none")).is_err());
    }
}

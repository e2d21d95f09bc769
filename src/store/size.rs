//! How much room a project takes, by what it is taken for.

use std::path::Path;

use rusqlite::Connection;

use super::{Store, StoreError, error::Res, open::FILE};

/// What room is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Items and all their versions.
    Items,
    /// Raw answers and the prompts they came from.
    Completions,
    /// What running verifiers did.
    Outcomes,
    /// Decisions, edits, re-runs.
    Journal,
    /// What is derived for lists and counters.
    Index,
    /// Pages that nothing uses.
    Free,
    /// The write-ahead log.
    Log,
    /// Copies from before a change of format, and what a killed process left behind.
    Copies,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Items,
        Self::Completions,
        Self::Outcomes,
        Self::Journal,
        Self::Index,
        Self::Free,
        Self::Log,
        Self::Copies,
    ];

    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Items => "items and versions",
            Self::Completions => "raw answers and prompts",
            Self::Outcomes => "outcomes",
            Self::Journal => "journal",
            Self::Index => "index",
            Self::Free => "free pages",
            Self::Log => "write-ahead log",
            Self::Copies => "copies of older formats",
        }
    }

    /// The part that a table or index of the database belongs to.
    fn of_table(name: &str) -> Self {
        match name {
            _ if name.starts_with("completion") || name.starts_with("prompt") => Self::Completions,
            _ if name.starts_with("outcome") => Self::Outcomes,
            _ if name.starts_with("journal") => Self::Journal,
            _ if name.starts_with("summary") => Self::Index,
            _ => Self::Items,
        }
    }
}

/// Bytes on disk, by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes([u64; Part::ALL.len()]);

impl Sizes {
    /// The bytes of a part.
    pub const fn of(&self, part: Part) -> u64 {
        self.0[part as usize]
    }

    /// All bytes.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    fn add(&mut self, part: Part, bytes: u64) {
        self.0[part as usize] += bytes;
    }
}

/// What the files of a project's database take, without a look into them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskUse {
    /// The database.
    pub database: u64,
    /// Its log, or rollback journal.
    pub log: u64,
    /// Copies from before a change of format, and leftovers.
    pub copies: u64,
}

impl DiskUse {
    /// Looks at the files in a project's folder. What cannot be seen counts nothing.
    pub fn of(dir: &Path) -> Self {
        let length = |name: &str| std::fs::metadata(dir.join(name)).map_or(0, |file| file.len());
        let copies = copies(dir).iter().map(|name| length(name)).sum();
        let log = length(&format!("{FILE}-wal")) + length(&format!("{FILE}-journal"));
        Self { database: length(FILE), log, copies }
    }

    /// All of them.
    pub const fn total(&self) -> u64 {
        self.database + self.log + self.copies
    }
}

/// The names of copies that were made before a change of format.
pub(super) fn backups(dir: &Path) -> Vec<String> {
    let wanted = format!("{FILE}.bak-v");
    named(dir, |name| name.strip_prefix(&wanted).is_some_and(is_number))
}

/// The names of drafts that a process left which was killed while it made a database.
pub(super) fn drafts(dir: &Path) -> Vec<String> {
    let wanted = format!(".{FILE}.");
    named(dir, |name| name.strip_prefix(&wanted).is_some_and(is_number))
}

fn copies(dir: &Path) -> Vec<String> {
    [backups(dir), drafts(dir)].concat()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

fn named(dir: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| wanted(name))
        .collect();
    names.sort();
    names
}

impl Store {
    /// Bytes on disk by part. Looks at every page: some seconds where there are gigabytes.
    pub fn sizes(&self) -> Result<Sizes, StoreError> {
        self.read(|conn| measure(conn, self.path()))
    }
}

/// See [`Store::sizes`].
pub(super) fn measure(conn: &Connection, path: &Path) -> Res<Sizes> {
    let mut sizes = Sizes::default();
    let mut select = conn.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (name, bytes): (String, i64) = (row.get(0)?, row.get(1)?);
        sizes.add(Part::of_table(&name), u64::try_from(bytes).unwrap_or(0));
    }
    let pragma = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    sizes.add(Part::Free, u64::try_from(pragma("freelist_count")? * pragma("page_size")?).unwrap_or(0));
    if let Some(dir) = path.parent() {
        let disk = DiskUse::of(dir);
        sizes.add(Part::Log, disk.log);
        sizes.add(Part::Copies, disk.copies);
    }
    Ok(sizes)
}

//! Giving room back. What undo, `why`, the history or a later run could need stays, unless it is asked for by name:
//! then what goes is what can be done without, at the price that its doc comment says. One transaction removes rows,
//! SQLite's own `VACUUM` gives pages back; a process that is killed meanwhile leaves the database as it was before one
//! of these steps.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::domain::Digest;

use super::{
    Store, StoreError, check,
    completion::unsigned,
    error::Res,
    open::{self, Terms},
    size::{self, Sizes},
};

/// What is removed beside what nobody can miss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Raw answers, with their prompts, of which no current version was read. The versions stay, so that undo works;
    /// what the model said word for word is gone.
    pub older_takes: bool,
    /// Outcomes under another guest, or other limits. Where those come back, verifiers run again.
    pub other_outcomes: bool,
    /// Copies from before a change of format. There is no way back to an older program then.
    pub backups: bool,
    /// Writes the whole file anew even where few pages are free.
    pub full: bool,
}

/// Whether an entry's bytes are of the settings in force.
pub type IsOfThese = dyn Fn(&[u8]) -> bool;

/// What tells whether something is in use.
pub struct InUse {
    /// The guest and limits in force.
    pub config: Digest,
    /// Whether an entry of the index was made under the settings in force.
    pub entry: Box<IsOfThese>,
    /// Values of the project that say that the index is whole.
    pub marks: &'static [&'static str],
}

impl std::fmt::Debug for InUse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InUse").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Something that can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waste {
    /// Index entries made under other settings; they are made again when those come back.
    Entries,
    /// Prompts of which no completion is left.
    Prompts,
    /// Drafts that a killed process left.
    Drafts,
    /// See [`Sweep::older_takes`].
    OlderTakes,
    /// See [`Sweep::other_outcomes`].
    OtherOutcomes,
    /// See [`Sweep::backups`].
    Backups,
}

/// How much of it there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub what: Waste,
    /// Rows or files.
    pub count: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// Whether it is removed.
    pub goes: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    /// The room that was taken.
    pub before: Sizes,
    /// The room that is taken.
    pub after: Sizes,
    /// What went, and what stayed though it could go.
    pub found: Vec<Found>,
}

/// Of so many pages, one must be free for the file to be written anew.
const WORTH: i64 = 64;

/// Completions of which a current version was read.
const CURRENT: &str = "SELECT v.completion FROM slot s JOIN version v ON v.slot = s.row AND v.no = s.current
    WHERE v.completion IS NOT NULL";

impl Store {
    /// What could go, without removing it.
    pub fn waste(&self, sweep: &Sweep, in_use: &InUse) -> Result<Vec<Found>, StoreError> {
        self.read(|conn| look(conn, self.path(), sweep, in_use))
    }
}

/// Removes what can go from the database in a folder, and gives the room back to the file system. The caller holds the
/// lease, so that no engine is at work.
///
/// # Errors
/// Where the database cannot be written, or there is no room for its copy while it is written anew: it is whole then.
pub fn sweep(dir: &Path, sweep: &Sweep, in_use: &InUse) -> Result<Swept, StoreError> {
    let opened = open::for_writing(dir, &Terms::of(dir, &|_| ()))?;
    let path = dir.join(open::FILE);
    let swept = sweep_on(&opened.conn, &path, sweep, in_use).map_err(|trouble| trouble.at(&path))?;
    remove_files(dir, sweep)?;
    let after = size::measure(&opened.conn, &path).map_err(|trouble| trouble.at(&path))?;
    Ok(Swept { after, ..swept })
}

fn sweep_on(conn: &Connection, path: &Path, sweep: &Sweep, in_use: &InUse) -> Res<Swept> {
    // Nothing is thrown away of a file that is not in order.
    check::quick_check(conn, path, &|_| ())?;
    // The copy that VACUUM makes can be as long as the file.
    conn.execute_batch("PRAGMA temp_store = FILE")?;
    let before = size::measure(conn, path)?;
    let found = look(conn, path, sweep, in_use)?;
    let txn = conn.unchecked_transaction()?;
    remove(&txn, sweep, in_use)?;
    txn.commit()?;
    let pragma = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if sweep.full || pragma("freelist_count")? * WORTH >= pragma("page_count")? {
        conn.execute_batch("VACUUM")?;
    }
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(Swept { before, after: before, found })
}

fn look(conn: &Connection, path: &Path, sweep: &Sweep, in_use: &InUse) -> Res<Vec<Found>> {
    let counted = |what, goes, sql: &str, params: &[&dyn rusqlite::ToSql]| -> Res<Found> {
        let (count, bytes): (i64, i64) = conn.query_row(sql, params, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Found { what, count: unsigned(count), bytes: unsigned(bytes), goes })
    };
    let dir = path.parent().unwrap_or(path);
    let files = |what, goes, names: Vec<String>| {
        let bytes = names.iter().filter_map(|name| std::fs::metadata(dir.join(name)).ok()).map(|file| file.len());
        Found { what, count: names.len() as u64, bytes: bytes.sum(), goes }
    };
    let stale = stale_entries(conn, in_use)?;
    let mut found = vec![
        Found {
            what: Waste::Entries,
            count: stale.len() as u64,
            bytes: stale.iter().map(|(_, bytes)| bytes).sum(),
            goes: true,
        },
        counted(
            Waste::Prompts,
            true,
            "SELECT COUNT(*), COALESCE(SUM(LENGTH(text)), 0) FROM prompt
             WHERE row NOT IN (SELECT prompt FROM completion)",
            &[],
        )?,
        files(Waste::Drafts, true, size::drafts(dir)),
        counted(
            Waste::OlderTakes,
            sweep.older_takes,
            &format!(
                "SELECT COUNT(*), COALESCE(SUM(LENGTH(content) + COALESCE(LENGTH(reasoning), 0)), 0) FROM completion
                 WHERE LENGTH(content) > 0 AND row NOT IN ({CURRENT})"
            ),
            &[],
        )?,
        counted(
            Waste::OtherOutcomes,
            sweep.other_outcomes,
            "SELECT COALESCE(SUM(count), 0), COALESCE(SUM(LENGTH(data)), 0) FROM outcome WHERE config <> ?1",
            &[&in_use.config.0],
        )?,
        files(Waste::Backups, sweep.backups, size::backups(dir)),
    ];
    found.retain(|found| found.count > 0);
    Ok(found)
}

/// Rows and lengths of index entries that nothing reads any more.
fn stale_entries(conn: &Connection, in_use: &InUse) -> Res<Vec<(i64, u64)>> {
    let mut select = conn.prepare("SELECT root, data FROM summary")?;
    let mut rows = select.query([])?;
    let mut stale = Vec::new();
    while let Some(row) = rows.next()? {
        let data = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        if !(in_use.entry)(data) {
            stale.push((row.get(0)?, data.len() as u64));
        }
    }
    Ok(stale)
}

fn remove(txn: &Connection, sweep: &Sweep, in_use: &InUse) -> Res<()> {
    let mut delete = txn.prepare("DELETE FROM summary WHERE root = ?1")?;
    let stale = stale_entries(txn, in_use)?;
    for (root, _) in &stale {
        delete.execute([root])?;
    }
    // Without them the index is not whole any more, under whatever settings it was.
    for mark in in_use.marks.iter().filter(|_| !stale.is_empty()) {
        txn.execute("DELETE FROM meta WHERE key = ?1", [mark])?;
    }
    if sweep.older_takes {
        // An empty text stands for one that was dropped: a stored one has at least its length before it.
        let sql = format!(
            "UPDATE completion SET content = X'', reasoning = NULL, prompt = 0
             WHERE LENGTH(content) > 0 AND row NOT IN ({CURRENT})"
        );
        txn.execute(&sql, [])?;
    }
    txn.execute("DELETE FROM prompt WHERE row NOT IN (SELECT prompt FROM completion)", [])?;
    if sweep.other_outcomes {
        txn.execute("DELETE FROM outcome WHERE config <> ?1", params![in_use.config.0])?;
    }
    Ok(())
}

fn remove_files(dir: &Path, sweep: &Sweep) -> Result<(), StoreError> {
    let backups = if sweep.backups { size::backups(dir) } else { Vec::new() };
    for name in size::drafts(dir).into_iter().chain(backups) {
        let path = dir.join(name);
        std::fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
    }
    Ok(())
}

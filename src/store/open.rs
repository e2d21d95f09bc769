//! Creating and opening the database file: checks, migrations, journal mode.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{
    check::{back_up, expect_tables, identify, migrate, quick_check},
    error::{Res, StoreError},
    schema::{APPLICATION_ID, MIGRATIONS, Migration, newest},
};

/// The database's name in the project folder.
pub(super) const FILE: &str = "assay.db";

/// How long a locked database is waited for (tests have less patience).
const PATIENCE: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(5) };

/// A shared lock on the project folder, held while the database is open here. It tells whether anyone else has it
/// open; file systems without such locks tell nothing.
#[derive(Debug)]
pub(super) struct Presence {
    _folder: Option<File>,
    /// Whether nobody else had it open.
    pub(super) alone: bool,
}

impl Presence {
    fn enter(dir: &Path, ask: bool) -> Self {
        let Ok(folder) = File::open(dir) else { return Self { _folder: None, alone: true } };
        let alone = ask && !matches!(folder.try_lock(), Err(TryLockError::WouldBlock));
        // Held exclusively only for the moment of asking.
        let held = folder.lock_shared().is_ok();
        Self { _folder: held.then_some(folder), alone }
    }
}

/// A database that was opened for writing.
pub(super) struct Opened {
    pub(super) conn: Connection,
    pub(super) presence: Presence,
    /// What a person should know about how it was opened.
    pub(super) notices: Vec<String>,
}

/// Makes a new database in a folder. It appears under its name when it is whole.
pub(super) fn create(dir: &Path, project_seed: u64) -> Result<(), StoreError> {
    let path = dir.join(FILE);
    if path.exists() {
        return Err(StoreError::Exists { path });
    }
    let draft = dir.join(format!(".{FILE}.{}", std::process::id()));
    let made = draw(&draft, project_seed).map_err(|trouble| trouble.at(&path));
    let placed = made.and_then(|()| std::fs::rename(&draft, &path).map_err(StoreError::io("make", &path)));
    if placed.is_err()
        && let Err(error) = std::fs::remove_file(&draft)
    {
        tracing::debug!(%error, "cannot remove {}", draft.display());
    }
    placed
}

fn draw(draft: &Path, project_seed: u64) -> Res<()> {
    let conn = Connection::open_with_flags(
        draft,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    // A draft that is cut short is thrown away, so it needs no journal.
    conn.execute_batch(&format!("PRAGMA journal_mode = MEMORY; PRAGMA application_id = {APPLICATION_ID}"))?;
    migrate(&conn, 0, MIGRATIONS)?;
    conn.execute("INSERT INTO meta(key, value) VALUES ('project_seed', ?1)", [project_seed.to_string()])?;
    conn.close().map_err(|(_, error)| error.into())
}

/// What takes its time in opening a large database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Every page is looked at, as it was not closed in order: so many bytes.
    Checking(u64),
    /// It is copied before its format changes: bytes so far, and of how many about.
    Copying(u64, u64),
}

/// Whom to tell what takes its time, now and then.
pub type Tell<'t> = &'t (dyn Fn(Opening) + Sync);

/// How a database is to be opened for writing.
pub(super) struct Terms<'t> {
    /// The formats that are known.
    pub(super) migrations: &'t [Migration],
    /// The network file system that the folder is on, if it is on one.
    pub(super) network: Option<String>,
    /// Whom to tell what takes its time.
    pub(super) tell: Tell<'t>,
}

impl<'t> Terms<'t> {
    /// The terms for a folder.
    pub(super) fn of(dir: &Path, tell: Tell<'t>) -> Self {
        Self { migrations: MIGRATIONS, network: super::netfs::network_type(dir), tell }
    }
}

/// Opens a database for writing, bringing it to the newest format.
pub(super) fn for_writing(dir: &Path, terms: &Terms<'_>) -> Result<Opened, StoreError> {
    let path = existing(dir)?;
    let presence = Presence::enter(dir, true);
    let mut notices = Vec::new();
    let conn = prepare(&path, terms, presence.alone, &mut notices).map_err(|trouble| trouble.at(&path))?;
    Ok(Opened { conn, presence, notices })
}

fn existing(dir: &Path) -> Result<PathBuf, StoreError> {
    let path = dir.join(FILE);
    if path.is_file() { Ok(path) } else { Err(StoreError::Missing { path }) }
}

/// Whether the last process that had it open ended without closing it: SQLite leaves its log behind.
fn was_cut_short(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|tail| {
        let mut log = path.as_os_str().to_owned();
        log.push(tail);
        std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.is_file() && log.len() > 0)
    })
}

fn prepare(path: &Path, terms: &Terms<'_>, alone: bool, notices: &mut Vec<String>) -> Res<Connection> {
    let unclean = alone && was_cut_short(path);
    let newest = newest(terms.migrations);
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    // A file that is refused stays as it is, log included.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let found = identify(&conn, path, newest)?;
    if conn.is_readonly(rusqlite::MAIN_DB)? {
        return Err(StoreError::ReadOnly { path: path.to_owned() }.into());
    }
    if unclean {
        quick_check(&conn, path, terms.tell)?;
        notices.push("the project was not closed in order the last time; its database was checked and is whole".into());
    }
    if found < newest {
        if !alone {
            return Err(StoreError::Locked { path: path.to_owned() }.into());
        }
        notices.push(back_up(&conn, path, found, terms.tell)?);
        migrate(&conn, found, terms.migrations)?;
    }
    expect_tables(&conn)?;
    notices.extend(choose_journal(&conn, terms.network.as_deref())?);
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY")?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    keep_statements(&conn)?;
    Ok(conn)
}

/// Lets statements be prepared once. A plan must not depend on the values bound to it either: with partial indexes
/// SQLite would prepare a statement anew for every value.
fn keep_statements(conn: &Connection) -> Res<()> {
    conn.set_prepared_statement_cache_capacity(128);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Opens a read-only connection, checking what the file is where that has not been done.
pub(super) fn for_reading(path: &Path, check: bool) -> Res<Connection> {
    let conn = match look(path) {
        // Where no log can be made beside it (a full disk, another's folder), a database at rest can still be read.
        Err(error) if cannot_log(&error) && !was_cut_short(path) => at_rest(path)?,
        Err(error) if cannot_log(&error) => return Err(StoreError::Unfinished { path: path.to_owned() }.into()),
        looked => looked?,
    };
    if check {
        let found = identify(&conn, path, newest(MIGRATIONS))?;
        if found < newest(MIGRATIONS) {
            let found = format!("it has the older format {found}; open it for writing once to bring it up to date");
            return Err(StoreError::Foreign { path: path.to_owned(), found }.into());
        }
        expect_tables(&conn)?;
    }
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8000")?;
    keep_statements(&conn)?;
    Ok(conn)
}

fn look(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    // The first read opens the log, or fails to.
    conn.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(conn)
}

fn cannot_log(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly | DiskFull))
}

/// Opens a database that nobody writes, without a log or locks.
fn at_rest(path: &Path) -> rusqlite::Result<Connection> {
    let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)
}

/// Enters a folder to read its database.
pub(super) fn to_look(dir: &Path) -> Result<(PathBuf, Presence), StoreError> {
    Ok((existing(dir)?, Presence::enter(dir, false)))
}

/// A write-ahead log, or a rollback journal where that is unsafe; what to tell in the second case.
fn choose_journal(conn: &Connection, network: Option<&str>) -> Res<Option<String>> {
    let wanted = if network.is_some() { "delete" } else { "wal" };
    let mode: String = conn.query_row(&format!("PRAGMA journal_mode = {wanted}"), [], |row| row.get(0))?;
    Ok(match network {
        Some(name) => Some(format!(
            "the project is on a network file system ({name}), so it is stored with a rollback journal: slower, and two machines must not have it open at once"
        )),
        None if mode != "wal" => {
            Some(format!("the file system offers no write-ahead log, so the journal mode is `{mode}`: slower"))
        }
        None => None,
    })
}

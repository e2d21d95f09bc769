//! Creating and opening the database file: checks, migrations, journal mode.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{
    error::{Res, StoreError, Trouble},
    netfs,
    schema::{APPLICATION_ID, MIGRATIONS, Migration, TABLES, newest},
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
    conn.execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
    migrate(&conn, 0, MIGRATIONS)?;
    conn.execute("INSERT INTO meta(key, value) VALUES ('project_seed', ?1)", [project_seed.to_string()])?;
    conn.close().map_err(|(_, error)| error.into())
}

/// Opens a database for writing, bringing it to the newest format of the list.
pub(super) fn for_writing(dir: &Path, migrations: &[Migration]) -> Result<Opened, StoreError> {
    let path = existing(dir)?;
    let presence = Presence::enter(dir, true);
    let unclean = presence.alone && was_cut_short(&path);
    let mut notices = Vec::new();
    let conn = prepare(&path, dir, migrations, presence.alone, unclean, &mut notices);
    Ok(Opened { conn: conn.map_err(|trouble| trouble.at(&path))?, presence, notices })
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
        std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > 0)
    })
}

fn prepare(
    path: &Path,
    dir: &Path,
    migrations: &[Migration],
    alone: bool,
    unclean: bool,
    notices: &mut Vec<String>,
) -> Res<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    // A file that is refused stays as it is, log included.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let found = identify(&conn, path, newest(migrations))?;
    if unclean {
        quick_check(&conn)?;
        notices.push("the project was not closed in order the last time; its database was checked and is whole".into());
    }
    if found < newest(migrations) {
        if !alone {
            return Err(StoreError::Locked { path: path.to_owned() }.into());
        }
        notices.push(back_up(&conn, path, found)?);
        migrate(&conn, found, migrations)?;
    }
    expect_tables(&conn)?;
    notices.extend(choose_journal(&conn, dir)?);
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY")?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Opens a read-only connection, checking what the file is where that has not been done.
pub(super) fn for_reading(path: &Path, check: bool) -> Res<Connection> {
    let conn = match look(path) {
        // Where no log can be made beside it (a full disk, another's folder), a database at rest can still be read.
        Err(error) if cannot_log(&error) && !was_cut_short(path) => at_rest(path)?,
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
    conn.set_prepared_statement_cache_capacity(64);
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

/// The file's format, if it is ours and known.
fn identify(conn: &Connection, path: &Path, known: i64) -> Res<i64> {
    let application: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if application != APPLICATION_ID || found < 1 {
        let tables: i64 = conn.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let found = if tables == 0 { "it is empty" } else { "it is another program's database" };
        return Err(StoreError::Foreign { path: path.to_owned(), found: found.to_owned() }.into());
    }
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known }.into());
    }
    Ok(found)
}

fn quick_check(conn: &Connection) -> Res<()> {
    let found: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Trouble::Unreadable(found)) }
}

fn expect_tables(conn: &Connection) -> Res<()> {
    let mut find = conn.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?;
    for table in TABLES {
        if !find.exists([table])? {
            return Err(Trouble::Unreadable(format!("the table `{table}` is missing")));
        }
    }
    Ok(())
}

/// Copies the database before it is migrated; what to tell about it. An older copy of the same format is replaced.
fn back_up(conn: &Connection, path: &Path, found: i64) -> Res<String> {
    let copy = path.with_file_name(format!("{FILE}.bak-v{found}"));
    if copy.exists() {
        std::fs::remove_file(&copy).map_err(StoreError::io("replace", &copy))?;
    }
    conn.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    Ok(format!("the database was brought up to date from format {found}; a copy is in {}", copy.display()))
}

/// Applies the migrations after a format, all or none.
fn migrate(conn: &Connection, found: i64, migrations: &[Migration]) -> Res<()> {
    let txn = conn.unchecked_transaction()?;
    for migration in migrations.iter().filter(|migration| migration.to > found) {
        txn.execute_batch(migration.sql)?;
        txn.pragma_update(None, "user_version", migration.to)?;
    }
    Ok(txn.commit()?)
}

/// A write-ahead log, or a rollback journal where that is unsafe; what to tell in the second case.
fn choose_journal(conn: &Connection, dir: &Path) -> Res<Option<String>> {
    let network = netfs::network_type(dir);
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

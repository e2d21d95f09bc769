//! What a database file is, whether it is whole, and bringing an older one up to date.

use std::{path::Path, sync::mpsc::RecvTimeoutError, time::Duration};

use rusqlite::Connection;

use super::{
    error::{Res, StoreError, Trouble},
    open::{FILE, Opening, Tell},
    schema::{APPLICATION_ID, Migration, TABLES},
};

/// The file's format, if it is ours and known.
pub(super) fn identify(conn: &Connection, path: &Path, known: i64) -> Res<i64> {
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

/// How often it is told what takes its time.
const TELL: Duration = Duration::from_millis(500);

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

/// Does something that may take long, and meanwhile tells how far it is.
fn telling<T>(tell: Tell<'_>, how_far: impl Fn() -> Opening + Send, work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        let (done, waits) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            while waits.recv_timeout(TELL) == Err(RecvTimeoutError::Timeout) {
                tell(how_far());
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// Looks at every page; after a crash only, as it reads the whole file.
pub(super) fn quick_check(conn: &Connection, path: &Path, tell: Tell<'_>) -> Res<()> {
    let bytes = length(path);
    let look = || conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    let found: String = telling(tell, || Opening::Checking(bytes), look)?;
    if found == "ok" { Ok(()) } else { Err(Trouble::Unreadable(found)) }
}

/// Whether all tables are there.
pub(super) fn expect_tables(conn: &Connection) -> Res<()> {
    let mut find = conn.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?;
    for table in TABLES {
        if !find.exists([table])? {
            return Err(Trouble::Unreadable(format!("the table `{table}` is missing")));
        }
    }
    Ok(())
}

/// Copies the database before it is migrated; what to tell about it. An older copy of the same format is replaced.
pub(super) fn back_up(conn: &Connection, path: &Path, found: i64, tell: Tell<'_>) -> Res<String> {
    let copy = path.with_file_name(format!("{FILE}.bak-v{found}"));
    if copy.exists() {
        std::fs::remove_file(&copy).map_err(StoreError::io("replace", &copy))?;
    }
    let bytes = length(path);
    let how_far = || Opening::Copying(length(&copy), bytes);
    telling(tell, how_far, || conn.execute("VACUUM INTO ?1", [copy.to_string_lossy()]))?;
    Ok(format!("the database was brought up to date from format {found}; a copy is in {}", copy.display()))
}

/// Applies the migrations after a format, all or none.
pub(super) fn migrate(conn: &Connection, found: i64, migrations: &[Migration]) -> Res<()> {
    let txn = conn.unchecked_transaction()?;
    for migration in migrations.iter().filter(|migration| migration.to > found) {
        txn.execute_batch(migration.sql)?;
        txn.pragma_update(None, "user_version", migration.to)?;
    }
    Ok(txn.commit()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// The work ends only once it was told of, so that this ends only if it is.
    #[test]
    fn what_takes_long_is_told_of_meanwhile() {
        let (heard, told) = std::sync::mpsc::channel();
        let heard = Mutex::new(heard);
        let tell = |what| heard.lock().unwrap().send(what).unwrap_or_default();
        let first = telling(&tell, || Opening::Copying(3, 9), || told.recv().unwrap());
        assert_eq!(first, Opening::Copying(3, 9));
    }
}

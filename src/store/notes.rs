//! People's notes on items. They stand in `meta` under `note:<row of the instruction>:<item>`, so that they need no
//! table of their own and those of an instruction are one range.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ItemId;

use super::{
    Store, StoreError,
    apply::Work,
    error::{Res, Trouble},
    read::row_of,
};

fn key(root: i64, item: ItemId) -> String {
    format!("note:{root}:{item}")
}

/// The note on an item, as the transaction finds it.
pub(super) fn get(work: &mut Work<'_>, item: ItemId) -> Res<Option<String>> {
    let place = work.place(item)?;
    let mut select = work.conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(select.query_row([key(place.root.unwrap_or(place.row), item)], |row| row.get(0)).optional()?)
}

/// Writes the note on an item, or takes it away.
pub(super) fn set(work: &mut Work<'_>, item: ItemId, note: Option<&str>) -> Res<()> {
    let place = work.touch(item)?;
    let key = key(place.root.unwrap_or(place.row), item);
    match note {
        Some(note) => work.update("INSERT OR REPLACE INTO meta(key, value) VALUES (?1, ?2)", params![key, note]),
        None => work.update("DELETE FROM meta WHERE key = ?1", [key]),
    }
}

fn all(conn: &Connection, root: ItemId) -> Res<Vec<(ItemId, String)>> {
    let Some(row) = row_of(conn, root)? else { return Ok(Vec::new()) };
    let mut select = conn.prepare_cached("SELECT key, value FROM meta WHERE key > ?1 AND key < ?2 ORDER BY key")?;
    // `;` is the character after `:`.
    let found = select.query_map([format!("note:{row}:"), format!("note:{row};")], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut notes = Vec::new();
    for found in found {
        let (key, note) = found?;
        let item = key.splitn(3, ':').nth(2).and_then(|item| item.parse().ok());
        let item = item.ok_or_else(|| Trouble::Unreadable(format!("`{key}` names no item in the store's notes")))?;
        notes.push((item, note));
    }
    Ok(notes)
}

impl Store {
    /// The notes on an instruction and on what was made from it.
    pub fn notes(&self, root: ItemId) -> Result<Vec<(ItemId, String)>, StoreError> {
        self.read(|conn| all(conn, root))
    }
}

//! Outcomes: packed per instruction, batch and configuration, merged by key.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::{
    Digest, ItemId, Outcome,
    tree::{OutcomeKey, Outcomes},
};

use super::{apply::Work, error::Res, packed, zip};

/// Adds outcomes to a batch. What is known already stays; nothing is written where nothing is new.
pub(super) fn merge(
    work: &mut Work<'_>,
    root: ItemId,
    batch: Option<ItemId>,
    config: Digest,
    outcomes: &[(OutcomeKey, Outcome)],
) -> Res<()> {
    let batch = batch.map(|task| work.place(task)).transpose()?.map_or(0, |place| place.row);
    let row = work.place(root)?.row;
    let mut select =
        work.conn.prepare_cached("SELECT data FROM outcome WHERE root = ?1 AND config = ?2 AND batch = ?3")?;
    let stored: Option<Vec<u8>> = select.query_row(params![row, config.0, batch], |row| row.get(0)).optional()?;
    let mut known = BTreeMap::new();
    if let Some(data) = stored {
        packed::read(&zip::unpack(&data)?, |key, outcome| {
            known.insert(key, outcome);
        })?;
    }
    let before = known.len();
    for (key, outcome) in outcomes.iter().filter(|(_, outcome)| outcome.is_fact()) {
        known.entry(*key).or_insert_with(|| outcome.clone());
    }
    if known.len() == before {
        return Ok(());
    }
    let count = i64::try_from(known.len()).unwrap_or(i64::MAX);
    let data = zip::pack(&packed::write(&known)?)?;
    work.touch(root)?;
    work.update(
        "INSERT INTO outcome(root, config, batch, count, data) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT(root, config, batch) DO UPDATE SET count = excluded.count, data = excluded.data",
        params![row, config.0, batch, count, data],
    )
}

/// The outcomes of an instruction under a configuration.
pub(super) fn of_root(conn: &Connection, root: i64, config: Digest) -> Res<Outcomes> {
    let mut outcomes = Outcomes::default();
    let mut select = conn.prepare_cached("SELECT data FROM outcome WHERE root = ?1 AND config = ?2 ORDER BY batch")?;
    let mut rows = select.query(params![root, config.0])?;
    while let Some(row) = rows.next()? {
        let data = zip::unpack(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        packed::read(&data, |key, outcome| {
            outcomes.0.entry(key).or_insert(outcome);
        })?;
    }
    Ok(outcomes)
}

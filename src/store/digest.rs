//! The digest of a project's logical state: items, versions, what is current, decisions, wanted re-runs, failures and
//! outcomes, in the order of their identities. No times, usage, rows, order of arrival, name or path.
//!
//! An item that says nothing yet and was not decided on is no part of it, as its slot may be there or not; a task is,
//! as its being there is what it says. A pair is part of it while a decision on it is in force, with what was seen.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::domain::{Digest, ItemId, Kind, Outcome, tree::OutcomeKey};

use super::{
    apply::json,
    error::Res,
    packed,
    row::{RawSlot, RawVersion, SLOT_COLUMNS, each_slot, id_at, origin_code},
    zip,
};

/// A hash over length-prefixed parts, as [`crate::domain::digest_of`], but fed one by one.
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// A value that may be missing.
    fn maybe(&mut self, value: Option<impl AsRef<[u8]>>) {
        match value {
            Some(bytes) => {
                self.add([1]);
                self.add(bytes);
            }
            None => self.add([0]),
        }
    }
}

/// The digest of all.
pub(super) fn of_project(conn: &Connection) -> Res<Digest> {
    let mut parts = Parts(Sha256::new());
    parts.add("assay/state/1");
    let mut select = conn.prepare(&format!("SELECT {SLOT_COLUMNS} ORDER BY s.kind, s.hash, v.no"))?;
    each_slot(&mut select.query([])?, |slot| add_slot(&mut parts, &slot))?;
    add_outcomes(&mut parts, conn)?;
    Ok(Digest(parts.0.finalize().into()))
}

fn says_nothing(slot: &RawSlot) -> bool {
    if slot.id.kind == Kind::Pair {
        return slot.decision.is_none();
    }
    slot.versions.is_empty()
        && slot.decision.is_none()
        && slot.rerun.is_none()
        && slot.failure.is_none()
        && slot.id.kind != Kind::Task
}

fn add_slot(parts: &mut Parts, slot: &RawSlot) -> Res<()> {
    if says_nothing(slot) {
        return Ok(());
    }
    add_id(parts, slot.id);
    parts.add(slot.key.as_str());
    parts.maybe(slot.current.map(u32::to_le_bytes));
    parts.maybe(slot.decision()?.as_ref().map(json).transpose()?);
    parts.maybe(slot.rerun.map(u32::to_le_bytes));
    parts.maybe(slot.failure()?.map(|failure| failure.code));
    parts.add((slot.versions.len() as u64).to_le_bytes());
    for version in &slot.versions {
        add_version(parts, version);
    }
    Ok(())
}

fn add_id(parts: &mut Parts, id: ItemId) {
    parts.add([id.kind.code()]);
    parts.add(id.hash);
}

fn add_version(parts: &mut Parts, version: &RawVersion) {
    let RawVersion { no, origin, body, made, completion: _, taken_back } = version;
    parts.add(no.to_le_bytes());
    parts.add([origin_code(*origin)]);
    parts.add(body);
    match made {
        Some(made) => {
            parts.add(made.inputs.0);
            parts.add(made.settings.0);
            parts.add(made.sample.to_le_bytes());
            parts.add(made.take.to_le_bytes());
            if *taken_back {
                parts.add("taken back");
            }
        }
        None => parts.add("unmade"),
    }
}

/// Outcomes by instruction and configuration; in which batch one became known does not count.
fn add_outcomes(parts: &mut Parts, conn: &Connection) -> Res<()> {
    type Known = BTreeMap<OutcomeKey, Outcome>;
    let mut select = conn.prepare(
        "SELECT s.kind, s.hash, o.config, o.data FROM slot s JOIN outcome o ON o.root = s.row
         ORDER BY s.kind, s.hash, o.config, o.batch",
    )?;
    let mut rows = select.query([])?;
    let mut open: Option<(ItemId, [u8; 32], Known)> = None;
    let close = |parts: &mut Parts, (id, config, known): (ItemId, [u8; 32], Known)| -> Res<()> {
        add_id(parts, id);
        parts.add(config);
        for (key, outcome) in known {
            parts.add(key.source.0);
            parts.add(key.text.0);
            parts.add(json(&Outcome { cpu_us: 0, ..outcome })?);
        }
        Ok(())
    };
    while let Some(row) = rows.next()? {
        let (id, config) = (id_at(row, 0)?, row.get(2)?);
        if open.as_ref().is_none_or(|(at, of, _)| (*at, *of) != (id, config))
            && let Some(done) = open.replace((id, config, Known::new()))
        {
            close(parts, done)?;
        }
        let data = zip::unpack(row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?)?;
        if let Some((_, _, known)) = open.as_mut() {
            packed::read(&data, |key, outcome| {
                known.entry(key).or_insert(outcome);
            })?;
        }
    }
    open.map_or(Ok(()), |done| close(parts, done))
}

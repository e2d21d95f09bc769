//! Reading rows: identities, slots with their versions.

use rusqlite::{Row, types::Type};
use serde::de::DeserializeOwned;

use crate::domain::{Decision, Digest, Failure, ItemId, Kind, Made, Origin, Slot, SlotKey, Version};

use super::error::{Res, Trouble};

/// The number that stands for an origin; never reused.
pub(super) const fn origin_code(origin: Origin) -> u8 {
    match origin {
        Origin::Machine => 1,
        Origin::Human => 2,
        Origin::Imported => 3,
    }
}

fn origin_of(code: u8) -> Option<Origin> {
    [Origin::Machine, Origin::Human, Origin::Imported].into_iter().find(|&origin| origin_code(origin) == code)
}

/// The identity in columns `at` (kind) and `at + 1` (hash).
pub(super) fn id_at(row: &Row<'_>, at: usize) -> rusqlite::Result<ItemId> {
    let code: u8 = row.get(at)?;
    let kind = Kind::from_code(code).ok_or_else(|| unknown(at, format!("unknown kind {code}")))?;
    Ok(ItemId { kind, hash: row.get(at + 1)? })
}

/// A stored value that this program does not know.
pub(super) fn unknown(column: usize, what: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
}

/// A slot with its versions, bodies still text.
#[derive(Debug)]
pub(super) struct RawSlot {
    pub(super) row: i64,
    pub(super) id: ItemId,
    pub(super) key: SlotKey,
    pub(super) owner: Option<i64>,
    pub(super) query: Option<i64>,
    pub(super) index: u32,
    pub(super) current: Option<u32>,
    pub(super) decision: Option<String>,
    pub(super) rerun: Option<u32>,
    pub(super) failure: Option<String>,
    pub(super) completions: u32,
    pub(super) versions: Vec<RawVersion>,
}

/// A version, its body still text.
#[derive(Debug)]
pub(super) struct RawVersion {
    pub(super) no: u32,
    pub(super) origin: Origin,
    pub(super) body: String,
    pub(super) made: Option<Made>,
    pub(super) completion: Option<i64>,
    pub(super) taken_back: bool,
}

/// A take as it is stored: below 0 where the version was taken back.
pub(super) fn stored_take(take: u32, taken_back: bool) -> i64 {
    if taken_back { -1 - i64::from(take) } else { i64::from(take) }
}

/// A stored take; see [`stored_take`].
fn take_of(stored: i64) -> rusqlite::Result<(u32, bool)> {
    let taken_back = stored < 0;
    let take = if taken_back { -1 - stored } else { stored };
    Ok((u32::try_from(take).map_err(|_| unknown(18, format!("no take is called {stored}")))?, taken_back))
}

/// The columns that [`collect`] reads, from `slot s LEFT JOIN version v`; the rows of one slot must be together, by
/// version.
pub(super) const SLOT_COLUMNS: &str = "s.row, s.kind, s.hash, s.key, s.owner, s.query, s.idx, s.current, s.decision,
    s.rerun, s.failure, s.completions, v.no, v.origin, v.body, v.inputs, v.settings, v.sample, v.take, v.completion
    FROM slot s LEFT JOIN version v ON v.slot = s.row";

fn version_at(row: &Row<'_>) -> rusqlite::Result<Option<RawVersion>> {
    let Some(no) = row.get(12)? else { return Ok(None) };
    let code: u8 = row.get(13)?;
    let origin = origin_of(code).ok_or_else(|| unknown(13, format!("unknown origin {code}")))?;
    let mut taken_back = false;
    let made = match (row.get(15)?, row.get(16)?, row.get(17)?, row.get(18)?) {
        (Some(inputs), Some(settings), Some(sample), Some(stored)) => {
            let take;
            (take, taken_back) = take_of(stored)?;
            Some(Made { inputs: Digest(inputs), settings: Digest(settings), sample, take })
        }
        _ => None,
    };
    Ok(Some(RawVersion { no, origin, body: row.get(14)?, made, completion: row.get(19)?, taken_back }))
}

fn slot_at(row: &Row<'_>) -> rusqlite::Result<RawSlot> {
    Ok(RawSlot {
        row: row.get(0)?,
        id: id_at(row, 1)?,
        key: SlotKey(row.get(3)?),
        owner: row.get(4)?,
        query: row.get(5)?,
        index: row.get(6)?,
        current: row.get(7)?,
        decision: row.get(8)?,
        rerun: row.get(9)?,
        failure: row.get(10)?,
        completions: row.get(11)?,
        versions: Vec::new(),
    })
}

/// Reads slots with their versions and hands each on when it is complete.
pub(super) fn each_slot(rows: &mut rusqlite::Rows<'_>, mut each: impl FnMut(RawSlot) -> Res<()>) -> Res<()> {
    let mut open: Option<RawSlot> = None;
    while let Some(row) = rows.next()? {
        let at: i64 = row.get(0)?;
        if open.as_ref().is_none_or(|slot| slot.row != at)
            && let Some(done) = open.replace(slot_at(row)?)
        {
            each(done)?;
        }
        if let (Some(slot), Some(version)) = (open.as_mut(), version_at(row)?) {
            slot.versions.push(version);
        }
    }
    open.map_or(Ok(()), each)
}

/// A stored value of an item, read from its text.
pub(super) fn parse<T: DeserializeOwned>(id: ItemId, what: &str, text: &str) -> Res<T> {
    serde_json::from_str(text).map_err(|error| Trouble::Unreadable(format!("{what} of {id}: {error}")))
}

impl RawSlot {
    /// The decision, read.
    pub(super) fn decision(&self) -> Res<Option<Decision>> {
        self.decision.as_deref().map(|text| parse(self.id, "the decision", text)).transpose()
    }

    /// The failure, read.
    pub(super) fn failure(&self) -> Res<Option<Failure>> {
        self.failure.as_deref().map(|text| parse(self.id, "the failure", text)).transpose()
    }

    /// The slot, with its bodies read.
    pub(super) fn read<T: DeserializeOwned>(self) -> Res<Slot<T>> {
        let (decision, failure) = (self.decision()?, self.failure()?);
        let id = self.id;
        let versions = self.versions.into_iter().map(|version| {
            let RawVersion { no, origin, body, made, completion, taken_back } = version;
            Ok(Version { no, origin, body: parse(id, "a version", &body)?, made, completion, taken_back })
        });
        Ok(Slot {
            id,
            key: self.key,
            index: self.index,
            versions: versions.collect::<Res<_>>()?,
            current: self.current,
            decision,
            rerun: self.rerun,
            failure,
            completions: self.completions,
        })
    }
}

//! Reading a project: trees, lists, look-ups, counters. Every read is a short one on a read-only connection.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::{
    CallTree, CompletionMeta, Decision, Digest, ItemId, Kind, QueryBody, SlotKey, Usage, journal::Entry,
};

use super::{
    Store, StoreError,
    completion::{self, StoredCompletion, unsigned},
    digest,
    error::Res,
    journal,
    row::{SLOT_COLUMNS, each_slot, id_at, parse},
    tree,
};

/// A query as it says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryHead {
    /// Identity.
    pub id: ItemId,
    /// Content-free key.
    pub key: SlotKey,
    /// The query.
    pub body: Arc<QueryBody>,
    /// What a person decided.
    pub decision: Option<Decision>,
}

/// What was used, in all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Stored completions.
    pub requests: u64,
    /// Tokens, where servers told.
    pub usage: Usage,
    /// Cost, where there were prices.
    pub cost: Option<f64>,
}

impl Store {
    /// Hands on the stored summary of every instruction that has one.
    pub fn for_each_summary(&self, mut each: impl FnMut(ItemId, &[u8])) -> Result<(), StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached("SELECT kind, hash, data FROM summary")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                each(id_at(row, 0)?, row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?);
            }
            Ok(())
        })
    }

    /// All self-instruct calls, by number.
    pub fn calls(&self) -> Result<Vec<CallTree>, StoreError> {
        self.read(|conn| {
            let mut calls = Vec::new();
            let mut select =
                conn.prepare_cached(&format!("SELECT {SLOT_COLUMNS} WHERE s.kind = ?1 ORDER BY s.row, v.no"))?;
            each_slot(&mut select.query([Kind::Call.code()])?, |slot| {
                if let Some(n) = tree::call_of(slot.key.as_str()) {
                    calls.push(CallTree { n, slot: slot.read()? });
                }
                Ok(())
            })?;
            calls.sort_by_key(|call| call.n);
            Ok(calls)
        })
    }

    /// One self-instruct call.
    pub fn call(&self, id: ItemId) -> Result<Option<CallTree>, StoreError> {
        self.read(|conn| {
            let mut call = None;
            let mut select =
                conn.prepare_cached(&format!("SELECT {SLOT_COLUMNS} WHERE s.kind = ?1 AND s.hash = ?2 ORDER BY v.no"))?;
            each_slot(&mut select.query(params![id.kind.code(), id.hash])?, |slot| {
                if let Some(n) = tree::call_of(slot.key.as_str()) {
                    call = Some(CallTree { n, slot: slot.read()? });
                }
                Ok(())
            })?;
            Ok(call)
        })
    }

    /// All queries that say something, as they were added.
    pub fn queries(&self) -> Result<Vec<QueryHead>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT s.kind, s.hash, s.key, s.decision, v.body FROM slot s
                 JOIN version v ON v.slot = s.row AND v.no = s.current WHERE s.kind = ?1 ORDER BY s.row",
            )?;
            let mut rows = select.query([Kind::Query.code()])?;
            let mut queries = Vec::new();
            while let Some(row) = rows.next()? {
                let id = id_at(row, 0)?;
                let (decision, body): (Option<String>, String) = (row.get(3)?, row.get(4)?);
                let decision = decision.map(|text| parse(id, "the decision", &text)).transpose()?;
                let body = Arc::new(parse(id, "a version", &body)?);
                queries.push(QueryHead { id, key: SlotKey(row.get(2)?), body, decision });
            }
            Ok(queries)
        })
    }

    /// The instruction that an item belongs to: itself for a seed or instruction, none for queries and calls.
    pub fn root_of(&self, item: ItemId) -> Result<Option<ItemId>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT r.kind, r.hash FROM slot s JOIN slot r ON r.row = s.root WHERE s.kind = ?1 AND s.hash = ?2",
            )?;
            Ok(select.query_row(params![item.kind.code(), item.hash], |row| id_at(row, 0)).optional()?)
        })
    }

    /// The items whose id begins so (`ins:1a2b`), at most 16. One is what a person meant; more are ambiguous.
    pub fn find_prefix(&self, prefix: &str) -> Result<Vec<ItemId>, StoreError> {
        let (kind, low, high) = bounds(prefix).ok_or_else(|| StoreError::BadPrefix(prefix.to_owned()))?;
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT kind, hash FROM slot WHERE kind = ?1 AND hash BETWEEN ?2 AND ?3 ORDER BY hash LIMIT 16",
            )?;
            let rows = select.query_map(params![kind.code(), low, high], |row| id_at(row, 0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// A completion in full, by its row.
    pub fn transcript(&self, row: i64) -> Result<Option<StoredCompletion>, StoreError> {
        self.read(|conn| completion::transcript(conn, row))
    }

    /// The completions of a slot, oldest first.
    pub fn completions(&self, slot: ItemId) -> Result<Vec<CompletionMeta>, StoreError> {
        self.read(|conn| completion::of_slot(conn, slot))
    }

    /// Requests, tokens and cost of everything stored.
    pub fn usage(&self) -> Result<Totals, StoreError> {
        self.read_one(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT requests, prompt_tokens, cached_tokens, completion_tokens, cost FROM counters",
            )?;
            let totals = select.query_row([], |row| {
                let usage = Usage {
                    prompt_tokens: unsigned(row.get(1)?),
                    cached_tokens: unsigned(row.get(2)?),
                    completion_tokens: unsigned(row.get(3)?),
                };
                Ok(Totals { requests: unsigned(row.get(0)?), usage, cost: row.get(4)? })
            })?;
            Ok(totals)
        })
    }

    /// The newest journal entries, newest first.
    pub fn journal(&self, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.read(|conn| journal::latest(conn, limit))
    }

    /// The entry that undo would take back, or that redo would do again.
    pub fn next_entry(&self, redo: bool) -> Result<Option<Entry>, StoreError> {
        self.read(|conn| journal::next(conn, redo))
    }

    /// The numbers of the current versions of items, in their order.
    pub fn current_versions(&self, items: &[ItemId]) -> Result<Vec<Option<u32>>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached("SELECT current FROM slot WHERE kind = ?1 AND hash = ?2")?;
            let one = |id: &ItemId| {
                let found = select.query_row(params![id.kind.code(), id.hash], |row| row.get(0)).optional()?;
                found.ok_or_else(|| StoreError::UnknownItem(*id).into())
            };
            items.iter().map(one).collect()
        })
    }

    /// The labels of what undo would take back, and redo would do again.
    pub fn undo_state(&self) -> Result<(Option<String>, Option<String>), StoreError> {
        self.read_one(journal::next_labels)
    }

    /// Decisions in force.
    pub fn decisions(&self) -> Result<u64, StoreError> {
        self.read_one(|conn| counter(conn, "SELECT decisions FROM counters")).map(unsigned)
    }

    /// A value that belongs to the project as a whole.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
            Ok(select.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// The change sequence: grows with every transaction of any process. Cheap enough to ask several times a second.
    pub fn change_seq(&self) -> Result<i64, StoreError> {
        self.read_one(|conn| counter(conn, "SELECT seq FROM counters"))
    }

    /// The instructions, queries and calls that changed after a change sequence, by any process.
    pub fn changed_since(&self, seq: i64) -> Result<Vec<ItemId>, StoreError> {
        self.read(|conn| {
            let mut select =
                conn.prepare_cached("SELECT kind, hash FROM slot WHERE touched > ?1 ORDER BY touched, row")?;
            let rows = select.query_map([seq], |row| id_at(row, 0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// One hash of the project's logical state; see `digest.rs` for what counts.
    pub fn digest(&self) -> Result<Digest, StoreError> {
        self.read(digest::of_project)
    }
}

fn counter(conn: &Connection, sql: &str) -> Res<i64> {
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

pub(super) fn row_of(conn: &Connection, id: ItemId) -> Res<Option<i64>> {
    let mut select = conn.prepare_cached("SELECT row FROM slot WHERE kind = ?1 AND hash = ?2")?;
    Ok(select.query_row(params![id.kind.code(), id.hash], |row| row.get(0)).optional()?)
}

/// The kind, lowest and highest hash that a prefix covers.
fn bounds(prefix: &str) -> Option<(Kind, [u8; 16], [u8; 16])> {
    let (kind, digits) = prefix.split_once(':')?;
    if digits.len() > 32 {
        return None;
    }
    let (mut low, mut high) = ([0_u8; 16], [0xff_u8; 16]);
    for (place, digit) in digits.chars().enumerate() {
        let digit = u8::try_from(digit.to_digit(16)?).ok()?;
        let (shift, keep) = if place % 2 == 0 { (4, 0x0f) } else { (0, 0xf0) };
        low[place / 2] = low[place / 2] & keep | digit << shift;
        high[place / 2] = high[place / 2] & keep | digit << shift;
    }
    Some((Kind::from_prefix(kind)?, low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_have_bounds() {
        let (kind, low, high) = bounds("ins:1a2").unwrap();
        assert_eq!(kind, Kind::Instruction);
        assert_eq!((low[0], low[1], low[2]), (0x1a, 0x20, 0x00));
        assert_eq!((high[0], high[1], high[2]), (0x1a, 0x2f, 0xff));
        let whole = ItemId::seed("x");
        assert_eq!(bounds(&whole.to_string()).unwrap(), (Kind::Seed, whole.hash, whole.hash));
        assert!(bounds("ins").is_none());
        assert!(bounds("ins:xyz").is_none());
        assert!(bounds("what:1a").is_none());
        assert!(bounds(&format!("{whole}0")).is_none());
    }
}

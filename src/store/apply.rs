//! Applying one transaction's operations on the writer's connection.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::{ItemId, Made, Origin, SlotKey, Usage};

use super::{
    completion::{self, tokens},
    error::{Res, StoreError, Trouble},
    journal,
    op::{Applied, Body, CompletionRef, Op, Txn},
    outcomes,
    row::origin_code,
};

/// Where a slot is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its row.
    pub(super) row: i64,
    /// The row of its instruction, if it belongs to one.
    pub(super) root: Option<i64>,
}

/// Rows that are known, so that most operations need no look-up. Rows never move; a rolled back transaction empties
/// it.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<ItemId, Place>);

impl Places {
    /// So many are remembered (a few megabytes).
    const MOST: usize = 50_000;

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn insert(&mut self, id: ItemId, place: Place) {
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        self.0.insert(id, place);
    }
}

/// What a transaction adds to the counters.
#[derive(Debug, Default)]
pub(super) struct Deltas {
    pub(super) requests: i64,
    pub(super) prompt_tokens: i64,
    pub(super) cached_tokens: i64,
    pub(super) completion_tokens: i64,
    pub(super) cost: Option<f64>,
    pub(super) decisions: i64,
}

impl Deltas {
    /// Counts tokens and their cost.
    pub(super) fn spend(&mut self, usage: Usage, cost: Option<f64>) {
        self.prompt_tokens += tokens(usage.prompt_tokens);
        self.cached_tokens += tokens(usage.cached_tokens);
        self.completion_tokens += tokens(usage.completion_tokens);
        if let Some(cost) = cost {
            *self.cost.get_or_insert(0.0) += cost;
        }
    }
}

/// One transaction under way.
pub(super) struct Work<'w> {
    pub(super) conn: &'w Connection,
    places: &'w mut Places,
    touched: Vec<i64>,
    /// Rows of slots that this transaction made, with the number of each one's next version: nothing has to be looked
    /// up or cleared in them.
    fresh: HashMap<i64, u32>,
    pub(super) deltas: Deltas,
    /// The last version number that this transaction gave to an item.
    pub(super) numbered: HashMap<ItemId, u32>,
    applied: Applied,
}

/// Applies a transaction. After an error the caller rolls back.
pub(super) fn apply(conn: &Connection, places: &mut Places, txn: &Txn) -> Res<Applied> {
    let mut work = Work {
        conn,
        places,
        touched: Vec::new(),
        fresh: HashMap::new(),
        deltas: Deltas::default(),
        numbered: HashMap::new(),
        applied: Applied::default(),
    };
    for op in &txn.ops {
        work.op(op)?;
    }
    work.finish()
}

impl Work<'_> {
    fn op(&mut self, op: &Op) -> Res<()> {
        match op {
            Op::EnsureSlot { id, key, root, owner, index, query } => {
                self.ensure_slot(*id, key, [*root, *owner, *query], *index)
            }
            Op::AddVersion { slot, origin, body, made, completion, make_current } => {
                self.add_version(*slot, *origin, body, *made, *completion, *make_current)
            }
            Op::AddCompletion { slot, sample, key, completion } => {
                let row = completion::add(self, *slot, *sample, *key, completion)?;
                self.applied.completions.push(row);
                Ok(())
            }
            Op::AddUsage { usage, cost } => {
                self.deltas.spend(*usage, *cost);
                Ok(())
            }
            Op::SetCurrent { slot, no } => self.set_current(*slot, *no),
            Op::SetRerun { slot, take } => self.set_rerun(*slot, *take),
            Op::SetFailure { slot, failure } => {
                let place = self.touch(*slot)?;
                if failure.is_none() && self.fresh.contains_key(&place.row) {
                    return Ok(());
                }
                self.fresh.remove(&place.row);
                let text = failure.as_ref().map(json).transpose()?;
                self.update("UPDATE slot SET failure = ?2 WHERE row = ?1", params![place.row, text])
            }
            Op::MergeOutcomes { root, batch, config, outcomes } => {
                outcomes::merge(self, *root, *batch, *config, outcomes)
            }
            Op::Act { author, at, label, changes } => {
                self.applied.entry = Some(journal::act(self, author, at, label, changes)?);
                Ok(())
            }
            Op::Undo { author, at } => {
                self.applied.entry = Some(journal::undo(self, author, at)?);
                Ok(())
            }
            Op::Redo { author, at } => {
                self.applied.entry = Some(journal::redo(self, author, at)?);
                Ok(())
            }
            Op::SetSummary { root, data } => {
                let row = self.place(*root)?.row;
                self.update(
                    "INSERT OR REPLACE INTO summary(root, kind, hash, data) VALUES (?1, ?2, ?3, ?4)",
                    params![row, root.kind.code(), root.hash, data],
                )
            }
            Op::SetMeta { key, value } => self.update(
                "INSERT INTO meta(key, value) VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                params![key, value],
            ),
        }
    }

    /// Runs a statement of which no result is wanted.
    pub(super) fn update(&self, sql: &str, params: impl rusqlite::Params) -> Res<()> {
        self.conn.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    /// Where a slot is, if it is there.
    fn find(&mut self, id: ItemId) -> Res<Option<Place>> {
        if let Some(&place) = self.places.0.get(&id) {
            return Ok(Some(place));
        }
        let mut select = self.conn.prepare_cached("SELECT row, root FROM slot WHERE kind = ?1 AND hash = ?2")?;
        let place = select
            .query_row(params![id.kind.code(), id.hash], |row| Ok(Place { row: row.get(0)?, root: row.get(1)? }))
            .optional()?;
        if let Some(place) = place {
            self.places.insert(id, place);
        }
        Ok(place)
    }

    /// Where a slot is.
    pub(super) fn place(&mut self, id: ItemId) -> Res<Place> {
        self.find(id)?.ok_or_else(|| StoreError::UnknownItem(id).into())
    }

    /// Where a slot is, noting that it changes.
    pub(super) fn touch(&mut self, id: ItemId) -> Res<Place> {
        let place = self.place(id)?;
        let top = place.root.unwrap_or(place.row);
        if !self.touched.contains(&top) {
            self.touched.push(top);
        }
        Ok(place)
    }

    fn ensure_slot(&mut self, id: ItemId, key: &SlotKey, refs: [Option<ItemId>; 3], index: u32) -> Res<()> {
        if self.find(id)?.is_some() {
            return Ok(());
        }
        let [root, owner, query] = refs;
        let own_root = root == Some(id);
        let mut row_of = |id: Option<ItemId>| id.map(|id| self.place(id).map(|place| place.row)).transpose();
        let root = row_of(root.filter(|_| !own_root))?;
        let (owner, query) = (row_of(owner)?, row_of(query)?);
        self.update(
            "INSERT INTO slot(kind, hash, key, root, owner, query, idx) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id.kind.code(), id.hash, key.as_str(), root, owner, query, index],
        )?;
        let row = self.conn.last_insert_rowid();
        if own_root {
            self.update("UPDATE slot SET root = row WHERE row = ?1", [row])?;
        }
        self.places.insert(id, Place { row, root: if own_root { Some(row) } else { root } });
        self.touch(id)?;
        self.fresh.insert(row, 0);
        Ok(())
    }

    /// The number that a slot's next version gets.
    pub(super) fn next_no(&self, row: i64) -> Res<u32> {
        if let Some(next) = self.fresh.get(&row) {
            return Ok(*next);
        }
        let mut next = self.conn.prepare_cached("SELECT COALESCE(MAX(no) + 1, 0) FROM version WHERE slot = ?1")?;
        Ok(next.query_row([row], |row| row.get(0))?)
    }

    fn add_version(
        &mut self,
        slot: ItemId,
        origin: Origin,
        body: &Body,
        made: Option<Made>,
        completion: Option<CompletionRef>,
        make_current: bool,
    ) -> Res<()> {
        if !body.fits(slot.kind) {
            return Err(StoreError::WrongBody { item: slot, body: body.kind() }.into());
        }
        let row = self.touch(slot)?.row;
        let completion = match completion {
            None => None,
            Some(CompletionRef::Row(row)) => Some(row),
            Some(CompletionRef::InTxn(index)) => {
                let row = self.applied.completions.get(index).copied();
                Some(row.ok_or(StoreError::UnknownCompletion { item: slot, index })?)
            }
        };
        let no = self.next_no(row)?;
        let is_new = self.fresh.get_mut(&row).map(|next| *next += 1).is_some();
        let text = body.json().map_err(|error| Trouble::Unreadable(format!("cannot write a body: {error}")))?;
        let (inputs, settings) = (made.map(|made| made.inputs.0), made.map(|made| made.settings.0));
        let (sample, take) = (made.map(|made| made.sample), made.map(|made| made.take));
        self.update(
            "INSERT INTO version(slot, no, origin, body, inputs, settings, sample, take, completion)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![row, no, origin_code(origin), text, inputs, settings, sample, take, completion],
        )?;
        self.numbered.insert(slot, no);
        if origin == Origin::Machine && !is_new {
            self.update(
                "UPDATE slot SET failure = NULL, rerun = NULLIF(rerun, ?2) WHERE row = ?1
                 AND (failure IS NOT NULL OR rerun IS NOT NULL)",
                params![row, take],
            )?;
        }
        if make_current {
            self.update("UPDATE slot SET current = ?2 WHERE row = ?1", params![row, no])?;
        }
        Ok(())
    }

    /// Makes a version current that is there.
    pub(super) fn set_current(&mut self, slot: ItemId, no: Option<u32>) -> Res<()> {
        let row = self.touch(slot)?.row;
        if let Some(no) = no {
            let mut there = self.conn.prepare_cached("SELECT 1 FROM version WHERE slot = ?1 AND no = ?2")?;
            if !there.exists(params![row, no])? {
                return Err(StoreError::UnknownVersion { item: slot, no }.into());
            }
        }
        self.update("UPDATE slot SET current = ?2 WHERE row = ?1", params![row, no])
    }

    /// Notes that a take is wanted.
    pub(super) fn set_rerun(&mut self, slot: ItemId, take: Option<u32>) -> Res<()> {
        let row = self.touch(slot)?.row;
        if take.is_none() && self.fresh.contains_key(&row) {
            return Ok(());
        }
        self.fresh.remove(&row);
        self.update("UPDATE slot SET rerun = ?2 WHERE row = ?1", params![row, take])
    }

    /// Counts what was added, numbers the change, and marks what it touched.
    fn finish(mut self) -> Res<Applied> {
        let Deltas { requests, prompt_tokens, cached_tokens, completion_tokens, cost, decisions } = self.deltas;
        let mut count = self.conn.prepare_cached(
            "UPDATE counters SET seq = seq + 1, requests = requests + ?1, prompt_tokens = prompt_tokens + ?2,
             cached_tokens = cached_tokens + ?3, completion_tokens = completion_tokens + ?4,
             cost = CASE WHEN ?5 IS NULL THEN cost ELSE COALESCE(cost, 0) + ?5 END, decisions = decisions + ?6
             RETURNING seq",
        )?;
        let values = params![requests, prompt_tokens, cached_tokens, completion_tokens, cost, decisions];
        self.applied.seq = count.query_row(values, |row| row.get(0))?;
        let mut mark =
            self.conn.prepare_cached("UPDATE slot SET touched = ?2 WHERE row = ?1 RETURNING root, kind, hash")?;
        for &top in &self.touched {
            let (root, id) = mark.query_row(params![top, self.applied.seq], |row| {
                Ok((row.get::<_, Option<i64>>(0)?, super::row::id_at(row, 1)?))
            })?;
            if root.is_some() {
                self.applied.roots.push(id);
            }
        }
        Ok(self.applied)
    }
}

/// A value as it is stored in a text column.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Res<String> {
    serde_json::to_string(value).map_err(|error| Trouble::Unreadable(format!("cannot write a value: {error}")))
}

//! Reading instructions: their trees, their order, their texts, and what only a lineage asks for.

use rusqlite::{Connection, params};

use crate::domain::{Digest, InstructionBody, InstructionTree, ItemId, Kind, QueryBody, Slot, SlotKey, journal::Entry};

use super::{
    Store, StoreError,
    error::Res,
    journal,
    read::row_of,
    row::{SLOT_COLUMNS, each_slot, id_at, parse},
    tree::{self, Queries},
};

/// An instruction, in the order of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootHead {
    /// Identity.
    pub id: ItemId,
    /// Content-free key.
    pub key: SlotKey,
    /// The call and line that made it; nothing for a seed.
    pub from: Option<(u32, u32)>,
}

/// Queries that were read before.
#[derive(Debug, Default)]
pub struct KnownQueries(Queries);

impl Store {
    /// An instruction with everything made from it, and the outcomes known under a configuration.
    pub fn load_tree(&self, root: ItemId, config: Digest) -> Result<Option<InstructionTree>, StoreError> {
        self.read(|conn| match row_of(conn, root)? {
            Some(row) => tree::load(conn, row, config, &mut Queries::new()),
            None => Ok(None),
        })
    }

    /// Hands on the trees of these instructions with their places, in one look at the store; those that are not there
    /// are left out. Queries are read once for all calls that are given the same `known`, as they said then.
    pub fn load_trees(
        &self,
        roots: &[ItemId],
        config: Digest,
        known: &mut KnownQueries,
        mut each: impl FnMut(usize, InstructionTree),
    ) -> Result<(), StoreError> {
        self.read(|conn| {
            for (at, root) in roots.iter().enumerate() {
                if let Some(row) = row_of(conn, *root)?
                    && let Some(tree) = tree::load(conn, row, config, &mut known.0)?
                {
                    each(at, tree);
                }
            }
            Ok(())
        })
    }

    /// All instructions: seeds as they were added, then by call and line.
    pub fn roots(&self) -> Result<Vec<RootHead>, StoreError> {
        self.read(|conn| Ok(rooted(conn)?.into_iter().map(|(_, head)| head).collect()))
    }

    /// The instructions whose text, as it is now, is part of another: those that a prompt can have been made of.
    pub fn roots_said_in(&self, text: &str) -> Result<Vec<ItemId>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT s.kind, s.hash, v.body FROM slot s JOIN version v ON v.slot = s.row AND v.no = s.current
                 WHERE s.kind IN (?1, ?2) ORDER BY s.row",
            )?;
            let mut rows = select.query([Kind::Seed.code(), Kind::Instruction.code()])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let (id, body): (ItemId, String) = (id_at(row, 0)?, row.get(2)?);
                let body: InstructionBody = parse(id, "a version", &body)?;
                if !body.text.trim().is_empty() && text.contains(body.text.as_str()) {
                    found.push(id);
                }
            }
            Ok(found)
        })
    }

    /// Every instruction as it was made, in the order of [`Store::roots`]: identity, call and line, first text.
    pub fn first_texts(&self) -> Result<Vec<(RootHead, String)>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(
                "SELECT s.kind, s.hash, s.key, v.body FROM slot s LEFT JOIN version v ON v.slot = s.row AND v.no = 0
                 WHERE s.kind IN (?1, ?2) ORDER BY s.row",
            )?;
            let mut rows = select.query([Kind::Seed.code(), Kind::Instruction.code()])?;
            let mut texts = Vec::new();
            while let Some(row) = rows.next()? {
                let (id, key) = (id_at(row, 0)?, SlotKey(row.get(2)?));
                let body: Option<String> = row.get(3)?;
                let body: Option<InstructionBody> = body.map(|body| parse(id, "a version", &body)).transpose()?;
                let head = RootHead { id, from: tree::line_of(key.as_str()), key };
                texts.push((head, body.map(|body| body.text).unwrap_or_default()));
            }
            texts.sort_by_key(|(head, _)| head.from);
            Ok(texts)
        })
    }

    /// The journal entries that are about an item, oldest first. Looks through the whole journal.
    pub fn journal_of(&self, item: ItemId) -> Result<Vec<Entry>, StoreError> {
        self.read(|conn| journal::about(conn, item))
    }

    /// The tasks that a query is part of, at most so many.
    pub fn tasks_of_query(&self, query: ItemId, most: usize) -> Result<Vec<ItemId>, StoreError> {
        self.read(|conn| {
            let Some(row) = row_of(conn, query)? else { return Ok(Vec::new()) };
            let mut select = conn
                .prepare_cached("SELECT kind, hash FROM slot WHERE kind = ?1 AND query = ?2 ORDER BY row LIMIT ?3")?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = select.query_map(params![Kind::Task.code(), row, most], |row| id_at(row, 0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// A query with its versions.
    pub fn query_slot(&self, query: ItemId) -> Result<Option<Slot<QueryBody>>, StoreError> {
        self.read(|conn| {
            let Some(row) = row_of(conn, query)? else { return Ok(None) };
            let mut select = conn.prepare_cached(&format!("SELECT {SLOT_COLUMNS} WHERE s.row = ?1 ORDER BY v.no"))?;
            let mut found = None;
            each_slot(&mut select.query([row])?, |slot| {
                found = Some(slot.read()?);
                Ok(())
            })?;
            Ok(found)
        })
    }
}

/// All instructions with their rows, in order.
fn rooted(conn: &Connection) -> Res<Vec<(i64, RootHead)>> {
    let mut select =
        conn.prepare_cached("SELECT row, kind, hash, key FROM slot WHERE kind IN (?1, ?2) ORDER BY row")?;
    let rows = select.query_map([Kind::Seed.code(), Kind::Instruction.code()], |row| {
        let key = SlotKey(row.get(3)?);
        Ok((row.get(0)?, RootHead { id: id_at(row, 1)?, from: tree::line_of(key.as_str()), key }))
    })?;
    let mut roots: Vec<(i64, RootHead)> = rows.collect::<rusqlite::Result<_>>()?;
    roots.sort_by_key(|(_, head)| head.from);
    Ok(roots)
}

//! What was asked before: stored completions and lasting failures, the newest first, a page at a time.

use rusqlite::Row;
use serde::Deserialize;

use crate::domain::{CallKind, Failure, ItemId, SlotKey, Usage};

use super::{
    Store, StoreError,
    completion::unsigned,
    error::Res,
    row::{id_at, parse},
};

/// Where something that was asked belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct PastItem {
    /// The slot.
    pub item: ItemId,
    /// Its content-free key.
    pub key: SlotKey,
    /// The instruction it belongs to, and what that says now; nothing for self-instruct.
    pub root: Option<(ItemId, String)>,
}

/// A stored completion, without its texts.
#[derive(Clone, Debug, PartialEq)]
pub struct PastCall {
    /// Its row; later ones have higher numbers.
    pub row: i64,
    /// What it was made for.
    pub of: PastItem,
    /// Which call.
    pub call: CallKind,
    /// Endpoint's name.
    pub endpoint: String,
    /// Tokens, where the server told.
    pub usage: Option<Usage>,
    /// Milliseconds in all.
    pub total_ms: u64,
}

/// A slot whose last call failed for good.
#[derive(Clone, Debug, PartialEq)]
pub struct PastFailure {
    /// What it was asked for.
    pub of: PastItem,
    /// Why.
    pub failure: Failure,
}

/// The columns that [`item_at`] reads, and where they come from.
const ITEM: &str = "s.kind, s.hash, s.key, r.kind, r.hash, v.body";
const FROM: &str = "LEFT JOIN slot r ON r.row = s.root LEFT JOIN version v ON v.slot = r.row AND v.no = r.current";

#[derive(Deserialize)]
struct Text {
    text: String,
}

fn item_at(row: &Row<'_>, from: usize) -> Res<PastItem> {
    let body: Option<String> = row.get(from + 5)?;
    let has_root = row.get::<_, Option<i64>>(from + 3)?.is_some();
    let root = has_root.then(|| id_at(row, from + 3)).transpose()?;
    let text = |root| match &body {
        Some(body) => parse::<Text>(root, "the instruction", body).map(|body| body.text),
        None => Ok(String::new()),
    };
    Ok(PastItem {
        item: id_at(row, from)?,
        key: SlotKey(row.get(from + 2)?),
        root: root.map(|root| Ok::<_, super::error::Trouble>((root, text(root)?))).transpose()?,
    })
}

impl Store {
    /// Stored completions before a row, the newest first.
    pub fn past_calls(&self, before: Option<i64>, limit: usize) -> Result<Vec<PastCall>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(&format!(
                "SELECT c.row, c.call, c.endpoint, c.prompt_tokens, c.cached_tokens, c.completion_tokens, c.total_ms,
                 {ITEM} FROM completion c JOIN slot s ON s.row = c.slot {FROM}
                 WHERE c.row < ?1 ORDER BY c.row DESC LIMIT ?2"
            ))?;
            let mut rows = select.query((before.unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX)))?;
            let mut calls = Vec::new();
            while let Some(row) = rows.next()? {
                let call: String = row.get(1)?;
                let Some(call) = CallKind::from_name(&call) else { continue };
                let usage = match (row.get(3)?, row.get(4)?, row.get(5)?) {
                    (Some(prompt), Some(cached), Some(completion)) => Some(Usage {
                        prompt_tokens: unsigned(prompt),
                        cached_tokens: unsigned(cached),
                        completion_tokens: unsigned(completion),
                    }),
                    _ => None,
                };
                calls.push(PastCall {
                    row: row.get(0)?,
                    of: item_at(row, 7)?,
                    call,
                    endpoint: row.get(2)?,
                    usage,
                    total_ms: unsigned(row.get(6)?),
                });
            }
            Ok(calls)
        })
    }

    /// What failed for good and stands so, the slots that were made last first. Looks at every slot where there are
    /// few: a second in a project of millions.
    pub fn past_failures(&self, limit: usize) -> Result<Vec<PastFailure>, StoreError> {
        self.read(|conn| {
            let mut select = conn.prepare_cached(&format!(
                "SELECT s.failure, {ITEM} FROM slot s {FROM} WHERE s.failure IS NOT NULL ORDER BY s.row DESC LIMIT ?1"
            ))?;
            let mut rows = select.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
            let mut failures = Vec::new();
            while let Some(row) = rows.next()? {
                let (of, text): (_, String) = (item_at(row, 1)?, row.get(0)?);
                failures.push(PastFailure { failure: parse(of.item, "the failure", &text)?, of });
            }
            Ok(failures)
        })
    }
}

//! Completions: raw answers and the prompts they came from.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::{CallKind, CompletionMeta, Digest, Finish, ItemId, NewCompletion, Provenance, Usage};

use super::{
    apply::{Work, json},
    error::Res,
    row::{id_at, unknown},
    zip::{self, pack, pack_noted, unpack_text},
};

/// A completion as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCompletion {
    /// What is known of it without its texts.
    pub meta: CompletionMeta,
    /// The slot it was made for.
    pub slot: ItemId,
    /// The prompt as rendered; empty where it was dropped.
    pub prompt: String,
    /// The answer as it came; empty where it was dropped.
    pub content: String,
    /// Whether the texts were dropped (`assay gc --older-takes`).
    pub dropped: bool,
    /// Reasoning, where there was some.
    pub reasoning: Option<String>,
    /// Milliseconds until the first token.
    pub first_ms: u64,
    /// How many attempts it took.
    pub attempts: u32,
    /// Cost, where there was a price.
    pub cost: Option<f64>,
    /// What else is known of how it came about.
    pub provenance: Provenance,
}

const fn finish_name(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ContentFilter => "content_filter",
        Finish::Other => "other",
    }
}

fn finish_of(name: &str) -> Option<Finish> {
    [Finish::Stop, Finish::Length, Finish::ContentFilter, Finish::Other]
        .into_iter()
        .find(|&finish| finish_name(finish) == name)
}

/// Counts and durations are stored as SQLite's integers, which are signed.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Most tokens that are believed of one answer: sums of what a broken server tells must stay within SQLite's integers.
const MOST_TOKENS: u64 = 1 << 40;

/// A count of tokens, as it is stored.
pub(super) fn tokens(count: u64) -> i64 {
    signed(count.min(MOST_TOKENS))
}

/// See [`signed`].
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Stores a completion; its row.
pub(super) fn add(work: &mut Work<'_>, slot: ItemId, sample: u32, key: Digest, new: &NewCompletion) -> Res<i64> {
    let place = work.touch(slot)?;
    let prompt = prompt_row(work, &new.prompt)?;
    let reasoning = new.reasoning.as_ref().map(|text| pack(text.as_bytes())).transpose()?;
    let note = (!new.provenance.is_empty()).then(|| json(&new.provenance)).transpose()?;
    let content = pack_noted(new.content.as_bytes(), note.as_deref().unwrap_or_default().as_bytes())?;
    let tokens = new.usage.map(|usage| {
        let Usage { prompt_tokens, cached_tokens, completion_tokens } = usage;
        [prompt_tokens, cached_tokens, completion_tokens].map(tokens)
    });
    let mut insert = work.conn.prepare_cached(
        "INSERT INTO completion(slot, sample, nth, key, call, prompt, content, reasoning, finish, prompt_tokens,
         cached_tokens, completion_tokens, endpoint, model, first_ms, total_ms, attempts, cost)
         VALUES (?1, ?2, (SELECT COALESCE(MAX(nth) + 1, 0) FROM completion WHERE slot = ?1 AND sample = ?2),
         ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    insert.execute(params![
        place.row,
        sample,
        key.0,
        new.call.name(),
        prompt,
        content,
        reasoning,
        finish_name(new.finish),
        tokens.map(|tokens| tokens[0]),
        tokens.map(|tokens| tokens[1]),
        tokens.map(|tokens| tokens[2]),
        new.endpoint,
        new.model,
        signed(new.first_ms),
        signed(new.total_ms),
        new.attempts,
        new.cost,
    ])?;
    let row = work.conn.last_insert_rowid();
    work.update("UPDATE slot SET completions = completions + 1 WHERE row = ?1", [place.row])?;
    work.deltas.requests += 1;
    work.deltas.spend(new.usage.unwrap_or_default(), new.cost);
    Ok(row)
}

/// The row of a prompt's text, which is kept once.
fn prompt_row(work: &Work<'_>, prompt: &str) -> Res<i64> {
    let hash = &Digest::of_bytes(prompt.as_bytes()).0[..16];
    let mut find = work.conn.prepare_cached("SELECT row FROM prompt WHERE hash = ?1")?;
    if let Some(row) = find.query_row([hash], |row| row.get(0)).optional()? {
        return Ok(row);
    }
    work.update("INSERT INTO prompt(hash, text) VALUES (?1, ?2)", params![hash, pack(prompt.as_bytes())?])?;
    Ok(work.conn.last_insert_rowid())
}

/// The columns that [`meta_at`] reads.
const META: &str = "c.row, c.call, c.sample, c.nth, c.key, c.endpoint, c.model, c.finish, c.prompt_tokens,
    c.cached_tokens, c.completion_tokens, c.total_ms";

fn meta_at(row: &Row<'_>) -> rusqlite::Result<CompletionMeta> {
    let (call, finish): (String, String) = (row.get(1)?, row.get(7)?);
    let usage = match (row.get(8)?, row.get(9)?, row.get(10)?) {
        (Some(prompt), Some(cached), Some(completion)) => Some(Usage {
            prompt_tokens: unsigned(prompt),
            cached_tokens: unsigned(cached),
            completion_tokens: unsigned(completion),
        }),
        _ => None,
    };
    Ok(CompletionMeta {
        row: row.get(0)?,
        call: CallKind::from_name(&call).ok_or_else(|| unknown(1, format!("unknown call {call}")))?,
        sample: row.get(2)?,
        nth: row.get(3)?,
        key: Digest(row.get(4)?),
        endpoint: row.get(5)?,
        model: row.get(6)?,
        finish: finish_of(&finish).ok_or_else(|| unknown(7, format!("unknown end {finish}")))?,
        usage,
        total_ms: unsigned(row.get(11)?),
    })
}

/// A completion in full.
pub(super) fn transcript(conn: &Connection, row: i64) -> Res<Option<StoredCompletion>> {
    let mut select = conn.prepare_cached(&format!(
        "SELECT {META}, s.kind, s.hash, p.text, c.content, c.reasoning, c.first_ms, c.attempts, c.cost
         FROM completion c JOIN slot s ON s.row = c.slot LEFT JOIN prompt p ON p.row = c.prompt WHERE c.row = ?1"
    ))?;
    let mut rows = select.query([row])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let blob = |column: usize| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_blob()?);
    let dropped = blob(15)?.is_empty();
    let text = |column: usize| if dropped { Ok(String::new()) } else { unpack_text(blob(column)?) };
    let reasoning: Option<Vec<u8>> = row.get(16)?;
    Ok(Some(StoredCompletion {
        meta: meta_at(row)?,
        slot: id_at(row, 12)?,
        prompt: text(14)?,
        content: text(15)?,
        dropped,
        reasoning: reasoning.as_deref().map(unpack_text).transpose()?,
        first_ms: unsigned(row.get(17)?),
        attempts: row.get(18)?,
        cost: row.get(19)?,
        provenance: provenance(row.get_ref(15)?.as_blob().map_err(rusqlite::Error::from)?),
    }))
}

/// What stands behind an answer's text. What cannot be read is not known: nothing depends on it.
pub(super) fn provenance(packed: &[u8]) -> Provenance {
    serde_json::from_slice(zip::note(packed)).unwrap_or_default()
}

/// The completions of a slot, oldest first.
pub(super) fn of_slot(conn: &Connection, slot: ItemId) -> Res<Vec<CompletionMeta>> {
    let mut select = conn.prepare_cached(&format!(
        "SELECT {META} FROM slot s JOIN completion c ON c.slot = s.row
         WHERE s.kind = ?1 AND s.hash = ?2 ORDER BY c.row"
    ))?;
    let rows = select.query_map(params![slot.kind.code(), slot.hash], meta_at)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

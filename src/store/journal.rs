//! The journal: acts, and a linear undo over them.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::{
    Decision, ItemId,
    journal::{Change, Entry, EntryKind},
};

use super::{
    apply::{Work, json},
    error::{Res, StoreError, Trouble},
    notes,
    row::{parse, stored_take, unknown},
};

/// An act's state: in force, undone, undone for good.
const IN_FORCE: u8 = 0;
const UNDONE: u8 = 1;

/// The act that undo would take back.
const LAST_IN_FORCE: &str = "SELECT MAX(seq) FROM journal WHERE state = 0";
/// The act that redo would do again.
const FIRST_UNDONE: &str = "SELECT MIN(seq) FROM journal WHERE state = 1";

/// What holds for an item before a change.
struct Held {
    decision: Option<Decision>,
    current: Option<u32>,
    rerun: Option<u32>,
}

fn held(work: &mut Work<'_>, item: ItemId) -> Res<Held> {
    let row = work.place(item)?.row;
    let mut select = work.conn.prepare_cached("SELECT decision, current, rerun FROM slot WHERE row = ?1")?;
    let (decision, current, rerun) =
        select.query_row([row], |row| Ok((row.get::<_, Option<String>>(0)?, row.get(1)?, row.get(2)?)))?;
    let decision = decision.map(|text| parse(item, "the decision", &text)).transpose()?;
    Ok(Held { decision, current, rerun })
}

fn decide(work: &mut Work<'_>, item: ItemId, before: Option<&Decision>, after: Option<&Decision>) -> Res<()> {
    let row = work.touch(item)?.row;
    work.deltas.decisions += i64::from(after.is_some()) - i64::from(before.is_some());
    let text = after.map(json).transpose()?;
    work.update("UPDATE slot SET decision = ?2 WHERE row = ?1", params![row, text])
}

/// A re-run that was asked for: what was current, which take, and from which number on versions came of it.
#[derive(Clone, Copy)]
struct Asked {
    item: ItemId,
    before: Option<u32>,
    take: u32,
    since: u32,
}

/// The machine version that came of a re-run: the first of its take since. Takes are counted for what a version is
/// made from, so that there may be another one of the same number for something else.
fn came_of(work: &mut Work<'_>, asked: Asked) -> Res<Option<u32>> {
    let Asked { item, before, take, since } = asked;
    let row = work.place(item)?.row;
    let mut select = work.conn.prepare_cached(
        "SELECT MIN(no) FROM version WHERE slot = ?1 AND take IN (?2, ?3) AND origin = 1 AND no >= ?4 AND no IS NOT ?5",
    )?;
    let takes = (stored_take(take, false), stored_take(take, true));
    Ok(select.query_row(params![row, takes.0, takes.1, since, before], |row| row.get(0))?)
}

/// Notes on a version whether it is a take that was taken back.
fn mark(work: &mut Work<'_>, asked: Asked, no: u32, taken_back: bool) -> Res<()> {
    let row = work.touch(asked.item)?.row;
    let take = stored_take(asked.take, taken_back);
    work.update("UPDATE version SET take = ?3 WHERE slot = ?1 AND no = ?2", params![row, no, take])
}

/// Appends an act and applies its changes.
pub(super) fn act(work: &mut Work<'_>, author: &str, at: &str, label: &str, changes: &[Change]) -> Res<Entry> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        apply(work, change)?;
    }
    work.update("UPDATE journal SET state = 2 WHERE state = ?1", [UNDONE])?;
    let (at, author, label) = (at.to_owned(), author.to_owned(), label.to_owned());
    append(work, Entry { seq: 0, at, author, kind: EntryKind::Act, label, changes })
}

/// Applies a change, recording in it what it replaced.
fn apply(work: &mut Work<'_>, change: &mut Change) -> Res<()> {
    match change {
        Change::Decide { item, before, after } => {
            if let (Some(&no), Some(after)) = (work.numbered.get(item), after.as_mut()) {
                after.version = Some(no);
            }
            *before = held(work, *item)?.decision;
            decide(work, *item, before.as_ref(), after.as_ref())
        }
        Change::Edit { item, before, after } => {
            if let Some(&no) = work.numbered.get(item) {
                *after = no;
            }
            let current = held(work, *item)?.current;
            // Where this transaction made the version current already, only the caller knows what was before.
            if current != Some(*after) {
                *before = current;
            }
            // A person's text is not to be replaced by an answer that was asked for before it.
            work.set_rerun(*item, None)?;
            work.set_current(*item, Some(*after))
        }
        Change::Rerun { item, before, take, since } => {
            *before = held(work, *item)?.current;
            *since = work.place(*item).and_then(|place| work.next_no(place.row))?;
            work.set_rerun(*item, Some(*take))
        }
        Change::Note { item, before, after } => {
            *before = notes::get(work, *item)?;
            notes::set(work, *item, after.as_deref())
        }
        // What is in force stands in `assay.toml`; whoever appends this writes it there.
        Change::Rule { .. } => Ok(()),
    }
}

/// Takes back the last act in force.
pub(super) fn undo(work: &mut Work<'_>, author: &str, at: &str) -> Res<Entry> {
    let last = target(work.conn, LAST_IN_FORCE)?.ok_or(StoreError::NothingToUndo)?;
    for change in last.changes.iter().rev() {
        take_back(work, change, &last.label)?;
    }
    work.update("UPDATE journal SET state = ?2 WHERE seq = ?1", params![last.seq, UNDONE])?;
    let kind = EntryKind::Undo { of: last.seq };
    let (at, author) = (at.to_owned(), author.to_owned());
    append(work, Entry { seq: 0, at, author, kind, label: format!("undo: {}", last.label), changes: last.changes })
}

/// Does the act again that was taken back last.
pub(super) fn redo(work: &mut Work<'_>, author: &str, at: &str) -> Res<Entry> {
    let next = target(work.conn, FIRST_UNDONE)?.ok_or(StoreError::NothingToRedo)?;
    for change in &next.changes {
        do_again(work, change, &next.label)?;
    }
    work.update("UPDATE journal SET state = ?2 WHERE seq = ?1", params![next.seq, IN_FORCE])?;
    let kind = EntryKind::Redo { of: next.seq };
    let (at, author) = (at.to_owned(), author.to_owned());
    append(work, Entry { seq: 0, at, author, kind, label: format!("redo: {}", next.label), changes: next.changes })
}

fn refuse(verb: &str, label: &str, item: ItemId, why: &str) -> Trouble {
    StoreError::Conflict { what: format!("cannot {verb} \"{label}\": {} {why}", item.short()) }.into()
}

fn take_back(work: &mut Work<'_>, change: &Change, label: &str) -> Res<()> {
    // A rule is taken back in `assay.toml`, by whoever asks for it.
    let Some(item) = change.item() else { return Ok(()) };
    let refuse = |why| Err(refuse("undo", label, item, why));
    let now = held(work, item)?;
    match change {
        Change::Decide { item, before, after } => {
            if now.decision != *after {
                return refuse("has been decided on again since");
            }
            decide(work, *item, after.as_ref(), before.as_ref())
        }
        Change::Edit { item, before, after } => {
            if now.current != Some(*after) {
                return refuse("has a newer version since");
            }
            work.set_current(*item, *before)
        }
        Change::Rerun { item, before, take, since } => {
            if now.rerun == Some(*take) {
                return work.set_rerun(*item, None);
            }
            if now.current == *before {
                // It failed, or was asked for twice and taken back once: nothing came of it.
                return Ok(());
            }
            let asked = Asked { item: *item, before: *before, take: *take, since: *since };
            match came_of(work, asked)?.filter(|no| now.rerun.is_none() && now.current == Some(*no)) {
                Some(no) => mark(work, asked, no, true)?,
                None => return refuse("has been made again or edited since"),
            }
            work.set_current(*item, *before)
        }
        Change::Note { item, before, after } => {
            if notes::get(work, *item)? != *after {
                return refuse("has another note since");
            }
            notes::set(work, *item, before.as_deref())
        }
        Change::Rule { .. } => Ok(()),
    }
}

fn do_again(work: &mut Work<'_>, change: &Change, label: &str) -> Res<()> {
    let Some(item) = change.item() else { return Ok(()) };
    let refuse = |why| Err(refuse("redo", label, item, why));
    let now = held(work, item)?;
    match change {
        Change::Decide { item, before, after } => {
            if now.decision != *before {
                return refuse("has been decided on since");
            }
            decide(work, *item, before.as_ref(), after.as_ref())
        }
        Change::Edit { item, before, after } => {
            if now.current != *before {
                return refuse("has another version since");
            }
            work.set_current(*item, Some(*after))
        }
        Change::Rerun { item, before, take, since } => {
            if now.current != *before || now.rerun.is_some() {
                return refuse("has been made again or edited since");
            }
            // Where the take was stored before it was taken back, it comes back at no cost.
            let asked = Asked { item: *item, before: *before, take: *take, since: *since };
            match came_of(work, asked)? {
                Some(no) => {
                    mark(work, asked, no, false)?;
                    work.set_current(*item, Some(no))
                }
                None => work.set_rerun(*item, Some(*take)),
            }
        }
        Change::Note { item, before, after } => {
            if notes::get(work, *item)? != *before {
                return refuse("has another note since");
            }
            notes::set(work, *item, after.as_deref())
        }
        Change::Rule { .. } => Ok(()),
    }
}

const COLUMNS: &str = "seq, at, author, kind, of, label, changes";

fn entry_at(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let (code, of): (u8, Option<i64>) = (row.get(3)?, row.get(4)?);
    let kind = match (code, of) {
        (0, _) => EntryKind::Act,
        (1, Some(of)) => EntryKind::Undo { of },
        (2, Some(of)) => EntryKind::Redo { of },
        _ => return Err(unknown(3, format!("unknown kind of journal entry {code}"))),
    };
    let changes: String = row.get(6)?;
    let changes = serde_json::from_str(&changes).map_err(|error| unknown(6, error.to_string()))?;
    Ok(Entry { seq: row.get(0)?, at: row.get(1)?, author: row.get(2)?, kind, label: row.get(5)?, changes })
}

/// The entry whose number a query gives.
fn target(conn: &Connection, number: &str) -> Res<Option<Entry>> {
    let mut select = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM journal WHERE seq = ({number})"))?;
    Ok(select.query_row([], entry_at).optional()?)
}

fn append(work: &Work<'_>, mut entry: Entry) -> Res<Entry> {
    let (kind, of, state) = match entry.kind {
        EntryKind::Act => (0_u8, None, Some(IN_FORCE)),
        EntryKind::Undo { of } => (1, Some(of), None),
        EntryKind::Redo { of } => (2, Some(of), None),
    };
    work.update(
        "INSERT INTO journal(at, author, kind, of, label, changes, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![entry.at, entry.author, kind, of, entry.label, json(&entry.changes)?, state],
    )?;
    entry.seq = work.conn.last_insert_rowid();
    Ok(entry)
}

/// The newest entries, newest first.
pub(super) fn latest(conn: &Connection, limit: usize) -> Res<Vec<Entry>> {
    let mut select = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM journal ORDER BY seq DESC LIMIT ?1"))?;
    let rows = select.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], entry_at)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What undo would take back, or redo would do again.
pub(super) fn next(conn: &Connection, redo: bool) -> Res<Option<Entry>> {
    target(conn, if redo { FIRST_UNDONE } else { LAST_IN_FORCE })
}

/// The entries about an item, oldest first.
pub(super) fn about(conn: &Connection, item: ItemId) -> Res<Vec<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM journal WHERE INSTR(changes, ?1) > 0 ORDER BY seq");
    let mut select = conn.prepare_cached(&sql)?;
    let rows = select.query_map([item.to_string()], entry_at)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The labels of what undo would take back and redo would do again.
pub(super) fn next_labels(conn: &Connection) -> Res<(Option<String>, Option<String>)> {
    let label = |number: &str| -> Res<Option<String>> {
        let mut select = conn.prepare_cached(&format!("SELECT label FROM journal WHERE seq = ({number})"))?;
        Ok(select.query_row([], |row| row.get(0)).optional()?)
    };
    Ok((label(LAST_IN_FORCE)?, label(FIRST_UNDONE)?))
}

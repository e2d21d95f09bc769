//! What people did with an item, from the journal.

use crate::{
    domain::{
        ItemId, Ruling,
        journal::{Change, Entry, EntryKind},
    },
    store::{Store, StoreError},
};

use super::Act;

/// The acts, oldest first. An undo is one too.
pub fn of(store: &Store, item: ItemId) -> Result<Vec<Act>, StoreError> {
    let entries = store.journal_of(item)?;
    Ok(entries.into_iter().filter_map(|entry| act(&entry, item)).collect())
}

fn act(entry: &Entry, item: ItemId) -> Option<Act> {
    let change = entry.changes.iter().find(|change| change.item() == Some(item))?;
    let said = match change {
        Change::Decide { after: Some(after), .. } => {
            let word = match after.ruling {
                Ruling::Accepted => "accepted",
                Ruling::Rejected => "rejected",
                Ruling::UseAsNegative => "marked as a negative",
            };
            let version = after.version.map(|no| format!(" version {}", no + 1)).unwrap_or_default();
            let reason = after.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{word}{version}{reason}")
        }
        Change::Decide { after: None, .. } => "decision withdrawn".to_owned(),
        Change::Edit { after, .. } => format!("edited: version {}", after + 1),
        Change::Rerun { take, .. } => format!("asked for again: take {take}"),
        Change::Note { after: Some(note), .. } => format!("noted: {note}"),
        Change::Note { after: None, .. } => "note taken away".to_owned(),
        // No item has one.
        Change::Rule { .. } => return None,
    };
    let others = entry.changes.len() - 1;
    let others = if others > 0 { format!(" (with {others} others)") } else { String::new() };
    let said = match entry.kind {
        EntryKind::Act => said + &others,
        EntryKind::Undo { of } => format!("taken back what entry {of} did ({said}){others}"),
        EntryKind::Redo { of } => format!("done again what entry {of} did ({said}){others}"),
    };
    Some(Act { entry: entry.seq, author: entry.author.clone(), at: entry.at.clone(), said })
}

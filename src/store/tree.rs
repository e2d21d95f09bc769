//! Putting trees together from slots.

use std::{collections::HashMap, sync::Arc};

use rusqlite::Connection;

use crate::domain::{Digest, InstructionTree, ItemId, Kind, QueryBody, ResponseSample, TaskTree, VerifierSample};

use super::{
    error::{Res, Trouble},
    outcomes,
    row::{RawSlot, SLOT_COLUMNS, each_slot, id_at, parse},
};

/// Queries by row, read once each.
pub(super) type Queries = HashMap<i64, (ItemId, Arc<QueryBody>)>;

/// The call and line that a key `si.<call>.<line>` names.
pub(super) fn line_of(key: &str) -> Option<(u32, u32)> {
    let (call, line) = key.strip_prefix("si.")?.split_once('.')?;
    Some((call.parse().ok()?, line.parse().ok()?))
}

/// The call that a key `si.<call>` names.
pub(super) fn call_of(key: &str) -> Option<u32> {
    key.strip_prefix("si.")?.parse().ok()
}

/// Loads the tree of the instruction in a row.
pub(super) fn load(
    conn: &Connection,
    root: i64,
    config: Digest,
    queries: &mut Queries,
) -> Res<Option<InstructionTree>> {
    let mut parts = Parts::default();
    let mut select = conn.prepare_cached(&format!("SELECT {SLOT_COLUMNS} WHERE s.root = ?1 ORDER BY s.row, v.no"))?;
    each_slot(&mut select.query([root])?, |slot| {
        parts.take(slot);
        Ok(())
    })?;
    let Some(top) = parts.top.take() else { return Ok(None) };
    let from = line_of(top.key.as_str());
    let verifiers = parts.verifiers()?;
    let tasks = parts.tasks(conn, queries)?;
    let pairs = parts.pairs.into_iter().map(RawSlot::read).collect::<Res<_>>()?;
    let outcomes = outcomes::of_root(conn, root, config)?;
    Ok(Some(InstructionTree { slot: top.read()?, from, verifiers, tasks, pairs, outcomes }))
}

/// The slots of a tree by kind.
#[derive(Default)]
struct Parts {
    top: Option<RawSlot>,
    verifiers: Vec<RawSlot>,
    of_verifiers: Vec<RawSlot>,
    tasks: Vec<RawSlot>,
    responses: Vec<RawSlot>,
    scores: Vec<RawSlot>,
    pairs: Vec<RawSlot>,
}

impl Parts {
    fn take(&mut self, slot: RawSlot) {
        match slot.id.kind {
            Kind::Seed | Kind::Instruction => self.top = Some(slot),
            Kind::Verifier => self.verifiers.push(slot),
            Kind::Case | Kind::BackTranslation | Kind::Entailment => self.of_verifiers.push(slot),
            Kind::Task => self.tasks.push(slot),
            Kind::Response => self.responses.push(slot),
            Kind::Score => self.scores.push(slot),
            Kind::Pair => self.pairs.push(slot),
            Kind::Query | Kind::Call => {}
        }
    }

    fn verifiers(&mut self) -> Res<Vec<VerifierSample>> {
        let mut raw = std::mem::take(&mut self.verifiers);
        raw.sort_by_key(|slot| slot.index);
        let places = places(&raw);
        let mut samples: Vec<VerifierSample> = Vec::with_capacity(raw.len());
        for slot in raw {
            samples.push(VerifierSample { function: slot.read()?, cases: Vec::new(), back: None, entailment: None });
        }
        for slot in std::mem::take(&mut self.of_verifiers) {
            let sample = owner(&places, &mut samples, &slot)?;
            match slot.id.kind {
                Kind::Case => sample.cases.push(slot.read()?),
                Kind::BackTranslation => sample.back = Some(slot.read()?),
                _ => sample.entailment = Some(slot.read()?),
            }
        }
        for sample in &mut samples {
            sample.cases.sort_by_key(|case| case.index);
        }
        Ok(samples)
    }

    fn tasks(&mut self, conn: &Connection, queries: &mut Queries) -> Res<Vec<TaskTree>> {
        let mut raw = std::mem::take(&mut self.tasks);
        raw.sort_by_key(|slot| slot.index);
        let places_of_tasks = places(&raw);
        let mut tasks: Vec<TaskTree> = Vec::with_capacity(raw.len());
        for slot in raw {
            let (query_id, query) = query_of(conn, &slot, queries)?;
            tasks.push(TaskTree { slot: slot.read()?, query_id, query, samples: Vec::new() });
        }
        let mut raw = std::mem::take(&mut self.responses);
        raw.sort_by_key(|slot| slot.index);
        let mut places_of_responses = HashMap::with_capacity(raw.len());
        for slot in raw {
            let task =
                slot.owner.and_then(|owner| places_of_tasks.get(&owner).copied()).ok_or_else(|| orphan(&slot))?;
            places_of_responses.insert(slot.row, (task, tasks[task].samples.len()));
            tasks[task].samples.push(ResponseSample { response: slot.read()?, scores: Vec::new() });
        }
        let mut raw = std::mem::take(&mut self.scores);
        raw.sort_by_key(|slot| slot.index);
        for slot in raw {
            let place = slot.owner.and_then(|owner| places_of_responses.get(&owner).copied());
            let (task, sample) = place.ok_or_else(|| orphan(&slot))?;
            tasks[task].samples[sample].scores.push(slot.read()?);
        }
        Ok(tasks)
    }
}

/// Positions by row.
fn places(slots: &[RawSlot]) -> HashMap<i64, usize> {
    slots.iter().enumerate().map(|(place, slot)| (slot.row, place)).collect()
}

fn owner<'s, T>(places: &HashMap<i64, usize>, all: &'s mut [T], slot: &RawSlot) -> Res<&'s mut T> {
    let place = slot.owner.and_then(|owner| places.get(&owner).copied());
    place.and_then(|place| all.get_mut(place)).ok_or_else(|| orphan(slot))
}

fn orphan(slot: &RawSlot) -> Trouble {
    Trouble::Unreadable(format!("{} belongs to nothing", slot.id))
}

/// The query of a task, as it says now.
fn query_of(conn: &Connection, task: &RawSlot, queries: &mut Queries) -> Res<(ItemId, Arc<QueryBody>)> {
    let row = task.query.ok_or_else(|| Trouble::Unreadable(format!("{} has no query", task.id)))?;
    if let Some((id, body)) = queries.get(&row) {
        return Ok((*id, body.clone()));
    }
    let mut select = conn.prepare_cached(
        "SELECT s.kind, s.hash, v.body FROM slot s JOIN version v ON v.slot = s.row AND v.no = s.current
         WHERE s.row = ?1",
    )?;
    let mut rows = select.query([row])?;
    let Some(found) = rows.next()? else {
        return Err(Trouble::Unreadable(format!("the query of {} says nothing", task.id)));
    };
    let id = id_at(found, 0)?;
    let text: String = found.get(2)?;
    let body: Arc<QueryBody> = Arc::new(parse(id, "a version", &text)?);
    queries.insert(row, (id, body.clone()));
    Ok((id, body))
}

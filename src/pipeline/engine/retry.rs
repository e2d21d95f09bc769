//! Asking again what failed for good, was cancelled, or could not go on in this run.

use std::collections::HashSet;

use crate::{
    domain::{CallTree, ItemId, Kind, journal::Change},
    pipeline::{failed, handle::Reply, work::WorkId},
    store::{Op, Txn},
};

use super::{Engine, command::now};

impl Engine {
    /// Asks again what failed within these items, or anywhere.
    pub(super) async fn retry(&mut self, items: &[ItemId]) -> Reply {
        let changes = if items.is_empty() { self.all_failed()? } else { self.failed_of(items)? };
        let freed = self.unblock(items)?;
        if changes.is_empty() {
            return match freed {
                0 => Err("nothing failed here".to_owned()),
                n => Ok(format!("tried again: {n} that could not go on")),
            };
        }
        let label = match &changes[..] {
            [Change::Rerun { item, .. }] => format!("retry {}", item.short()),
            changes => format!("retry {} failed items", changes.len()),
        };
        self.act(Txn::from(Op::Act { author: self.author(), at: now(), label, changes }), "").await
    }

    fn failed_of(&mut self, items: &[ItemId]) -> Result<Vec<Change>, String> {
        let mut changes = Vec::new();
        for item in items {
            let found = match item.kind {
                Kind::Call => self.failed_call(*item).into_iter().collect(),
                _ => failed::failed(&self.tree_of(*item)?, &self.project.settings),
            };
            for slot in found.into_iter().filter(|slot| slot.is_of(*item)) {
                if !changes.iter().any(|change: &Change| change.item() == Some(slot.head.id)) {
                    changes.push(rerun(&slot));
                }
            }
        }
        Ok(changes)
    }

    fn all_failed(&mut self) -> Result<Vec<Change>, String> {
        let calls: Vec<ItemId> = self.calls.iter().map(|call| call.slot.id).collect();
        let mut found: Vec<failed::Failed> = calls.into_iter().filter_map(|call| self.failed_call(call)).collect();
        let roots: Vec<ItemId> = self.roots.order.values().copied().collect();
        for root in roots {
            let fell = self.roots.all.get(&root).is_some_and(|root| root.entry.row.fell != 0);
            if let Some(tree) = fell.then(|| self.tree(root)).flatten() {
                found.extend(failed::failed(&tree, &self.project.settings));
            }
        }
        Ok(found.iter().map(rerun).collect())
    }

    /// A self-instruct call is asked again where it failed only: what it brought is part of what came later.
    pub(super) fn rerun_call(&self, item: ItemId) -> Result<Change, String> {
        self.failed_call(item).as_ref().map(rerun).ok_or_else(|| {
            "a self-instruct call that has answered is not asked again; for more instructions raise \
             `calls.self_instruct.samples` in assay.toml"
                .to_owned()
        })
    }

    fn failed_call(&self, item: ItemId) -> Option<failed::Failed> {
        let call: &CallTree = self.calls.by_id(item)?;
        failed::one(&call.slot, &self.call_made(call)?, vec![call.slot.id])
    }

    /// Plans anew what could not go on in this run: a tape without an answer, cancelled checks.
    fn unblock(&mut self, items: &[ItemId]) -> Result<usize, String> {
        let some: HashSet<ItemId> = items.iter().copied().collect();
        let mut roots = HashSet::new();
        for item in items {
            roots.extend(self.project.store.root_of(*item).map_err(|error| error.to_string())?);
        }
        let meant = |id: &WorkId, root: Option<ItemId>| {
            some.is_empty() || some.contains(&id.item) || root.is_some_and(|root| roots.contains(&root))
        };
        let mut freed = 0;
        for (id, root) in &mut self.roots.all {
            let blocked: Vec<WorkId> =
                root.outstanding.keys().filter(|work| self.blocked.contains_key(work)).copied().collect();
            for work in blocked.into_iter().filter(|work| meant(work, Some(*id))) {
                root.outstanding.remove(&work);
                self.blocked.remove(&work);
                self.dirty.insert(*id);
                freed += 1;
            }
        }
        let calls: Vec<WorkId> = self.calling.keys().filter(|work| self.blocked.contains_key(work)).copied().collect();
        for work in calls.into_iter().filter(|work| meant(work, None)) {
            self.calling.remove(&work);
            self.blocked.remove(&work);
            freed += 1;
        }
        self.replan_calls().map_err(|error| error.to_string())?;
        Ok(freed)
    }
}

fn rerun(slot: &failed::Failed) -> Change {
    Change::Rerun { item: slot.head.id, before: slot.head.current, take: slot.head.next_take, since: 0 }
}

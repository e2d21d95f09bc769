//! Decisions on pairs. Pairs are computed; the first decision on one stores what was seen of it.

use std::time::{Duration, Instant};

use crate::{
    domain::{Decision, InstructionTree, ItemId, Origin, PairBody, Ruling, Slot},
    pipeline::{
        judge::view_of,
        view::{InstructionView, PairView},
    },
    store::Op,
};

use super::Engine;

/// Pairs of which it is remembered where they were shown.
const REMEMBERED: usize = 20_000;
/// How long a pair that nobody was shown is looked for.
const PATIENCE: Duration = Duration::from_secs(2);

impl Engine {
    /// Remembers where the pairs of a view are, as they may be decided on.
    pub(super) fn remember_pairs(&mut self, view: &InstructionView) {
        if self.pairs_shown.len() > REMEMBERED {
            self.pairs_shown.clear();
        }
        self.pairs_shown.extend(all_pairs(view).map(|(pair, _)| (pair.id, view.id)));
    }

    /// Readies a decision on a pair: adds what stores the pair as it is seen now where that is not stored, and gives
    /// the version to decide on and the decision there is.
    pub(super) fn see_pair(
        &mut self,
        pair: ItemId,
        ruling: Option<Ruling>,
        ops: &mut Vec<Op>,
    ) -> Result<(Option<u32>, Option<Decision>), String> {
        if ruling == Some(Ruling::UseAsNegative) {
            return Err("a pair is accepted or rejected; mark one of its responses as negative instead".to_owned());
        }
        let (tree, view) = self.find_pair(pair)?;
        let found = all_pairs(&view).find(|(known, _)| known.id == pair);
        let (seen, task) = found.ok_or_else(|| format!("{} is not given any more", pair.short()))?;
        let slot = tree.pairs.iter().find(|slot| slot.id == pair);
        let before = slot.and_then(|slot| slot.decision.clone());
        let query = task.and_then(|task| tree.tasks.iter().find(|known| known.slot.id == task));
        let prompt: Vec<&str> =
            std::iter::once(tree.text()).chain(query.map(|task| task.query.text.as_str())).collect();
        let side = |side: &'_ crate::pipeline::view::PairSide| (side.item, side.text.clone());
        let (chosen, rejected) = (side(&seen.chosen), side(&seen.rejected));
        let body = PairBody::of(&prompt, (chosen.0, &chosen.1), (rejected.0, &rejected.1));
        if slot.and_then(Slot::body) == Some(&body) {
            return Ok((slot.and_then(|slot| slot.current), before));
        }
        let key = query.map_or(tree.key(), |task| &task.slot.key).clone();
        let owner = Some(task.unwrap_or(tree.id()));
        ops.push(Op::EnsureSlot { id: pair, key, root: Some(tree.id()), owner, index: 0, query: None });
        ops.push(Op::AddVersion {
            slot: pair,
            origin: Origin::Machine,
            body: body.into(),
            made: None,
            completion: None,
            make_current: true,
        });
        Ok((Some(slot.map_or(0, Slot::next_no)), before))
    }

    fn find_pair(&mut self, pair: ItemId) -> Result<(InstructionTree, InstructionView), String> {
        let stored = self.project.store.root_of(pair).map_err(|error| error.to_string())?;
        let known = stored.or_else(|| self.pairs_shown.get(&pair).copied());
        if let Some(found) = known.and_then(|root| self.view_with(root, pair)) {
            return Ok(found);
        }
        let started = Instant::now();
        let gives = |id: &&ItemId| self.roots.all.get(*id).is_some_and(|root| root.entry.row.rows.1 > 0);
        let roots: Vec<ItemId> = self.roots.order.values().filter(gives).copied().collect();
        for root in roots {
            if let Some(found) = self.view_with(root, pair) {
                return Ok(found);
            }
            if started.elapsed() > PATIENCE {
                break;
            }
        }
        Err(format!("{} was not found; open its instruction and decide there", pair.short()))
    }

    fn view_with(&mut self, root: ItemId, pair: ItemId) -> Option<(InstructionTree, InstructionView)> {
        let tree = self.tree(root)?;
        let gate = self.gates.gate(tree.id(), tree.from, &self.calls)?;
        let view = view_of(&tree, &gate, &self.project.settings);
        let has = all_pairs(&view).any(|(known, _)| known.id == pair);
        has.then_some((tree, view))
    }
}

/// The pairs of both levels, with the task of those that have one.
fn all_pairs(view: &InstructionView) -> impl Iterator<Item = (&PairView, Option<ItemId>)> {
    let of_tasks = view.tasks.iter().flat_map(|task| task.pairs.iter().map(|pair| (pair, Some(task.id))));
    view.case_pairs.iter().map(|pair| (pair, None)).chain(of_tasks)
}

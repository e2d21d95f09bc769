//! Preference pairs with what people decided on them. The rules draw; a decision takes a pair out of the data set and
//! changes nothing of the draw, so that turning one down never brings up another that nobody has seen.

use std::sync::Arc;

use crate::{
    dataset::rows::PairLevel,
    domain::{ItemId, PairBody, Slot, tree::InstructionTree},
    pipeline::view::{PairSide, PairStanding, PairView},
};

use super::is_rejected;

/// What may stand on a side of a pair.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) item: ItemId,
    pub(super) sample: u32,
    pub(super) text: Arc<str>,
    /// Whether it is being made again, or to be.
    pub(super) stale: bool,
}

/// The pairs of a task, or of an instruction's cases.
#[derive(Debug)]
pub(super) struct Pairs<'a> {
    pub(super) tree: &'a InstructionTree,
    pub(super) level: PairLevel,
    pub(super) prompt: &'a [&'a str],
    pub(super) sides: &'a [Side],
}

impl Pairs<'_> {
    /// What was drawn (by place), in its order; then what else was decided on.
    pub(super) fn view(&self, drawn: &[(usize, usize)]) -> Vec<PairView> {
        let mut pairs: Vec<PairView> =
            drawn.iter().map(|(chosen, rejected)| self.drawn(&self.sides[*chosen], &self.sides[*rejected])).collect();
        for slot in self.tree.pairs.iter().filter(|slot| slot.decision.is_some()) {
            if !pairs.iter().any(|pair| pair.id == slot.id) {
                pairs.extend(self.not_drawn(slot));
            }
        }
        pairs
    }

    fn drawn(&self, chosen: &Side, rejected: &Side) -> PairView {
        let id = ItemId::pair(&chosen.item, &rejected.item);
        let slot = self.tree.pairs.iter().find(|slot| slot.id == id && slot.decision.is_some());
        let standing = match slot {
            None => PairStanding::Given,
            Some(slot) if self.has_changed(slot, chosen, rejected) => PairStanding::Outdated,
            Some(slot) if is_rejected(slot.decision.as_ref()) => PairStanding::Rejected,
            Some(_) => PairStanding::Given,
        };
        self.pair(id, slot, chosen, rejected, standing)
    }

    fn not_drawn(&self, slot: &Slot<PairBody>) -> Option<PairView> {
        let body = slot.body()?;
        let find = |item: ItemId| self.sides.iter().find(|side| side.item == item);
        let (chosen, rejected) = (find(body.chosen)?, find(body.rejected)?);
        let standing = if chosen.stale || rejected.stale { PairStanding::Stale } else { PairStanding::NotDrawn };
        Some(self.pair(slot.id, Some(slot), chosen, rejected, standing))
    }

    fn has_changed(&self, slot: &Slot<PairBody>, chosen: &Side, rejected: &Side) -> bool {
        let now = PairBody::of(self.prompt, (chosen.item, &chosen.text), (rejected.item, &rejected.text));
        slot.is_outdated() || slot.body() != Some(&now)
    }

    fn pair(
        &self,
        id: ItemId,
        slot: Option<&Slot<PairBody>>,
        chosen: &Side,
        rejected: &Side,
        standing: PairStanding,
    ) -> PairView {
        let side = |side: &Side| PairSide { item: side.item, sample: side.sample, text: side.text.clone() };
        PairView {
            id,
            level: self.level,
            chosen: side(chosen),
            rejected: side(rejected),
            decision: slot.and_then(|slot| slot.decision.clone()),
            standing,
        }
    }
}

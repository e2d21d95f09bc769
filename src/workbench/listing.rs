//! The list of instructions as it is shown: it keeps still under the eye. What is new, or no longer fits, is counted,
//! and brought in when the user asks, narrows, sorts or comes back.

use std::sync::Arc;

use crate::{
    domain::ItemId,
    pipeline::snapshot::{InstructionRow, Snapshot},
};

use super::{
    facets::Facet,
    filter::Rows,
    list::List,
    message::Effect,
    overlay::Overlay,
    sift::{Ask, Gone, MANY, Sifted, Wanted},
    sort::Sort,
    state::{Screen, State},
};

/// The facets with their counts, open over the list.
#[derive(Clone, Debug, Default)]
pub struct FacetPanel {
    /// Every value with how many instructions it would show.
    pub counts: Vec<(Facet, usize)>,
    /// The selected one, as a place among them.
    pub list: List<usize>,
}

impl FacetPanel {
    /// Takes new counts; the selected value stays selected.
    fn take(&mut self, counts: Vec<(Facet, usize)>) {
        let before = self.counts.get(self.list.index).map(|(facet, _)| facet.clone());
        self.counts = counts;
        self.list.len = self.counts.len();
        let at = before.and_then(|before| self.counts.iter().position(|(facet, _)| *facet == before));
        self.list.select(at.unwrap_or(self.list.index), Some);
    }
}

/// How far from the selected row another one is looked for.
const NEAR: usize = 1000;

/// The place in the list of an instruction that was selected lately.
pub(super) fn near(state: &State, id: ItemId) -> Option<usize> {
    let pane = &state.instructions;
    let here = pane.list.index;
    let mut near = here.saturating_sub(NEAR)..here.saturating_add(NEAR);
    near.find(|at| pane.rows.get(&state.snapshot, *at).is_some_and(|row| row.id == id))
}

/// Whether the list, or what is selected in it, is looked at.
const fn is_looked_at(screen: Screen) -> bool {
    !matches!(screen, Screen::Funnel | Screen::Jobs)
}

/// The rows changed: those shown stay where they are, or are listed anew where nobody looks.
pub(super) fn arrived(state: &mut State, old: &[Arc<InstructionRow>]) {
    if !is_looked_at(state.screen) || state.instructions.rows.is_empty() || !state.instructions.looked_at {
        state.instructions.looked_at = false;
        return;
    }
    let new = Arc::clone(&state.snapshot.instructions);
    let pane = &mut state.instructions;
    pane.rows = pane.rows.carried(old, &new);
    let fresh = pane.filter.pick(&new, pane.sort);
    (pane.news, pane.gone) = pane.rows.differ(&fresh, new.len());
    follow(state);
}

/// Lists anew, as filter and order are now.
pub(super) fn relist(state: &mut State) {
    state.settle_marks();
    if is_long(state) {
        relist_long(state);
        return;
    }
    let pane = &mut state.instructions;
    pane.rows = pane.filter.pick(&state.snapshot.instructions, pane.sort);
    (pane.news, pane.gone) = (0, 0);
    follow(state);
}

/// Lists anew where the user has just come to look.
pub(super) fn look(state: &mut State) {
    let looked_at = is_looked_at(state.screen);
    if looked_at && !state.instructions.looked_at {
        relist(state);
    }
    state.instructions.looked_at = looked_at;
}

/// Selection and counts follow the rows.
fn follow(state: &mut State) {
    let (pane, snapshot) = (&mut state.instructions, &state.snapshot);
    pane.reviewed = pane.rows.each(snapshot).filter(|row| row.decision.is_some()).count();
    if snapshot.instructions.is_empty() {
        // Nothing has come yet: a remembered selection is waited for.
        pane.list.len = 0;
    } else {
        pane.list.sync(pane.rows.len(), |at| pane.rows.get(snapshot, at).map(|row| row.id));
    }
    recount(state);
    state.dirty = true;
}

/// Counts the facets again, where they are shown.
pub(super) fn recount(state: &mut State) {
    if is_long(state) {
        if matches!(state.overlay, Some(Overlay::Facets(_))) {
            state.instructions.sifting.wanted.get_or_insert(Wanted::Same);
        }
        return;
    }
    if let Some(Overlay::Facets(panel)) = &mut state.overlay {
        let filter = &state.instructions.filter;
        panel.take(filter.facets.count(filter.counted(&state.snapshot.instructions)));
    }
}

/// Whether there are so many rows that lists of them are made away from the loop.
fn is_long(state: &State) -> bool {
    let newer = state.instructions.sifting.newer.as_ref().map_or(0, |newer| newer.len());
    state.snapshot.instructions.len().max(newer) >= MANY
}

/// Wants a long list anew. All rows, as they were made, are there at once; what else is wanted comes.
fn relist_long(state: &mut State) {
    let (pane, snapshot) = (&mut state.instructions, &state.snapshot);
    pane.sifting.wanted = Some(Wanted::Anew);
    if pane.filter.is_empty() && pane.sort == Sort::default() {
        pane.rows = Rows::All(snapshot.instructions.len());
        let at = pane.list.index;
        let rows = &pane.rows;
        // Where the selected one is comes with the list.
        if rows.get(snapshot, at).map(|row| row.id) == pane.list.selected || pane.list.selected.is_none() {
            pane.list.sync(rows.len(), |at| rows.get(snapshot, at).map(|row| row.id));
        }
    }
    state.dirty = true;
}

/// A snapshot as it can be shown now: where very many rows changed under the eye, those that are shown stay until
/// their list has been made of the new ones.
pub(super) fn hold(state: &mut State, snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
    let shown = Arc::clone(&state.snapshot.instructions);
    let pane = &mut state.instructions;
    let looks = is_looked_at(state.screen) && pane.looked_at && !pane.rows.is_empty();
    if snapshot.instructions.len() < MANY || shown.len() < MANY || !looks {
        pane.sifting.newer = None;
        return snapshot;
    }
    let newest = pane.sifting.newer.as_ref().unwrap_or(&shown);
    if !Arc::ptr_eq(newest, &snapshot.instructions) {
        pane.sifting.newer = Some(Arc::clone(&snapshot.instructions));
        pane.sifting.wanted.get_or_insert(Wanted::Same);
    }
    if Arc::ptr_eq(&shown, &snapshot.instructions) {
        return snapshot;
    }
    Arc::new(Snapshot { instructions: shown, ..(*snapshot).clone() })
}

/// Asks for a long list, where one is wanted.
pub(super) fn ask(state: &mut State, effects: &mut Vec<Effect>) {
    let counts = matches!(state.overlay, Some(Overlay::Facets(_)));
    let (pane, shown) = (&mut state.instructions, &state.snapshot.instructions);
    effects.extend(pane.sifting.gone.drain(..).map(Effect::Discard));
    let Some((serial, wanted)) = pane.sifting.take_next() else { return };
    let rows = Arc::clone(pane.sifting.newer.as_ref().unwrap_or(shown));
    effects.push(Effect::Sift(Box::new(Ask {
        serial,
        rows,
        shown: (wanted == Wanted::Same).then(|| (Arc::clone(shown), pane.rows.clone())),
        filter: pane.filter.clone(),
        sort: pane.sort,
        selected: pane.list.selected,
        counts,
    })));
}

/// A long list was made.
pub(super) fn sifted(state: &mut State, sifted: Sifted) {
    if !state.instructions.sifting.takes(sifted.serial) {
        return;
    }
    // A range is of the rows as they were seen.
    state.settle_marks();
    let Sifted { of, rows, at, differ, reviewed, counts, .. } = sifted;
    // Where nobody looked, all rows may have been replaced meanwhile: what was made of older ones is none.
    let held = state.instructions.sifting.newer.is_some();
    if !held && !Arc::ptr_eq(&of, &state.snapshot.instructions) {
        state.instructions.sifting.wanted = state.instructions.looked_at.then_some(Wanted::Anew);
        return;
    }
    if !Arc::ptr_eq(&of, &state.snapshot.instructions) {
        let newer = Arc::new(Snapshot { instructions: Arc::clone(&of), ..(*state.snapshot).clone() });
        let old = std::mem::replace(&mut state.snapshot, newer);
        discard(state, old);
    }
    let (pane, snapshot) = (&mut state.instructions, &state.snapshot);
    pane.sifting.newer.take_if(|newer| Arc::ptr_eq(newer, &of));
    pane.rows = rows;
    (pane.news, pane.gone) = differ;
    pane.reviewed = reviewed;
    pane.list.sync_at(pane.rows.len(), at, |at| pane.rows.get(snapshot, at).map(|row| row.id));
    if let (Some(Overlay::Facets(panel)), Some(counts)) = (&mut state.overlay, counts) {
        panel.take(counts);
    }
    state.dirty = true;
}

/// A long list could not be made: what is shown stays, and the next one is asked for as ever.
pub(super) fn unsifted(state: &mut State, serial: u64, said: &str) {
    if state.instructions.sifting.takes(serial) {
        state.warn(format!(
            "the list could not be made and is shown as it was: a defect of this program ({said}). Change filter or \
             order to try again, and please report it"
        ));
        state.dirty = true;
    }
}

/// Lets go of a snapshot with very many rows away from the loop.
pub(super) fn discard(state: &mut State, old: Arc<Snapshot>) {
    if old.instructions.len() >= MANY {
        state.instructions.sifting.gone.push(Gone(old));
    }
}

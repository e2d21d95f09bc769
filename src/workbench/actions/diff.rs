//! Comparing: a function or response with another one, with what it said before, with what is not saved.

use std::sync::Arc;

use crate::{
    domain::{ItemId, Origin, Slot},
    pipeline::view::PairSide,
    workbench::{
        diff::{Comparing, Side},
        draft::Form,
        keymap::Action,
        message::Effect,
        overlay::Overlay,
        panes::Part,
        state::{Screen, State},
    },
};

/// Compares what is selected with what it is most likely meant to be compared with.
pub(super) fn open(state: &mut State, effects: &mut Vec<Effect>) {
    let found = match state.screen {
        Screen::Verifiers => functions(state),
        Screen::Samples if state.samples.focus == Part::Pairs => pair(state),
        Screen::Samples => responses(state),
        _ => None,
    };
    match found {
        Some(comparing) if comparing.sides.len() > 1 => {
            ask(&comparing, effects);
            state.overlay = Some(Overlay::Diff(comparing));
        }
        _ => {}
    }
}

/// What keys do where texts are compared; whether it was one of them.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(Overlay::Diff(comparing)) = &mut state.overlay else { return false };
    if comparing.sides.len() < 3 && action != Action::Fold || !comparing.folds() && action == Action::Fold {
        return false; // It is said why.
    }
    match action {
        Action::PreviousFunction => comparing.turn(-1),
        Action::NextFunction => comparing.turn(1),
        Action::Fold => {
            comparing.whole = !comparing.whole;
            return true;
        }
        _ => return false,
    }
    ask(comparing, effects);
    true
}

/// Whether the selected function or response can be compared with anything.
pub fn has_sides(state: &State) -> bool {
    let item = match state.screen {
        Screen::Verifiers => state.function().map(|(_, function)| function.id),
        Screen::Samples => state.response().map(|response| response.id),
        _ => None,
    };
    let Some((item, detail)) = item.zip(state.detail()) else { return false };
    let kept = state.drafts.contains_key(&item);
    if state.screen == Screen::Verifiers {
        let others = detail.view.functions.iter().filter(|function| function.source.is_some());
        let slots = detail.tree.verifiers.iter().map(|sample| &sample.function);
        let old = slots.filter(|slot| slot.id == item).any(|slot| slot.versions.len() > 1);
        let there = state.function().is_some_and(|(_, function)| function.source.is_some());
        return there && (kept || old || others.count() > 1);
    }
    let others = state.task().map_or(0, |(_, task)| task.responses.iter().filter(|r| r.text.is_some()).count());
    let samples = detail.tree.tasks.iter().flat_map(|task| &task.samples).map(|sample| &sample.response);
    let old = samples.filter(|slot| slot.id == item).any(|slot| slot.versions.len() > 1);
    state.response().is_some_and(|response| response.text.is_some()) && (kept || old || others > 1)
}

fn ask(comparing: &Comparing, effects: &mut Vec<Effect>) {
    if let Some((left, right)) = comparing.texts() {
        effects.push(Effect::Diff(left, right));
    }
}

/// The selected function on the right; on the left what it said before, or the next function.
fn functions(state: &State) -> Option<Comparing> {
    let detail = state.detail()?;
    let (at, function) = state.function()?;
    let mut sides = Vec::new();
    for (other, function) in detail.view.functions.iter().enumerate().filter(|(other, _)| *other != at) {
        if let Some(source) = &function.source {
            sides.push(Side { name: format!("f{}", other + 1), text: stripped(source) });
        }
    }
    let others = sides.len();
    let source = function.source.as_deref().map(stripped);
    let slot = detail.tree.verifiers.iter().map(|sample| &sample.function).find(|slot| slot.id == function.id);
    let name = format!("f{}", at + 1);
    sides.extend(slot.into_iter().flat_map(|slot| before(slot, &name, |body| body.source.as_deref().map(unended))));
    finish(state, sides, (others, at), function.id, source.as_ref(), name)
}

/// A source without the line breaks at its end, which mean nothing and differ by where it came from.
fn unended(source: &str) -> &str {
    source.trim_end_matches('\n')
}

fn stripped(source: &str) -> Arc<str> {
    unended(source).into()
}

/// The selected response on the right; on the left its other side in a pair, what it said before, or the next one.
fn responses(state: &State) -> Option<Comparing> {
    let detail = state.detail()?;
    let (_, task) = state.task()?;
    let response = state.response()?;
    let mut sides = Vec::new();
    let (mut partner, mut next) = (None, 0);
    for other in task.responses.iter().filter(|other| other.id != response.id) {
        let Some(text) = &other.text else { continue };
        let paired = task.pairs.iter().any(|pair| {
            let both = [pair.chosen.item, pair.rejected.item];
            both.contains(&other.id) && both.contains(&response.id)
        });
        if paired && partner.is_none() {
            partner = Some(sides.len());
        }
        if other.sample < response.sample {
            next += 1;
        }
        sides.push(Side { name: format!("r{}", other.sample + 1), text: Arc::clone(text) });
    }
    let others = sides.len();
    let samples = detail.tree.tasks.iter().flat_map(|task| &task.samples);
    let slot = samples.map(|sample| &sample.response).find(|slot| slot.id == response.id);
    let name = format!("r{}", response.sample + 1);
    sides.extend(slot.into_iter().flat_map(|slot| before(slot, &name, |body| Some(body.text.as_str()))));
    finish(state, sides, (others, partner.unwrap_or(next)), response.id, response.text.as_ref(), name)
}

/// The two sides of the selected pair.
fn pair(state: &State) -> Option<Comparing> {
    let pair = state.pair()?;
    let side = |word: &str, side: &PairSide| Side {
        name: format!("r{}, {word}", side.sample + 1),
        text: Arc::clone(&side.text),
    };
    let sides = vec![side("rejected", &pair.rejected), side("chosen", &pair.chosen)];
    Some(Comparing { sides, left: 0, right: 1, ..Comparing::default() })
}

/// Puts what is selected after what it is compared with; and what was not saved of it last, against what is saved.
fn finish(
    state: &State,
    mut sides: Vec<Side>,
    (others, next): (usize, usize),
    item: ItemId,
    text: Option<&Arc<str>>,
    name: String,
) -> Option<Comparing> {
    // What it said before tells most; of the others the one that follows.
    let mut left = if sides.len() > others { sides.len() - 1 } else { next.min(others.saturating_sub(1)) };
    sides.push(Side { name: name.clone(), text: Arc::clone(text?) });
    if let Some(kept) = state.drafts.get(&item) {
        left = sides.len() - 1;
        let text = match kept.form {
            Form::Verifier => unended(&kept.text),
            _ => kept.text.strip_suffix('\n').unwrap_or(&kept.text),
        };
        sides.push(Side { name: format!("{name}, your text that is not saved"), text: text.into() });
    }
    let right = sides.len() - 1;
    Some(Comparing { sides, left, right, ..Comparing::default() })
}

/// The versions of an item that are not current, oldest first.
fn before<'s, T>(slot: &'s Slot<T>, name: &str, text: impl Fn(&'s T) -> Option<&'s str>) -> Vec<Side> {
    let old = slot.versions.iter().filter(|version| Some(version.no) != slot.current);
    let side = |version: &'s crate::domain::Version<T>| {
        let by = match version.origin {
            Origin::Machine => "by the model",
            Origin::Human => "by hand",
            Origin::Imported => "imported",
        };
        let name = format!("{name}, version {} {by}", version.no + 1);
        Some(Side { name, text: text(&version.body)?.into() })
    };
    old.filter_map(side).collect()
}

//! What-if: choosing a value, turning it, putting it in force or letting it go.

use crate::{
    pipeline::handle::Command,
    workbench::{keymap::Action, message::Effect, state::State, whatif::WhatIf},
};

pub(super) fn begin(state: &mut State, effects: &mut Vec<Effect>) {
    state.funnel.whatif = Some(WhatIf::new(&state.snapshot, state.funnel.asked));
    ask(state, effects, true);
}

/// Out, with everything as it was.
pub(super) fn end(state: &mut State) {
    let Some(whatif) = state.funnel.whatif.take() else { return };
    match whatif.turned(&state.snapshot.rules) {
        0 => {}
        1 => state.tell("1 value was turned; it is as it was"),
        n => state.tell(format!("{n} values were turned; they are as they were")),
    }
}

pub(super) fn go(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let Some(whatif) = &mut state.funnel.whatif else { return };
    let rules = &state.snapshot.rules;
    let last = whatif.dials().len().saturating_sub(1);
    match action {
        Action::Lower => _ = whatif.step(rules, -1),
        Action::Raise => _ = whatif.step(rules, 1),
        Action::Reset => whatif.reset(rules),
        Action::Up => whatif.choose(whatif.dial.saturating_sub(1)),
        Action::Down => whatif.choose(whatif.dial + 1),
        Action::Top | Action::PageUp => whatif.choose(0),
        Action::Bottom | Action::PageDown => whatif.choose(last),
        _ => return,
    }
    ask(state, effects, true);
}

pub(super) fn apply(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(whatif) = &state.funnel.whatif else { return };
    if whatif.turned(&state.snapshot.rules) == 0 {
        let [lower, raise] = [Action::Lower, Action::Raise].map(|action| state.key(action));
        state.tell(format!("no value is turned; {lower} and {raise} turn the selected one"));
        return;
    }
    super::send(effects, Command::Tune(Box::new(whatif.turned.clone())));
}

/// Asks what is open, where something is.
pub fn ask(state: &mut State, effects: &mut Vec<Effect>, pressed: bool) {
    let (snapshot, now) = (std::sync::Arc::clone(&state.snapshot), state.now);
    let asked = state.funnel.whatif.as_mut().and_then(|whatif| whatif.ask(&snapshot, now, pressed));
    effects.extend(asked.map(|ask| {
        state.funnel.asked = ask.serial;
        Effect::WhatIf(Box::new(ask))
    }));
}

//! Up, down, to the next: selections and scrolling.

use crate::{
    domain::ItemId,
    pipeline::snapshot::InstructionRow,
    workbench::{
        draft::Form,
        keymap::{Action, Context},
        list::{List, Scroll},
        overlay::Overlay,
        state::{Screen, State},
    },
};

pub(super) fn go(state: &mut State, action: Action) {
    match &mut state.overlay {
        Some(Overlay::Help { scroll, .. } | Overlay::Reader { scroll, .. }) => return scroll_by(scroll, action),
        Some(Overlay::Facets(panel)) => return step(&mut panel.list, action, Some),
        Some(Overlay::Palette(palette)) => {
            let found = &palette.found;
            return step(&mut palette.list, action, |at| found.get(at).map(|command| command.action));
        }
        _ => {}
    }
    let lower = match state.context() {
        Context::Samples | Context::Response | Context::Pairs => &state.samples.text,
        Context::Case => &state.verifiers.case,
        Context::Instructions => &state.instructions.detail,
        _ => &state.verifiers.code,
    };
    match action {
        Action::ScrollUp => return lower.by(-3),
        Action::ScrollDown => return lower.by(3),
        Action::ScrollLeft => return state.verifiers.code_across.by(-8),
        Action::ScrollRight => return state.verifiers.code_across.by(8),
        _ => {}
    }
    match state.context() {
        Context::Funnel => {
            let last = crate::domain::Stage::ALL.len() - 1;
            state.funnel.stage = match action {
                Action::Up => state.funnel.stage.saturating_sub(1),
                Action::Down => (state.funnel.stage + 1).min(last),
                Action::Top | Action::PageUp => 0,
                _ => last,
            };
        }
        Context::Reasons => super::reasons::go(state, action),
        Context::Log => {
            if let Some(log) = &state.jobs.log {
                scroll_by(&log.scroll, action);
            }
        }
        Context::Instructions => {
            // At its end, the list goes on with what is new.
            let at_end = state.instructions.list.index + 1 >= state.instructions.list.len;
            if at_end && action == Action::Down && state.instructions.news > 0 {
                crate::workbench::listing::relist(state);
            }
            let (rows, snapshot) = (&state.instructions.rows, &state.snapshot);
            step(&mut state.instructions.list, action, |at| rows.get(snapshot, at).map(|row| row.id));
        }
        Context::Matrix | Context::Case => {
            let detail = state.detail().cloned();
            let pane = &mut state.verifiers;
            let case = |at: usize| Some(pane.order.case(&detail.as_ref()?.view, at)?.1.id);
            step(&mut pane.cases, action, case);
            shown(state);
        }
        Context::Code => scroll_by(&state.verifiers.code, action),
        Context::Samples => {
            let detail = state.detail().cloned();
            let ids = detail.as_ref().and_then(|_| state.task().map(|(_, task)| ids(&task.responses)));
            let ids = ids.unwrap_or_default();
            step(&mut state.samples.responses, action, |at| ids.get(at).copied());
            state.samples.text.top();
        }
        Context::Response => scroll_by(&state.samples.text, action),
        Context::Pairs => {
            let ids: Vec<_> = state.task().map_or_else(Vec::new, |(_, task)| task.pairs.iter().map(|p| p.id).collect());
            step(&mut state.samples.pairs, action, |at| ids.get(at).copied());
        }
        Context::Jobs => {
            let mut list = std::mem::take(&mut state.jobs.list);
            step(&mut list, action, |at| state.job_at(at).map(|job| job.id));
            state.jobs.list = list;
            state.jobs.chosen = action != Action::Top;
        }
        _ => {}
    }
}

fn ids(responses: &[crate::pipeline::view::ResponseView]) -> Vec<ItemId> {
    responses.iter().map(|response| response.id).collect()
}

fn step<K: Copy + PartialEq>(list: &mut List<K>, action: Action, key: impl Fn(usize) -> Option<K>) {
    match action {
        Action::Up => list.step(-1, key),
        Action::Down => list.step(1, key),
        Action::PageUp => list.step(-list.page(), key),
        Action::PageDown => list.step(list.page(), key),
        Action::Top => list.select(0, key),
        Action::Bottom => list.select(usize::MAX, key),
        _ => {}
    }
}

fn scroll_by(scroll: &Scroll, action: Action) {
    match action {
        Action::Up => scroll.by(-1),
        Action::Down => scroll.by(1),
        Action::PageUp => scroll.by(-scroll.page()),
        Action::PageDown => scroll.by(scroll.page()),
        Action::Top => scroll.top(),
        Action::Bottom => scroll.bottom(),
        Action::ScrollUp => scroll.by(-3),
        _ => scroll.by(3),
    }
}

/// Another function of the current instruction.
pub(super) fn function(state: &mut State, by: isize) {
    let Some(detail) = state.detail().cloned() else { return };
    let functions = &detail.view.functions;
    let before = state.verifiers.functions.index;
    state.verifiers.functions.step(by, |at| functions.get(at).map(|function| function.id));
    if state.verifiers.functions.index != before {
        state.verifiers.code.top();
        state.verifiers.code_across.top();
    }
    shown(state);
}

/// Another cell of the matrix is selected: its case is shown from the top, and the line it points at in the code.
fn shown(state: &mut State) {
    state.verifiers.case.top();
    if let Some(line) = state.cell().and_then(|cell| cell.outcome.as_ref()?.line()) {
        state.verifiers.code.reveal(usize::try_from(line).unwrap_or(1).saturating_sub(1));
    }
}

/// Another task of the current instruction; past its last, the next instruction that has responses.
pub(super) fn task(state: &mut State, by: isize) {
    let tasks: Vec<_> = state.detail().map_or_else(Vec::new, |d| d.view.tasks.iter().map(|task| task.id).collect());
    let at = state.task().map_or(0, |(at, _)| at);
    match at.checked_add_signed(by).and_then(|next| tasks.get(next)) {
        Some(next) => show_task(state, Some(*next)),
        None => {
            if !seek(state, by, |row| row.responses.1 > 0) {
                state.tell("no further instruction with responses");
            }
        }
    }
}

/// Another instruction, staying in the pane; on Samples one that has responses.
pub(super) fn instruction(state: &mut State, by: isize) {
    let samples = state.screen == Screen::Samples;
    if !seek(state, by, |row| !samples || row.responses.1 > 0) {
        state.tell("no further instruction in the list");
    }
}

fn show_task(state: &mut State, task: Option<ItemId>) {
    state.samples.task = task;
    state.samples.responses = List::default();
    state.samples.text.top();
}

/// Selects the next listed instruction that fits, in a direction; whether there is one.
fn seek(state: &mut State, by: isize, fits: impl Fn(&InstructionRow) -> bool) -> bool {
    let pane = &mut state.instructions;
    let (rows, snapshot) = (&pane.rows, &state.snapshot);
    let mut at = pane.list.index;
    while let Some(next) = at.checked_add_signed(by) {
        let Some(row) = rows.get(snapshot, next) else { break };
        if fits(row) {
            pane.list.select(next, |at| rows.get(snapshot, at).map(|row| row.id));
            return true;
        }
        at = next;
    }
    false
}

/// The next instruction or response without a decision, or the one before. Behind the last instruction comes the first.
pub(super) fn unreviewed(state: &mut State, by: isize) {
    let found = match state.context() {
        Context::Samples | Context::Response => response(state, by) || seek(state, by, |row| row.responses.1 > 0),
        _ => seek(state, by, |row| row.decision.is_none()) || around(state, by),
    };
    if !found {
        state.tell("nothing further without a decision");
    }
}

/// Selects an instruction that stands near the selected one in the list; whether it does.
pub(super) fn to_listed(state: &mut State, root: ItemId) -> bool {
    let Some(at) = crate::workbench::listing::near(state, root) else { return false };
    let pane = &mut state.instructions;
    let (rows, snapshot) = (&pane.rows, &state.snapshot);
    pane.list.select(at, |at| rows.get(snapshot, at).map(|row| row.id));
    true
}

/// After a first decision: on to the next instruction without one, below.
pub(super) fn advance_unreviewed(state: &mut State) {
    if seek(state, 1, |row| row.decision.is_none()) {
        return;
    }
    let pane = &state.instructions;
    let open = pane.rows.len().saturating_sub(pane.reviewed + 1);
    if open > 0 {
        let key = state.key(Action::NextUnreviewed);
        state.tell(format!("the last one down here; {open} without a decision above, {key} goes there"));
    } else {
        state.tell(format!("all {} listed are reviewed", pane.rows.len()));
    }
}

fn around(state: &mut State, by: isize) -> bool {
    let pane = &mut state.instructions;
    let (rows, snapshot) = (&pane.rows, &state.snapshot);
    let open = |at: &usize| rows.get(snapshot, *at).is_some_and(|row| row.decision.is_none());
    let at = if by > 0 { (0..pane.list.index).find(open) } else { (pane.list.index + 1..rows.len()).rev().find(open) };
    let Some(at) = at else { return false };
    pane.list.select(at, |at| rows.get(snapshot, at).map(|row| row.id));
    true
}

fn response(state: &mut State, by: isize) -> bool {
    let Some(detail) = state.detail().cloned() else { return false };
    let from = (state.task().map_or(0, |(at, _)| at), state.samples.responses.index);
    let all = detail
        .view
        .tasks
        .iter()
        .enumerate()
        .flat_map(|(t, task)| task.responses.iter().enumerate().map(move |(r, response)| ((t, r), task, response)));
    let open = all.filter(|(_, _, response)| response.decision.is_none());
    let next = if by > 0 {
        open.into_iter().find(|(at, _, _)| *at > from)
    } else {
        open.into_iter().take_while(|(at, _, _)| *at < from).last()
    };
    let Some(((_, at), task, _)) = next else { return false };
    if state.samples.task != Some(task.id) {
        show_task(state, Some(task.id));
    }
    let ids = ids(&task.responses);
    state.samples.responses.len = ids.len();
    state.samples.responses.select(at, |at| ids.get(at).copied());
    state.samples.text.top();
    true
}

/// After a decision: on to the next of its kind.
pub(super) fn advance(state: &mut State, form: Form) {
    match form {
        Form::Instruction | Form::Case | Form::Pair => go(state, Action::Down),
        Form::Verifier => function(state, 1),
        Form::Response => {
            let last = state.samples.responses.index + 1 >= state.samples.responses.len;
            if last {
                response(state, 1);
            } else {
                go(state, Action::Down);
            }
        }
    }
}

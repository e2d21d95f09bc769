//! What keys and messages do, without a screen.

use std::sync::Arc;

use crate::{
    domain::{ItemId, Ruling, Stage as Step},
    pipeline::{
        handle::{Command, Edit, Note},
        snapshot::{EngineState, SandboxState},
    },
};

mod lists;
mod samples;
mod verifiers;

use super::{
    Effect, Message, draft::Form, keymap::Context, message::Asked, overlay::Overlay, panes::Focus, rehearsal::Stage,
    saved::Saved, state::Screen, unsaved::Unsaved,
};

fn commands(stage: &mut Stage) -> Vec<Command> {
    let effects = std::mem::take(&mut stage.effects).into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Command(command, _) => Some(command),
            _ => None,
        })
        .collect()
}

fn decided(item: ItemId, ruling: Ruling, reason: Option<&str>) -> Command {
    Command::Decide { items: vec![item], ruling: Some(ruling), reason: reason.map(str::to_owned) }
}

#[test]
fn accepting_goes_on_to_the_next() {
    let mut stage = Stage::new(12);
    let ids: Vec<_> = stage.project.views.iter().map(|view| view.id).collect();
    stage.keys("2 a a");
    assert_eq!(
        commands(&mut stage),
        [decided(ids[0], Ruling::Accepted, None), decided(ids[2], Ruling::Accepted, None)],
        "what was decided before is passed over"
    );
    assert_eq!(stage.state.current(), Some(ids[3]));
    // Who decides again goes from one to the next.
    stage.keys("g j a");
    assert_eq!(stage.state.current(), Some(ids[2]));
}

#[test]
fn the_end_of_an_audit_is_told() {
    let mut stage = Stage::new(3);
    let told = |stage: &Stage| stage.state.toasts.0.last().map(|toast| toast.text.clone()).unwrap_or_default();
    stage.keys("2 G a");
    assert!(told(&stage).contains("1 without a decision above, tab goes there"), "{}", told(&stage));
    stage.keys("tab");
    assert_eq!(stage.state.instructions.list.index, 0);
}

#[test]
fn rejecting_asks_why() {
    let mut stage = Stage::new(12);
    let ids: Vec<_> = stage.project.views.iter().map(|view| view.id).collect();
    stage.keys("2 x 2");
    assert_eq!(commands(&mut stage), [decided(ids[0], Ruling::Rejected, Some("ambiguous"))]);
    stage.keys("x t o o 1 enter");
    assert_eq!(commands(&mut stage), [decided(ids[2], Ruling::Rejected, Some("too1"))]);
    stage.keys("x esc");
    assert_eq!(commands(&mut stage), []);
    assert!(stage.state.overlay.is_none());
    stage.keys("x enter");
    assert_eq!(commands(&mut stage), [decided(ids[3], Ruling::Rejected, None)]);
}

#[test]
fn decisions_are_about_what_has_the_focus() {
    let mut stage = Stage::new(12);
    let view = stage.project.views[0].clone();
    stage.keys("2 enter j a");
    stage.keys("w ] x 1");
    stage.keys("4 j a -");
    let response = |at: usize| view.tasks[0].responses[at].id;
    assert_eq!(
        commands(&mut stage),
        [
            decided(view.cases[1].id, Ruling::Accepted, None),
            decided(view.functions[1].id, Ruling::Rejected, Some("wrong logic")),
            decided(response(1), Ruling::Accepted, None),
            decided(response(2), Ruling::UseAsNegative, None),
        ]
    );
}

mod long;

#[test]
fn a_stage_opens_what_fell_there() {
    let mut stage = Stage::new(24);
    stage.keys("1 j j enter");
    assert_eq!(stage.state.screen, Screen::Instructions);
    assert_eq!(stage.state.instructions.filter.fell, Some(Step::CrossValidate));
    let shown = stage.state.instructions.rows.len();
    assert!(shown > 0 && shown < 24);
    stage.keys("esc");
    assert_eq!(stage.state.instructions.rows.len(), 24);
}

#[test]
fn filters_apply_while_they_are_typed() {
    let mut stage = Stage::new(24);
    stage.keys("2 / commas");
    assert_eq!(stage.state.context(), Context::Typing);
    assert!(stage.state.current_row().unwrap().text.contains("commas"));
    stage.keys("enter");
    assert_eq!(stage.state.context(), Context::Instructions);
    stage.keys("/ esc");
    assert_eq!(stage.state.instructions.rows.len(), 24);
    for (filter, some) in [("zh", true), ("duplicate", true), ("unreviewed", true), ("seed", true), ("nowhere", false)]
    {
        let mut stage = Stage::new(24);
        stage.keys(&format!("2 / {filter}"));
        assert_eq!(!stage.state.instructions.rows.is_empty(), some, "{filter}");
    }
}

fn open_editor(stage: &mut Stage) -> super::draft::Draft {
    match stage.effects.pop() {
        Some(Effect::OpenEditor(draft)) => draft,
        other => panic!("no editor was opened: {other:?}"),
    }
}

#[test]
fn an_edit_goes_to_the_engine() {
    let mut stage = Stage::new(12);
    stage.keys("2 enter w E");
    let draft = open_editor(&mut stage);
    assert_eq!(draft.form, Form::Verifier);
    stage.message(Message::Edited(draft.clone(), Ok(draft.original.clone())));
    assert_eq!(commands(&mut stage), [], "an unchanged file is no edit");
    let text = "def evaluate(response):\n    return False";
    stage.message(Message::Edited(draft.clone(), Ok(format!("{text}\n"))));
    assert_eq!(commands(&mut stage), [Command::Edit { item: draft.item, edit: Edit::Text(text.to_owned()) }]);
}

#[test]
fn a_mistake_opens_the_editor_again_and_nothing_is_lost() {
    let mut stage = Stage::new(12);
    stage.keys("2 enter E");
    let draft = open_editor(&mut stage);
    let wrong = draft.original.replace("expected: true", "expected: perhaps");
    stage.message(Message::Edited(draft, Ok(wrong.clone())));
    let again = open_editor(&mut stage);
    assert!(again.text.contains("perhaps") && again.text.starts_with("# assay: "));
    // Closed as it was opened: given up, and kept for the next time.
    stage.message(Message::Edited(again.clone(), Ok(again.text.clone())));
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Command(..) | Effect::OpenEditor(_))));
    stage.keys("E");
    assert!(open_editor(&mut stage).text.contains("perhaps"));
}

#[test]
fn an_edit_that_the_engine_refuses_is_kept() {
    let mut stage = Stage::new(12);
    stage.keys("2 E");
    let draft = open_editor(&mut stage);
    let asked = Asked::Edit(Unsaved::of(&draft, "Use no verbs.\n", ""));
    stage.message(Message::Replied(asked, Err("it is locked".to_owned())));
    stage.keys("E");
    let again = open_editor(&mut stage);
    assert!(again.text.contains("Use no verbs.") && again.text.contains("it is locked"));
}

#[test]
fn the_consequences_of_an_edit_are_told() {
    let mut stage = Stage::new(12);
    stage.keys("2 E");
    let draft = open_editor(&mut stage);
    let item = draft.item;
    let asked = Asked::Edit(Unsaved::of(&draft, "Use no verbs.\n", ""));
    stage.message(Message::Edited(draft, Ok("Use no verbs.\n".to_owned())));
    stage.message(Message::Replied(asked, Ok("edited".to_owned())));
    let view = &mut stage.project.views[0];
    view.functions.iter_mut().for_each(|function| function.stale = true);
    super::rehearsal::counts::count(view);
    stage.message(Message::Note(Note::Changed(item)));
    let told: Vec<_> = stage.state.toasts.0.iter().map(|toast| toast.text.as_str()).collect();
    assert!(told.iter().any(|text| text.contains("4 at verifiers")), "{told:?}");
}

#[test]
fn quitting_with_work_in_flight_is_asked() {
    let mut stage = Stage::new(12);
    stage.keys("q");
    assert!(matches!(stage.state.overlay, Some(Overlay::Leaving(_))));
    stage.keys("esc q y");
    assert_eq!(stage.effects.pop(), Some(Effect::Quit));
    let mut stage = Stage::new(0);
    stage.keys("q");
    assert_eq!(stage.effects.pop(), Some(Effect::Quit));
}

#[test]
fn pasting_never_runs_commands() {
    let mut stage = Stage::new(12);
    stage.message(Message::Paste("q\na\nx1".to_owned()));
    assert_eq!(stage.effects, []);
    stage.keys("2 /");
    stage.message(Message::Paste("com\nmas".to_owned()));
    assert_eq!(stage.state.instructions.filter.text, "commas");
}

#[test]
fn unreviewed_ones_are_found() {
    let mut stage = Stage::new(12);
    stage.keys("2 tab");
    assert_eq!(stage.state.instructions.list.index, 2, "the second is accepted already");
    stage.keys("gg 4 tab tab tab tab");
    assert_eq!(stage.state.task().map(|(at, _)| at), Some(1), "on to the next query");
}

#[test]
fn where_one_was_is_remembered() {
    let mut stage = Stage::new(12);
    stage.keys("1 jj 2 jjj");
    let saved = Saved::of(&stage.state);
    let text = serde_json::to_string(&saved).unwrap();
    let keymap = Arc::clone(&stage.state.keymap);
    let mut fresh = super::State::new("p", "paper", keymap);
    serde_json::from_str::<Saved>(&text).unwrap().restore(&mut fresh);
    // An engine that is still opening publishes nothing at first.
    super::update(&mut fresh, Message::Snapshot(Arc::default()));
    super::update(&mut fresh, Message::Snapshot(Arc::clone(&stage.state.snapshot)));
    assert_eq!(Saved::of(&fresh), saved);
    assert_eq!(fresh.instructions.list.index, 3);
}

#[test]
fn instructions_are_walked_from_within() {
    let mut stage = Stage::new(12);
    let ids: Vec<_> = stage.project.views.iter().map(|view| view.id).collect();
    stage.keys("2 enter w } }");
    assert_eq!((stage.state.current(), stage.state.context()), (Some(ids[2]), Context::Code));
    stage.keys("{ tab");
    assert_eq!(stage.state.current(), Some(ids[2]), "the second is decided on");
    stage.keys("4 }");
    assert!(stage.state.current_row().unwrap().responses.1 > 0);
}

#[test]
fn what_has_no_stored_answer_says_so() {
    let mut stage = Stage::new(12);
    stage.keys("4 t");
    assert!(stage.state.toasts.0.iter().any(|toast| toast.text.contains("no stored answer")));
    assert!(stage.state.overlay.is_none());
}

#[test]
fn panes_and_screens() {
    let mut stage = Stage::new(12);
    stage.keys("3 w");
    assert_eq!(stage.state.verifiers.focus, Focus::Code);
    stage.keys("w w");
    assert_eq!(stage.state.verifiers.focus, Focus::Matrix);
    stage.keys("4 esc");
    assert_eq!(stage.state.screen, Screen::Instructions);
}

#[test]
fn the_clock_stops_when_all_is_done() {
    let mut stage = Stage::new(3);
    for seconds in [40, 90] {
        let mut snapshot = (*stage.state.snapshot).clone();
        snapshot.engine = EngineState::Done;
        snapshot.elapsed = std::time::Duration::from_secs(seconds);
        stage.message(Message::Snapshot(Arc::new(snapshot)));
        assert_eq!(stage.state.elapsed().as_secs(), 40);
    }
}

#[test]
fn python_is_said_to_be_prepared_when_that_takes_time() {
    let mut stage = Stage::new(3);
    for (seconds, said) in [(0, None), (1, None), (2, Some(2))] {
        let mut snapshot = (*stage.state.snapshot).clone();
        snapshot.sandbox = SandboxState::Preparing { seconds };
        stage.message(Message::Snapshot(Arc::new(snapshot)));
        assert_eq!(stage.state.preparing(), said);
    }
}

#[test]
fn a_refused_edit_can_be_given_up() {
    let mut stage = Stage::new(12);
    stage.keys("2 E");
    let draft = open_editor(&mut stage);
    let asked = Asked::Edit(Unsaved::of(&draft, "Use no verbs.\n", ""));
    stage.message(Message::Replied(asked, Err("it is locked".to_owned())));
    stage.keys("c");
    assert_eq!(commands(&mut stage), [], "no decision is withdrawn");
    stage.keys("E");
    assert!(!open_editor(&mut stage).text.contains("Use no verbs."));
}

#[test]
fn filters_begin_on_the_screen_that_has_one() {
    let mut stage = Stage::new(12);
    stage.keys("4 /");
    assert_eq!(stage.state.context(), Context::Typing);
    stage.keys("esc 5 /");
    assert_eq!(stage.state.context(), Context::Jobs);
    assert!(stage.state.toasts.0.iter().any(|toast| toast.text.contains("no filter")));
}

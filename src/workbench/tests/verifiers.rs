//! The Verifiers screen: flip, drop, order, edit, and what was not saved.

use std::sync::Arc;

use crate::{
    domain::{Fault, Ruling},
    pipeline::handle::{Command, Edit, Note},
    sandbox::Facts,
    workbench::{
        Effect, Message,
        draft::{Draft, Form},
        keymap::Context,
        message::Asked,
        order::By,
        overlay::Overlay,
        panes::Focus,
        rehearsal::{Stage, counts},
        state::Screen,
        unsaved::Unsaved,
    },
};

use super::{commands, decided};

fn changed(stage: &mut Stage, at: usize) {
    let view = &mut stage.project.views[at];
    counts::count(view);
    let id = view.id;
    stage.message(Message::Note(Note::Changed(id)));
}

#[test]
fn a_flipped_case_moves_accuracies_before_and_after() {
    let mut stage = Stage::new(12);
    stage.keys("2 enter jjj f");
    let case = stage.project.views[0].cases[3].clone();
    let edit = Edit::Case { input: case.input.to_string(), expected: !case.expected.unwrap() };
    assert_eq!(commands(&mut stage), [Command::Edit { item: case.id, edit }]);
    assert!(stage.state.verifiers.was.is_none());
    stage.message(Message::Replied(Asked::Said("c4 expects false now".into()), Ok("edited case:1; 2 items".into())));
    let view = &mut stage.project.views[0];
    let before = view.functions[0].accuracy;
    view.cases[3].expected = Some(false);
    view.functions[0].accuracy = Some(1.0);
    changed(&mut stage, 0);
    let was = stage.state.verifiers.was.as_ref().unwrap();
    assert_eq!(was.functions[0].accuracy, before);
    assert_eq!(stage.state.case().unwrap().0, 3, "the cursor stays");
    assert!(stage.state.toasts.0.iter().any(|toast| toast.text == "c4 expects false now; 2 items"));
    // What is still being worked out is no new standing.
    stage.project.views[0].cross_validate = None;
    stage.project.views[0].functions[1].accuracy = None;
    changed(&mut stage, 0);
    assert_eq!(stage.state.verifiers.was.as_ref().unwrap().functions[0].accuracy, before);
    // Elsewhere nothing was before.
    stage.keys("}");
    assert!(stage.state.verifiers.was.is_none());
}

#[test]
fn what_was_taken_back_compares_with_nothing() {
    let mut stage = Stage::new(12);
    stage.keys("3");
    let original = stage.project.views[0].clone();
    stage.project.views[0].functions[0].accuracy = Some(1.0);
    changed(&mut stage, 0);
    assert!(stage.state.verifiers.was.is_some());
    stage.project.views[0] = original;
    changed(&mut stage, 0);
    assert!(stage.state.verifiers.was.is_none());
}

#[test]
fn a_case_is_dropped_and_brought_back() {
    let mut stage = Stage::new(12);
    stage.keys("3 d");
    let case = stage.project.views[0].cases[0].id;
    assert_eq!(commands(&mut stage), [decided(case, Ruling::Rejected, None)]);
    let decision = crate::domain::Decision { ruling: Ruling::Rejected, reason: None, version: Some(0) };
    stage.project.views[0].cases[0].decision = Some(decision);
    changed(&mut stage, 0);
    stage.keys("d");
    assert_eq!(commands(&mut stage), [Command::Decide { items: vec![case], ruling: None, reason: None }]);
}

#[test]
fn ordering_keeps_the_selected_case() {
    let mut stage = Stage::new(12);
    stage.keys("3 jj");
    let (at, id) = stage.state.case().map(|(at, case)| (at, case.id)).unwrap();
    stage.keys("s");
    assert_eq!(stage.state.verifiers.order.by, By::Disagreement);
    assert_eq!(stage.state.case().map(|(at, case)| (at, case.id)), Some((at, id)));
    stage.keys("gg");
    assert_eq!(stage.state.case().unwrap().0, 3, "the contested one is first");
    stage.keys("s");
    assert_eq!(stage.state.case().unwrap().0, 3);
}

#[test]
fn a_cell_opens_and_closes() {
    let mut stage = Stage::new(12);
    stage.keys("2 enter jj enter");
    assert_eq!((stage.state.context(), stage.state.zoom), (Context::Case, true));
    stage.keys("j l");
    assert_eq!((stage.state.case().unwrap().0, stage.state.function().unwrap().0), (3, 1));
    stage.keys("esc");
    assert_eq!((stage.state.verifiers.focus, stage.state.zoom), (Focus::Matrix, false));
    stage.keys("esc");
    assert_eq!(stage.state.screen, Screen::Instructions);
}

fn kept(stage: &Stage) -> Vec<String> {
    let texts = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Keep(kept) => Some(kept.text.clone()),
        _ => None,
    });
    texts.collect()
}

fn asked(stage: &Stage) -> Option<Arc<str>> {
    stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Check(source) => Some(Arc::clone(source)),
        _ => None,
    })
}

#[test]
fn what_is_written_is_kept_checked_and_saved() {
    let mut stage = Stage::new(12);
    stage.keys("3 w e");
    assert_eq!(stage.state.context(), Context::Editor);
    let function = stage.project.views[0].functions[0].id;
    stage.keys("q ctrl-s");
    let texts = kept(&stage);
    assert!(texts.last().unwrap().starts_with('q'), "{texts:?}");
    let source = asked(&stage).unwrap();
    let fault = Fault { type_name: "SyntaxError".into(), message: "bad".into(), line: Some(1), ..Fault::default() };
    let facts = Facts { syntax: Some(fault), ..Facts::default() };
    stage.message(Message::Checked(Arc::clone(&source), Some(Arc::new(facts))));
    assert_eq!(commands(&mut stage), [], "a mistake is said before anything is stored");
    assert!(stage.state.editor().unwrap().warning.is_some());
    // Once more: it is saved all the same.
    stage.keys("ctrl-s");
    let edit = Command::Edit { item: function, edit: Edit::Text(source.to_string()) };
    assert_eq!(commands(&mut stage), [edit]);
    assert!(stage.state.overlay.is_none() && stage.state.drafts.contains_key(&function));
    let saved = stage.state.drafts[&function].clone();
    stage.message(Message::Replied(Asked::Edit(saved), Ok("edited".into())));
    assert!(stage.state.drafts.is_empty());
    assert!(stage.effects.contains(&Effect::Forget(function)));
}

#[test]
fn a_sound_source_is_saved_at_once() {
    let mut stage = Stage::new(12);
    stage.keys("3 w e x ctrl-s");
    let source = asked(&stage).unwrap();
    stage.message(Message::Checked("something else".into(), None));
    assert!(stage.state.editor().is_some(), "an answer about another text is not for this one");
    stage.message(Message::Checked(source, None));
    assert!(stage.state.editor().is_none());
}

#[test]
fn leaving_keeps_the_text_and_unchanged_texts_are_no_edits() {
    let mut stage = Stage::new(12);
    stage.keys("3 w e x esc");
    assert!(stage.state.overlay.is_none());
    stage.keys("e");
    assert!(stage.state.editor().unwrap().text().starts_with('x'));
    stage.keys("ctrl-z esc c e");
    assert!(!stage.state.editor().unwrap().is_changed(), "c discards it");
    stage.keys("ctrl-s");
    assert_eq!(commands(&mut stage), []);
    // Undo and redo here are the text's, not the journal's.
    stage.keys("e y ctrl-u");
    assert!(!stage.state.editor().unwrap().is_changed());
    stage.keys("ctrl-r");
    assert!(stage.state.editor().unwrap().is_changed());
    assert_eq!(commands(&mut stage), []);
}

#[test]
fn pasting_into_the_editor_writes() {
    let mut stage = Stage::new(12);
    stage.keys("4 e");
    stage.message(Message::Paste("q\rx: ".to_owned()));
    assert!(stage.state.editor().unwrap().text().starts_with("q\nx: "));
    assert_eq!(commands(&mut stage), []);
}

#[test]
fn what_a_crash_left_is_offered() {
    let mut stage = Stage::new(12);
    let view = stage.project.views[2].clone();
    let item = view.functions[1].id;
    let draft = Draft::of_text(item, Form::Verifier, "def old").named("function f2", Some(view.id));
    let left = Unsaved::of(&draft, "def new\n", "");
    let other = Unsaved { item: view.functions[0].id, name: "function f1".into(), ..left.clone() };
    stage.message(Message::Recovered(vec![other.clone(), left]));
    assert_eq!(stage.state.context(), Context::Recovered);
    stage.keys("c");
    assert!(stage.effects.contains(&Effect::Forget(other.item)));
    stage.keys("enter");
    assert_eq!(stage.state.editor().unwrap().text(), "def new\n");
    assert_eq!((stage.state.screen, stage.state.current()), (Screen::Verifiers, Some(view.id)));
    assert_eq!(stage.state.function().map(|(_, function)| function.id), Some(item));
    stage.message(Message::Recovered(vec![]));
    assert!(matches!(stage.state.overlay, Some(Overlay::Editor(_))));
}

#[test]
fn a_mistake_in_a_case_is_told_in_the_editor() {
    let mut stage = Stage::new(12);
    stage.keys("3 e x ctrl-s");
    assert!(stage.state.editor().unwrap().warning.as_ref().unwrap().contains("expected"));
    assert_eq!(commands(&mut stage), []);
}

/// What the last message says.
fn told(stage: &Stage) -> &str {
    stage.state.toasts.0.last().map_or("", |toast| toast.text.as_str())
}

#[test]
fn a_key_that_cannot_act_says_why_and_the_palette_and_the_footer_know() {
    let mut stage = Stage::new(12);
    let view = &mut stage.project.views[0];
    view.cases.clear();
    view.matrix.iter_mut().for_each(Vec::clear);
    let id = view.id;
    stage.message(Message::Note(Note::Changed(id)));
    stage.keys("3");
    for (key, why) in
        [("f", "no case was found"), ("d", "no case was found"), ("a", "no case was found"), ("enter", "no case")]
    {
        stage.keys(key);
        assert!(told(&stage).contains(why), "{key}: {}", told(&stage));
    }
    assert!(commands(&mut stage).is_empty());
    let idle = |stage: &Stage, action| crate::workbench::idle::idle(&stage.state, stage.state.context(), action);
    use crate::workbench::keymap::Action;
    assert!(idle(&stage, Action::FlipCase).is_some() && idle(&stage, Action::NextPane).is_none());
    // The code can be decided on all the same.
    stage.keys("w");
    assert!(idle(&stage, Action::Accept).is_none() && idle(&stage, Action::Edit).is_none());
    // Without functions and cases it is the instruction that is shown, and decided on.
    let view = &mut stage.project.views[0];
    view.functions.clear();
    view.matrix.clear();
    stage.message(Message::Note(Note::Changed(id)));
    stage.keys("a");
    assert_eq!(commands(&mut stage), [decided(id, Ruling::Accepted, None)]);
    // A pair is neither edited nor made by a model.
    let mut stage = Stage::new(12);
    stage.keys("4 w w e");
    assert!(told(&stage).contains("a pair is not edited"), "{}", told(&stage));
    stage.keys("r");
    assert!(told(&stage).contains("no model makes a pair"), "{}", told(&stage));
    assert!(commands(&mut stage).is_empty());
    stage.keys("D z");
    assert!(told(&stage).contains("nothing is folded"), "{}", told(&stage));
}

//! The list of instructions: still under the eye, sorted, narrowed, decided on in bulk; notes, and messages that lead on.

use std::sync::Arc;

use crate::{
    domain::Ruling,
    pipeline::{handle::Command, snapshot::JobState},
    workbench::{Message, filter, message::Asked, overlay::Overlay, rehearsal::Stage, sort, state::Screen},
};

use super::commands;

/// The same snapshot with a further instruction at a place.
fn with_one_more(stage: &Stage, at: usize, n: usize) -> Message {
    let mut snapshot = (*stage.state.snapshot).clone();
    let mut rows = (*snapshot.instructions).clone();
    rows.insert(
        at,
        Arc::new(crate::workbench::rehearsal::counts::row(&crate::workbench::rehearsal::project::instruction(n))),
    );
    snapshot.instructions = Arc::new(rows);
    Message::Snapshot(Arc::new(snapshot))
}

#[test]
fn the_list_keeps_still_while_rows_stream_in() {
    let mut stage = Stage::new(12);
    stage.keys("2 jjj");
    let selected = stage.state.current();
    let shown: Vec<_> = stage.state.instructions.rows.each(&stage.state.snapshot).map(|row| row.id).collect();
    stage.message(with_one_more(&stage, 1, 20));
    let pane = &stage.state.instructions;
    assert_eq!((stage.state.current(), pane.list.index, pane.news, pane.gone), (selected, 3, 1, 0));
    assert_eq!(pane.rows.each(&stage.state.snapshot).map(|row| row.id).collect::<Vec<_>>(), shown);
    stage.keys(".");
    let pane = &stage.state.instructions;
    assert_eq!((stage.state.current(), pane.list.index, pane.news, pane.rows.len()), (selected, 4, 0, 13));
    // At its end the list goes on with what is new.
    stage.message(with_one_more(&stage, 13, 21));
    stage.keys("G");
    assert_eq!(stage.state.instructions.rows.len(), 13);
    stage.keys("j");
    assert_eq!((stage.state.instructions.rows.len(), stage.state.instructions.list.index), (14, 13));
}

#[test]
fn where_nobody_looks_the_list_is_made_anew() {
    let mut stage = Stage::new(12);
    stage.keys("2 jj 1");
    stage.message(with_one_more(&stage, 1, 20));
    stage.keys("2");
    let pane = &stage.state.instructions;
    assert_eq!((pane.rows.len(), pane.news, pane.list.index), (13, 0, 3));
}

#[test]
fn what_no_longer_fits_stays_until_it_is_asked_for() {
    let mut stage = Stage::new(12);
    stage.keys("2 / u n r e v i e w e d enter");
    let before = stage.state.instructions.rows.len();
    let mut snapshot = (*stage.state.snapshot).clone();
    let mut rows = (*snapshot.instructions).clone();
    let mut row = (*rows[0]).clone();
    row.decision = Some(Ruling::Accepted);
    rows[0] = Arc::new(row);
    snapshot.instructions = Arc::new(rows);
    stage.message(Message::Snapshot(Arc::new(snapshot)));
    let pane = &stage.state.instructions;
    assert_eq!((pane.rows.len(), pane.gone, pane.reviewed), (before, 1, 1));
    stage.keys(".");
    assert_eq!(stage.state.instructions.rows.len(), before - 1);
}

#[test]
fn the_list_is_sorted_with_two_keys() {
    let mut stage = Stage::new(24);
    stage.keys("2 s d");
    let most: Vec<_> = stage.state.instructions.rows.each(&stage.state.snapshot).map(|row| row.disagreements).collect();
    assert!(most[0] > 0 && most.is_sorted_by(|a, b| a >= b), "{most:?}");
    stage.keys("s d");
    assert!(stage.state.instructions.sort.reversed);
    stage.keys("s esc");
    assert!(stage.state.begun.is_empty(), "what was begun can be left");
    stage.keys("s a");
    assert_eq!(stage.state.instructions.rows, filter::Rows::All(24));
}

#[test]
fn facets_narrow_with_counts() {
    let mut stage = Stage::new(24);
    stage.keys("2 f j");
    let count = |stage: &Stage| match &stage.state.overlay {
        Some(Overlay::Facets(panel)) => panel.counts[panel.list.index].clone(),
        other => panic!("no facets: {other:?}"),
    };
    let (facet, n) = count(&stage);
    assert!(facet.name() == "dropped" && n > 0);
    stage.keys("space");
    assert_eq!(stage.state.instructions.rows.len(), n);
    assert_eq!(count(&stage), (facet, n), "the value stays selected, and counts as if it were off");
    stage.keys("esc / z h enter");
    assert!(stage.state.instructions.rows.len() < n);
    stage.keys("F");
    assert_eq!(stage.state.instructions.rows.len(), 24);
}

#[test]
fn many_are_decided_on_in_one_step() {
    let mut stage = Stage::new(12);
    let ids: Vec<_> = stage.project.views.iter().map(|view| view.id).collect();
    stage.keys("2 space space j v j j a");
    assert!(matches!(stage.state.overlay, Some(Overlay::Confirm(_))));
    stage.keys("a");
    assert_eq!(commands(&mut stage), [], "the key that asked does not confirm");
    stage.keys("y");
    let items = vec![ids[0], ids[1], ids[3], ids[4], ids[5]];
    let accepted = Command::Decide { items, ruling: Some(Ruling::Accepted), reason: None };
    assert_eq!(commands(&mut stage), [accepted]);
    assert_eq!(stage.state.marked(), 0);
    // A whole filter, rejected with a reason, asks as well.
    stage.keys("/ z h enter * x 1 2");
    assert!(matches!(&stage.state.overlay, Some(Overlay::Reason { input, .. }) if input.value() == "ambiguous"));
    let shown: Vec<_> = stage.state.instructions.rows.each(&stage.state.snapshot).map(|row| row.id).collect();
    assert_eq!(commands(&mut stage), [], "a digit picks, another key confirms");
    stage.keys("enter");
    assert!(stage.state.overlay.is_none(), "one dialogue");
    let reason = Some("ambiguous".to_owned());
    assert_eq!(commands(&mut stage), [Command::Decide { items: shown, ruling: Some(Ruling::Rejected), reason }]);
}

#[test]
fn a_selection_survives_another_filter_and_says_so() {
    let mut stage = Stage::new(12);
    stage.keys("2 space / z h enter *");
    let listed = stage.state.instructions.rows.len();
    assert_eq!(stage.state.marked(), listed + 1);
    stage.keys("a");
    let Some(Overlay::Confirm(bulk)) = &stage.state.overlay else { panic!("not asked") };
    assert_eq!((bulk.items.len(), bulk.hidden), (listed + 1, 1));
    stage.keys("esc esc");
    assert_eq!((stage.state.marked(), stage.state.instructions.rows.len()), (0, listed), "the selection goes first");
    stage.keys("esc");
    assert_eq!(stage.state.instructions.rows.len(), 12);
}

#[test]
fn a_decision_may_stay_on_its_item() {
    let mut stage = Stage::new(12);
    stage.keys("2 A a");
    assert_eq!(stage.state.instructions.list.index, 0);
    stage.keys("A a");
    assert_eq!(stage.state.instructions.list.index, 2);
}

#[test]
fn the_palette_does_what_applies_and_says_why_else() {
    let mut stage = Stage::new(12);
    stage.keys("2 : s o r t p a s s enter");
    assert_eq!(stage.state.instructions.sort.by, sort::By::PassRate);
    stage.keys("1 : n o t h i n g h e r e enter");
    stage.keys(": f a c e t s enter");
    assert!(stage.state.overlay.is_none());
    assert!(
        stage.state.toasts.0.iter().any(|toast| toast.text.contains("only in Instructions")),
        "{:?}",
        stage.state.toasts
    );
}

#[test]
fn a_note_is_written_changed_and_taken_away() {
    let mut stage = Stage::new(12);
    let id = stage.project.views[0].id;
    stage.keys("2 n o d d enter");
    assert_eq!(commands(&mut stage), [Command::Note { item: id, text: Some("odd".to_owned()) }]);
    stage.project.notes.push((id, "odd".to_owned()));
    stage.message(Message::Note(crate::pipeline::handle::Note::Changed(id)));
    stage.keys("n backspace backspace backspace enter");
    assert_eq!(commands(&mut stage), [Command::Note { item: id, text: None }]);
    stage.keys("n x esc");
    assert_eq!(commands(&mut stage), []);
}

#[test]
fn a_message_leads_to_what_it_is_about() {
    let mut stage = Stage::new(12);
    let view = stage.project.views[0].clone();
    stage.keys("3 w ] x 1");
    let Some(asked) = stage.effects.iter().find_map(|effect| match effect {
        crate::workbench::Effect::Command(_, asked) => Some(asked.clone()),
        _ => None,
    }) else {
        panic!("nothing was asked")
    };
    stage.message(Message::Replied(asked, Ok("rejected fn:2".to_owned())));
    stage.keys("2 j j 5 '");
    assert_eq!((stage.state.screen, stage.state.current()), (Screen::Verifiers, Some(view.id)));
    assert_eq!(stage.state.function().map(|(_, function)| function.id), Some(view.functions[1].id));
}

#[test]
fn taking_a_decision_back_goes_back_to_its_item() {
    let mut stage = Stage::new(12);
    let id = stage.project.views[0].id;
    let answer = |stage: &mut Stage, text: &str| {
        let asked = stage.effects.drain(..).find_map(|effect| match effect {
            crate::workbench::Effect::Command(_, asked) => Some(asked),
            _ => None,
        });
        stage.message(Message::Replied(asked.unwrap(), Ok(text.to_owned())));
    };
    stage.keys("2 a");
    let label = format!("accepted {}", id.short());
    answer(&mut stage, &label);
    let told = &stage.state.toasts.0.last().unwrap().text;
    assert!(told.starts_with(&format!("{label} \"")) && told.ends_with("u takes it back"), "{told}");
    stage.keys("a");
    answer(&mut stage, "accepted ins:1");
    assert_eq!(stage.state.toasts.0.len(), 1, "one answer at a time");
    stage.state.decided.pop();
    stage.message(Message::Snapshot(Arc::new(crate::pipeline::snapshot::Snapshot {
        undo: Some(label),
        ..(*stage.state.snapshot).clone()
    })));
    assert_ne!(stage.state.current(), Some(id));
    stage.keys("u");
    assert_eq!((commands(&mut stage), stage.state.current()), (vec![Command::Undo], Some(id)));
    stage.keys("j u");
    assert_ne!(stage.state.current(), Some(id), "once");
}

#[test]
fn a_failure_is_told_once_and_leads_to_its_job() {
    let mut stage = Stage::new(12);
    let mut snapshot = (*stage.state.snapshot).clone();
    let mut jobs = (*snapshot.jobs).clone();
    let id = jobs[1].id;
    jobs[1].state = JobState::Failed { code: "timeout".to_owned(), message: "no answer".to_owned() };
    snapshot.jobs = Arc::new(jobs);
    let snapshot = Arc::new(snapshot);
    stage.message(Message::Snapshot(Arc::clone(&snapshot)));
    stage.message(Message::Snapshot(snapshot));
    let told: Vec<_> = stage.state.toasts.0.iter().filter(|toast| toast.text.contains("failed")).collect();
    assert_eq!((told.len(), told[0].times), (1, 1), "those that had failed before are not told: {told:?}");
    stage.keys("'");
    assert_eq!((stage.state.screen, stage.state.job().map(|job| job.id)), (Screen::Jobs, Some(id)));
}

#[test]
fn the_end_of_what_was_asked_for_is_told() {
    let mut stage = Stage::new(12);
    let root = stage.project.views[2].id;
    stage.keys("2 j j r");
    stage.message(Message::Replied(Asked::Plain, Ok(String::new())));
    let last = stage.state.snapshot.jobs.iter().map(|job| job.id).max().unwrap();
    for (state, told) in [(JobState::Running { attempt: 1 }, false), (JobState::Done, true)] {
        let mut snapshot = (*stage.state.snapshot).clone();
        let mut jobs = (*snapshot.jobs).clone();
        jobs.retain(|job| job.id <= last);
        let mut job = jobs[0].clone();
        (job.id, job.root, job.state) = (last + 1, Some(root), state);
        jobs.insert(0, job);
        snapshot.jobs = Arc::new(jobs);
        stage.message(Message::Snapshot(Arc::new(snapshot)));
        assert_eq!(stage.state.toasts.0.iter().any(|toast| toast.text.contains("made again")), told);
    }
    stage.keys("1 '");
    assert_eq!((stage.state.screen, stage.state.current()), (Screen::Instructions, Some(root)));
}

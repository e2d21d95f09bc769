//! Lists of very many rows: made away from the loop, and shown when they are there.

use std::sync::{Arc, atomic::AtomicU64};

use crate::{
    pipeline::snapshot::Snapshot,
    workbench::{
        Effect, Message,
        filter::{Filter, Rows},
        rehearsal::{Stage, many},
        sift::{Ask, MANY, Sifter},
        sort::Sort,
    },
};

/// The list that was asked for last.
fn asked(stage: &mut Stage) -> Option<Box<Ask>> {
    let mut last = None;
    stage.effects.retain(|effect| match effect {
        Effect::Sift(ask) => {
            last = Some(ask.clone());
            false
        }
        _ => true,
    });
    last
}

fn answer(stage: &mut Stage, ask: &Ask) {
    let sifted = Sifter::default().sift(ask, &AtomicU64::new(ask.serial)).unwrap();
    stage.message(Message::Sifted(Box::new(sifted)));
}

fn publish(stage: &mut Stage, rows: Vec<Arc<crate::pipeline::snapshot::InstructionRow>>) {
    let seq = stage.state.snapshot.seq + 1;
    let snapshot = Snapshot { seq, instructions: Arc::new(rows), ..(*stage.state.snapshot).clone() };
    stage.message(Message::Snapshot(Arc::new(snapshot)));
}

fn stage(n: usize) -> Stage {
    let mut stage = Stage::new(12);
    publish(&mut stage, many(n));
    stage.keys("2");
    stage
}

#[test]
fn a_filter_is_worked_out_elsewhere_and_the_newest_counts() {
    let mut stage = stage(MANY);
    assert_eq!(stage.state.instructions.rows, Rows::All(MANY), "all rows are there at once");
    let all = asked(&mut stage).unwrap();
    answer(&mut stage, &all);
    stage.keys("/ k e p t");
    let kept = asked(&mut stage).unwrap();
    assert_eq!(kept.filter.text, "kept");
    assert_eq!(stage.state.instructions.rows.len(), MANY, "until it is there, what was there stays");
    stage.keys("backspace");
    let newest = asked(&mut stage).unwrap();
    answer(&mut stage, &kept);
    assert_eq!(stage.state.instructions.rows.len(), MANY, "an older answer is none");
    answer(&mut stage, &newest);
    let rows = stage.state.instructions.rows.clone();
    assert_eq!(rows, newest.filter.pick(&stage.state.snapshot.instructions, newest.sort));
    assert!(asked(&mut stage).is_none(), "nothing is asked again by itself");
}

#[test]
fn rows_that_stream_in_are_held_back_until_their_list_is_there() {
    let mut stage = stage(MANY);
    let first = asked(&mut stage).unwrap();
    answer(&mut stage, &first);
    stage.keys("j j j");
    let (selected, shown) = (stage.state.current(), Arc::clone(&stage.state.snapshot.instructions));
    let mut more = many(MANY + 5);
    more.rotate_right(5);
    publish(&mut stage, more.clone());
    let carried = asked(&mut stage).unwrap();
    assert!(Arc::ptr_eq(&stage.state.snapshot.instructions, &shown), "what is looked at stays");
    more.extend(many(2));
    publish(&mut stage, more);
    assert!(asked(&mut stage).is_none(), "one after the other");
    answer(&mut stage, &carried);
    let pane = &stage.state.instructions;
    assert_eq!((stage.state.current(), pane.list.index, pane.news, pane.rows.len()), (selected, 3, 5, MANY));
    let further = asked(&mut stage).unwrap();
    answer(&mut stage, &further);
    assert_eq!(stage.state.current(), selected);
    stage.keys(".");
    let anew = asked(&mut stage).unwrap();
    answer(&mut stage, &anew);
    assert_eq!((stage.state.current(), stage.state.instructions.rows.len()), (selected, MANY + 7));
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Discard(_))), "old rows go elsewhere");
}

#[test]
fn what_was_made_of_rows_that_are_gone_is_not_shown() {
    let mut stage = stage(MANY);
    let first = asked(&mut stage).unwrap();
    answer(&mut stage, &first);
    stage.keys("/ k");
    let late = asked(&mut stage).unwrap();
    stage.keys("enter 1");
    publish(&mut stage, many(MANY + 3));
    answer(&mut stage, &late);
    assert_eq!(stage.state.snapshot.instructions.len(), MANY + 3, "nobody looks: the newest rows hold");
    stage.keys("2");
    let anew = asked(&mut stage).unwrap();
    assert_eq!(anew.rows.len(), MANY + 3);
    answer(&mut stage, &anew);
    assert_eq!(stage.state.instructions.rows, anew.filter.pick(&anew.rows, anew.sort));
}

/// What is done on the loop with the longest list that is made there; run by hand with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn what_the_loop_pays_for_a_list() {
    for n in [MANY - 1, 19_999] {
        let rows = many(n);
        let timed = |what: &str, work: &mut dyn FnMut()| {
            let start = std::time::Instant::now();
            (0..10).for_each(|_| work());
            println!("{n} rows, {what}: {:?}", start.elapsed() / 10);
        };
        let filter = Filter { text: "use words".to_owned(), ..Filter::default() };
        timed("a filter of two words", &mut || drop(filter.pick(&rows, Sort::default())));
        let narrowed = Filter { text: "kept seed".to_owned(), ..Filter::default() };
        timed("a filter of two facts", &mut || drop(narrowed.pick(&rows, Sort::default())));
        timed("facets counted", &mut || drop(filter.facets.count(rows.iter().map(AsRef::as_ref))));
        let sorted = Sort::default().chosen(crate::workbench::keymap::Action::SortText);
        timed("sorted by text", &mut || drop(Filter::default().pick(&rows, sorted)));
    }
}

/// A defect in making a list fails that one: it is said, and lists go on.
#[test]
fn a_list_that_could_not_be_made_is_told_and_the_next_one_is_asked_for() {
    let mut stage = stage(MANY);
    let all = asked(&mut stage).unwrap();
    answer(&mut stage, &all);
    stage.keys("/ k e p t");
    let broken = asked(&mut stage).unwrap();
    stage.message(Message::Unsifted(broken.serial, "index out of bounds".to_owned()));
    assert!(!stage.state.instructions.sifting.under_way);
    assert_eq!(stage.state.instructions.rows.len(), MANY, "what was there stays");
    let said = stage.state.toasts.0.last().map(|toast| toast.text.clone()).unwrap_or_default();
    assert!(said.contains("could not be made") && said.contains("index out of bounds"), "{said}");
    stage.keys("backspace");
    let next = asked(&mut stage).unwrap();
    answer(&mut stage, &next);
    assert_eq!(stage.state.instructions.rows, next.filter.pick(&stage.state.snapshot.instructions, next.sort));
}

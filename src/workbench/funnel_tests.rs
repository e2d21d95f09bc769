//! The Funnel and Jobs screens: values turned, reasons opened, jobs steered.

use std::{sync::Arc, time::Duration};

use crate::{
    pipeline::{
        handle::Command,
        index::Index,
        snapshot::{JobState, Snapshot},
        whatif::{Dial, Outlook},
    },
    rules::{Profile, profile::Threshold},
};

use super::{
    Effect, Message,
    keymap::Context,
    rehearsal::Stage,
    state::Screen,
    whatif::{Answer, Ask},
};

fn asks(stage: &mut Stage) -> Vec<Ask> {
    let effects = std::mem::take(&mut stage.effects).into_iter();
    effects.filter_map(|effect| if let Effect::WhatIf(ask) = effect { Some(*ask) } else { None }).collect()
}

fn commands(stage: &mut Stage) -> Vec<Command> {
    let effects = std::mem::take(&mut stage.effects).into_iter();
    effects.filter_map(|effect| if let Effect::Command(command, _) = effect { Some(command) } else { None }).collect()
}

fn answer(ask: &Ask, sft: u64) -> Message {
    let turned = Outlook { sft, ..Outlook::default() };
    let took = Duration::from_millis(100);
    Message::WhatIf(ask.dial, Answer { serial: ask.serial, turned, curve: Some(Vec::new()), took, ..Answer::default() })
}

fn shown(stage: &Stage) -> Option<u64> {
    stage.state.funnel.whatif.as_ref()?.answer.as_ref().map(|answer| answer.turned.sft)
}

fn changed(stage: &Stage, change: impl FnOnce(&mut Snapshot)) -> Message {
    let mut snapshot = Snapshot::clone(&stage.state.snapshot);
    change(&mut snapshot);
    Message::Snapshot(Arc::new(snapshot))
}

#[test]
fn a_value_is_turned_asked_about_and_put_in_force() {
    let mut stage = Stage::new(12);
    stage.keys("1 t");
    assert_eq!(asks(&mut stage).len(), 1);
    // Function kept: at least 0.8; two steps up are 0.9.
    stage.keys("j l l");
    let asked = asks(&mut stage);
    let last = asked.last().unwrap();
    assert_eq!((last.dial, last.turned.function_kept), (Dial::FunctionKept, Threshold::AtLeast(0.9)));
    stage.message(answer(&asked[0], 1));
    assert_eq!(shown(&stage), None, "an answer to an older question is not shown");
    stage.message(answer(last, 21));
    assert_eq!(shown(&stage), Some(21));
    stage.keys("a");
    let wanted = Profile { function_kept: Threshold::AtLeast(0.9), ..Profile::clone(&stage.state.snapshot.rules) };
    assert_eq!(commands(&mut stage), [Command::Tune(Box::new(wanted))]);
    stage.keys("= a");
    assert_eq!(commands(&mut stage), [], "nothing is turned any more");
    stage.keys("l esc");
    assert!(stage.state.funnel.whatif.is_none());
    assert_eq!(stage.state.context(), Context::Funnel);
}

#[test]
fn values_stop_at_the_ends_of_their_range() {
    let mut stage = Stage::new(12);
    stage.keys("1 t");
    stage.keys(&"l".repeat(40));
    assert_eq!(stage.state.funnel.whatif.as_ref().unwrap().turned.case_kept.bound(), 1.0);
    stage.keys(&"h".repeat(80));
    assert_eq!(stage.state.funnel.whatif.as_ref().unwrap().turned.case_kept.bound(), 0.0);
}

#[test]
fn what_streams_in_is_asked_about_again_but_not_at_once() {
    let mut stage = Stage::new(12);
    stage.keys("1 t");
    let first = asks(&mut stage).remove(0);
    let news = |stage: &Stage| changed(stage, |snapshot| snapshot.index = Arc::new(Index::default()));
    stage.message(news(&stage));
    assert!(asks(&mut stage).is_empty(), "one question at a time");
    stage.message(answer(&first, 1));
    stage.message(news(&stage));
    assert!(asks(&mut stage).is_empty(), "what took 100 ms is not done again within a second");
    stage.message(Message::Tick(Duration::from_millis(1200)));
    assert_eq!(asks(&mut stage).len(), 1);
}

#[test]
fn values_that_come_into_force_meanwhile_keep_what_is_turned_here() {
    let mut stage = Stage::new(12);
    stage.keys("1 t j l");
    let rules = Profile { score_kept: Threshold::AtLeast(5.0), ..Profile::clone(&stage.state.snapshot.rules) };
    stage.message(changed(&stage, |snapshot| snapshot.rules = Arc::new(rules)));
    let turned = &stage.state.funnel.whatif.as_ref().unwrap().turned;
    assert_eq!(turned.score_kept.bound(), 5.0);
    assert_eq!(turned.function_kept.bound(), 0.85);
}

#[test]
fn a_reason_opens_just_its_instructions() {
    let mut stage = Stage::new(24);
    stage.keys("1 jjjjjjj l");
    assert_eq!(stage.state.context(), Context::Reasons);
    stage.keys("enter");
    let asked: Vec<_> = std::mem::take(&mut stage.effects);
    let [Effect::LoadFell(stage_of, reason)] = &asked[..] else { panic!("{asked:?}") };
    let of: Vec<_> = stage.project.views.iter().take(3).map(|view| view.id).collect();
    stage.message(Message::Fell(*stage_of, reason.clone(), of.clone()));
    assert_eq!(stage.state.screen, Screen::Instructions);
    let rows = &stage.state.instructions.rows;
    let listed: Vec<_> =
        (0..rows.len()).filter_map(|at| rows.get(&stage.state.snapshot, at)).map(|row| row.id).collect();
    assert!(!listed.is_empty() && listed.iter().all(|id| of.contains(id)), "{listed:?} of {of:?}");
    stage.keys("j enter");
    assert_eq!(stage.state.screen, Screen::Verifiers);
    stage.keys("4 esc");
    assert_eq!(stage.state.screen, Screen::Instructions, "one step of the way back");
    stage.keys("esc");
    assert_eq!((stage.state.screen, stage.state.context()), (Screen::Funnel, Context::Reasons));
    assert_eq!(stage.state.funnel.reason.as_deref(), Some(reason.as_ref()));
    stage.keys("2");
    assert_eq!(stage.state.instructions.rows.len(), 24, "the filter went with the way back");
}

#[test]
fn the_way_back_ends_where_one_went_by_oneself() {
    let mut stage = Stage::new(24);
    stage.keys("2 / u enter 1 jj enter");
    assert_eq!(stage.state.screen, Screen::Instructions);
    stage.keys("enter 2 esc");
    assert_eq!((stage.state.screen, stage.state.funnel.stage), (Screen::Funnel, 2), "of what was opened from the list");
    stage.keys("2");
    assert_eq!(stage.state.instructions.filter.text, "u", "what was listed before is listed again");
    stage.keys("1 enter 1 2 esc");
    assert_eq!(stage.state.screen, Screen::Instructions, "going to the Funnel is no opening");
}

#[test]
fn jobs_are_retried_cancelled_and_left_alone_as_they_stand() {
    let mut stage = Stage::new(24);
    stage.keys("5 g");
    let jobs = Arc::clone(&stage.state.snapshot.jobs);
    let at = |wanted: fn(&JobState) -> bool| jobs.iter().position(|job| wanted(&job.state));
    let running = at(|state| matches!(state, JobState::Running { .. })).unwrap();
    stage.keys(&"j".repeat(running));
    stage.keys("r x");
    assert_eq!(commands(&mut stage), [Command::Cancel(jobs[running].id)]);
    let failed = at(|state| matches!(state, JobState::Failed { .. })).unwrap();
    stage.keys("g");
    stage.keys(&"j".repeat(failed));
    stage.keys("x r R");
    let all = Command::Retry { items: vec![] };
    assert_eq!(commands(&mut stage), [Command::Retry { items: vec![jobs[failed].item] }, all]);
}

#[test]
fn the_log_is_read_while_it_is_shown() {
    let mut stage = Stage::new(3);
    stage.keys("5");
    assert_eq!(std::mem::take(&mut stage.effects), [Effect::LoadPast(None)], "what was asked before this start");
    stage.keys("L");
    assert_eq!(std::mem::take(&mut stage.effects), [Effect::LoadLog]);
    stage.message(Message::Tick(Duration::from_millis(500)));
    assert!(stage.effects.is_empty());
    stage.message(Message::Tick(Duration::from_millis(1500)));
    assert_eq!(std::mem::take(&mut stage.effects), [Effect::LoadLog]);
    stage.keys("esc");
    assert_eq!(stage.state.context(), Context::Jobs);
    stage.message(Message::Tick(Duration::from_millis(5000)));
    assert!(stage.effects.is_empty());
}

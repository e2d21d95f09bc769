//! The Samples screen: panes, pairs, comparing.

use crate::{
    domain::Ruling,
    pipeline::handle::{Command, Edit},
    workbench::{Effect, keymap::Context, message::Asked, overlay::Overlay, rehearsal::Stage},
};

use super::{commands, decided};

#[test]
fn pairs_are_decided_on() {
    let mut stage = Stage::new(12);
    let pair = stage.project.views[0].tasks[0].pairs[0].clone();
    stage.keys("4 w w");
    assert_eq!(stage.state.context(), Context::Pairs);
    stage.keys("x 1 a");
    let reason = Some("the rejected one is better");
    assert_eq!(
        commands(&mut stage),
        [decided(pair.id, Ruling::Rejected, reason), decided(pair.id, Ruling::Accepted, None)]
    );
    // A pair is no text.
    stage.keys("e");
    assert!(stage.state.overlay.is_none());
    stage.keys("enter");
    let Some(Overlay::Diff(comparing)) = &stage.state.overlay else { panic!("the pair is not compared") };
    assert!(comparing.sides[0].name.contains("rejected") && comparing.sides[1].name.contains("chosen"));
    assert!(comparing.diff.is_some());
    stage.keys("esc esc");
    assert_eq!(stage.state.context(), Context::Samples);
}

#[test]
fn a_response_is_compared_with_its_partner_first() {
    let mut stage = Stage::new(12);
    stage.keys("4 jj D");
    let Some(Overlay::Diff(comparing)) = &stage.state.overlay else { panic!("nothing is compared") };
    assert_eq!(
        (comparing.sides[comparing.left].name.as_str(), comparing.sides[comparing.right].name.as_str()),
        ("r1", "r3")
    );
    stage.keys("] ]");
    let Some(Overlay::Diff(comparing)) = &stage.state.overlay else { panic!("nothing is compared") };
    assert_eq!(comparing.sides[comparing.left].name, "r4");
    stage.keys("]");
    let Some(Overlay::Diff(comparing)) = &stage.state.overlay else { panic!("nothing is compared") };
    assert_eq!(comparing.sides[comparing.left].name, "r1", "never with itself");
}

#[test]
fn what_is_not_saved_is_compared_with_what_is() {
    let mut stage = Stage::new(12);
    stage.keys("3 w e x esc D");
    let Some(Overlay::Diff(comparing)) = &stage.state.overlay else { panic!("nothing is compared") };
    assert!(comparing.sides[comparing.right].name.contains("not saved"));
    assert_eq!(comparing.sides[comparing.left].name, "f1");
    assert_eq!(comparing.diff.as_ref().unwrap().changed, (1, 1));
}

#[test]
fn a_response_is_edited_here() {
    let mut stage = Stage::new(12);
    let response = stage.project.views[0].tasks[0].responses[1].clone();
    stage.keys("4 j e X ctrl-s");
    let text = format!("X{}", response.text.unwrap());
    let edit = Command::Edit { item: response.id, edit: Edit::Text(text) };
    assert!(
        stage
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Command(command, Asked::Edit(_)) if *command == edit))
    );
}

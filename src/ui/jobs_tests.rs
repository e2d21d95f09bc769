//! Pictures of the Jobs screen over earlier calls, and of the log.

use std::sync::Arc;

use insta::assert_snapshot;

use crate::{
    diag::log::{Level, Line},
    domain::{CallKind, ItemId, Usage},
    pipeline::{
        past::Page,
        snapshot::{EngineState, JobKind, JobState, JobView},
    },
    workbench::{Effect, Message, rehearsal::Stage},
};

use super::tests::text;

#[test]
fn the_log() {
    let mut stage = Stage::new(24);
    stage.keys("5 L");
    let line = |level, text: &str| Line {
        at: "2026-01-02T03:04:05.6Z".to_owned(),
        level,
        whose: "7 demo-0a1b2c".to_owned(),
        mine: true,
        text: text.to_owned(),
    };
    let lines = vec![
        line(Level::Debug, "assay::store: a page was read"),
        line(Level::Info, "assay::pipeline: 24 instructions"),
        line(Level::Warn, "assay::llm: endpoint `main` answered HTTP 429: slow \u{1b}[31mdown"),
        line(Level::Error, "assay::store: the disk is full"),
    ];
    stage.message(Message::Log(Ok(lines)));
    assert_snapshot!("log-80x24", text(&stage.state, (80, 24)));
    stage.keys("f f");
    let errors = text(&stage.state, (80, 24));
    assert!(errors.contains("the disk is full") && !errors.contains("HTTP 429"), "{errors}");
    stage.message(Message::Log(Err("assay.log cannot be read: no such file".to_owned())));
    assert!(text(&stage.state, (80, 24)).contains("No log"));
}

/// A line of before this start.
fn past(id: u64, call: CallKind, completion: Option<i64>) -> JobView {
    let message = "endpoint `main`: the answer is empty (finish reason: length)".to_owned();
    let failed = JobState::Failed { code: "empty-length".to_owned(), message };
    JobView {
        id,
        kind: JobKind::Call(call),
        root: None,
        item: ItemId::seed(&id.to_string()),
        about: Arc::from("Use the word tea in every sentence."),
        at: Arc::from("main"),
        state: if completion.is_some() { JobState::Done } else { failed },
        tail: None,
        took: completion.map(|_| std::time::Duration::from_millis(1234)),
        completion,
        usage: completion.map(|_| Usage { prompt_tokens: 90, cached_tokens: 0, completion_tokens: 45 }),
    }
}

#[test]
fn earlier_calls() {
    let mut stage = Stage::new(24);
    stage.keys("5");
    assert_eq!(std::mem::take(&mut stage.effects), [Effect::LoadPast(None)]);
    let calls = [(3_i64, CallKind::Score), (2, CallKind::Respond), (1, CallKind::Verifiers)];
    let calls = calls.map(|(row, call)| past(1 << 62 | row.unsigned_abs(), call, Some(row)));
    let page = Page { failures: vec![past(1 << 61, CallKind::Score, None)], calls: calls.to_vec(), more: false };
    stage.message(Message::Past(Some(Arc::new(page))));
    stage.keys("G k");
    for size in [(120, 40), (80, 24)] {
        assert_snapshot!(format!("earlier-calls-{}x{}", size.0, size.1), text(&stage.state, size));
    }
    stage.effects.clear();
    stage.keys("enter");
    assert_eq!(stage.effects, [Effect::LoadTranscript(2)]);
}

#[test]
fn a_follower_shows_no_numbers_of_its_own() {
    let mut stage = Stage::new(3);
    let mut snapshot = (*stage.state.snapshot).clone();
    snapshot.engine = EngineState::Following("process 4711 on here".to_owned());
    snapshot.jobs = Arc::default();
    stage.message(Message::Snapshot(Arc::new(snapshot)));
    for keys in ["1", "5"] {
        stage.keys(keys);
        let drawn = text(&stage.state, (120, 40));
        assert!(drawn.contains("ork runs in process 4711"), "{drawn}");
        assert!(!drawn.contains("queued"), "{drawn}");
    }
}

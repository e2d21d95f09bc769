use std::path::Path;

use super::{Header, Key, Tape, TapeWriter};
use crate::{
    domain::{CallKind, Finish, SlotKey, Usage},
    llm::{Answer, LlmError, Request},
};

const HEADER: &str = "{\"assay_tape\":1,\"label\":\"test\"}\n";

fn request(slot: &str, sample: u32, nth: u32) -> Request {
    Request {
        call: CallKind::Verifiers,
        slot: SlotKey(slot.to_owned()),
        sample,
        nth,
        messages: Vec::new(),
        model: "m".to_owned(),
        temperature: 0.5,
        top_p: 1.0,
        max_tokens: 10,
        shape: None,
        choices: &[],
        seed: None,
        together: 1,
    }
}

fn answer(content: &str) -> Answer {
    Answer {
        content: content.to_owned(),
        reasoning: None,
        finish: Finish::Length,
        usage: Some(Usage { prompt_tokens: 3, cached_tokens: 0, completion_tokens: 2 }),
        first_ms: 5,
        total_ms: 9,
        attempts: 2,
        form: None,
        chances: None,
        together: None,
        model: "m".to_owned(),
    }
}

fn error_of(text: &str) -> (usize, String) {
    match Tape::parse(text.as_bytes(), Path::new("t.jsonl")) {
        Err(LlmError::BadTape { line, reason, .. }) => (line, reason),
        other => panic!("expected a bad tape, got {other:?}"),
    }
}

#[test]
fn reads_what_people_write() {
    let text = format!(
        "{HEADER}\n{}\n{}",
        r#"{"call":"verifiers","slot":"seed.1","content":"a\nb"}"#,
        r#"{"call":"verifiers","slot":"seed.1","sample":1,"take":2,"content":"c","finish":"other","usage":{"prompt_tokens":1,"completion_tokens":1}}"#
    );
    let tape = Tape::parse(text.as_bytes(), Path::new("t")).unwrap();
    assert_eq!((tape.len(), tape.torn()), (2, None));
    assert_eq!(tape.header(), &Header::new("test", None));
    assert_eq!(tape.get(&Key::of(&request("seed.1", 0, 0))).unwrap().finish, Finish::Stop);
    assert_eq!(tape.get(&Key::of(&request("seed.1", 1, 2))).unwrap().content, "c");
    assert!(tape.get(&Key::of(&request("seed.1", 1, 0))).is_none());
}

#[test]
fn compressed_or_plain_is_the_same() {
    let text = format!("{HEADER}{}\n", r#"{"call":"score","slot":"s","content":"9"}"#);
    let packed = zstd::encode_all(text.as_bytes(), 3).unwrap();
    assert_eq!(Tape::parse(&packed, Path::new("t")).unwrap().len(), 1);
    assert!(matches!(Tape::parse(&packed[..12], Path::new("t")), Err(LlmError::BadTape { .. })));
}

#[test]
fn errors_name_the_line() {
    assert_eq!(error_of("").0, 1);
    assert_eq!(error_of("{\"a\":1}\n").0, 1);
    assert!(error_of("{\"assay_tape\":2,\"label\":\"x\"}\n").1.contains("format 2"));
    let good = r#"{"call":"score","slot":"s","content":"9"}"#;
    assert_eq!(error_of(&format!("{HEADER}{good}\n\n{{broken\n{good}\n")).0, 4);
    let (line, reason) = error_of(&format!("{HEADER}{good}\n{good}\n"));
    assert_eq!((line, reason.contains("second answer")), (3, true));
    let (_, reason) = error_of(&format!("{HEADER}{}\n", r#"{"call":"score","slot":"s","content":"9","extra":1}"#));
    assert!(reason.contains("extra"));
}

#[test]
fn a_torn_end_is_left_out_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/t.jsonl");
    let writer = TapeWriter::open(&path, "mine").unwrap();
    assert!(writer.record(&request("a", 0, 0), &answer("one")).unwrap());
    assert!(writer.record(&request("a", 0, 1), &answer("two")).unwrap());
    drop(writer);
    let whole = std::fs::read(&path).unwrap();
    for cut in 1..20 {
        std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        let writer = TapeWriter::open(&path, "mine").unwrap();
        let kept = Tape::read(&path).unwrap().len();
        assert_eq!(kept, if cut == 1 { 2 } else { 1 }, "cut {cut}");
        assert!(writer.record(&request("b", 0, 0), &answer("three")).unwrap());
        let tape = Tape::read(&path).unwrap();
        assert_eq!((tape.len(), tape.torn()), (kept + 1, None), "cut {cut}");
    }
}

#[test]
fn many_at_a_time_record_whole_lines_and_the_first_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.jsonl");
    let writer = TapeWriter::open(&path, "mine").unwrap();
    let long = "x".repeat(20_000);
    std::thread::scope(|scope| {
        for sample in 0..8 {
            let (writer, long) = (&writer, &long);
            scope.spawn(move || {
                for nth in 0..20 {
                    assert!(writer.record(&request("a", sample, nth), &answer(long)).unwrap());
                }
            });
        }
    });
    assert!(!writer.record(&request("a", 0, 0), &answer("late")).unwrap());
    let tape = Tape::read(&path).unwrap();
    assert_eq!(tape.len(), 160);
    assert_eq!(tape.get(&Key::of(&request("a", 0, 0))).unwrap().content, long);
}

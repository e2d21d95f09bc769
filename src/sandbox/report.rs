//! The driver's answers in the words of the domain.

use crate::domain::{Fault, LoadFault, Outcome, OutcomeKind, Value};

use super::instance::{ANSWERED, Answer, Stop};

/// Characters of what was printed that are kept, as the driver keeps them. It is held to that here, since a verifier can
/// make it lose count.
const STDOUT_CAP: usize = 64 << 10;
/// Characters of any other text: the driver's 8 Ki, and its words on how many it left out and what can be imported.
const DETAIL_CAP: usize = (8 << 10) + 256;

/// An answer about a load or check: what happened, the type of the value or exception, the value or message, the
/// value's `repr`, the line, the traceback, what was printed, and how many characters of that were dropped.
pub(super) struct Report {
    kind: String,
    type_name: String,
    text: String,
    repr: String,
    line: Option<u32>,
    traceback: String,
    stdout: String,
    dropped: u64,
    refused: bool,
}

impl Report {
    /// Reads the fields; nothing where they are not what an unharmed driver sends.
    pub(super) fn read(texts: Vec<String>, refused: bool) -> Option<Self> {
        let [kind, type_name, text, repr, line, traceback, mut stdout, dropped] = texts.try_into().ok()?;
        let [type_name, text, repr, traceback] = [type_name, text, repr, traceback].map(|mut text| {
            cut(&mut text, DETAIL_CAP);
            text
        });
        let beyond = cut(&mut stdout, STDOUT_CAP);
        let (line, dropped) = (line.parse().ok(), dropped.parse::<u64>().ok()?.saturating_add(beyond));
        Some(Self { kind, type_name, text, repr, line, traceback, stdout, dropped, refused })
    }

    /// The outcome; nothing where the kind is unknown.
    pub(super) fn outcome(self) -> Option<Outcome> {
        let (stdout, stdout_dropped) = (self.stdout.clone(), self.dropped);
        Some(Outcome { stdout, stdout_dropped, ..Outcome::quiet(self.into_kind()?) })
    }

    fn into_kind(self) -> Option<OutcomeKind> {
        Some(match self.kind.as_str() {
            "exit" => OutcomeKind::Exit,
            "raised" if self.lacked_memory() => OutcomeKind::Memory,
            "raised" => OutcomeKind::Raised(self.fault()),
            "syntax" | "import" if self.lacked_memory() => OutcomeKind::Memory,
            "syntax" => OutcomeKind::Load { fault: LoadFault::Syntax, error: self.fault() },
            "import" => OutcomeKind::Load { fault: LoadFault::Raised, error: self.fault() },
            "missing" => OutcomeKind::Load { fault: LoadFault::Missing, error: self.fault() },
            "unusable" => OutcomeKind::Load { fault: LoadFault::Unusable, error: self.fault() },
            _ => OutcomeKind::Returned { value: self.value()?, repr: self.repr },
        })
    }

    /// The interpreter's own `MemoryError` carries no message; one that a verifier raises by hand may.
    fn lacked_memory(&self) -> bool {
        self.type_name == "MemoryError" && (self.refused || self.text.is_empty())
    }

    fn fault(self) -> Fault {
        Fault { type_name: self.type_name, message: self.text, line: self.line, traceback: self.traceback }
    }

    fn value(&self) -> Option<Value> {
        let other = || Value::Other { type_name: self.type_name.clone() };
        Some(match self.kind.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "none" => Value::None,
            "int" => self.text.parse().map_or_else(|_| other(), Value::Int),
            "float" => self.text.parse().ok().filter(|f: &f64| f.is_finite()).map_or_else(other, Value::Float),
            "str" => Value::Str(self.text.clone()),
            "other" => other(),
            _ => return None,
        })
    }
}

/// What a load came to; nothing where it succeeded.
pub(super) fn load(answer: Answer) -> Option<Outcome> {
    match answer.code {
        0 => None,
        _ => Some(read(answer)),
    }
}

/// What a check came to.
pub(super) fn check(answer: Answer) -> Outcome {
    let returned = |value, repr: &str| OutcomeKind::Returned { value: Value::Bool(value), repr: repr.into() };
    match answer.code {
        0 => Outcome::quiet(returned(true, "True")),
        1 => Outcome::quiet(returned(false, "False")),
        _ => read(answer),
    }
}

/// Leaves so many characters; gives how many went.
fn cut(text: &mut String, cap: usize) -> u64 {
    if text.len() <= cap {
        return 0;
    }
    let Some((end, _)) = text.char_indices().nth(cap) else { return 0 };
    let beyond = text[end..].chars().count() as u64;
    text.truncate(end);
    beyond
}

fn read(answer: Answer) -> Outcome {
    let refused = answer.refused;
    let report = if answer.code == ANSWERED { Report::read(answer.texts, refused) } else { None };
    report.and_then(Report::outcome).unwrap_or_else(|| broken(refused))
}

/// What a load that ended early came to; nothing where it was cancelled.
pub(super) fn stopped_load(stop: Stop) -> Option<OutcomeKind> {
    Some(match stopped(stop)? {
        OutcomeKind::Raised(error) => OutcomeKind::Load { fault: LoadFault::Raised, error },
        kind => kind,
    })
}

/// What a call that ended early came to; nothing where it was cancelled.
pub(super) fn stopped(stop: Stop) -> Option<OutcomeKind> {
    Some(match stop {
        Stop::Timeout => OutcomeKind::Timeout,
        Stop::Memory => OutcomeKind::Memory,
        Stop::Exit => OutcomeKind::Exit,
        Stop::Forbidden(what) => OutcomeKind::Forbidden { what },
        // What CPython raises where it sees the overflow coming.
        Stop::Overflow => OutcomeKind::Raised(Fault {
            type_name: "RecursionError".into(),
            message: "nested too deeply: the interpreter's C stack overflowed".into(),
            ..Fault::default()
        }),
        Stop::Cancelled => return None,
    })
}

/// The driver's Python code itself failed, which it only does without memory or after the verifier broke it.
pub(super) fn broken(refused: bool) -> Outcome {
    Outcome::quiet(if refused {
        OutcomeKind::Memory
    } else {
        OutcomeKind::Forbidden { what: "break the interpreter's own functions".into() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(fields: [&str; 8]) -> Answer {
        Answer { code: ANSWERED, texts: fields.map(String::from).to_vec(), refused: false }
    }

    fn kind(fields: [&str; 8]) -> OutcomeKind {
        check(answer(fields)).kind
    }

    #[test]
    fn booleans_need_no_fields() {
        let outcome = check(Answer { code: 1, texts: vec![], refused: false });
        assert_eq!(outcome.kind, OutcomeKind::Returned { value: Value::Bool(false), repr: "False".into() });
    }

    #[test]
    fn values_keep_their_type() {
        let returned =
            |kind: &str, text: &str, repr: &str| match check(answer([kind, "t", text, repr, "", "", "", "0"])).kind {
                OutcomeKind::Returned { value, .. } => value,
                other => panic!("{other:?}"),
            };
        let other = Value::Other { type_name: "t".into() };
        assert_eq!(returned("int", "-12", "-12"), Value::Int(-12));
        assert_eq!(returned("float", "1e-05", "1e-05"), Value::Float(1e-5));
        assert_eq!(returned("float", "nan", "nan"), other);
        assert_eq!(returned("float", "-inf", "-inf"), other);
        assert_eq!(returned("str", "tr'ue", "\"tr'ue\""), Value::Str("tr'ue".into()));
        assert_eq!(returned("other", "", "[]"), other);
        assert_eq!(returned("none", "", "None"), Value::None);
    }

    #[test]
    fn exceptions_and_output_are_told() {
        let outcome = check(answer(["raised", "ValueError", "no", "", "7", "Traceback", "printed", "12"]));
        let fault = Fault {
            type_name: "ValueError".into(),
            message: "no".into(),
            line: Some(7),
            traceback: "Traceback".into(),
        };
        assert_eq!(outcome.kind, OutcomeKind::Raised(fault));
        assert_eq!((outcome.stdout.as_str(), outcome.stdout_dropped), ("printed", 12));
    }

    #[test]
    fn a_driver_that_lost_count_is_held_to_its_caps() {
        let long = "é".repeat(100_000);
        let outcome = check(answer(["raised", &long, &long, &long, "", &long, &long, "5"]));
        assert_eq!((outcome.stdout.chars().count(), outcome.stdout_dropped), (STDOUT_CAP, 100_005 - STDOUT_CAP as u64));
        let OutcomeKind::Raised(fault) = outcome.kind else { panic!("{outcome:?}") };
        let lengths = [fault.type_name, fault.message, fault.traceback].map(|text| text.chars().count());
        assert_eq!(lengths, [DETAIL_CAP; 3]);
    }

    #[test]
    fn leaving_and_lack_of_memory_are_kinds_of_their_own() {
        assert_eq!(kind(["exit", "SystemExit", "3", "", "", "", "", "0"]), OutcomeKind::Exit);
        assert_eq!(kind(["raised", "MemoryError", "", "", "", "", "", "0"]), OutcomeKind::Memory);
        assert!(matches!(kind(["raised", "MemoryError", "mine", "", "", "", "", "0"]), OutcomeKind::Raised(_)));
        let load = |fields| load(answer(fields)).map(|o| o.kind);
        assert_eq!(load(["exit", "SystemExit", "", "", "", "", "", "0"]), Some(OutcomeKind::Exit));
        assert_eq!(load(["import", "MemoryError", "", "", "", "", "", "0"]), Some(OutcomeKind::Memory));
    }

    #[test]
    fn answers_of_a_harmed_driver_are_told_as_such() {
        let broken = |answer| matches!(check(answer).kind, OutcomeKind::Forbidden { .. });
        assert!(broken(answer(["nonsense", "", "", "", "", "", "", "0"])));
        assert!(broken(answer(["raised", "", "", "", "", "", "", "many"])));
        assert!(broken(Answer { code: ANSWERED, texts: vec!["raised".into()], refused: false }));
        assert!(broken(Answer { code: -1, texts: vec![], refused: false }));
        assert!(broken(Answer { code: 99, texts: vec![], refused: false }));
        assert_eq!(check(Answer { code: -1, texts: vec![], refused: true }).kind, OutcomeKind::Memory);
    }
}

//! The driver's answers in the words of the domain.

use crate::domain::{Fault, LoadFault, Outcome, OutcomeKind, Value};

use super::{
    instance::{Answer, Stop},
    pyrepr,
};

/// The file name under which verifiers are compiled in the guest.
const FILE: &str = "verifier.py";

/// What a load came to: nothing where it succeeded.
pub(super) fn load(answer: Answer) -> Option<OutcomeKind> {
    if answer.code == 0 {
        return None;
    }
    let [stage, line, trace] = take(answer.texts);
    let fault = match stage.as_str() {
        "syntax" => LoadFault::Syntax,
        "import" => LoadFault::Raised,
        "missing" => LoadFault::Missing,
        "not-callable" | "async" => LoadFault::Unusable,
        _ => return Some(broken(answer.refused)),
    };
    if matches!(fault, LoadFault::Missing | LoadFault::Unusable) {
        let error = Fault { message: line, ..Fault::default() };
        return Some(OutcomeKind::Load { fault, error });
    }
    let error = exception(&line, trace);
    Some(match error.type_name.as_str() {
        "SystemExit" => OutcomeKind::Exit,
        "MemoryError" if answer.refused || error.message.is_empty() => OutcomeKind::Memory,
        _ => OutcomeKind::Load { fault, error },
    })
}

/// What a check came to.
pub(super) fn check(answer: Answer) -> Outcome {
    let [detail, trace, stdout] = take(answer.texts);
    let returned = |value| OutcomeKind::Returned { value: Value::Bool(value), repr: python_bool(value).into() };
    let kind = match answer.code {
        0 => returned(true),
        1 => returned(false),
        2 => {
            let (type_name, repr) = detail.split_once(": ").unwrap_or((&detail, ""));
            OutcomeKind::Returned { value: pyrepr::value(type_name, repr), repr: repr.to_owned() }
        }
        3 | 4 => raised(exception(&detail, trace), answer.refused),
        _ => broken(answer.refused),
    };
    Outcome { stdout, ..Outcome::quiet(kind) }
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

fn raised(fault: Fault, refused: bool) -> OutcomeKind {
    match fault.type_name.as_str() {
        "SystemExit" => OutcomeKind::Exit,
        // The interpreter's own MemoryError carries no message; one that a verifier raises by hand may.
        "MemoryError" if refused || fault.message.is_empty() => OutcomeKind::Memory,
        _ => OutcomeKind::Raised(fault),
    }
}

/// The driver's Python code itself failed, which it only does without memory or after the verifier broke it.
fn broken(refused: bool) -> OutcomeKind {
    if refused {
        OutcomeKind::Memory
    } else {
        OutcomeKind::Forbidden { what: "break the interpreter's own functions".into() }
    }
}

const fn python_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

fn take(texts: Vec<String>) -> [String; 3] {
    let mut texts = texts.into_iter();
    std::array::from_fn(|_| texts.next().unwrap_or_default())
}

/// An exception from `traceback.format_exception_only` and its traceback.
fn exception(only: &str, traceback: String) -> Fault {
    // A syntax error shows its place first: `File "verifier.py", line 3`, the line, carets.
    let head = only.lines().position(|line| is_head(line) && !line.trim_start().starts_with("File \"")).unwrap_or(0);
    let told: Vec<&str> = if only.starts_with("File \"") { only.lines().skip(head).collect() } else { Vec::new() };
    let told = if told.is_empty() { only.to_owned() } else { told.join("\n") };
    let (name, message) = match told.split_once(": ") {
        Some((name, message)) if is_name(name) => (name, message),
        _ => (told.as_str(), ""),
    };
    let type_name = name.rsplit('.').next().unwrap_or(name).to_owned();
    let frames = traceback.strip_suffix(only).unwrap_or(&traceback);
    let line = last_line(frames).or_else(|| last_line(only).filter(|_| only.starts_with("File \"")));
    Fault { type_name, message: message.to_owned(), line, traceback }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|part| part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '<' || c == '>'))
}

fn is_head(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(name, _)| is_name(name)) || is_name(line)
}

/// The last line of the verifier's own source in a traceback.
fn last_line(frames: &str) -> Option<u32> {
    let start = format!("File \"{FILE}\", line ");
    let number = |line: &str| {
        let digits = line.trim_start().strip_prefix(&start)?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    };
    frames.lines().filter_map(number).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: i32, texts: &[&str]) -> Answer {
        Answer { code, texts: texts.iter().map(|&t| t.to_owned()).collect(), refused: false }
    }

    #[test]
    fn booleans_are_exact() {
        let outcome = check(answer(1, &["", "", "printed"]));
        assert_eq!(outcome.kind, OutcomeKind::Returned { value: Value::Bool(false), repr: "False".into() });
        assert_eq!(outcome.stdout, "printed");
    }

    #[test]
    fn an_exception_has_the_verifiers_last_line() {
        let trace = "Traceback (most recent call last):\n  File \"verifier.py\", line 3, in evaluate\n  File \
                     \"/lib/json/__init__.py\", line 346, in loads\njson.decoder.JSONDecodeError: Expecting value\n";
        let OutcomeKind::Raised(fault) =
            check(answer(3, &["json.decoder.JSONDecodeError: Expecting value", trace])).kind
        else {
            panic!("not raised")
        };
        assert_eq!(
            (fault.type_name.as_str(), fault.message.as_str(), fault.line),
            ("JSONDecodeError", "Expecting value", Some(3))
        );
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        let only = "File \"verifier.py\", line 2\n    return True\n    ^\nIndentationError: expected an indented block";
        let Some(OutcomeKind::Load { fault, error }) = load(answer(1, &["syntax", only, only])) else {
            panic!("loaded")
        };
        assert_eq!(fault, LoadFault::Syntax);
        assert_eq!((error.type_name.as_str(), error.line), ("IndentationError", Some(2)));
        assert_eq!(error.message, "expected an indented block");
    }

    #[test]
    fn leaving_and_lack_of_memory_are_kinds_of_their_own() {
        assert_eq!(check(answer(4, &["SystemExit: 3", ""])).kind, OutcomeKind::Exit);
        assert_eq!(check(answer(3, &["MemoryError", ""])).kind, OutcomeKind::Memory);
        assert_eq!(load(answer(1, &["import", "SystemExit", ""])), Some(OutcomeKind::Exit));
        assert!(matches!(check(answer(4, &["KeyboardInterrupt", ""])).kind, OutcomeKind::Raised(_)));
        assert!(matches!(check(answer(-1, &[])).kind, OutcomeKind::Forbidden { .. }));
        assert!(matches!(check(answer(99, &["", "", ""])).kind, OutcomeKind::Forbidden { .. }));
    }
}

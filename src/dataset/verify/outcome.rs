//! The output row.

use crate::{
    dataset::jsonl::{Escape, Wtf8},
    domain::{Outcome, OutcomeKind},
    rules::{Verdict, profile::ValuePolicy, verdict::verdict},
    sandbox::Limits,
};

/// Appends the row of one check, with its line end. What a terminal would act on is escaped, as the texts are a
/// model's.
pub fn write(function: &Wtf8, input: &Wtf8, outcome: &Outcome, limits: Limits, into: &mut Vec<u8>) {
    let string = |text: &str, into: &mut Vec<u8>| Wtf8::from(text).write(into, Escape::Controls);
    let nullable = |text: Option<&str>, into: &mut Vec<u8>| match text {
        Some(text) => string(text, into),
        None => into.extend_from_slice(b"null"),
    };
    into.extend_from_slice(b"{\"function\": ");
    function.write(into, Escape::Controls);
    into.extend_from_slice(b", \"input\": ");
    input.write(into, Escape::Controls);
    let verdict = name(verdict(outcome, ValuePolicy::Normalised));
    let head = format!(", \"verdict\": \"{verdict}\", \"kind\": \"{}\", \"value\": ", outcome.kind_name());
    into.extend_from_slice(head.as_bytes());
    let value = match &outcome.kind {
        OutcomeKind::Returned { repr, .. } => Some(repr.as_str()),
        _ => None,
    };
    nullable(value, into);
    into.extend_from_slice(b", \"error\": ");
    nullable(error(outcome, limits).as_deref(), into);
    let line = outcome.line().map_or_else(|| "null".to_owned(), |line| line.to_string());
    into.extend_from_slice(format!(", \"line\": {line}, \"stdout\": ").as_bytes());
    string(&outcome.stdout, into);
    into.extend_from_slice(format!(", \"cpu_us\": {}}}\n", outcome.cpu_us).as_bytes());
}

const fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
        Verdict::Timeout => "timeout",
        Verdict::Invalid => "invalid",
    }
}

/// What went wrong, in words.
fn error(outcome: &Outcome, limits: Limits) -> Option<String> {
    Some(match &outcome.kind {
        OutcomeKind::Returned { .. } => return None,
        OutcomeKind::Raised(fault) | OutcomeKind::Load { error: fault, .. } => fault.said(),
        OutcomeKind::Timeout => format!("no result within {} ms of CPU time", limits.cpu.as_millis()),
        OutcomeKind::Memory => format!("more than {} MiB of memory wanted", limits.memory >> 20),
        OutcomeKind::Exit => "left the interpreter".to_owned(),
        OutcomeKind::Forbidden { what } => format!("tried to {what}"),
        OutcomeKind::Skipped => "not run: the function had timed out twice".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Fault, Value};

    fn row(kind: OutcomeKind, stdout: &str) -> String {
        let mut bytes = Vec::new();
        let input: Wtf8 = serde_json::from_str(r#""i\ud800""#).unwrap();
        let outcome = Outcome { stdout: stdout.into(), cpu_us: 7, ..Outcome::quiet(kind) };
        write(&Wtf8::from("f"), &input, &outcome, Limits::default(), &mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn rows_are_as_the_contract_says() {
        let kind = OutcomeKind::Returned { value: Value::Str("TRUE".into()), repr: "'TRUE'".into() };
        assert_eq!(
            row(kind, "\u{1b}[2J\u{202e}é"),
            "{\"function\": \"f\", \"input\": \"i\\ud800\", \"verdict\": \"pass\", \"kind\": \"returned\", \"value\": \
             \"'TRUE'\", \"error\": null, \"line\": null, \"stdout\": \"\\u001b[2J\\u202eé\", \"cpu_us\": 7}\n"
        );
        let fault = Fault { type_name: "KeyError".into(), message: "'x'".into(), line: Some(3), ..Fault::default() };
        assert_eq!(
            row(OutcomeKind::Raised(fault), ""),
            "{\"function\": \"f\", \"input\": \"i\\ud800\", \"verdict\": \"error\", \"kind\": \"raised\", \"value\": \
             null, \"error\": \"KeyError: 'x'\", \"line\": 3, \"stdout\": \"\", \"cpu_us\": 7}\n"
        );
        assert!(row(OutcomeKind::Skipped, "").contains("\"verdict\": \"timeout\", \"kind\": \"skipped\""));
        assert!(row(OutcomeKind::Timeout, "").contains("within 2000 ms of CPU time"));
    }
}

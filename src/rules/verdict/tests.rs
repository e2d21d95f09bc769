//! The measured table of `reference/autoif.md`, row by row.

use serde_json::json;

use super::*;
use crate::{
    domain::{Fault, LoadFault},
    rules::testing::{raised, returned},
};

const NORMALISED: ValuePolicy = ValuePolicy::Normalised;
const PYTHON: ValuePolicy = ValuePolicy::Python;

fn text(value: &str) -> Outcome {
    returned(Value::Str(value.to_owned()))
}

#[test]
fn values_as_verdicts() {
    let rows = [
        (returned(Value::Bool(true)), Verdict::Pass, Verdict::Pass),
        (returned(Value::Bool(false)), Verdict::Fail, Verdict::Fail),
        (returned(Value::Int(1)), Verdict::Pass, Verdict::Pass),
        (returned(Value::Float(1.0)), Verdict::Pass, Verdict::Pass),
        (returned(Value::Int(0)), Verdict::Fail, Verdict::Fail),
        (returned(Value::Int(2)), Verdict::Invalid, Verdict::Pass),
        (returned(Value::Float(0.7)), Verdict::Invalid, Verdict::Fail),
        (returned(Value::Int(-1)), Verdict::Invalid, Verdict::Fail),
        (text("true"), Verdict::Pass, Verdict::Invalid),
        (text(" FALSE\n"), Verdict::Fail, Verdict::Invalid),
        (text("1"), Verdict::Invalid, Verdict::Pass),
        (text(""), Verdict::Invalid, Verdict::Invalid),
        (returned(Value::None), Verdict::Invalid, Verdict::Invalid),
        (returned(Value::Other { type_name: "list".to_owned() }), Verdict::Invalid, Verdict::Invalid),
        (raised(), Verdict::Error, Verdict::Error),
        (Outcome::quiet(OutcomeKind::Timeout), Verdict::Timeout, Verdict::Timeout),
        (Outcome::quiet(OutcomeKind::Skipped), Verdict::Timeout, Verdict::Timeout),
        (Outcome::quiet(OutcomeKind::Memory), Verdict::Error, Verdict::Error),
        (Outcome::quiet(OutcomeKind::Exit), Verdict::Error, Verdict::Error),
        (Outcome::quiet(OutcomeKind::Forbidden { what: "open".to_owned() }), Verdict::Error, Verdict::Error),
        (
            Outcome::quiet(OutcomeKind::Load { fault: LoadFault::Missing, error: Fault::default() }),
            Verdict::Error,
            Verdict::Error,
        ),
    ];
    for (outcome, normalised, python) in rows {
        assert_eq!(verdict(&outcome, NORMALISED), normalised, "{outcome:?}");
        assert_eq!(verdict(&outcome, PYTHON), python, "{outcome:?}");
    }
}

#[test]
fn int_of_values() {
    let other = |type_name: &str, repr: &str| {
        let value = Value::Other { type_name: type_name.to_owned() };
        Outcome::quiet(OutcomeKind::Returned { value, repr: repr.to_owned() })
    };
    let rows = [
        (other("int", &format!("-1{}", "0".repeat(30))), Some(-1e30)),
        (other("bytes", "b' 7 '"), Some(7.0)),
        (other("bytes", "b\"'\""), None),
        (other("bytes", "b'\\xd9\\xa3'"), None),
        (other("list", "['7']"), None),
        (returned(Value::Bool(true)), Some(1.0)),
        (returned(Value::Int(2)), Some(2.0)),
        (returned(Value::Float(0.7)), Some(0.0)),
        (returned(Value::Float(-0.7)), Some(0.0)),
        (returned(Value::Int(-1)), Some(-1.0)),
        (text("1"), Some(1.0)),
        (text("\u{a0}-1_0\u{1f}"), Some(-10.0)),
        (text("007"), Some(7.0)),
        (text("٣"), Some(3.0)),
        (text("1__0"), None),
        (text("_1"), None),
        (text("1_"), None),
        (text("+-1"), None),
        (text("- 1"), None),
        (text("1.0"), None),
        (text("true"), None),
        (text(""), None),
        (returned(Value::None), None),
        (raised(), None),
    ];
    for (outcome, number) in rows {
        assert_eq!(int_value(&outcome), number, "{outcome:?}");
    }
}

#[test]
fn digits_of_every_script_begin_at_zero() {
    assert_eq!(python::digit('9'), Some(9));
    assert_eq!(python::digit('９'), Some(9));
    assert_eq!(python::digit('\u{1d7ff}'), Some(9));
    assert_eq!(python::digit('½'), None);
    assert_eq!(python::digit('/'), None);
    assert_eq!(python::digit('a'), None);
}

#[test]
fn agreement_under_both_policies() {
    let list = Outcome::quiet(OutcomeKind::Returned {
        value: Value::Other { type_name: "list".to_owned() },
        repr: "[1, 'a']".to_owned(),
    });
    let rows = [
        (returned(Value::Bool(true)), json!(true), Some(true), Some(true)),
        (returned(Value::Bool(true)), json!("True"), Some(true), Some(false)),
        (returned(Value::Bool(false)), json!("false"), Some(true), Some(false)),
        (returned(Value::Bool(true)), json!(1), Some(true), Some(true)),
        (returned(Value::Int(1)), json!(true), Some(true), Some(true)),
        (returned(Value::Float(0.0)), json!(false), Some(true), Some(true)),
        (returned(Value::Int(2)), json!(true), None, Some(false)),
        (returned(Value::Int(2)), json!(2), None, Some(true)),
        (returned(Value::Float(0.7)), json!(true), None, Some(false)),
        (text("true"), json!(true), Some(true), Some(false)),
        (text("True"), json!("True"), Some(true), Some(true)),
        (text("1"), json!("1"), None, Some(true)),
        (returned(Value::Bool(true)), json!("maybe"), None, Some(false)),
        (returned(Value::None), json!(null), None, None),
        (list, json!([1, "a"]), None, Some(true)),
        (raised(), json!(false), None, None),
        (Outcome::quiet(OutcomeKind::Timeout), json!(false), None, None),
    ];
    for (outcome, expected, normalised, python) in rows {
        assert_eq!(agreement(&outcome, &expected, NORMALISED), normalised, "{outcome:?} {expected}");
        assert_eq!(agreement(&outcome, &expected, PYTHON), python, "{outcome:?} {expected}");
    }
}

#[test]
fn string_verdicts_are_flagged() {
    assert!(is_string_verdict(&text("True")));
    assert!(!is_string_verdict(&text("yes")));
    assert!(!is_string_verdict(&returned(Value::Bool(true))));
    assert!(!is_string_verdict(&raised()));
}

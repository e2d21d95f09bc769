//! Outcomes for tests.

use proptest::prelude::*;

use crate::domain::{Fault, Outcome, OutcomeKind, Value};

/// A returned value.
pub fn returned(value: Value) -> Outcome {
    let repr = match &value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => format!("{other:?}"),
    };
    Outcome::quiet(OutcomeKind::Returned { value, repr })
}

/// A returned `True`.
pub fn yes() -> Outcome {
    returned(Value::Bool(true))
}

/// A returned `False`.
pub fn no() -> Outcome {
    returned(Value::Bool(false))
}

/// A raised exception.
pub fn raised() -> Outcome {
    Outcome::quiet(OutcomeKind::Raised(Fault { type_name: "ValueError".to_owned(), ..Fault::default() }))
}

/// Any outcome, booleans more often than the rest.
pub fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => any::<bool>().prop_map(|value| returned(Value::Bool(value))),
        1 => (-1_i64..3).prop_map(|value| returned(Value::Int(value))),
        1 => Just(returned(Value::Float(0.7))),
        1 => "(?i)true|false|1|x".prop_map(|text| returned(Value::Str(text))),
        1 => Just(returned(Value::None)),
        1 => any_error(),
    ]
}

/// An outcome that is no return.
pub fn any_error() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(raised()),
        Just(Outcome::quiet(OutcomeKind::Timeout)),
        Just(Outcome::quiet(OutcomeKind::Memory)),
        Just(Outcome::quiet(OutcomeKind::Exit)),
    ]
}

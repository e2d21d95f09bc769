//! What of Python the released scripts lean on: `str.strip()`, `int()`, `==` against a JSON value.

use serde_json::Value as Json;

use crate::domain::Value;

/// The longest digit string that `int()` reads (`sys.int_info.default_max_str_digits`).
const MAX_DIGITS: usize = 4300;

/// Whether `str.isspace()` holds: Unicode white space and the four information separators.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// `str.strip()`.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The value of a decimal digit of any script (category Nd), as `\d` and `int()` know them.
pub fn digit(c: char) -> Option<u32> {
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    Some(code - zero).filter(|value| *value < 10)
}

/// `int(text)`: digits of any script, a sign, single underscores between digits, white space around.
pub fn int_of_str(text: &str) -> Option<f64> {
    let text = strip(text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mut number, mut after_digit) = (String::new(), false);
    for c in digits.chars() {
        match digit(c) {
            Some(value) => {
                number.extend(char::from_digit(value, 10));
                after_digit = true;
            }
            None if c == '_' && after_digit => after_digit = false,
            None => return None,
        }
    }
    let number: f64 = number.parse().ok().filter(|_| after_digit && number.len() <= MAX_DIGITS)?;
    Some(sign * number)
}

/// `int(value)` of a `bytes`, by its `repr`: as of a text, in ASCII only.
pub fn int_of_bytes(repr: &str) -> Option<f64> {
    let quoted = repr.strip_prefix('b')?;
    let inside = ['\'', '"'].into_iter().find_map(|quote| quoted.strip_prefix(quote)?.strip_suffix(quote))?;
    int_of_str(inside)
}

/// `value == json.loads(...)`, where the value is a bool, a number or a text; other values by their `repr`.
pub fn equals(value: &Value, repr: &str, json: &Json) -> bool {
    match (value, json) {
        (Value::Bool(a), Json::Bool(b)) => a == b,
        (Value::Bool(a), Json::Number(b)) => b.as_f64() == Some(f64::from(u8::from(*a))),
        (Value::Int(a), Json::Bool(b)) => *a == i64::from(*b),
        (Value::Int(a), Json::Number(b)) => equals_int(*a, b),
        (Value::Float(a), Json::Bool(b)) => exactly(*a, f64::from(u8::from(*b))),
        (Value::Float(a), Json::Number(b)) => b.as_f64().is_some_and(|b| exactly(*a, b)),
        (Value::Str(a), Json::String(b)) => a == b,
        (Value::Other { .. }, Json::Array(_) | Json::Object(_)) => repr == repr_of(json),
        _ => false,
    }
}

/// Equality of floats as Python means it.
#[expect(clippy::float_cmp, reason = "Python's == on floats is exact, and so is this")]
fn exactly(a: f64, b: f64) -> bool {
    a == b
}

fn equals_int(a: i64, b: &serde_json::Number) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "Python compares an int with a float as numbers; 2^53 is beyond use"
    )]
    let wide = a as f64;
    b.as_i64().map_or_else(|| b.as_f64().is_some_and(|b| exactly(wide, b)), |b| a == b)
}

/// Python's `repr` of a JSON value, for lists and objects of plain values.
fn repr_of(json: &Json) -> String {
    match json {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => repr_of_str(text),
        Json::Array(items) => format!("[{}]", items.iter().map(repr_of).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let pairs: Vec<_> =
                map.iter().map(|(key, item)| format!("{}: {}", repr_of_str(key), repr_of(item))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

fn repr_of_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut repr = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            '\t' => repr.push_str("\\t"),
            '\\' => repr.push_str("\\\\"),
            c if c == quote => repr.extend(['\\', c]),
            c => repr.push(c),
        }
    }
    repr.push(quote);
    repr
}

/// The zero of every script's decimal digits (Unicode 15, ascending).
const ZEROS: [u32; 68] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50,
    0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950,
    0x1fbf0,
];

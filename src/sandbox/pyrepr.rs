//! Reading Python's `repr` of plain values back. The guest sends `type: repr`.

use crate::domain::Value;

/// The value that `repr` stands for, as far as it can be told; else its type's name.
pub(super) fn value(type_name: &str, repr: &str) -> Value {
    let read = match type_name {
        "bool" => match repr {
            "True" => Some(Value::Bool(true)),
            "False" => Some(Value::Bool(false)),
            _ => None,
        },
        "int" => repr.parse().ok().map(Value::Int),
        "float" => repr.parse().ok().filter(|f: &f64| f.is_finite()).map(Value::Float),
        "str" => string(repr).map(Value::Str),
        "NoneType" => (repr == "None").then_some(Value::None),
        _ => None,
    };
    read.unwrap_or_else(|| Value::Other { type_name: type_name.to_owned() })
}

/// The text of a Python string literal as `repr` writes it. Nothing where it was cut off, or holds lone surrogates.
fn string(repr: &str) -> Option<String> {
    let quote = repr.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut rest = repr.strip_prefix(quote)?.chars();
    let mut text = String::with_capacity(repr.len());
    loop {
        match rest.next()? {
            '\\' => text.push(escape(&mut rest)?),
            c if c == quote => return rest.next().is_none().then_some(text),
            c => text.push(c),
        }
    }
}

fn escape(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let digits = match rest.next()? {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        c @ ('\\' | '\'' | '"') => return Some(c),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let mut code = 0_u32;
    for _ in 0..digits {
        code = code.checked_mul(16)? + rest.next()?.to_digit(16)?;
    }
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values() {
        assert_eq!(value("int", "-12"), Value::Int(-12));
        assert_eq!(value("int", "123456789012345678901"), Value::Other { type_name: "int".into() });
        assert_eq!(value("float", "1e-05"), Value::Float(1e-5));
        assert_eq!(value("float", "inf"), Value::Other { type_name: "float".into() });
        assert_eq!(value("float", "nan"), Value::Other { type_name: "float".into() });
        assert_eq!(value("NoneType", "None"), Value::None);
        assert_eq!(value("list", "[1]"), Value::Other { type_name: "list".into() });
        assert_eq!(value("bool", "True"), Value::Bool(true));
    }

    #[test]
    fn strings() {
        let text = |repr| match value("str", repr) {
            Value::Str(text) => Some(text),
            _ => None,
        };
        assert_eq!(text("'true'").as_deref(), Some("true"));
        assert_eq!(text(r#""it's""#).as_deref(), Some("it's"));
        assert_eq!(text(r#"'"it\'s"\n\t\\ \x00\u200b\U0001f600é'"#).as_deref(), Some("\"it's\"\n\t\\ \0\u{200b}😀é"));
        assert_eq!(text(r"'\ud800'"), None);
        assert_eq!(text("'abc...[12 more]"), None);
        assert_eq!(text("'a'b'"), None);
        assert_eq!(text("'"), None);
        assert_eq!(text(""), None);
    }
}

//! JSON as models write it: Python literals, single and triple quotes, trailing commas, raw newlines, bad escapes,
//! comments, an end that is missing. What was repaired is noted.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What a loose reading found.
#[derive(Clone, Debug, PartialEq)]
pub struct Loose {
    /// The value, without what was cut off.
    pub value: Value,
    /// What was repaired, in words.
    pub repairs: BTreeSet<&'static str>,
    /// Whether the text ended inside the value.
    pub cut: bool,
}

/// Deepest nesting that is read.
const MAX_DEPTH: u32 = 64;

/// Reads the value that the text begins with; nothing where there is none that can be understood. What follows the
/// value is ignored.
pub fn read(text: &str) -> Option<Loose> {
    let mut reader = Reader { rest: text, repairs: BTreeSet::new(), cut: false };
    let value = reader.value(0).ok()?;
    Some(Loose { value, repairs: reader.repairs, cut: reader.cut })
}

/// Undoes the escapes of a string's inside, given without its quotes.
pub fn unescape(inside: &str, repairs: &mut BTreeSet<&'static str>) -> String {
    let mut reader = Reader { rest: inside, repairs: std::mem::take(repairs), cut: false };
    let mut text = String::with_capacity(inside.len());
    while let Some(c) = reader.next() {
        if c == '\\' { reader.escape(&mut text) } else { text.push(c) }
    }
    *repairs = reader.repairs;
    text
}

/// Why a value could not be read.
enum Stop {
    /// The text ended within it.
    End,
    /// It is not like JSON.
    Bad,
}

struct Reader<'a> {
    rest: &'a str,
    repairs: BTreeSet<&'static str>,
    cut: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take(&mut self, prefix: &str) -> bool {
        let found = self.rest.strip_prefix(prefix);
        if let Some(rest) = found {
            self.rest = rest;
        }
        found.is_some()
    }

    fn note(&mut self, repair: &'static str) {
        self.repairs.insert(repair);
    }

    /// Skips white space and comments.
    fn space(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            if !self.rest.starts_with("//") && !self.rest.starts_with('#') {
                return;
            }
            self.note("comment skipped");
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    fn value(&mut self, depth: u32) -> Result<Value, Stop> {
        self.space();
        match self.peek().ok_or(Stop::End)? {
            _ if depth > MAX_DEPTH => Err(Stop::Bad),
            '{' => self.object(depth),
            '[' => self.list(']', depth),
            '(' => {
                self.note("tuple read as a list");
                self.list(')', depth)
            }
            '"' | '\'' => self.string().map(Value::String),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: u32) -> Result<Value, Stop> {
        self.next();
        let mut map = Map::new();
        loop {
            match self.member(depth) {
                Ok(Some((key, value))) => {
                    map.insert(key, value);
                }
                Ok(None) => return Ok(Value::Object(map)),
                Err(Stop::End) => {
                    self.cut = true;
                    return Ok(Value::Object(map));
                }
                Err(Stop::Bad) => return Err(Stop::Bad),
            }
            if self.cut || !self.more('}')? {
                return Ok(Value::Object(map));
            }
        }
    }

    /// A key with its value; nothing at the end of the object.
    fn member(&mut self, depth: u32) -> Result<Option<(String, Value)>, Stop> {
        self.space();
        let key = match self.peek().ok_or(Stop::End)? {
            '}' => {
                self.next();
                return Ok(None);
            }
            '"' | '\'' => self.string()?,
            c if c.is_alphabetic() || c == '_' => {
                self.note("key without quotes");
                self.bare()
            }
            _ => return Err(Stop::Bad),
        };
        self.space();
        match self.next().ok_or(Stop::End)? {
            ':' => Ok(Some((key, self.value(depth + 1)?))),
            _ => Err(Stop::Bad),
        }
    }

    fn list(&mut self, close: char, depth: u32) -> Result<Value, Stop> {
        self.next();
        let mut items = Vec::new();
        loop {
            self.space();
            if self.peek() == Some(close) {
                self.next();
                return Ok(Value::Array(items));
            }
            match self.value(depth + 1) {
                Ok(item) => items.push(item),
                Err(Stop::End) => {
                    self.cut = true;
                    return Ok(Value::Array(items));
                }
                Err(Stop::Bad) => return Err(Stop::Bad),
            }
            if self.cut || !self.more(close)? {
                return Ok(Value::Array(items));
            }
        }
    }

    /// After a member or item: whether another may follow (and the comma is behind).
    fn more(&mut self, close: char) -> Result<bool, Stop> {
        self.space();
        match self.peek() {
            Some(',') => {
                self.next();
                self.space();
                if self.peek() == Some(close) {
                    self.note("trailing comma");
                }
                Ok(true)
            }
            Some(c) if c == close => {
                self.next();
                Ok(false)
            }
            Some('"' | '{') => {
                self.note("missing comma");
                Ok(true)
            }
            Some(_) => Err(Stop::Bad),
            None => {
                self.cut = true;
                Ok(false)
            }
        }
    }

    fn string(&mut self) -> Result<String, Stop> {
        let close =
            ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| self.rest.starts_with(quote)).ok_or(Stop::Bad)?;
        self.take(close);
        match close {
            "\"" => {}
            "'" => self.note("single quotes"),
            _ => self.note("triple quotes"),
        }
        let mut text = String::new();
        loop {
            if self.take(close) {
                return Ok(text);
            }
            match self.next().ok_or(Stop::End)? {
                '\\' => self.escape(&mut text),
                c => {
                    if c < ' ' && close.len() == 1 {
                        self.note("raw control character in a string");
                    }
                    text.push(c);
                }
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, text: &mut String) {
        let Some(c) = self.next() else {
            text.push('\\');
            return;
        };
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            '"' | '\\' | '/' => text.push(c),
            '\'' => {
                self.note("escape \\' read as '");
                text.push('\'');
            }
            'u' => match self.unicode() {
                Some(decoded) => text.push(decoded),
                None => {
                    self.note("bad \\u escape kept as written");
                    text.push_str("\\u");
                }
            },
            other => {
                self.note("unknown escape kept as written");
                text.extend(['\\', other]);
            }
        }
    }

    /// The character of `\u` and four digits, or of a pair of surrogates; nothing is consumed where there is none.
    fn unicode(&mut self) -> Option<char> {
        let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
        let first = unit(self.rest)?;
        let (code, length) = if (0xd800..0xdc00).contains(&first) {
            let second = unit(self.rest.get(4..)?.strip_prefix("\\u")?)?;
            let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            (0x10000 + ((first - 0xd800) << 10) + low, 10)
        } else {
            (first, 4)
        };
        let decoded = char::from_u32(code)?;
        self.rest = self.rest.get(length..)?;
        Some(decoded)
    }

    fn bare(&mut self) -> String {
        let length = self.rest.find(|c: char| !c.is_alphanumeric() && !"_.+-".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        let word = word.to_owned();
        self.rest = rest;
        word
    }

    /// A literal or a number.
    fn word(&mut self) -> Result<Value, Stop> {
        let word = self.bare();
        let value = match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "True" | "TRUE" => self.python(Value::Bool(true)),
            "False" | "FALSE" => self.python(Value::Bool(false)),
            "None" => self.python(Value::Null),
            "" => return Err(Stop::Bad),
            number => match serde_json::from_str::<serde_json::Number>(number) {
                Ok(number) => Value::Number(number),
                Err(_) if self.rest.is_empty() => return Err(Stop::End),
                Err(_) => return Err(Stop::Bad),
            },
        };
        Ok(value)
    }

    fn python(&mut self, value: Value) -> Value {
        self.note("Python literal");
        value
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(text: &str) -> (Value, Vec<&'static str>, bool) {
        let loose = read(text).unwrap();
        (loose.value, loose.repairs.into_iter().collect(), loose.cut)
    }

    #[test]
    fn strict_json_needs_no_repair() {
        let text = r#"{"a": [1, -2.5e3, true, null], "b": "\u4e2d\ud83d\ude00\n\"", "c": {}} and more"#;
        let expected = json!({"a": [1, -2.5e3, true, null], "b": "中😀\n\"", "c": {}});
        assert_eq!(of(text), (expected, vec![], false));
    }

    #[test]
    fn python_is_understood() {
        let text = "{'a': True, 'b': (None, False,), # why\n c: '''x\n\"y\"''', }";
        let (value, repairs, cut) = of(text);
        assert_eq!(value, json!({"a": true, "b": [null, false], "c": "x\n\"y\""}));
        assert!(!cut);
        for repair in ["Python literal", "trailing comma", "single quotes", "triple quotes", "comment skipped"] {
            assert!(repairs.contains(&repair), "{repair}: {repairs:?}");
        }
    }

    #[test]
    fn escapes_that_json_does_not_know() {
        let (value, repairs, _) = of(r#"["it\'s", "\d+\s", "a
b"]"#);
        assert_eq!(value, json!(["it's", "\\d+\\s", "a\nb"]));
        assert_eq!(
            repairs,
            ["escape \\' read as '", "raw control character in a string", "unknown escape kept as written"]
        );
    }

    #[test]
    fn a_lone_surrogate_stays_as_written() {
        assert_eq!(of(r#"["\ud83d x"]"#).0, json!(["\\ud83d x"]));
    }

    #[test]
    fn what_is_complete_survives_a_cut() {
        let (value, _, cut) = of(r#"{"func": "f", "cases": [{"input": "a", "output": true}, {"input": "b", "out"#);
        assert_eq!(value, json!({"func": "f", "cases": [{"input": "a", "output": true}, {"input": "b"}]}));
        assert!(cut);
        assert_eq!(of(r#"{"func": "def eval"#), (json!({}), vec![], true));
    }

    #[test]
    fn empty_strings_are_empty() {
        assert_eq!(of(r#"{"a": "", "b": ''}"#).0, json!({"a": "", "b": ""}));
    }

    #[test]
    fn nonsense_is_nothing() {
        for text in ["", "hello", "{a b}", "{1: 2}", "[}", "{\"a\" 1}"] {
            assert!(read(text).is_none_or(|loose| loose.cut), "{text}");
        }
        assert!(read(&"[".repeat(500)).is_none());
    }
}

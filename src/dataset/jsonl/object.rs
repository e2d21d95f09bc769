//! One row: the fields of an object, each read when it is asked for.

use std::{fmt, str};

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{error::Refusal, text::Wtf8};

/// The fields of a row, not yet read.
#[derive(Debug)]
pub struct Object<'a>(Vec<(Wtf8, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// Where it is no UTF-8, no JSON, or no object.
    pub fn read(line: &'a [u8]) -> Result<Self, Refusal> {
        let text = str::from_utf8(line).map_err(|error| not_utf8(line, error.valid_up_to()))?;
        if kind(text) == "an object" {
            return serde_json::from_str(text).map_err(|error| not_json(&error));
        }
        let value: &RawValue = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        Err(Refusal::line(format!("is {}; expected an object", kind(value.get()))))
    }

    /// A field that must be there. Of repeated ones the last counts, as in Python.
    ///
    /// # Errors
    /// Where it is missing.
    pub fn field<'n>(&self, name: &'n str) -> Result<Place<'a, 'n>, Refusal> {
        let found = self.0.iter().rfind(|(key, _)| key.as_bytes() == name.as_bytes());
        let (_, value) = found.ok_or_else(|| Refusal::field(name, "is missing"))?;
        Ok(Place { value, path: Path::Name(name) })
    }

    /// Whether a field is there and says more than `null`.
    pub fn has(&self, name: &str) -> bool {
        let found = self.0.iter().rfind(|(key, _)| key.as_bytes() == name.as_bytes());
        found.is_some_and(|(_, value)| kind(value.get()) != "null")
    }

    /// A field that must be a string.
    ///
    /// # Errors
    /// Where it is missing or something else.
    pub fn text(&self, name: &str) -> Result<Wtf8, Refusal> {
        self.field(name)?.text()
    }

    /// A field that must be a list of strings.
    ///
    /// # Errors
    /// Where it is missing or something else.
    pub fn texts(&self, name: &str) -> Result<Vec<Wtf8>, Refusal> {
        self.field(name)?.items()?.iter().map(Place::text).collect()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry::<Wtf8, &'de RawValue>()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        from.deserialize_map(Fields)
    }
}

/// Where in a row a value stands.
#[derive(Clone, Debug)]
enum Path<'n> {
    Name(&'n str),
    Inside(String),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Inside(path) => f.write_str(path),
        }
    }
}

/// A value within a row, that knows its place.
#[derive(Clone, Debug)]
pub struct Place<'a, 'n> {
    value: &'a RawValue,
    path: Path<'n>,
}

impl<'a> Place<'a, '_> {
    /// The value, which must be a string.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn text(&self) -> Result<Wtf8, Refusal> {
        self.read("a string")
    }

    /// The value, which must be a number or `null`.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn number_or_null(&self) -> Result<Option<f64>, Refusal> {
        self.read("a number or null")
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        kind(self.value.get()) == "a list"
    }

    /// The value, which must be an object.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn object(&self) -> Result<Object<'a>, Refusal> {
        self.read("an object")
    }

    /// The value, whatever it is.
    ///
    /// # Errors
    /// Where it holds what no JSON value of ours can: a lone surrogate.
    pub fn json(&self) -> Result<serde_json::Value, Refusal> {
        self.read("a value that UTF-8 can write")
    }

    /// The value, which must be a list.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn items(&self) -> Result<Vec<Place<'a, 'static>>, Refusal> {
        let items: Vec<&'a RawValue> = self.read("a list")?;
        let place = |(at, value)| Place { value, path: Path::Inside(format!("{}[{at}]", self.path)) };
        Ok(items.into_iter().enumerate().map(place).collect())
    }

    /// The value, which must be a list of two.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn pair(&self) -> Result<[Place<'a, 'static>; 2], Refusal> {
        let wrong = |items: Vec<_>| self.refuse(&format!("is a list of {}; expected a list of 2", items.len()));
        self.items()?.try_into().map_err(wrong)
    }

    /// The value is not what it should be.
    pub fn refuse(&self, message: &str) -> Refusal {
        Refusal::field(self.path.to_string(), message)
    }

    fn read<T: de::Deserialize<'a>>(&self, expected: &str) -> Result<T, Refusal> {
        let text = self.value.get();
        serde_json::from_str(text).map_err(|_| self.refuse(&format!("is {}; expected {expected}", kind(text))))
    }
}

/// What a JSON text holds.
fn kind(json: &str) -> &'static str {
    match json.trim_start().bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

fn not_utf8(line: &[u8], good: usize) -> Refusal {
    let column = String::from_utf8_lossy(&line[..good]).chars().count() + 1;
    Refusal::line(format!("is not UTF-8 (byte 0x{:02X} at column {column})", line[good]))
}

fn not_json(error: &serde_json::Error) -> Refusal {
    // The reader counts lines within the line it was given.
    let message = error.to_string().replace("at line 1 column", "at column");
    let hint = if error.is_eof() { " (each row must be one whole object on one line)" } else { "" };
    Refusal::line(format!("is not JSON: {message}{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str, look: impl Fn(&Object<'_>) -> Result<(), Refusal>) -> String {
        Object::read(line.as_bytes()).and_then(|object| look(&object)).unwrap_err().to_string()
    }

    #[test]
    fn fields_are_read_when_asked_for() {
        let line = r#"{"x\ud800": ["\udfff"], "id": "a", "id": "\ud800", "list": ["b", "c"], "pairs": [["d", 1], ["e", null]]}"#;
        let object = Object::read(line.as_bytes()).unwrap();
        assert_eq!(object.text("id").unwrap().as_bytes(), b"\xed\xa0\x80");
        assert_eq!(object.texts("list").unwrap(), [Wtf8::from("b"), Wtf8::from("c")]);
        let pairs = object.field("pairs").unwrap().items().unwrap();
        let [text, number] = pairs[1].pair().unwrap();
        assert_eq!((text.text().unwrap(), number.number_or_null().unwrap()), (Wtf8::from("e"), None));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let text = |name: &'static str| move |object: &Object<'_>| object.text(name).map(|_| ());
        assert_eq!(said("{}", text("id")), "field `id` is missing");
        assert_eq!(said(r#"{"id": 3}"#, text("id")), "field `id` is a number; expected a string");
        assert_eq!(said("[1]", text("id")), "is a list; expected an object");
        assert_eq!(said("{\"id\": \"a\",}", text("id")), "is not JSON: trailing comma at column 12");
        let cut = said("{\"id\": \"a\"", text("id"));
        assert!(cut.contains("one whole object on one line"), "{cut}");
        assert_eq!(said("{} {}", text("id")), "is not JSON: trailing characters at column 4");
        let list = |object: &Object<'_>| object.texts("l").map(|_| ());
        assert_eq!(said(r#"{"l": ["a", null]}"#, list), "field `l[1]` is null; expected a string");
        let pair = |object: &Object<'_>| object.field("p")?.items()?[0].pair().map(|_| ());
        assert_eq!(said(r#"{"p": [["a"]]}"#, pair), "field `p[0]` is a list of 1; expected a list of 2");
        let bad = Object::read(b"{\"id\": \"\xc3\xa9\xe9\"}").unwrap_err().to_string();
        assert_eq!(bad, "is not UTF-8 (byte 0xE9 at column 10)");
    }
}

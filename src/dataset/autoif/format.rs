//! Rows as Python writes them.

use serde_json::Value as Json;

use crate::dataset::jsonl::{Escape, Wtf8};

/// How a file of rows is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One row a line, equal rows once.
    Lines,
    /// One array, indented by 4, without a line end behind it.
    Array,
}

/// A row being written: `{"key": value, ...}`, as `json.dumps` spaces it.
pub struct RowWriter {
    bytes: Vec<u8>,
    escape: Escape,
    /// Between an object's opening brace and each key.
    indent: &'static [u8],
    fields: usize,
}

impl RowWriter {
    /// A row on one line.
    pub const fn line(escape: Escape) -> Self {
        Self { bytes: Vec::new(), escape, indent: b"", fields: 0 }
    }

    /// A row of an array that is indented by 4.
    pub const fn indented(escape: Escape) -> Self {
        Self { bytes: Vec::new(), escape, indent: b"\n        ", fields: 0 }
    }

    /// Begins a field.
    pub fn key(&mut self, name: &str) -> &mut Self {
        let before: &[u8] = match (self.fields, self.indent) {
            (0, _) => b"{",
            (_, b"") => b", ",
            _ => b",",
        };
        self.fields += 1;
        self.bytes.extend_from_slice(before);
        self.bytes.extend_from_slice(self.indent);
        Wtf8::from(name).write(&mut self.bytes, Escape::Ascii);
        self.raw(": ")
    }

    /// Writes a string.
    pub fn text(&mut self, text: &Wtf8) -> &mut Self {
        text.write(&mut self.bytes, self.escape);
        self
    }

    /// Writes what is JSON already.
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.bytes.extend_from_slice(json.as_bytes());
        self
    }

    /// Writes a list, item by item.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut Self, T)) -> &mut Self {
        self.bytes.push(b'[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.bytes.extend_from_slice(b", ");
            }
            each(self, item);
        }
        self.bytes.push(b']');
        self
    }

    /// Writes any value; `lone` as for [`Wtf8::from_stood_in`].
    pub fn json(&mut self, value: &Json, lone: bool) -> &mut Self {
        match value {
            Json::String(text) => self.text(&Wtf8::from_stood_in(text, lone)),
            Json::Array(items) => self.list(items, |row, item| {
                row.json(item, lone);
            }),
            Json::Object(fields) => {
                self.bytes.push(b'{');
                for (at, (key, item)) in fields.iter().enumerate() {
                    self.raw(if at > 0 { ", " } else { "" }).text(&Wtf8::from_stood_in(key, lone)).raw(": ");
                    self.json(item, lone);
                }
                self.raw("}")
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => self.raw(&value.to_string()),
        }
    }

    /// The row.
    pub fn end(mut self) -> Vec<u8> {
        if !self.indent.is_empty() {
            self.bytes.extend_from_slice(b"\n    ");
        }
        self.bytes.push(b'}');
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_look_as_python_writes_them() {
        let mut row = RowWriter::line(Escape::Least);
        row.key("a").text(&Wtf8::from("é\n")).key("b").list([1.0, 0.5], |row, x: f64| {
            row.raw(&json!(x).to_string());
        });
        row.key("c").json(&json!({"x": [null, true, "\u{10d800}"]}), true);
        let text = String::from_utf8(row.end()).unwrap();
        assert_eq!(text, r#"{"a": "é\n", "b": [1.0, 0.5], "c": {"x": [null, true, "\ud800"]}}"#);

        let mut row = RowWriter::indented(Escape::Least);
        row.key("a").text(&Wtf8::from("x")).key("b").raw("[]");
        assert_eq!(String::from_utf8(row.end()).unwrap(), "{\n        \"a\": \"x\",\n        \"b\": []\n    }");
    }
}

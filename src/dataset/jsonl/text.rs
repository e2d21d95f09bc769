//! Strings that JSON can write and UTF-8 cannot: with lone surrogates, as Python's `str` has them.

use std::{borrow::Cow, fmt, str};

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// How far above the lone surrogates their stand-ins are.
const STAND_INS: u32 = 0x10_0000;

/// A string as bytes: UTF-8, where lone surrogates stand as their three-byte forms (WTF-8).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wtf8(Vec<u8>);

impl Wtf8 {
    /// From bytes that an [`Wtf8`] gave.
    pub const fn from_wtf8(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The string, where it has no lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        str::from_utf8(&self.0).ok()
    }

    /// The string for code that works on [`str`]: lone surrogates become private characters (U+10D800 and up), which
    /// [`Wtf8::from_stood_in`] turns back.
    pub fn stood_in(&self) -> Cow<'_, str> {
        if let Some(text) = self.as_str() {
            return Cow::Borrowed(text);
        }
        let stand_in = |code| char::from_u32(code).or_else(|| char::from_u32(code + STAND_INS));
        Cow::Owned(self.code_points().filter_map(stand_in).collect())
    }

    /// A part of a string from [`Wtf8::stood_in`]; `lone` says whether that had any lone surrogates to turn back.
    pub fn from_stood_in(text: &str, lone: bool) -> Self {
        if !lone {
            return Self::from(text);
        }
        let mut bytes = Vec::with_capacity(text.len());
        for code in text.chars().map(u32::from) {
            let surrogate = code.checked_sub(STAND_INS).filter(|code| (0xd800..0xe000).contains(code));
            push(surrogate.unwrap_or(code), &mut bytes);
        }
        Self(bytes)
    }

    /// The code points, lone surrogates included.
    pub fn code_points(&self) -> impl Iterator<Item = u32> {
        CodePoints(&self.0)
    }

    /// Appends the string as a JSON string.
    pub fn write(&self, into: &mut Vec<u8>, escape: Escape) {
        into.push(b'"');
        for code in self.code_points() {
            escape.put(code, into);
        }
        into.push(b'"');
    }
}

impl From<&str> for Wtf8 {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl<'de> Deserialize<'de> for Wtf8 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_bytes(Bytes)
    }
}

/// Strings asked for as bytes keep their lone surrogates.
struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Wtf8;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Wtf8, E> {
        Ok(Wtf8(bytes.to_vec()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Wtf8, E> {
        Ok(Wtf8::from(text))
    }
}

/// Appends a code point's bytes, a surrogate's too.
fn push(code: u32, into: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(c) => into.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => into.extend([0xe0 | code >> 12, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f].map(|byte| byte as u8)),
    }
}

/// The code points of WTF-8.
struct CodePoints<'a>(&'a [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (&first, _) = self.0.split_first()?;
        let (length, bits) = match first {
            0..0x80 => (1, u32::from(first)),
            0x80..0xe0 => (2, u32::from(first & 0x1f)),
            0xe0..0xf0 => (3, u32::from(first & 0x0f)),
            0xf0.. => (4, u32::from(first & 0x07)),
        };
        let (bytes, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some(bytes[1..].iter().fold(bits, |code, byte| code << 6 | u32::from(byte & 0x3f)))
    }
}

/// What is escaped beyond what JSON demands. Lone surrogates always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// Also what a terminal would act on: C1 controls, DEL, marks of direction.
    Controls,
    /// Nothing, as Python's `ensure_ascii=False`.
    Least,
    /// All but ASCII, as Python's default.
    Ascii,
}

impl Escape {
    fn put(self, code: u32, into: &mut Vec<u8>) {
        let short = match code {
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0c => b'f',
            0x0d => b'r',
            0x22 => b'"',
            0x5c => b'\\',
            0x20..0x7f => return into.push(code as u8),
            _ if self.keeps(code) => return push(code, into),
            0x1_0000.. => {
                let pair = code - 0x1_0000;
                unit(0xd800 + (pair >> 10), into);
                return unit(0xdc00 + (pair & 0x3ff), into);
            }
            _ => return unit(code, into),
        };
        into.extend([b'\\', short]);
    }

    const fn keeps(self, code: u32) -> bool {
        let must = code < 0x20 || (0xd800 <= code && code < 0xe000);
        let acts = matches!(code, 0x7f..0xa0 | 0x61c | 0x200e..0x2010 | 0x2028..0x202f | 0x2066..0x206a);
        match self {
            Self::Controls => !must && !acts,
            Self::Least => !must,
            Self::Ascii => false,
        }
    }
}

fn unit(code: u32, into: &mut Vec<u8>) {
    into.extend_from_slice(b"\\u");
    into.extend([12, 8, 4, 0].map(|shift| b"0123456789abcdef"[(code >> shift & 15) as usize]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Wtf8 {
        serde_json::from_str(json).unwrap()
    }

    fn written(json: &str, escape: Escape) -> String {
        let mut bytes = Vec::new();
        read(json).write(&mut bytes, escape);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lone_surrogates_come_and_go() {
        let text = read(r#""a\ud800b\udfff\ud83d\ude00é""#);
        assert_eq!(text.as_bytes(), b"a\xed\xa0\x80b\xed\xbf\xbf\xf0\x9f\x98\x80\xc3\xa9");
        assert_eq!(text.as_str(), None);
        assert_eq!(text.stood_in(), "a\u{10d800}b\u{10dfff}😀é");
        assert_eq!(Wtf8::from_stood_in(&text.stood_in(), true), text);
        assert_eq!(Wtf8::from_stood_in("\u{10d800}", false), Wtf8::from("\u{10d800}"));
        assert_eq!(written(r#""a\ud800b\udfff\ud83d\ude00é""#, Escape::Least), r#""a\ud800b\udfff😀é""#);
        assert_eq!(written(r#""😀\udc00é""#, Escape::Ascii), r#""\ud83d\ude00\udc00\u00e9""#);
        for json in [r#""\ud800\ud800""#, r#""\udc00\ud800x""#, r#""\ud800\u0041""#, r#""\ud83d""#] {
            assert_eq!(read(&written(json, Escape::Controls)), read(json), "{json}");
        }
    }

    #[test]
    fn what_is_escaped() {
        let json = r#""\u0000\u001b\"\\/\b\f\n\r\t\u007f\u009b\u202e\u2066é""#;
        assert_eq!(
            written(json, Escape::Least),
            "\"\\u0000\\u001b\\\"\\\\/\\b\\f\\n\\r\\t\u{7f}\u{9b}\u{202e}\u{2066}é\""
        );
        assert_eq!(
            written(json, Escape::Controls),
            "\"\\u0000\\u001b\\\"\\\\/\\b\\f\\n\\r\\t\\u007f\\u009b\\u202e\\u2066é\""
        );
        assert_eq!(
            written(json, Escape::Ascii),
            "\"\\u0000\\u001b\\\"\\\\/\\b\\f\\n\\r\\t\\u007f\\u009b\\u202e\\u2066\\u00e9\""
        );
    }

    #[test]
    fn only_strings_are_strings() {
        for json in ["1", "null", "[104]", "{}", "true"] {
            assert!(serde_json::from_str::<Wtf8>(json).is_err(), "{json}");
        }
    }
}

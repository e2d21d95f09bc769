//! Python source made here: string literals, and nothing that needs a parser.

use std::fmt::Write;

use super::jsonl::Wtf8;

/// A string literal in ASCII that stands for any string, lone surrogates included.
pub fn literal(text: &Wtf8) -> String {
    let mut literal = String::with_capacity(text.as_bytes().len() + 2);
    literal.push('"');
    for code in text.code_points() {
        let done = match (code, u8::try_from(code)) {
            (0x22 | 0x5c, Ok(byte)) => {
                literal.extend(['\\', char::from(byte)]);
                Ok(())
            }
            (0x20..0x7f, Ok(byte)) => {
                literal.push(char::from(byte));
                Ok(())
            }
            (0..0x1_0000, _) => write!(literal, "\\u{code:04x}"),
            _ => write!(literal, "\\U{code:08x}"),
        };
        // Writing to a String cannot fail.
        debug_assert!(done.is_ok());
    }
    literal.push('"');
    literal
}

/// A source that a verifier's own source stands for. Python compiles only what UTF-8 can encode; for anything else this
/// is a program that makes Python say so.
pub fn source(text: &Wtf8) -> String {
    text.as_str().map_or_else(|| format!("compile({}, \"verifier.py\", \"exec\")", literal(text)), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_ascii_and_on_one_line() {
        let text: Wtf8 = serde_json::from_str(r#""a\"\\\n\u0000\ud800é😀""#).unwrap();
        assert_eq!(literal(&text), r#""a\"\\\u000a\u0000\ud800\u00e9\U0001f600""#);
        assert_eq!(source(&Wtf8::from("x = 'é'")), "x = 'é'");
        assert!(source(&text).starts_with("compile(\"a"));
    }
}

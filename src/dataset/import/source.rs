//! What a file is: its format by a look at the first bytes, and a reader that holds it to UTF-8.

use std::{
    io::{self, BufRead, Read},
    path::Path,
};

use crate::dataset::jsonl::BOM;

use super::error::ImportError;

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One text a line.
    Text,
    /// One JSON object a line.
    JsonLines,
    /// One JSON array of objects.
    JsonArray,
}

/// Skips a byte order mark and looks at what follows: `{"` is JSON lines, `[{` an array; else the name decides.
pub fn probe(path: &Path, from: &mut impl BufRead) -> Result<Format, ImportError> {
    let failed = |source| ImportError::Read { path: path.to_owned(), source };
    if from.fill_buf().map_err(failed)?.starts_with(BOM) {
        from.consume(BOM.len());
    }
    let start = from.fill_buf().map_err(failed)?;
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        let (byte, encoding) = (start[0], "utf-16");
        return Err(ImportError::NotUtf8 { path: path.to_owned(), line: 1, column: 1, byte, encoding });
    }
    let mut marks = start.iter().filter(|byte| !byte.is_ascii_whitespace());
    let format = match (marks.next(), marks.next()) {
        (Some(b'{'), Some(b'"')) => Format::JsonLines,
        (Some(b'['), Some(b'{' | b']')) => Format::JsonArray,
        (first, _) => match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") if first == Some(&b'[') => Format::JsonArray,
            Some("json" | "jsonl" | "ndjson") => Format::JsonLines,
            _ => Format::Text,
        },
    };
    Ok(format)
}

/// Where bytes stop being UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadByte {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
    /// The byte.
    pub byte: u8,
}

/// A reader that ends at the first byte that is not UTF-8 and remembers where that was.
#[derive(Debug)]
pub struct Utf8Reader<R> {
    from: R,
    line: u64,
    column: u64,
    /// Start of a character whose rest has not come yet.
    partial: Vec<u8>,
    /// Set once a byte did not belong.
    pub bad: Option<BadByte>,
}

impl<R: BufRead> Utf8Reader<R> {
    /// Watches over a reader.
    pub const fn new(from: R) -> Self {
        Self { from, line: 1, column: 1, partial: Vec::new(), bad: None }
    }

    /// Follows the bytes; an error where they are not UTF-8.
    fn watch(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let (false, Some((&byte, rest))) = (self.partial.is_empty(), bytes.split_first()) {
            self.partial.push(byte);
            bytes = rest;
            match std::str::from_utf8(&self.partial) {
                Ok(_) => {
                    self.partial.clear();
                    self.column += 1;
                }
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return Err(self.refuse()),
            }
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.advance(text),
            Err(error) => {
                let (good, rest) = bytes.split_at(error.valid_up_to());
                self.advance(&String::from_utf8_lossy(good));
                self.partial.extend_from_slice(&rest[..rest.len().min(4)]);
                if error.error_len().is_some() {
                    return Err(self.refuse());
                }
            }
        }
        Ok(())
    }

    fn advance(&mut self, text: &str) {
        self.line += text.matches('\n').count() as u64;
        let tail = text.rsplit('\n').next().unwrap_or_default().chars().count() as u64;
        self.column = if text.contains('\n') { tail + 1 } else { self.column + tail };
    }

    fn refuse(&mut self) -> io::Error {
        let byte = self.partial.first().copied().unwrap_or_default();
        self.bad = Some(BadByte { line: self.line, column: self.column, byte });
        io::Error::new(io::ErrorKind::InvalidData, "not UTF-8")
    }
}

impl<R: BufRead> Read for Utf8Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(into)?;
        if n == 0 && !self.partial.is_empty() {
            return Err(self.refuse());
        }
        self.watch(&into[..n])?;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads in small bites, so that characters are cut in the middle.
    fn place(bytes: &[u8], bite: usize) -> Option<BadByte> {
        let mut reader = Utf8Reader::new(bytes);
        let mut buffer = vec![0; bite];
        while matches!(reader.read(&mut buffer), Ok(n) if n > 0) {}
        reader.bad
    }

    #[test]
    fn the_bad_byte_is_found_however_the_file_is_cut() {
        let text = "[\"日本\",\n \"caf".as_bytes();
        let bytes = [text, b"\xe9\"]"].concat();
        for bite in 1..40 {
            assert_eq!(place(&bytes, bite), Some(BadByte { line: 2, column: 6, byte: 0xe9 }), "bite {bite}");
            assert_eq!(place("日本語\nabc".as_bytes(), bite), None);
        }
        assert_eq!(place(b"ab\xe6\x97", 8), Some(BadByte { line: 1, column: 3, byte: 0xe6 }), "cut off at the end");
    }
}

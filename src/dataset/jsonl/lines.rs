//! Lines of a file or pipe, with a bound on memory.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use super::error::{Refusal, RowError};

/// Longest line, in bytes.
const LONGEST: usize = 256 << 20;

/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// The UTF-8 byte order mark.
pub(in crate::dataset) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The lines of one source.
pub struct Lines {
    path: PathBuf,
    from: BufReader<Box<dyn Read + Send>>,
    number: u64,
    line: Vec<u8>,
}

impl Lines {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, RowError> {
        if path == Path::new("-") {
            return Ok(Self::new(Path::new("standard input"), Box::new(io::stdin())));
        }
        let failed = |error| RowError::Open { path: path.to_owned(), error };
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        Ok(Self::new(path, Box::new(file)))
    }

    /// The lines of a reader; the path is for messages.
    pub fn new(path: &Path, from: Box<dyn Read + Send>) -> Self {
        Self { path: path.to_owned(), from: BufReader::with_capacity(BUFFER, from), number: 0, line: Vec::new() }
    }

    /// The number of the line read last, from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the next line may have to be waited for.
    pub fn may_block(&self) -> bool {
        self.from.buffer().is_empty()
    }

    /// The next line that is not blank, without its end; the inner error where it cannot be a row, and reading can go
    /// on behind it.
    ///
    /// # Errors
    /// Where reading fails.
    pub fn next(&mut self) -> Result<Option<Result<&[u8], Refusal>>, RowError> {
        loop {
            self.line.clear();
            let read = read_line(&mut self.from, LONGEST, &mut self.line).map_err(|error| {
                let (path, line) = (self.path.clone(), self.number + 1);
                RowError::Read { path, line, error }
            })?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.number == 1 && self.line.starts_with(BOM) {
                self.line.drain(..BOM.len());
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
        }
        if self.line.len() > LONGEST {
            return Ok(Some(Err(Refusal::line(format!("the line is longer than {} MiB", LONGEST >> 20)))));
        }
        // A carriage return before it is white space to JSON, and part of a row that is passed on as it is.
        Ok(Some(Ok(self.line.strip_suffix(b"\n").unwrap_or(&self.line))))
    }

    /// The error that ends a run over a refused line.
    pub fn malformed(&self, refusal: Refusal) -> RowError {
        RowError::Malformed { path: self.path.clone(), line: self.number, refusal }
    }
}

/// Reads to the line's end, its mark included, keeping at most one byte more than the limit. Returns the bytes read.
pub(in crate::dataset) fn read_line(from: &mut impl BufRead, limit: usize, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut read = 0;
    loop {
        let chunk = match from.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = chunk.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
        let n = end.unwrap_or(chunk.len());
        let room = (limit + 1).saturating_sub(line.len());
        line.extend_from_slice(&chunk[..n.min(room)]);
        from.consume(n);
        read += n;
        if end.is_some() || n == 0 {
            return Ok(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_blank_ones_passed_over() {
        let bytes = b"\xef\xbb\xbfone\r\n\n  \ntwo";
        let mut lines = Lines::new(Path::new("x"), Box::new(&bytes[..]));
        assert_eq!(lines.next().unwrap(), Some(Ok(&b"one\r"[..])));
        assert_eq!(lines.number(), 1);
        assert_eq!(lines.next().unwrap(), Some(Ok(&b"two"[..])));
        assert_eq!(lines.malformed(Refusal::line("is odd")).to_string().split(';').next(), Some("x: line 4: is odd"));
        assert_eq!(lines.next().unwrap(), None);
    }

    #[test]
    fn a_missing_file_is_named() {
        let said = Lines::open(Path::new("no/such.jsonl")).err().unwrap().to_string();
        assert!(said.starts_with("no/such.jsonl: cannot be opened: "), "{said}");
    }
}

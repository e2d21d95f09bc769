//! One JSON array of objects, as ShareGPT and alpaca files are: streamed, one element in memory at a time.

use std::{
    fmt,
    io::{BufRead, BufReader},
    path::Path,
};

use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};

use super::{
    collect::Collector,
    error::{At, ImportError},
    object::Row,
    source::Utf8Reader,
};

/// Hands every element to the collector.
struct Elements<'a> {
    path: &'a Path,
    into: &'a mut Collector,
    rows: &'a mut u64,
    refused: &'a mut Option<ImportError>,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(row) = elements.next_element::<Row>()? {
            *self.rows += 1;
            if let Err(error) = self.into.row(self.path, At::Row(*self.rows), row) {
                *self.refused = Some(error);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// Reads an array of rows.
pub fn read_array(path: &Path, from: impl BufRead, into: &mut Collector) -> Result<(), ImportError> {
    let (mut rows, mut refused) = (0, None);
    let mut reader = Utf8Reader::new(from);
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, &mut reader));
    let elements = Elements { path, into, rows: &mut rows, refused: &mut refused };
    let result = json.deserialize_seq(elements).and_then(|()| json.end());
    let Err(error) = result else { return Ok(()) };
    if let Some(refused) = refused {
        return Err(refused);
    }
    if let Some(bad) = reader.bad {
        let (line, column, byte) = (bad.line, bad.column, bad.byte);
        return Err(ImportError::NotUtf8 { path: path.to_owned(), line, column, byte, encoding: "latin1" });
    }
    if error.is_io() {
        return Err(ImportError::Read { path: path.to_owned(), source: error.into() });
    }
    Err(ImportError::NotJson {
        path: path.to_owned(),
        at: At::Row(rows + 1),
        message: error.to_string(),
        fix: "mend the file there; nothing was imported",
    })
}

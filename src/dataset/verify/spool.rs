//! Inputs read once and needed again for the next function: kept in memory while they are few, else in a temporary
//! file that goes away by itself.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    sync::Arc,
};

use crate::{dataset::jsonl::Wtf8, sandbox::Text};

use super::rows::Input;

/// Bytes of inputs that are kept in memory.
const IN_MEMORY: usize = 32 << 20;

/// What an input costs beside its texts.
const OVERHEAD: usize = 128;

/// Inputs on their first way through.
pub struct Spool {
    memory: Vec<Input>,
    bytes: usize,
    limit: usize,
    file: Option<BufWriter<File>>,
    rows: u64,
}

impl Default for Spool {
    fn default() -> Self {
        Self::with_limit(IN_MEMORY)
    }
}

impl Spool {
    fn with_limit(limit: usize) -> Self {
        Self { memory: Vec::new(), bytes: 0, limit, file: None, rows: 0 }
    }

    /// Keeps an input.
    pub fn push(&mut self, input: &Input) -> io::Result<()> {
        self.rows += 1;
        if let Some(file) = &mut self.file {
            return put(file, input);
        }
        self.memory.push(input.clone());
        self.bytes += input.id.as_bytes().len() + input.text.0.len() + OVERHEAD;
        if self.bytes > self.limit {
            let mut file = BufWriter::with_capacity(256 << 10, tempfile::tempfile()?);
            for input in std::mem::take(&mut self.memory) {
                put(&mut file, &input)?;
            }
            self.file = Some(file);
        }
        Ok(())
    }

    /// Goes through all of them from the first.
    pub fn again(&mut self, mut each: impl FnMut(Input) -> Result<(), Ended>) -> Result<(), Ended> {
        let Some(file) = &mut self.file else { return self.memory.iter().cloned().try_for_each(each) };
        file.flush().map_err(Ended::Io)?;
        let file = file.get_mut();
        file.rewind().map_err(Ended::Io)?;
        let mut from = BufReader::with_capacity(256 << 10, file);
        for _ in 0..self.rows {
            let id = Arc::new(Wtf8::from_wtf8(take(&mut from).map_err(Ended::Io)?));
            let text = Text::from(take(&mut from).map_err(Ended::Io)?);
            each(Input { id, text, function: None })?;
        }
        Ok(())
    }
}

/// Why a way through the inputs ended early.
#[derive(Debug)]
pub enum Ended {
    /// The file failed.
    Io(io::Error),
    /// Nobody needs more.
    Enough,
}

fn put(file: &mut impl Write, input: &Input) -> io::Result<()> {
    for bytes in [input.id.as_bytes(), &*input.text.0] {
        file.write_all(&(bytes.len() as u64).to_le_bytes())?;
        file.write_all(bytes)?;
    }
    Ok(())
}

fn take(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let mut bytes = Vec::new();
    let length = u64::from_le_bytes(length);
    if from.take(length).read_to_end(&mut bytes)? as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_file_give_the_same() {
        let inputs: Vec<Input> = (0..50)
            .map(|n| Input {
                id: Arc::new(serde_json::from_str(&format!("\"i{n}\\ud800\"")).unwrap()),
                text: Text::from("x\n\0".repeat(n)),
                function: None,
            })
            .collect();
        for limit in [0, 4000, usize::MAX] {
            let mut spool = Spool::with_limit(limit);
            inputs.iter().for_each(|input| spool.push(input).unwrap());
            assert_eq!((spool.rows, spool.file.is_some()), (50, limit < usize::MAX));
            for _ in 0..2 {
                let mut found = Vec::new();
                spool
                    .again(|input| {
                        found.push(input);
                        Ok(())
                    })
                    .unwrap();
                assert_eq!(found, inputs);
            }
        }
    }
}

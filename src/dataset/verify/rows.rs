//! The inputs, row by row.

use std::{path::Path, sync::Arc};

use crate::{
    dataset::jsonl::{Lines, Object, Refusal, RowError, Skipped, Wtf8},
    sandbox::Text,
};

use super::error::VerifyError;

/// An input.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub id: Arc<Wtf8>,
    pub text: Text,
    /// The function it names, where that was asked for.
    pub function: Option<Wtf8>,
}

/// The rows of a file of inputs.
pub struct Inputs {
    lines: Lines,
    /// Whether rows name a function.
    named: bool,
    keep_going: bool,
}

impl Inputs {
    pub fn open(path: &Path, named: bool, keep_going: bool) -> Result<Self, RowError> {
        Ok(Self { lines: Lines::open(path)?, named, keep_going })
    }

    /// Whether the next row may have to be waited for.
    pub fn may_block(&self) -> bool {
        self.lines.may_block()
    }

    /// The next row. Malformed ones end the run, or are counted.
    pub fn next(&mut self, skipped: &mut Skipped) -> Result<Option<Input>, VerifyError> {
        loop {
            let Some(line) = self.lines.next()? else { return Ok(None) };
            match line.and_then(|line| input(line, self.named)) {
                Ok(input) => return Ok(Some(input)),
                Err(refusal) => self.skip(refusal, skipped)?,
            }
        }
    }

    /// Refuses the row read last.
    pub fn skip(&self, refusal: Refusal, skipped: &mut Skipped) -> Result<(), VerifyError> {
        Ok(skipped.or_end(self.lines.malformed(refusal), self.keep_going)?)
    }
}

fn input(line: &[u8], named: bool) -> Result<Input, Refusal> {
    let object = Object::read(line)?;
    let id = Arc::new(object.text("id")?);
    let text = Text::from(object.text("text")?.into_bytes());
    let function = if named { Some(object.text("function")?) } else { None };
    Ok(Input { id, text, function })
}

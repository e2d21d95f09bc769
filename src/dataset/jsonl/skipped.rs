//! Malformed rows that are passed over.

use super::error::RowError;

/// How many are told in full.
const TOLD: usize = 3;

/// Malformed rows, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// What was wrong with the first ones, with file and line.
    pub first: Vec<String>,
}

impl Skipped {
    /// Counts a malformed row where that is wished; else it is the error that ends the run, as is any other error.
    ///
    /// # Errors
    /// The one given.
    pub fn or_end(&mut self, error: RowError, keep_going: bool) -> Result<(), RowError> {
        let RowError::Malformed { path, line, refusal } = &error else { return Err(error) };
        if !keep_going {
            return Err(error);
        }
        if self.first.len() < TOLD {
            self.first.push(format!("{}: line {line}: {refusal}", path.display()));
        }
        self.count += 1;
        Ok(())
    }

    /// Adds those of another file.
    pub fn extend(&mut self, more: Self) {
        self.count += more.count;
        self.first.extend(more.first);
    }
}

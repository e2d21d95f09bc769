//! The functions: read whole, as they are few and every input may need any of them.

use std::{collections::HashMap, path::Path, sync::Arc};

use crate::dataset::{
    jsonl::{Lines, Object, Refusal, Skipped, Wtf8},
    python,
};

use super::{Pairing, error::VerifyError};

/// A function with its name.
#[derive(Clone, Debug)]
pub struct Function {
    pub id: Arc<Wtf8>,
    pub source: Arc<str>,
}

/// Reads all functions.
pub fn read(
    path: &Path,
    pairing: Pairing,
    keep_going: bool,
    skipped: &mut Skipped,
) -> Result<Vec<Function>, VerifyError> {
    let mut lines = Lines::open(path)?;
    let (mut functions, mut seen) = (Vec::new(), HashMap::new());
    while let Some(line) = lines.next()? {
        match line.and_then(function) {
            Ok(function) => {
                let line = lines.number();
                // A matrix only repeats the name; a zip could not tell which one is meant.
                if let Some(first) = seen.insert(Arc::clone(&function.id), line).filter(|_| pairing == Pairing::Zip) {
                    return Err(VerifyError::RepeatedFunction { path: path.to_owned(), line, first });
                }
                functions.push(function);
            }
            Err(refusal) => skipped.or_end(lines.malformed(refusal), keep_going)?,
        }
    }
    Ok(functions)
}

fn function(line: &[u8]) -> Result<Function, Refusal> {
    let object = Object::read(line)?;
    let id = Arc::new(object.text("id")?);
    Ok(Function { id, source: python::source(&object.text("source")?).into() })
}

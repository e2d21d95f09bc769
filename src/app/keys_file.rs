//! The user's own keys.

use std::{fs, io, path::Path};

use anyhow::Context as _;

use crate::workbench::{Keymap, keymap::Problem};

/// The key table with what a file of the user's changes; and what is wrong with the file, each with its place. Then
/// nothing of it is used. A missing file changes nothing.
///
/// # Errors
/// Where the table that comes with the program cannot be read, which a test excludes.
pub fn keymap(path: Option<&Path>) -> anyhow::Result<(Keymap, Vec<String>)> {
    let builtin = Keymap::builtin().context("reading the built-in key table")?;
    let Some(path) = path else { return Ok((builtin, Vec::new())) };
    let told = |text: String| format!("{}: {text}", path.display());
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((builtin, Vec::new())),
        Err(error) => return Ok((builtin, vec![told(format!("cannot be read: {error}"))])),
    };
    match builtin.with(&text) {
        Ok(keymap) => Ok((keymap, Vec::new())),
        Err(problems) => Ok((builtin, problems.iter().map(|problem| place(path, problem)).collect())),
    }
}

fn place(path: &Path, problem: &Problem) -> String {
    match problem.place {
        Some(_) => format!("{}:{problem}", path.display()),
        None => format!("{}: {problem}", path.display()),
    }
}

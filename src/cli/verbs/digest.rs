//! `assay digest`

use std::path::Path;

use crate::cli::{exit::Exit, print, project, session};

/// Prints the digest.
pub fn run(named: Option<&Path>) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    print::out(&format!("{}\n", session::digest(&found)?))?;
    Ok(Exit::Done)
}

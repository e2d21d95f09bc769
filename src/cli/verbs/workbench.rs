//! `assay [DIR]`

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use crate::{
    cli::{
        args::{Cli, DemoArgs},
        exit::{Exit, UsageError},
        session,
        verbs::demo,
    },
    config::{self, ConfigError, FILE_NAME, closest},
};

/// Opens the workbench on the named project, the nearest one upward, or the demo.
pub fn run(named: Option<&Path>) -> anyhow::Result<Exit> {
    if let Some(dir) = named
        && !dir.exists()
    {
        return Err(no_such_folder(dir).into());
    }
    session::need_terminal()?;
    let dir = match named {
        Some(dir) if dir.join(FILE_NAME).is_file() => dir.to_owned(),
        Some(dir) => {
            let dir = dir.display();
            return Err(UsageError(format!("{dir} has no {FILE_NAME}; `assay init {dir}` makes it a project")).into());
        }
        None => match config::find_project(&std::env::current_dir().context("the current folder cannot be read")?) {
            Ok(dir) => dir,
            Err(ConfigError::NoProject(_)) => return demo::run(&DemoArgs { headless: false, speed: None }),
            Err(error) => return Err(error.into()),
        },
    };
    session::workbench(&config::load(&dir)?, None, false)
}

/// A word that is neither verb nor folder is more likely a slip of the fingers than a folder.
fn no_such_folder(dir: &Path) -> UsageError {
    let word = dir.to_string_lossy();
    let command = Cli::command();
    let verbs = command.get_subcommands().map(clap::Command::get_name);
    match closest(&word, verbs) {
        Some(verb) => UsageError(format!("`{word}` is neither a folder nor a verb; did you mean `assay {verb}`?")),
        None => UsageError(format!(
            "there is no folder {word}; `assay init {word}` makes a project, `assay --help` lists the verbs"
        )),
    }
}

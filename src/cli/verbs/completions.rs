//! `assay completions SHELL`

use clap::CommandFactory;

use crate::cli::{
    args::{Cli, CompletionsArgs},
    exit::Exit,
    print,
};

/// Prints completions.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "assay", &mut text);
    print::out(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}

//! `assay man`

use clap::CommandFactory;

use crate::cli::{args::Cli, exit::Exit, print};

/// Prints the manual page: the program's own, then one section a verb.
pub fn run() -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    let command = Cli::command();
    let verbs: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    clap_mangen::Man::new(command).render(&mut text)?;
    for verb in verbs {
        let name = format!("assay {}", verb.get_name());
        text.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
        let page = clap_mangen::Man::new(verb.bin_name(name));
        page.render_synopsis_section(&mut text)?;
        page.render_description_section(&mut text)?;
        page.render_options_section(&mut text)?;
    }
    print::out(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}

//! The command line: arguments in, an exit status out. Data goes to stdout or the named file, all else to stderr.

pub mod args;
pub mod bench;
mod checks;
mod classifier;
mod drive;
mod exit;
mod find;
mod items;
mod material;
mod print;
mod project;
mod runtime;
mod session;
mod verbs;

use std::process::ExitCode;

use clap::Parser;

use crate::{diag, term};

use self::{
    args::{Cli, Verb},
    exit::{Exit, UsageError},
};

/// Parses the arguments, does what they ask for, and says how it went.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let state = diag::paths::state_dir();
    diag::install_report(state.clone(), term::guard::say);
    if let Err(error) = diag::start_log(&state, cli.verbose) {
        print::say(format!("assay: there is no log this time: {}: {error}", state.display()));
    }
    match dispatch(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error, cli.verbose).into(),
    }
}

fn dispatch(cli: &Cli) -> anyhow::Result<Exit> {
    let project = cli.project.as_deref();
    if let (Some(dir), Some(_)) = (&cli.dir, &cli.verb) {
        let message = format!("write the project after the verb, as --project {}", dir.display());
        return Err(UsageError(message).into());
    }
    if let (Some(Verb::Demo(_)), Some(dir)) = (&cli.verb, project) {
        let message = format!(
            "the demo has a project of its own; `assay init {0} --demo` makes one that stays in {0}",
            dir.display()
        );
        return Err(UsageError(message).into());
    }
    match &cli.verb {
        None => verbs::workbench::run(cli.dir.as_deref().or(project)),
        Some(Verb::Demo(args)) => verbs::demo::run(args),
        Some(Verb::Init(args)) => verbs::init::run(args),
        Some(Verb::Run(args)) => verbs::run::run(project, args),
        Some(Verb::Status(args)) => verbs::status::run(project, args),
        Some(Verb::Report(args)) => verbs::report::run(project, args),
        Some(Verb::Digest) => verbs::digest::run(project),
        Some(Verb::Import(args)) => verbs::import::run(project, args),
        Some(Verb::Export(args)) => verbs::export::run(project, args),
        Some(Verb::Autoif(args)) => verbs::autoif::run(args),
        Some(Verb::Verify(args)) => verbs::verify::run(args),
        Some(Verb::Sandbox(args)) => verbs::sandbox::run(args),
        Some(Verb::Config(args)) => verbs::config::run(project, args),
        Some(Verb::Doctor(args)) if args.bench => verbs::doctor::bench(args),
        Some(Verb::Doctor(_)) => verbs::doctor::run(project),
        Some(Verb::Why(args)) => verbs::why::run(project, args),
        Some(Verb::Gc(args)) => verbs::gc::run(project, args),
        Some(Verb::Completions(args)) => verbs::completions::run(args),
        Some(Verb::Man) => verbs::man::run(),
    }
}

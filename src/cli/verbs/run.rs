//! `assay run`

use std::path::Path;

use crate::{
    cli::{args::RunArgs, exit::Exit, print::progress::Reporter, project, session},
    config::Loaded,
};

/// Runs the stages.
pub fn run(named: Option<&Path>, args: &RunArgs) -> anyhow::Result<Exit> {
    on(&project::find(named)?, args)
}

/// Runs the stages of a project.
pub fn on(found: &Loaded, args: &RunArgs) -> anyhow::Result<Exit> {
    let profile = project::profile(found, args.profile)?;
    project::templates(found)?;
    let reporter = Reporter::new(found.name(), profile.name.to_string(), args.json);
    session::run(found, args, reporter)
}

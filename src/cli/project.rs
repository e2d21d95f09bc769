//! Which project a command is about.

use std::path::Path;

use anyhow::Context;

use crate::{
    config::{self, Loaded},
    diag::log,
    domain::CallKind,
    pipeline::profile::profile_of,
    prompts::Templates,
    rules::{Profile, ProfileName},
};

/// The project of `--project`, else the nearest one upward.
pub fn find(named: Option<&Path>) -> anyhow::Result<Loaded> {
    let dir = match named {
        Some(dir) => dir.to_owned(),
        None => config::find_project(&std::env::current_dir().context("the current folder cannot be read")?)?,
    };
    let found = config::load(&dir)?;
    log::belongs_to(&found.dir);
    Ok(found)
}

/// The profile in force; errors point into `assay.toml`.
pub fn profile(project: &Loaded, instead: Option<ProfileName>) -> anyhow::Result<Profile> {
    Ok(profile_of(&project.config, instead).map_err(|problem| project.blame(problem))?)
}

/// The project's templates.
pub fn templates(project: &Loaded) -> anyhow::Result<Templates> {
    let named: Vec<_> = CallKind::ALL
        .into_iter()
        .filter_map(|call| project.config.calls.get(call).template.clone().map(|name| (call, name)))
        .collect();
    Ok(Templates::load(&project.dir, &named)?)
}

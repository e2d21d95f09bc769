//! `assay status`

use std::path::Path;

use crate::cli::{
    args::StatusArgs,
    exit::Exit,
    print::{self, funnel, status::Status},
    project, session,
};

/// Prints the funnel.
pub fn run(named: Option<&Path>, args: &StatusArgs) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    let profile = project::profile(&found, None)?.name;
    let snapshot = session::look(&found)?;
    if args.json {
        print::json_line(&Status::of(&found.name(), profile.name(), &snapshot))?;
        return Ok(Exit::Done);
    }
    let usage = snapshot.usage;
    let mut text = format!("{}   {profile}\n\n{}", found.name(), funnel::table(&snapshot.funnel, snapshot.datasets));
    text.push_str(&format!(
        "requests {}   tokens {} in, {} out   decisions {}\n",
        snapshot.requests, usage.prompt_tokens, usage.completion_tokens, snapshot.decisions
    ));
    text.push_str(&print::spent(&snapshot));
    print::out(&text)?;
    Ok(Exit::Done)
}

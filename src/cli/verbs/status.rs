//! `assay status`

use std::path::Path;

use crate::{
    cli::{
        args::StatusArgs,
        exit::Exit,
        print::{self, funnel, status::Status},
        project, session,
    },
    domain::Stage,
    term::escape,
};

/// Prints the funnel.
pub fn run(named: Option<&Path>, args: &StatusArgs) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    let profile = project::profile(&found, None)?.name;
    let stored = session::look(&found)?;
    let nothing_yet = if stored.is_none() { Some(session::nothing_yet(&found)?) } else { None };
    let snapshot = stored.unwrap_or_default();
    if args.json {
        if let Some(nothing_yet) = nothing_yet {
            print::say(nothing_yet);
        }
        print::json_line(&Status::of(&found.name(), profile.name(), &snapshot))?;
        return Ok(Exit::Done);
    }
    let usage = snapshot.usage;
    let name = escape::prose(&found.name());
    let mut text = format!("{name}   {profile}\n\n{}", funnel::table(&snapshot.funnel, snapshot.datasets));
    text.push_str(&format!(
        "requests {}   tokens {} in, {} out   decisions {}\n",
        snapshot.requests, usage.prompt_tokens, usage.completion_tokens, snapshot.decisions
    ));
    text.push_str(&print::spent(&snapshot));
    text.push_str(&print::bytes::on_disk(&found.dir));
    if let Some(nothing_yet) = nothing_yet {
        text.push_str(&format!("{}\n", escape::prose(&nothing_yet)));
    } else if snapshot.requests == 0 {
        let seeds = snapshot.funnel.stage(Stage::SelfInstruct).total;
        text.push_str(&format!("nothing has run yet; {seeds} seeds wait for `assay run`\n"));
    }
    print::out(&text)?;
    Ok(Exit::Done)
}

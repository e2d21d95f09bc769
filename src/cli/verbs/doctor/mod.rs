//! `assay doctor`: what could be in the way, each with what to do.

mod classifier;
mod endpoints;

use std::{
    io::{self, IsTerminal},
    path::Path,
};

use crate::{
    cli::{args::DoctorArgs, bench, checks, exit::Exit, print, project},
    config::{ConfigError, Loaded},
    diag,
    term::escape,
};

/// One thing that was looked at.
struct Finding {
    well: bool,
    what: String,
    said: String,
}

impl Finding {
    fn new(what: impl Into<String>, looked: Result<String, String>) -> Self {
        let well = looked.is_ok();
        Self { well, what: escape::prose(&what.into()), said: looked.unwrap_or_else(|trouble| trouble) }
    }
}

/// Looks at everything. Status 1 where something is in the way.
pub fn run(named: Option<&Path>) -> anyhow::Result<Exit> {
    let mut findings = vec![terminal(), folder("log and reports", &diag::paths::state_dir()), sandbox()];
    match project::find(named) {
        Ok(found) => findings.extend(about_project(&found)),
        Err(error) if named.is_none() && is_no_project(&error) => {
            findings.push(Finding::new("project", Ok("none here; `assay init DIR` makes one".to_owned())));
        }
        Err(error) => findings.push(Finding::new("project", Err(format!("{error:#}")))),
    }
    let width = findings.iter().map(|finding| finding.what.chars().count()).max().unwrap_or(0);
    let lines = findings.iter().map(|finding| {
        let mark = if finding.well { "ok " } else { "BAD" };
        format!("{mark}  {:<width$}  {}\n", finding.what, escape::prose(&finding.said))
    });
    print::out(&lines.collect::<String>())?;
    Ok(if findings.iter().all(|finding| finding.well) { Exit::Done } else { Exit::Failed })
}

/// Measures this machine. What is not as it should be is a result, as a busy or slow machine is no defect.
pub fn bench(args: &DoctorArgs) -> anyhow::Result<Exit> {
    let rows = bench::run(|what| print::say(format!("measuring {what}")))?;
    let text = if args.json { serde_json::to_string(&rows)? + "\n" } else { bench::table(&rows) };
    print::out(&text)?;
    Ok(Exit::Done)
}

fn is_no_project(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<ConfigError>(), Some(ConfigError::NoProject(_)))
}

fn terminal() -> Finding {
    let here = io::stdin().is_terminal() && io::stdout().is_terminal();
    let said = if here {
        let term = std::env::var("TERM").unwrap_or_else(|_| "unknown".to_owned());
        format!("there is one ({term})")
    } else {
        "none here: the workbench needs one; `assay run` and `assay status` do not".to_owned()
    };
    Finding::new("terminal", Ok(said))
}

fn folder(what: &str, dir: &Path) -> Finding {
    let writable = std::fs::create_dir_all(dir).and_then(|()| tempfile::tempfile_in(dir));
    let looked = match writable {
        Ok(_) => Ok(dir.display().to_string()),
        Err(error) => {
            Err(format!("{} cannot be written: {error}; set XDG_STATE_HOME to a folder that can", dir.display()))
        }
    };
    Finding::new(what, looked)
}

fn sandbox() -> Finding {
    let prepared = checks::prepared_sandbox(checks::sandbox_options());
    Finding::new("sandbox", prepared.map(|_| "Python runs".to_owned()).map_err(|error| format!("{error:#}")))
}

fn about_project(found: &Loaded) -> Vec<Finding> {
    let templates = project::templates(found).map(|_| "in order".to_owned()).map_err(|error| format!("{error:#}"));
    let rules = project::profile(found, None).map(|profile| profile.name.to_string());
    let mut findings = vec![
        Finding::new("project", Ok(found.path().display().to_string())),
        Finding::new("rules", rules.map_err(|error| format!("{error:#}"))),
        Finding::new("templates", templates),
        folder("project folder", &found.dir),
    ];
    let on_disk = print::bytes::on_disk(&found.dir);
    if !on_disk.is_empty() {
        findings.push(Finding::new("database", Ok(on_disk.trim_end().to_owned())));
    }
    findings.extend(endpoints::probe(found));
    findings.extend(classifier::look(found));
    findings
}

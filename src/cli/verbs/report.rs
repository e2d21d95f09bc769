//! `assay report`

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::{
    analysis::report::{self, Report},
    cli::{exit::Exit, print, project, session},
    pipeline::evidence,
};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Markdown that reads well in a terminal
    Md,
    /// One file that needs nothing else
    Html,
    /// Everything, for programs
    Json,
}

/// `assay report`
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is asked and nothing is run: what a profile would have to find out first is shown as unknown, with its price.

Examples:
  assay report
  assay report -o report.html
  assay report --format json | jq '.comparison.groups'")]
pub struct ReportArgs {
    /// md, html or json; without it, what the file's name ends with, else md
    #[arg(long, value_enum)]
    pub format: Option<ReportFormat>,
    /// The file to write; without it, stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Explain so many differences of each kind (JSON has all)
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub items: usize,
}

/// Writes the report.
pub fn run(named: Option<&Path>, args: &ReportArgs) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    let made = session::reading(&found)?.map(|project| evidence::report(&project, jiff::Timestamp::now().to_string()));
    let Some(made) = made.transpose()? else {
        anyhow::bail!("{}, and there is nothing to report; `assay run` starts the work", session::nothing_yet(&found)?);
    };
    let format = args.format.or_else(|| args.output.as_deref().and_then(by_name)).unwrap_or(ReportFormat::Md);
    let text = text(&made, format, args.items)?;
    match &args.output {
        None => print::out(&text)?,
        Some(file) => {
            write(file, &text)
                .with_context(|| format!("{} cannot be written; name a file in a folder that can", file.display()))?;
            print::say(format!("the report is in {}", file.display()));
        }
    }
    Ok(Exit::Done)
}

fn text(made: &Report, format: ReportFormat, items: usize) -> anyhow::Result<String> {
    Ok(match format {
        ReportFormat::Md => report::markdown(made, items),
        ReportFormat::Html => report::html(made, items),
        ReportFormat::Json => serde_json::to_string_pretty(made)? + "\n",
    })
}

/// The format that a file's name asks for.
fn by_name(file: &Path) -> Option<ReportFormat> {
    match file.extension()?.to_str()? {
        "md" | "markdown" => Some(ReportFormat::Md),
        "html" | "htm" => Some(ReportFormat::Html),
        "json" => Some(ReportFormat::Json),
        _ => None,
    }
}

/// Writes a file beside and puts it in its place, so that it is there whole or not at all.
fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    // As any file that is written: what the process's mask leaves of it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(file)?;
    Ok(())
}

//! `assay export FORMAT FOLDER` and `assay export --check FOLDER`

use std::path::Path;

use crate::{
    cli::{
        args::{ExportArgs, ExportFormat},
        exit::{Exit, UsageError},
        print, project, session,
    },
    dataset::export::{self, MetaData},
    term::escape,
};

/// Writes or checks.
pub fn run(named: Option<&Path>, args: &ExportArgs) -> anyhow::Result<Exit> {
    match (&args.check, args.format, &args.folder) {
        (Some(folder), _, _) => check(folder),
        (None, Some(format), Some(folder)) => write(named, format, folder),
        _ => {
            Err(UsageError("name a format and a folder, like `assay export llamafactory exports/first`".into()).into())
        }
    }
}

fn write(named: Option<&Path>, format: ExportFormat, folder: &Path) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    let profile = project::profile(&found, None)?;
    let (rows, datasets) = session::rows(&found)?;
    let meta = MetaData {
        profile: profile.name.to_string(),
        rules: serde_json::to_value(&profile)?,
        outdated: datasets.outdated,
    };
    let ExportFormat::Llamafactory = format;
    let manifest = export::llamafactory(folder, rows.sft, rows.pairs, &meta)?;
    let counts = manifest.counts;
    print::out(&format!(
        "{}: {} SFT rows, {} pairs by query, {} pairs by instruction\n",
        folder.display(),
        counts.sft,
        counts.pairs_query,
        counts.pairs_instruction
    ))?;
    if counts.outdated > 0 {
        print::say(format!("{} rows were left out as outdated: stale, or decided on before a change", counts.outdated));
    }
    if counts.sft + counts.pairs_query + counts.pairs_instruction == 0 {
        print::say("there are no rows yet: `assay run` makes them, `assay status` shows how far it is");
    }
    Ok(Exit::Done)
}

fn check(folder: &Path) -> anyhow::Result<Exit> {
    let (manifest, differences) = export::check(folder)?;
    if differences.is_empty() {
        print::out(&format!("{}: {} files are as they were written\n", folder.display(), manifest.files.len()))?;
        return Ok(Exit::Done);
    }
    for difference in &differences {
        print::say(escape::literal(&format!("{}: {difference}", folder.display())));
    }
    print::say("assay: the export was changed after it was written; `assay export` writes it anew");
    Ok(Exit::Failed)
}

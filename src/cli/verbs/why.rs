//! `assay why ITEM-OR-ROW`

use std::path::Path;

use jiff::tz::TimeZone;

use crate::{
    cli::{
        args::WhyArgs,
        exit::{Exit, UsageError},
        find::is_prefix,
        print::{self, why},
        project, session,
    },
    domain::ItemId,
    pipeline::{
        Project,
        lineage::{Answer, at_line, lineage, resolve},
        project::author,
    },
    store::Access,
};

/// Prints the lineage of an item or of a row of an export.
pub fn run(named: Option<&Path>, args: &WhyArgs) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    if !found.dir.join("assay.db").exists() {
        anyhow::bail!("{}", session::nothing_yet(&found)?);
    }
    let project = Project::open(&found.dir, Access::Read, args.profile)?;
    let (item, root) = one(&project, &args.what)?;
    let Some(lineage) = lineage(&project, item, root)? else {
        anyhow::bail!("{item} belongs to nothing that could be told of; `assay status` shows what there is");
    };
    if args.json {
        print::json_line(&lineage)?;
    } else {
        let author = author(&project.settings.config);
        let reader = why::Reader { author, zone: TimeZone::system(), dir: found.dir };
        print::out(&why::text(&lineage, &reader))?;
    }
    Ok(Exit::Done)
}

/// The one item that is meant.
fn one(project: &Project, what: &str) -> anyhow::Result<(ItemId, Option<ItemId>)> {
    let answer = match row(what) {
        Some((file, line)) => at_line(project, file, line)?,
        None if is_prefix(what) => resolve(project, what)?,
        None => {
            let message =
                format!("`{what}` is neither an id, like ins:1a2b3c4d, nor a row of a file, like sft.json:12");
            return Err(UsageError(message).into());
        }
    };
    match answer {
        Answer::One(item, root) => Ok((item, root)),
        Answer::None => Err(anyhow::anyhow!("no item is called `{what}`; ids look like ins:1a2b3c4d")),
        Answer::Several(items) => {
            let names: Vec<String> = items.iter().map(|item| format!("  {item}")).collect();
            let message = format!("`{what}` could be any of these; write more of it:\n{}", names.join("\n"));
            Err(UsageError(message).into())
        }
    }
}

/// A file and a line, where that is what is meant: ids have a colon, too.
fn row(what: &str) -> Option<(&Path, usize)> {
    let (file, line) = what.rsplit_once(':')?;
    let line = line.parse().ok()?;
    (!is_prefix(what) || Path::new(file).is_file()).then_some((Path::new(file), line))
}

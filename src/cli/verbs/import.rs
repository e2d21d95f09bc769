//! `assay import seeds|queries|verifiers|responses FILE...`

use std::{fmt::Write, path::Path};

use crate::{
    cli::{
        args::{ImportArgs, ImportKind},
        exit::Exit,
        print, project, session,
    },
    dataset::{
        QueryRow, SeedRow,
        import::{self, Imported},
    },
    pipeline::adopt::Adopted,
    term::escape,
};

/// Reads the files and adds what is new.
pub fn run(named: Option<&Path>, args: &ImportArgs) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    let text = match args.kind {
        ImportKind::Seeds => {
            let read = import::import_seeds(&args.files)?;
            let bodies: Vec<_> = read.rows.iter().map(SeedRow::body).collect();
            let new = session::open(&found, None)?.add_seeds(&bodies)?;
            account("seeds", &read, new)
        }
        ImportKind::Queries => {
            let read = import::import_queries(&args.files)?;
            let bodies: Vec<_> = read.rows.iter().map(QueryRow::body).collect();
            let new = session::open(&found, None)?.add_queries(&bodies)?;
            account("queries", &read, new)
        }
        ImportKind::Verifiers => {
            let rows = import::import_verifiers(&args.files)?;
            adopted("verifiers", session::open(&found, None)?.add_verifiers(&rows)?)
        }
        ImportKind::Responses => {
            let rows = import::import_responses(&args.files)?;
            adopted("responses", session::open(&found, None)?.add_responses(&rows)?)
        }
    };
    print::out(&text)?;
    Ok(Exit::Done)
}

/// What became of rows that were made elsewhere.
fn adopted(what: &str, adopted: Adopted) -> String {
    let Adopted { read, new, known, cases, instructions, queries } = adopted;
    let mut text = format!("{what}: {read} read, {new} new, {known} there already");
    for (count, one, many) in [
        (cases, "new case", "new cases"),
        (instructions, "new instruction", "new instructions"),
        (queries, "new query", "new queries"),
    ] {
        if count > 0 {
            let _infallible = write!(text, ", {count} {}", if count == 1 { one } else { many });
        }
    }
    text.push('\n');
    text
}

/// What became of the rows.
fn account<R>(what: &str, read: &Imported<R>, new: usize) -> String {
    for remark in &read.remarks {
        print::say(escape::prose(remark));
    }
    let known = read.rows.len().saturating_sub(new);
    let mut text = format!("{what}: {} read, {new} new, {known} there already", read.read);
    let skipped: u64 = read.skipped.values().sum();
    if skipped > 0 {
        let reasons: Vec<String> = read.skipped.iter().map(|(reason, n)| format!("{reason} {n}")).collect();
        let _infallible = write!(text, ", {skipped} skipped ({})", reasons.join(", "));
    }
    text.push('\n');
    text
}

//! `assay gc`

use std::path::Path;

use crate::{
    cli::{
        args::GcArgs,
        exit::Exit,
        print::{self, bytes::bytes},
        project, session,
    },
    pipeline::{Project, index, settings::Settings},
    store::{
        Access, DiskUse, Lease, Part, Sizes,
        gc::{self, Found, InUse, Sweep, Swept, Waste},
    },
};

/// From how many bytes on it is said that it takes a while.
const LONG: u64 = 200_000_000;

/// Gives room back, or says what would go.
pub fn run(named: Option<&Path>, args: &GcArgs) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    if !found.dir.join("assay.db").exists() {
        print::say(session::nothing_yet(&found)?);
        return Ok(Exit::Done);
    }
    let sweep = Sweep {
        older_takes: args.older_takes,
        other_outcomes: args.other_outcomes,
        backups: args.backups,
        full: args.full,
    };
    if args.dry_run {
        let project = Project::open(&found.dir, Access::Read, None)?;
        let waste = project.store.waste(&sweep, &in_use(&project.settings))?;
        print::out(&told(&project.store.sizes()?, None, &waste))?;
        return Ok(Exit::Done);
    }
    // Held to the end: no engine starts on what is being removed.
    let _lease = Lease::acquire(&found.dir)?;
    if DiskUse::of(&found.dir).total() > LONG {
        print::say("looking at every page, and writing the file anew if that gives room back; this takes a while");
    }
    // Opened once for what opening brings (an older format, a crash), and closed again.
    let settings = session::open(&found, None)?.settings;
    let Swept { before, after, found: waste } = &gc::sweep(&found.dir, &sweep, &in_use(&settings))?;
    print::out(&told(before, Some(after), waste))?;
    print::out(&format!("\ngiven back: {}\n", bytes(before.total().saturating_sub(after.total()))))?;
    Ok(Exit::Done)
}

/// What tells current from stale under these settings.
fn in_use(settings: &Settings) -> InUse {
    let key = index::key(settings);
    InUse {
        config: settings.outcomes,
        entry: Box::new(move |data| index::Entry::is_of(key, data)),
        marks: index::MARKS,
    }
}

/// The table of sizes, what goes, and what stays though it could go.
fn told(before: &Sizes, after: Option<&Sizes>, waste: &[Found]) -> String {
    let mut text = format!("{:<26}{:>12}", "", if after.is_some() { "before" } else { "size" });
    text.push_str(&after.map_or_else(String::new, |_| format!("{:>12}", "after")));
    let mut line = |name: &str, bytes_of: &dyn Fn(&Sizes) -> u64| {
        text.push_str(&format!("\n{name:<26}{:>12}", bytes(bytes_of(before))));
        text.push_str(&after.map_or_else(String::new, |after| format!("{:>12}", bytes(bytes_of(after)))));
    };
    for part in Part::ALL.into_iter().filter(|part| before.of(*part) > 0) {
        line(part.name(), &|sizes| sizes.of(part));
    }
    line("all", &Sizes::total);
    text.push('\n');
    let (goes, stays): (Vec<&Found>, Vec<&Found>) = waste.iter().partition(|found| found.goes);
    for (found, word) in goes.iter().map(|found| (found, if after.is_some() { "went" } else { "goes" })) {
        text.push_str(&format!("\n{word}: {}", named(found)));
    }
    for found in stays {
        text.push_str(&format!("\nstays: {}; {}", named(found), flag(found.what)));
    }
    text.push('\n');
    text
}

fn named(found: &Found) -> String {
    let what = match found.what {
        Waste::Entries => "index entries made under other settings",
        Waste::Prompts => "prompts of which no answer is left",
        Waste::Drafts => "drafts left by a killed process",
        Waste::OlderTakes => "raw answers that nothing current was read from",
        Waste::OtherOutcomes => "outcomes of another guest or other limits",
        Waste::Backups => "copies of older formats",
    };
    format!("{} {what}, {}", found.count, bytes(found.bytes))
}

const fn flag(what: Waste) -> &'static str {
    match what {
        Waste::OlderTakes => "--older-takes drops their texts",
        Waste::OtherOutcomes => "--other-outcomes drops them",
        Waste::Backups => "--backups drops them",
        Waste::Entries | Waste::Prompts | Waste::Drafts => "",
    }
}

//! `assay config check|keys`

use std::{fmt::Write, path::Path};

use crate::{
    app,
    cli::{
        args::{ConfigArgs, ConfigVerb},
        exit::Exit,
        print, project, session,
    },
    config::keys::KEYS,
    domain::CallKind,
    pipeline::profile::table_of,
    rules::{Profile, ProfileName},
    term::escape,
    workbench::{Keymap, keymap},
};

/// Checks or lists.
pub fn run(named: Option<&Path>, args: &ConfigArgs) -> anyhow::Result<Exit> {
    match args.verb {
        ConfigVerb::Check => check(named),
        ConfigVerb::Keys => keys(),
    }
}

fn check(named: Option<&Path>) -> anyhow::Result<Exit> {
    let found = project::find(named)?;
    let profile = project::profile(&found, None)?;
    project::templates(&found)?;
    let mut text = format!("{} is in order: profile {}\n", found.path().display(), profile.name);
    for call in CallKind::ALL {
        let endpoint = found.config.endpoint_of(call).map_or("(none)", |(name, _)| name);
        let model = found.config.model_of(call).unwrap_or("(the tape's)");
        writeln!(text, "  {:<15} {} at {}", call.name(), escape::prose(model), escape::prose(endpoint))?;
    }
    let keys = session::keys_file();
    let (_, wrong) = app::keymap(keys.as_deref())?;
    if !wrong.is_empty() {
        let n = wrong.len();
        anyhow::bail!(
            "the workbench's keys are not in order ({n} to mend; until then the built-in ones are used)\n{}",
            wrong.join("\n")
        );
    }
    if let Some(path) = keys.filter(|path| path.is_file()) {
        writeln!(text, "{} is in order", path.display())?;
    }
    print::out(&text)?;
    Ok(Exit::Done)
}

fn keys() -> anyhow::Result<Exit> {
    let mut text = String::new();
    for key in KEYS.iter().filter(|key| key.name != "rules.*") {
        writeln!(text, "{:<34} {:<26} {}", key.name, key.value, key.about)?;
    }
    let columns = ProfileName::ALL.map(|name| table_of(&Profile::named(name)).unwrap_or_default());
    writeln!(text, "\n{:<34} paper | released | recommended", "The rules by profile")?;
    for (rule, _) in &columns[2] {
        let values = columns.each_ref().map(|values| values.get(rule).map(ToString::to_string).unwrap_or_default());
        writeln!(text, "{:<34} {}", format!("rules.{rule}"), values.join(" | "))?;
    }
    match session::keys_file() {
        Some(path) => {
            let there = if path.is_file() { "" } else { " (not there yet)" };
            writeln!(
                text,
                "\nThe workbench's keys are changed in {}{there}. All of them, as lines of that file:",
                path.display()
            )?;
        }
        None => writeln!(text, "\nThe workbench's keys, which could be changed if there were a home folder:")?,
    }
    text.push_str(&keymap::example(&Keymap::builtin()?));
    print::out(&text)?;
    Ok(Exit::Done)
}

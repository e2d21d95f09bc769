//! Reading the table that comes with the program.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Action, Binding, Context, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    run: Action,
    on: Vec<String>,
    hint: Option<String>,
    desc: String,
}

/// The rows of a table, by context in their order.
pub(super) fn rows(text: &str) -> Result<Vec<(Context, Vec<Binding>)>, Problem> {
    let wrong = |text: String| Problem { place: None, text };
    let mut raw: BTreeMap<String, Vec<Raw>> =
        toml::from_str(text).map_err(|error| wrong(format!("the key table cannot be read: {error}")))?;
    let mut rows = Vec::new();
    for context in Context::ALL {
        let group = raw.remove(context.name()).unwrap_or_default();
        let group = group.into_iter().map(binding).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        rows.push((context, group));
    }
    match raw.keys().next() {
        Some(name) => Err(wrong(format!("[{name}] is no place where keys are pressed"))),
        None => Ok(rows),
    }
}

fn binding(raw: Raw) -> Result<Binding, String> {
    let keys = raw.on.iter().map(|key| key.parse()).collect::<Result<_, _>>();
    let keys = keys.map_err(|error: crate::workbench::chord::BadChord| error.to_string())?;
    Ok(Binding { action: raw.run, keys, hint: raw.hint, desc: raw.desc, place: None })
}

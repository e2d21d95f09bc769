//! Items as people name them.

use anyhow::Result;

use crate::{
    domain::{ItemId, Kind},
    pipeline::Project,
};

use super::exit::UsageError;

/// The instruction that an id, or a prefix of one, belongs to.
pub fn find_root(project: &Project, text: &str) -> Result<ItemId> {
    if !is_prefix(text) {
        return Err(UsageError(format!("`{text}` is no id; ids look like ins:1a2b3c4d")).into());
    }
    let found = project.store.find_prefix(text)?;
    let item = match found.as_slice() {
        [item] => *item,
        [] => return Err(UsageError(format!("no item is called `{text}`; ids look like ins:1a2b3c4d")).into()),
        several => {
            let names: Vec<String> = several.iter().take(4).map(ToString::to_string).collect();
            let message =
                format!("`{text}` could be {} items, such as {}; write more of it", several.len(), names.join(", "));
            return Err(UsageError(message).into());
        }
    };
    let root = project.store.root_of(item)?;
    Ok(root.ok_or_else(|| UsageError(format!("`{text}` belongs to no single instruction")))?)
}

/// Whether a text is an id, or can be the beginning of one.
pub fn is_prefix(text: &str) -> bool {
    text.split_once(':').is_some_and(|(kind, digits)| {
        let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        Kind::from_prefix(kind).is_some() && (1..=32).contains(&digits.len()) && hexadecimal
    })
}

//! The table as text: for the docs, and as a file to begin one's own with.

use std::fmt::Write;

use super::{Context, Keymap};

/// The table in Markdown. `docs/keys.md` is this, and a test holds that it is.
pub fn table(keymap: &Keymap) -> String {
    let mut out = String::from(
        "# Keys of the workbench\n\nMade from `assets/keys.toml`, which also feeds the footer, the help (`?`) and the \
         palette (`:`). Keys are remapped in a file of one's own; `assay config keys` says where, and lists every name. \
         A line there gives an action other keys in one place:\n\n```toml\n[review]\naccept = [\"a\", \"+\"]\n\n[global]\n\
         pause = []          # no key; the palette still does it\n```\n",
    );
    for context in Context::ALL {
        let rows = keymap.bindings(context);
        if rows.is_empty() {
            continue;
        }
        push(
            &mut out,
            format_args!(
                "\n## {} (`[{}]`)\n\n| keys | action | does |\n|---|---|---|\n",
                context.title(),
                context.name()
            ),
        );
        for row in rows {
            let keys: Vec<String> = row.keys.iter().map(|keys| format!("`{keys}`").replace('|', "\\|")).collect();
            push(&mut out, format_args!("| {} | `{}` | {} |\n", keys.join(" "), row.action.name(), row.desc));
        }
    }
    out
}

/// The table as a user's file, every line a comment: what is uncommented can be changed.
pub fn example(keymap: &Keymap) -> String {
    let mut out = String::new();
    for context in Context::ALL {
        let rows = keymap.bindings(context);
        if rows.is_empty() {
            continue;
        }
        push(&mut out, format_args!("\n# {}\n[{}]\n", context.title(), context.name()));
        for row in rows {
            let keys: Vec<String> = row.keys.iter().map(|keys| format!("{:?}", keys.to_string())).collect();
            let line = format!("# {} = [{}]", row.action.name(), keys.join(", "));
            push(&mut out, format_args!("{line:<44} # {}\n", row.desc));
        }
    }
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    if out.write_fmt(text).is_err() {
        tracing::debug!("a text could not be written to");
    }
}

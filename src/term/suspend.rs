//! Handing the terminal to another program: a stop from the keyboard, and the user's editor.

use std::{io, path::Path};

use tokio::process::Command;

/// Stops the whole foreground job, as ctrl-z does outside raw mode; returns once it is continued. The signal goes to
/// the process group, so that a parent such as `cargo run` stops too and the shell gets the terminal.
///
/// # Errors
/// Where no shell can be run.
pub async fn stop() -> io::Result<()> {
    Command::new("sh").args(["-c", "kill -s TSTP 0"]).status().await.map(|_| ())
}

/// The user's editor: `VISUAL`, else `EDITOR`, else `vi`. May hold arguments.
pub fn editor(var: impl Fn(&str) -> Option<String>) -> String {
    ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(var)
        .find(|value| !value.trim().is_empty())
        .unwrap_or_else(|| "vi".to_owned())
}

/// Runs the editor on a file and waits for it.
///
/// # Errors
/// Where it cannot be started, or ends with a failure; says which editor and how to choose another.
pub async fn edit(editor: &str, path: &Path) -> io::Result<()> {
    // Through the shell, because the variables may hold arguments and quotes; the path is an argument, never code.
    let status = Command::new("sh").args(["-c", &format!("{editor} \"$1\""), "sh"]).arg(path).status().await?;
    if status.success() {
        return Ok(());
    }
    // What the shell says of a command that it cannot run, or cannot find.
    let advice = match status.code() {
        Some(126 | 127) => "; set VISUAL or EDITOR to an editor that is there",
        _ => "",
    };
    let ended = status.code().map_or_else(|| status.to_string(), |code| format!("status {code}"));
    Err(io::Error::other(format!("the editor `{editor}` ended with {ended}{advice}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visual_before_editor_before_vi() {
        let pick = |vars: &'static [(&str, &str)]| {
            editor(move |name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(pick(&[("VISUAL", "code -w"), ("EDITOR", "nano")]), "code -w");
        assert_eq!(pick(&[("VISUAL", " "), ("EDITOR", "nano")]), "nano");
        assert_eq!(pick(&[]), "vi");
    }
}

//! Handing the terminal to another program: a stop from the keyboard, and the user's editor.

use std::{io, path::Path};

use tokio::process::Command;

/// Stops the whole foreground job, as ctrl-z does outside raw mode; returns once it is continued. The signal goes to
/// the process group, so that a parent such as `cargo run` stops too and the shell gets the terminal. Where there are
/// no such signals it returns at once.
///
/// # Errors
/// Where no shell can be run.
pub async fn stop() -> io::Result<()> {
    if cfg!(unix) { Command::new("sh").args(["-c", "kill -s TSTP 0"]).status().await.map(|_| ()) } else { Ok(()) }
}

/// The editor where none is named.
const USUAL: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// The user's editor: `VISUAL`, else `EDITOR`, else the system's usual one. May hold arguments.
pub fn editor(var: impl Fn(&str) -> Option<String>) -> String {
    ["VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(var)
        .find(|value| !value.trim().is_empty())
        .unwrap_or_else(|| USUAL.to_owned())
}

/// Runs the editor on a file and waits for it.
///
/// # Errors
/// Where it cannot be started, or ends with a failure; says which editor and how to choose another.
pub async fn edit(editor: &str, path: &Path) -> io::Result<()> {
    let status = command(editor).arg(path).status().await?;
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

/// Through the shell, because the variables may hold arguments and quotes; the path is an argument, never code. Without
/// a shell the words are what stands between blanks.
fn command(editor: &str) -> Command {
    let mut command;
    if cfg!(unix) {
        command = Command::new("sh");
        command.args(["-c", &format!("{editor} \"$1\""), "sh"]);
    } else {
        let mut words = editor.split_whitespace();
        command = Command::new(words.next().unwrap_or(USUAL));
        command.args(words);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visual_before_editor_before_the_usual_one() {
        let pick = |vars: &'static [(&str, &str)]| {
            editor(move |name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(pick(&[("VISUAL", "code -w"), ("EDITOR", "nano")]), "code -w");
        assert_eq!(pick(&[("VISUAL", " "), ("EDITOR", "nano")]), "nano");
        assert_eq!(pick(&[]), USUAL);
    }
}

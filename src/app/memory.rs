//! The interface's state between two starts.

use std::{fs, io, path::Path};

use crate::workbench::{State, saved::Saved};

/// Puts the workbench where it was. A missing file is a first start; an unreadable one is told and left alone.
pub(super) fn recall(path: Option<&Path>, state: &mut State) {
    let Some(path) = path else { return };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => {
            state.warn(format!("{} cannot be read ({error}); starting on the first screen", path.display()));
            return;
        }
    };
    match serde_json::from_str::<Saved>(&text) {
        Ok(saved) => saved.restore(state),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the interface's state cannot be read; starting fresh");
        }
    }
}

/// Remembers where the workbench is. Losing this is an annoyance, not a loss: failures are logged.
pub(super) fn keep(path: Option<&Path>, state: &State) {
    let Some(path) = path else { return };
    if let Err(error) = write(path, &Saved::of(state)) {
        tracing::warn!(path = %path.display(), %error, "the interface's state cannot be written");
    }
}

fn write(path: &Path, saved: &Saved) -> io::Result<()> {
    let text = serde_json::to_string_pretty(saved)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    fs::write(&beside, text)?;
    fs::rename(beside, path)
}

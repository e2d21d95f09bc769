//! Where the program keeps what is no part of a project.

use std::path::PathBuf;

use etcetera::{BaseStrategy, choose_base_strategy};

/// The name of our folders.
const NAME: &str = "assay";

/// The state folder: logs and panic reports. `$XDG_STATE_HOME/assay`, else `~/.local/state/assay`; a folder for
/// temporary files where there is no home.
pub fn state_dir() -> PathBuf {
    let base = choose_base_strategy().ok();
    base.and_then(|base| base.state_dir().or_else(|| Some(base.data_dir())))
        .map_or_else(|| std::env::temp_dir().join("assay-state"), |dir| dir.join(NAME))
}

/// The folder of the user's own settings. `$XDG_CONFIG_HOME/assay`, else `~/.config/assay`; nothing where there is no
/// home.
pub fn config_dir() -> Option<PathBuf> {
    choose_base_strategy().ok().map(|base| base.config_dir().join(NAME))
}

/// The cache folder: the compiled sandbox. `$XDG_CACHE_HOME/assay`, else `~/.cache/assay`; a folder for temporary
/// files where there is no home.
pub fn cache_dir() -> PathBuf {
    let base = choose_base_strategy().ok();
    base.map_or_else(|| std::env::temp_dir().join("assay-cache"), |base| base.cache_dir().join(NAME))
}

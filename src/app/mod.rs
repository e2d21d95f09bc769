//! The workbench on a terminal: one loop that owns the screen, and the effects it executes.

mod drafts;
mod effects;
mod host;
mod keys;
mod keys_file;
mod looping;
mod memory;
mod whatif;

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;

use crate::{
    pipeline::handle::Handle,
    term::{ColourLevel, background, guard, signals::Signals},
    ui::{Glyphs, Theme, Ui},
    workbench::State,
};

pub use keys_file::keymap;

use host::Screen;
use looping::Loop;

/// What the workbench is told at its start.
#[derive(Clone, Debug, Default)]
pub struct AppOptions {
    /// The project's name, for the header.
    pub project_name: String,
    /// The profile's name, for the header.
    pub profile: String,
    /// A sentence under the header: that this is the demo, and how to start one's own.
    pub banner: Option<String>,
    /// Where screen, selection and filters are remembered; nowhere where there is none.
    pub state_file: Option<PathBuf>,
    /// The user's own keys; none where there is no such file.
    pub keys_file: Option<PathBuf>,
}

/// How the workbench ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The user quit.
    Quit,
    /// A signal ended it: its number. The terminal is restored.
    Signal(i32),
    /// The terminal is gone.
    Lost,
}

/// Runs the workbench until the user quits. Call it on the main thread (`block_on`): a panic there restores the
/// terminal before it is reported.
///
/// # Errors
/// [`guard::NoTerminal`] where there is no terminal (exit status 2); else where the terminal cannot be used.
pub async fn run(handle: Handle, options: AppOptions) -> anyhow::Result<Exit> {
    guard::check()?;
    let var = |name: &str| std::env::var(name).ok();
    let level = ColourLevel::detect(var);
    let choice = var("ASSAY_THEME");
    // Asked before anything else reads the terminal's answers; it may take a few round trips.
    let ground = tokio::task::spawn_blocking(move || background::detect(choice.as_deref())).await?;
    let theme = Theme::builtin(ground, level).context("reading the built-in theme")?;
    let ui = Ui::new(theme, Glyphs::detect(var));
    let mut state = state(&options)?;
    memory::recall(options.state_file.as_deref(), &mut state);
    let signals = Signals::listen().context("listening to signals")?;
    let screen = Screen::enter().context("taking the terminal")?;
    let mut looping = Loop::new(screen, ui, state, handle, Some(signals), options.state_file.clone());
    let exit = looping.run().await;
    let state = looping.end().await;
    memory::keep(options.state_file.as_deref(), &state);
    exit
}

fn state(options: &AppOptions) -> anyhow::Result<State> {
    let (keymap, wrong) = keymap(options.keys_file.as_deref())?;
    let mut state = State::new(options.project_name.clone(), options.profile.clone(), Arc::new(keymap));
    state.banner.clone_from(&options.banner);
    if let Some(first) = wrong.first() {
        let more = if wrong.len() > 1 { format!(" ({} problems in all)", wrong.len()) } else { String::new() };
        state.warn(format!("{first}{more}. The built-in keys are used; `assay config check` tells everything"));
    }
    Ok(state)
}

#[cfg(test)]
#[allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a measurement, run by hand")]
mod measure;
#[cfg(test)]
mod tests;

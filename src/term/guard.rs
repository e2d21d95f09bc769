//! Entering and leaving the terminal. Whatever ends the program, the terminal is given back as it was found.

use std::{
    io::{self, IsTerminal, Write},
    panic,
    sync::{
        Mutex, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
};

use crossterm::{
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};

use super::escape;

/// Whether the screen is ours now.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// The thread that draws; a panic elsewhere does not take the screen from it.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);
/// What was to be said while the screen was ours; printed once it is given back.
static REPORTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

/// There is no terminal to draw on.
#[derive(Debug, thiserror::Error)]
#[error("the workbench needs a terminal, and {0} is not one; use `assay run` or `assay demo --headless` instead")]
pub struct NoTerminal(pub &'static str);

/// Whether both ends are a terminal.
///
/// # Errors
/// Names the end that is not.
pub fn check() -> Result<(), NoTerminal> {
    if !io::stdin().is_terminal() {
        return Err(NoTerminal("standard input"));
    }
    if !io::stdout().is_terminal() {
        return Err(NoTerminal("standard output"));
    }
    Ok(())
}

/// Holds the terminal in raw mode on its alternate screen; dropping it gives the terminal back.
#[derive(Debug)]
pub struct TerminalGuard(());

impl TerminalGuard {
    /// Takes the terminal for this thread.
    ///
    /// # Errors
    /// Where the terminal refuses.
    pub fn enter() -> io::Result<Self> {
        install_hook();
        *OWNER.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread::current().id());
        let guard = Self(());
        guard.resume()?;
        Ok(guard)
    }

    /// Gives the terminal back for a while ($EDITOR, ctrl-z).
    ///
    /// # Errors
    /// Where the terminal refuses.
    pub fn suspend(&self) -> io::Result<()> {
        restore()
    }

    /// Takes it again.
    ///
    /// # Errors
    /// Where the terminal refuses.
    pub fn resume(&self) -> io::Result<()> {
        enable_raw_mode()?;
        ENTERED.store(true, Ordering::SeqCst);
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        if let Err(error) = restore() {
            tracing::warn!(%error, "the terminal could not be given back");
        }
        let reports = std::mem::take(&mut *REPORTS.lock().unwrap_or_else(PoisonError::into_inner));
        reports.iter().for_each(|report| say(report));
    }
}

/// Says something on stderr, with what is unsafe on a screen made visible: at once, or when the screen is given back.
pub fn say(text: &str) {
    if ENTERED.load(Ordering::SeqCst) {
        REPORTS.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        return;
    }
    // A terminal that is gone shows nothing, which is no reason to panic.
    if writeln!(io::stderr().lock(), "{}", escape::block(text).join("\n")).is_err() {
        tracing::error!("{text}");
    }
}

/// Gives the terminal back, once; every step is tried even where one fails.
fn restore() -> io::Result<()> {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let mut out = io::stdout();
    let screen = execute!(out, EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let raw = disable_raw_mode();
    out.flush()?;
    screen.and(raw)
}

/// Chained before the panic hook that is there, which is to tell by [`say`]: where the thread that draws panics, the
/// terminal is given back first; a panic elsewhere is told when it is.
fn install_hook() {
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let owner = *OWNER.lock().unwrap_or_else(PoisonError::into_inner);
            if owner == Some(thread::current().id()) && restore().is_err() {
                tracing::warn!("the terminal could not be given back");
            }
            before(info);
        }));
    });
}

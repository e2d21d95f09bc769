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

/// Whether the screen is ours now.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// The thread that draws; a panic elsewhere does not take the screen from it.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);
/// What panicked on other threads meanwhile; printed once the screen is given back.
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
        for report in REPORTS.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A terminal that is gone shows nothing, which is no reason to panic.
            if writeln!(io::stderr(), "{report}").is_err() {
                tracing::error!("{report}");
            }
        }
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

/// Chained before the panic hook that is there: the report must be readable.
fn install_hook() {
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let owner = *OWNER.lock().unwrap_or_else(PoisonError::into_inner);
            if ENTERED.load(Ordering::SeqCst) && owner != Some(thread::current().id()) {
                REPORTS.lock().unwrap_or_else(PoisonError::into_inner).push(info.to_string());
                return;
            }
            if restore().is_err() {
                tracing::warn!("the terminal could not be given back");
            }
            before(info);
        }));
    });
}

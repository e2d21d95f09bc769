//! The terminal as the loop sees it; tests bring another.

use std::{
    io::{self, Stdout, Write as _},
    mem::ManuallyDrop,
    path::Path,
};

use crossterm::{
    event::Event,
    execute,
    terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate},
};
use ratatui::{Terminal, backend::CrosstermBackend};

use super::keys::Keys;
use crate::{
    term::{TerminalGuard, clipboard, suspend},
    ui::Ui,
    workbench::State,
};

/// A terminal.
pub(super) trait Host {
    /// Columns and rows.
    fn size(&self) -> io::Result<(u16, u16)>;
    /// Shows the state.
    fn draw(&mut self, ui: &Ui, state: &State) -> io::Result<()>;
    /// The next event; nothing once the terminal is gone. Safe to drop and call again.
    async fn event(&mut self) -> Option<io::Result<Event>>;
    /// An event that is already there.
    fn event_now(&mut self) -> Option<io::Result<Event>>;
    /// Lends the terminal to the user's editor.
    async fn edit(&mut self, path: &Path) -> io::Result<()>;
    /// Gives the terminal back to the shell until the program is continued.
    async fn stop(&mut self) -> io::Result<()>;
    /// Takes the terminal again after something else used it.
    fn retake(&mut self) -> io::Result<()>;
    /// Hands a text to the clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
}

/// The real one.
pub(super) struct Screen {
    /// Never dropped: that would print to a terminal that may be gone. The guard shows the cursor again.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
    /// Dropped while the editor runs, so that it does not take the editor's keys.
    events: Option<Keys>,
    guard: TerminalGuard,
}

impl Screen {
    pub(super) fn enter() -> io::Result<Self> {
        let guard = TerminalGuard::enter()?;
        let terminal = ManuallyDrop::new(Terminal::new(CrosstermBackend::new(io::stdout()))?);
        Ok(Self { terminal, events: Some(Keys::read()?), guard })
    }

    fn lend(&mut self) -> io::Result<()> {
        self.events = None;
        self.guard.suspend()
    }
}

impl Host for Screen {
    fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    fn draw(&mut self, ui: &Ui, state: &State) -> io::Result<()> {
        execute!(io::stdout(), BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(|frame| ui.draw(state, frame)).map(|_| ());
        execute!(io::stdout(), EndSynchronizedUpdate)?;
        drawn
    }

    async fn event(&mut self) -> Option<io::Result<Event>> {
        match &mut self.events {
            Some(events) => events.next().await,
            None => None,
        }
    }

    fn event_now(&mut self) -> Option<io::Result<Event>> {
        self.events.as_mut()?.now()
    }

    async fn edit(&mut self, path: &Path) -> io::Result<()> {
        self.lend()?;
        let editor = suspend::editor(|name| std::env::var(name).ok());
        // An editor with a window of its own, or a slow one, leaves this to be looked at meanwhile.
        let mut out = io::stdout();
        writeln!(out, "assay: `{editor}` is open on {}; close it to come back", path.display())?;
        out.flush()?;
        let edited = suspend::edit(&editor, path).await;
        self.retake()?;
        edited
    }

    async fn stop(&mut self) -> io::Result<()> {
        self.lend()?;
        let stopped = suspend::stop().await;
        self.retake()?;
        stopped
    }

    fn retake(&mut self) -> io::Result<()> {
        self.guard.resume()?;
        // A new one draws everything. `Terminal::clear` would do so too, but asks the terminal for its cursor first,
        // and the answer may be taken by whoever reads events.
        execute!(io::stdout(), Clear(ClearType::All))?;
        self.terminal = ManuallyDrop::new(Terminal::new(CrosstermBackend::new(io::stdout()))?);
        if self.events.is_none() {
            self.events = Some(Keys::read()?);
        }
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        clipboard::copy(&mut io::stdout(), text)
    }
}

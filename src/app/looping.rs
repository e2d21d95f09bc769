//! The one loop: wait, take everything that is there (for at most 4 ms), update, draw once.

use std::{
    future, io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use crossterm::event::Event;
use tokio::sync::{broadcast, mpsc, watch};

use crate::{
    pipeline::{
        handle::{Handle, Note},
        snapshot::Snapshot,
    },
    term::signals::{Asked, Signals},
    ui::Ui,
    workbench::{Effect, Message, State, saved::Saved, update},
};

use super::{Exit, effects::Errands, host::Host, memory};

/// Between two draws that no key asked for.
const FRAME: Duration = Duration::from_millis(33);
/// How long messages are taken before the screen is drawn.
const DRAIN: Duration = Duration::from_millis(4);

/// How often it is kept where the user is, at most.
const REMEMBER: Duration = Duration::from_secs(1);

/// What woke the loop.
enum Wake {
    Event(Option<io::Result<Event>>),
    Signal(Asked),
    Message(Message),
    /// It is time to draw, or for a tick.
    Time,
}

/// The loop and all it owns.
pub(super) struct Loop<H> {
    pub(super) host: H,
    ui: Ui,
    pub(super) state: State,
    errands: Errands,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    /// Whether the engine's side of the snapshots is gone: waiting for more would spin.
    silent: bool,
    notes: broadcast::Receiver<Note>,
    inbox: mpsc::UnboundedReceiver<Message>,
    signals: Option<Signals>,
    started: Instant,
    drawn: Instant,
    ticked: Instant,
    state_file: Option<PathBuf>,
    saved: Saved,
    saved_at: Instant,
    exit: Option<Exit>,
}

impl<H: Host> Loop<H> {
    pub(super) fn new(
        host: H,
        ui: Ui,
        state: State,
        handle: Handle,
        signals: Option<Signals>,
        state_file: Option<PathBuf>,
    ) -> Self {
        let (outbox, inbox) = mpsc::unbounded_channel();
        let mut snapshots = handle.snapshots();
        snapshots.mark_changed();
        let notes = handle.notes();
        let now = Instant::now();
        let drafts = state_file.as_deref().map(|file| file.with_file_name("drafts"));
        let errands = Errands::new(handle, outbox, drafts);
        let saved = Saved::of(&state);
        let (silent, exit) = (false, None);
        Self {
            host,
            ui,
            state,
            errands,
            snapshots,
            silent,
            notes,
            inbox,
            signals,
            started: now,
            drawn: now,
            ticked: now,
            state_file,
            saved,
            saved_at: now,
            exit,
        }
    }

    /// Runs until something ends it.
    pub(super) async fn run(&mut self) -> anyhow::Result<Exit> {
        self.state.size = self.host.size().context("asking the terminal for its size")?;
        self.draw()?;
        loop {
            let wake = self.wait().await;
            self.state.now = self.started.elapsed();
            let mut urgent = self.take(wake).await?;
            urgent |= self.drain().await?;
            if let Some(exit) = self.exit {
                return Ok(exit);
            }
            self.tick();
            if self.state.dirty && (urgent || self.drawn.elapsed() >= FRAME) {
                self.draw()?;
            }
            self.remember();
        }
    }

    /// Keeps where the user is, so that even a killed workbench comes back there.
    fn remember(&mut self) {
        if self.saved_at.elapsed() < REMEMBER || !self.is_elsewhere() {
            return;
        }
        (self.saved, self.saved_at) = (Saved::of(&self.state), Instant::now());
        memory::keep(self.state_file.as_deref(), &self.state);
    }

    /// Whether the user is elsewhere than was kept.
    fn is_elsewhere(&self) -> bool {
        self.state_file.is_some() && Saved::of(&self.state) != self.saved
    }

    /// Waits until all commands that were sent are durable; gives the state back.
    pub(super) async fn end(self) -> State {
        // The terminal is given back first: what is still to be written needs no screen.
        drop(self.host);
        self.errands.finish().await;
        self.state
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        self.state.dirty = false;
        self.host.draw(&self.ui, &self.state).context("drawing on the terminal")?;
        self.drawn = Instant::now();
        Ok(())
    }

    /// When the loop wakes by itself, if it does.
    fn deadline(&self) -> Option<Instant> {
        let draw = self.state.dirty.then(|| self.drawn + FRAME);
        let tick = self.state.tick().map(|every| self.ticked + every);
        let remember = self.is_elsewhere().then(|| self.saved_at + REMEMBER);
        draw.into_iter().chain(tick).chain(remember).min()
    }

    fn tick(&mut self) {
        if self.state.tick().is_some_and(|every| self.ticked.elapsed() >= every) {
            self.ticked = Instant::now();
            let now = self.state.now;
            // A tick asks for nothing that would have to be executed.
            let effects = update(&mut self.state, Message::Tick(now));
            self.errands.all(effects);
        }
    }

    async fn wait(&mut self) -> Wake {
        let deadline = self.deadline();
        let time = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => future::pending().await,
            }
        };
        let signal = async {
            match &mut self.signals {
                Some(signals) => signals.next().await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            biased;
            event = self.host.event() => Wake::Event(event),
            asked = signal => Wake::Signal(asked),
            Some(message) = self.inbox.recv() => Wake::Message(message),
            changed = self.snapshots.changed(), if !self.silent => {
                self.silent = changed.is_err();
                Wake::Message(Message::Snapshot(Arc::clone(&self.snapshots.borrow_and_update())))
            }
            note = self.notes.recv() => Wake::Message(told(note)),
            () = time => Wake::Time,
        }
    }

    /// Takes what woke the loop; whether the screen is to answer at once.
    async fn take(&mut self, wake: Wake) -> anyhow::Result<bool> {
        match wake {
            Wake::Event(event) => {
                self.event(event).await?;
                Ok(true)
            }
            Wake::Signal(Asked::End(number)) => {
                self.exit = Some(Exit::Signal(number));
                Ok(true)
            }
            Wake::Signal(Asked::Wake) => {
                self.host.retake().context("taking the terminal again")?;
                self.state.dirty = true;
                Ok(true)
            }
            Wake::Message(message) => {
                self.update(message).await?;
                Ok(false)
            }
            Wake::Time => Ok(false),
        }
    }

    /// Takes what else is there, input first, for a short time.
    async fn drain(&mut self) -> anyhow::Result<bool> {
        let until = Instant::now() + DRAIN;
        let mut urgent = false;
        while self.exit.is_none() && Instant::now() < until {
            if let Some(event) = self.host.event_now() {
                self.event(Some(event)).await?;
                urgent = true;
            } else if let Ok(message) = self.inbox.try_recv() {
                self.update(message).await?;
            } else if let Some(note) = self.note_now() {
                self.update(note).await?;
            } else if !self.silent && self.snapshots.has_changed().unwrap_or(false) {
                let snapshot = Arc::clone(&self.snapshots.borrow_and_update());
                self.update(Message::Snapshot(snapshot)).await?;
            } else {
                break;
            }
        }
        Ok(urgent)
    }

    fn note_now(&mut self) -> Option<Message> {
        match self.notes.try_recv() {
            Ok(note) => Some(Message::Note(note)),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Message::NotesLost),
            Err(_) => None,
        }
    }

    async fn event(&mut self, event: Option<io::Result<Event>>) -> anyhow::Result<()> {
        let message = match event {
            None | Some(Err(_)) => {
                self.exit = Some(Exit::Lost);
                return Ok(());
            }
            Some(Ok(Event::Key(key))) => Message::Key(key),
            Some(Ok(Event::Paste(text))) => Message::Paste(text),
            Some(Ok(Event::Resize(columns, rows))) => Message::Resize(columns, rows),
            Some(Ok(Event::FocusGained | Event::FocusLost | Event::Mouse(_))) => return Ok(()),
        };
        self.update(message).await
    }

    async fn update(&mut self, message: Message) -> anyhow::Result<()> {
        let mut effects = update(&mut self.state, message);
        while !effects.is_empty() {
            let mut next = Vec::new();
            for effect in effects {
                if let Some(message) = self.execute(effect).await? {
                    self.state.now = self.started.elapsed();
                    next.extend(update(&mut self.state, message));
                }
            }
            effects = next;
        }
        Ok(())
    }

    /// Executes what needs the screen here, and sends everything else away.
    async fn execute(&mut self, effect: Effect) -> anyhow::Result<Option<Message>> {
        match effect {
            Effect::Quit => self.exit = Some(Exit::Quit),
            Effect::Suspend => {
                self.host.stop().await.context("stopping")?;
                self.state.dirty = true;
            }
            Effect::Copy(text) => {
                let told = match self.host.copy(&text) {
                    Ok(()) => Message::Note(Note::Info(format!("copied {} characters", text.chars().count()))),
                    Err(error) => Message::Failed(format!("not copied: {error}")),
                };
                return Ok(Some(told));
            }
            Effect::OpenEditor(draft) => {
                let signals = &mut self.signals;
                let ended = async {
                    loop {
                        match signals {
                            Some(signals) => {
                                if let Asked::End(number) = signals.next().await {
                                    return number;
                                }
                            }
                            None => return future::pending().await,
                        }
                    }
                };
                tokio::select! {
                    message = super::effects::edit(&mut self.host, draft) => {
                        self.state.dirty = true;
                        return Ok(Some(message));
                    }
                    number = ended => self.exit = Some(Exit::Signal(number)),
                }
            }
            other => self.errands.all(vec![other]),
        }
        Ok(None)
    }
}

fn told(note: Result<Note, broadcast::error::RecvError>) -> Message {
    note.map_or(Message::NotesLost, Message::Note)
}

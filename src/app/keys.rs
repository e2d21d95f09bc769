//! Reading the terminal's events on a thread of its own. A stream of events would do, but crossterm's keeps the first
//! waker it was polled with, so that a look without waiting would make it deaf.

use std::{
    io::{self, IsTerminal},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crossterm::event::{self, Event};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// How long the thread waits for the terminal before it looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// The terminal's events, until it is dropped. Then nothing of the terminal is read any more.
pub(super) struct Keys {
    events: UnboundedReceiver<io::Result<Event>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Keys {
    /// Starts reading.
    pub(super) fn read() -> io::Result<Self> {
        let (tell, events) = mpsc::unbounded_channel();
        let stop = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&stop);
        let thread = thread::Builder::new().name("keys".into()).spawn(move || forward(&tell, &ended))?;
        Ok(Self { events, stop, thread: Some(thread) })
    }

    /// The next event; nothing once the terminal is gone.
    pub(super) async fn next(&mut self) -> Option<io::Result<Event>> {
        self.events.recv().await
    }

    /// An event that is already there.
    pub(super) fn now(&mut self) -> Option<io::Result<Event>> {
        self.events.try_recv().ok()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that reads keys has panicked");
        }
    }
}

fn forward(tell: &UnboundedSender<io::Result<Event>>, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let event = match event::poll(LOOK) {
            Ok(true) => event::read(),
            // A terminal that was closed is readable for ever and says nothing.
            Ok(false) if !io::stdin().is_terminal() => return,
            Ok(false) => continue,
            Err(error) => Err(error),
        };
        let failed = event.is_err();
        if tell.send(event).is_err() || failed {
            return;
        }
    }
}

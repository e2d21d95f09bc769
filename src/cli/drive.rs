//! Following an engine to its end: what it publishes goes to the reporter, interrupts go to it.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    sync::{
        broadcast::{
            Receiver,
            error::{RecvError, TryRecvError},
        },
        watch,
    },
    time::{Instant, sleep_until},
};

use crate::{
    pipeline::{
        Stop,
        handle::{Handle, Note},
        snapshot::Snapshot,
    },
    term::signals::{self, Asked},
};

use super::{
    items::Items,
    print::{self, progress::Reporter},
};

/// Least time between two looks at the snapshots: an engine in a hurry publishes more often than anyone reads.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How long what is in flight may take to end after the first ctrl-c.
const GRACE: Duration = Duration::from_secs(5);

/// How the engine is asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Start nothing more; what is in flight may end.
    Soon,
    /// End at once; what is stored is whole.
    Now,
}

/// Follows an engine until it publishes no more. Returns its last snapshot.
///
/// # Errors
/// Where stdout is closed; the engine is asked to end then.
pub async fn drive(
    handle: &Handle,
    reporter: &mut Reporter,
    signals: Signals,
    items: Option<Items>,
    interrupt: impl Fn(Interrupt),
) -> io::Result<Arc<Snapshot>> {
    let result = follow(handle, reporter, signals, items, &interrupt).await;
    if result.is_err() {
        interrupt(Interrupt::Now);
    }
    result
}

async fn follow(
    handle: &Handle,
    reporter: &mut Reporter,
    mut signals: Signals,
    mut items: Option<Items>,
    interrupt: &impl Fn(Interrupt),
) -> io::Result<Arc<Snapshot>> {
    let (mut snapshots, mut notes) = (handle.snapshots(), handle.notes());
    let mut deadline: Option<Instant> = None;
    loop {
        tokio::select! {
            changed = snapshots.changed() => {
                drain(&mut notes, reporter)?;
                let snapshot = snapshots.borrow_and_update().clone();
                reporter.snapshot(&snapshot)?;
                if changed.is_err() {
                    return Ok(snapshot);
                }
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
            note = notes.recv() => match note {
                Ok(note) => reporter.note(&note)?,
                Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "notes came faster than they were read"),
                // The handle keeps this channel open.
                Err(RecvError::Closed) => {}
            },
            units = Items::next(items.as_mut()) => reporter.items(&units)?,
            again = signals.next() => {
                let hurry = again == Interrupt::Now || deadline.is_some();
                interrupt(if hurry { Interrupt::Now } else { Interrupt::Soon });
                deadline.get_or_insert_with(|| Instant::now() + GRACE);
            }
            () = until(deadline) => {
                interrupt(Interrupt::Now);
                deadline = Some(Instant::now() + GRACE);
            }
        }
    }
}

/// Lets what is in flight end for a few seconds after the workbench was left, as it is paid for: nothing more is
/// started. A signal ends the wait at once.
pub async fn wind_down(handle: &Handle, stop: &watch::Sender<Stop>) {
    let mut snapshots = handle.snapshots();
    stop.send_replace(Stop::Soon);
    let asked = snapshots.borrow().jobs.iter().filter(|job| job.is_running_call()).count();
    if asked == 0 {
        return;
    }
    print::say(format!(
        "{asked} answers are on their way: waiting up to {} s for them; ctrl-c leaves at once",
        GRACE.as_secs()
    ));
    let ended = async { while snapshots.changed().await.is_ok() {} };
    let Ok(mut signals) = Signals::listen() else { return };
    tokio::select! {
        () = ended => {}
        () = tokio::time::sleep(GRACE) => {}
        _ = signals.next() => {}
    }
}

/// Tells what was noted up to now: the end of the snapshots must not come before it.
fn drain(notes: &mut Receiver<Note>, reporter: &mut Reporter) -> io::Result<()> {
    loop {
        match notes.try_recv() {
            Ok(note) => reporter.note(&note)?,
            Err(TryRecvError::Lagged(missed)) => tracing::warn!(missed, "notes came faster than they were read"),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
        }
    }
}

/// Waits for a moment, or for ever where there is none.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Ctrl-c, and the signals that ask a program to end.
#[derive(Debug)]
pub struct Signals(signals::Signals);

impl Signals {
    /// Begins to listen: what comes before anybody asks is heard all the same.
    ///
    /// # Errors
    /// Where signals cannot be heard.
    pub fn listen() -> io::Result<Self> {
        signals::Signals::listen().map(Self)
    }

    /// The next of them.
    pub async fn next(&mut self) -> Interrupt {
        loop {
            match self.0.next().await {
                Asked::End(signals::INTERRUPT) => return Interrupt::Soon,
                Asked::End(_) => return Interrupt::Now,
                Asked::Wake => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{CallKind, ItemId},
        pipeline::snapshot::{JobKind, JobState, JobView},
    };

    #[tokio::test]
    async fn answers_on_their_way_are_waited_for_when_the_workbench_is_left() {
        let (handle, seat) = Handle::pair();
        let (stop, mut stopped) = watch::channel(Stop::No);
        let job = JobView {
            id: 1,
            kind: JobKind::Call(CallKind::Respond),
            root: None,
            item: ItemId::seed("x"),
            about: "x".into(),
            at: "e".into(),
            state: JobState::Running { attempt: 1 },
            tail: None,
            took: None,
            completion: None,
            usage: None,
        };
        seat.snapshot.send_replace(Arc::new(Snapshot { jobs: Arc::new(vec![job]), ..Snapshot::default() }));
        let engine = async move {
            stopped.wait_for(|stop| *stop == Stop::Soon).await.unwrap();
            // The engine stores what came and ends.
            drop(seat);
        };
        tokio::join!(wind_down(&handle, &stop), engine);
        assert_eq!(*stop.borrow(), Stop::Soon, "nobody hurried it");
    }

    #[tokio::test]
    async fn the_last_snapshot_is_what_the_engine_published_last() {
        let (handle, seat) = Handle::pair();
        let mut reporter = Reporter::new("p".into(), "paper".into(), false);
        let publishing = async move {
            for seq in 1..=3 {
                seat.snapshot.send_replace(Arc::new(Snapshot { seq, ..Snapshot::default() }));
                tokio::task::yield_now().await;
            }
        };
        let (last, ()) =
            tokio::join!(drive(&handle, &mut reporter, Signals::listen().unwrap(), None, |_| ()), publishing);
        assert_eq!(last.unwrap().seq, 3);
    }
}

//! When the store cannot be used for a while (locked, a full disk, an error of the device): nothing more is asked, what
//! was answered is held in memory, and both go on as soon as it can.

use std::time::{Duration, Instant};

use crate::{
    domain::{ItemId, Usage},
    pipeline::handle::Note,
    store::{Applied, Refused, StoreError, Txn},
};

use super::{Engine, Event};

/// How long until it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Why the store cannot be used, and since when.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Since when.
    pub since: Instant,
    retry: Instant,
    message: String,
}

/// What a job made and could not be stored.
#[derive(Debug)]
pub struct Kept {
    job: u64,
    txn: Txn,
    usage: Option<Usage>,
}

/// What waits for the store.
#[derive(Debug, Default)]
pub struct Held {
    /// Why, where there is something.
    pub hold: Option<Hold>,
    kept: Vec<Kept>,
    /// Calls that ended and could not be read, with what they brought.
    unread: Vec<(ItemId, Vec<ItemId>)>,
    /// Whether the self-instruct calls could not be planned.
    calls_due: bool,
    probing: bool,
}

impl Held {
    /// What is to be said of it.
    pub fn message(&self) -> Option<String> {
        let hold = self.hold.as_ref()?;
        Some(match self.kept.len() {
            0 => hold.message.clone(),
            1 => format!("{}; 1 answer is held in memory until it can be stored", hold.message),
            n => format!("{}; {n} answers are held in memory until they can be stored", hold.message),
        })
    }

    /// How a run ends that has waited long enough.
    pub fn last_words(&self) -> Option<String> {
        let hold = self.hold.as_ref()?;
        Some(match self.kept.len() {
            0 => hold.message.clone(),
            1 => format!("{}; 1 answer could not be kept and will be asked for again", hold.message),
            n => format!("{}; {n} answers could not be kept and will be asked for again", hold.message),
        })
    }
}

impl Engine {
    /// Takes a failure of the store that may pass; any other goes on up.
    pub(super) fn bear<T: Default>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        match result {
            Err(error) if error.passes() => {
                self.hold(&error);
                Ok(T::default())
            }
            result => result,
        }
    }

    /// Starts nothing more until the store can be used.
    pub(super) fn hold(&mut self, error: &StoreError) {
        let now = Instant::now();
        let since = self.held_up.hold.as_ref().map_or(now, |hold| hold.since);
        if self.held_up.hold.is_none() {
            tracing::warn!("{error}");
            self.note(Note::Warning(error.to_string()));
        }
        self.held_up.hold = Some(Hold { since, retry: now + AGAIN, message: error.to_string() });
        self.unseen = true;
    }

    /// Keeps what a job made until it can be stored.
    pub(super) fn keep(&mut self, job: u64, refused: Refused, usage: Option<Usage>) {
        self.hold(&refused.error);
        self.held_up.kept.push(Kept { job, txn: refused.txn, usage });
    }

    /// Plans the self-instruct calls, or another time.
    pub(super) fn plan_calls_or_later(&mut self) -> Result<(), StoreError> {
        let planned = self.plan_calls();
        self.held_up.calls_due = planned.as_ref().is_err_and(StoreError::passes);
        self.bear(planned)
    }

    /// Takes in what a call brought, or another time.
    pub(super) fn reload_call_or_later(&mut self, call: ItemId, brought: &[ItemId]) -> Result<(), StoreError> {
        let read = self.reload_call(call, brought);
        if read.as_ref().is_err_and(StoreError::passes) {
            self.held_up.unread.push((call, brought.to_vec()));
        }
        self.bear(read)
    }

    /// Tries again what could not be stored; where nothing waits, whether anything can.
    pub(super) fn try_again(&mut self) {
        let due = self.held_up.hold.as_ref().is_some_and(|hold| Instant::now() >= hold.retry);
        if !due || self.held_up.probing {
            return;
        }
        if let Some(hold) = &mut self.held_up.hold {
            hold.retry = Instant::now() + AGAIN;
        }
        if self.write_kept() {
            return;
        }
        self.held_up.probing = true;
        let (store, back) = (self.project.store.clone(), self.back.clone());
        tokio::spawn(async move {
            let result = if store.is_read_only() {
                store.change_seq().map(|_| Applied::default())
            } else {
                store.write(Txn::default()).await
            };
            // The engine may have ended.
            let _gone = back.send(Event::Probed(result));
        });
    }

    /// Hands over what was held; tells whether there was something.
    fn write_kept(&mut self) -> bool {
        let kept = std::mem::take(&mut self.held_up.kept);
        let some = !kept.is_empty();
        for Kept { job, txn, usage } in kept {
            self.write(job, txn, usage);
        }
        some
    }

    /// Whether the store can be used was found out.
    pub(super) fn probed(&mut self, result: Result<Applied, StoreError>) -> Result<(), StoreError> {
        self.held_up.probing = false;
        let found = self.bear(result.map(Some))?;
        if let Some(applied) = found {
            self.seen.one(applied.seq);
            self.let_go()?;
        }
        Ok(())
    }

    /// The store can be used again: what had to wait is done.
    pub(super) fn let_go(&mut self) -> Result<(), StoreError> {
        if self.held_up.hold.take().is_none() {
            return Ok(());
        }
        self.unseen = true;
        self.note(Note::Info("the project can be written again; the work goes on".to_owned()));
        self.write_kept();
        for (call, brought) in std::mem::take(&mut self.held_up.unread) {
            self.reload_call_or_later(call, &brought)?;
        }
        if self.held_up.calls_due { self.plan_calls_or_later() } else { Ok(()) }
    }
}

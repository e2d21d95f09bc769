//! Several servers that serve the same models under one endpoint: each attempt goes to the one that is up and has
//! least to do.

use std::{
    ops::Deref,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    retry::{Again, Failure},
    wire::Wire,
};
use crate::llm::LlmError;

/// For how long a server that failed is passed over: doubled with every failure, up to the longest.
const PASSED_OVER: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// For how long at most it is where it asks for that itself.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// All servers of an endpoint; at least one.
#[derive(Debug)]
pub(super) struct Replicas {
    first: Replica,
    more: Vec<Replica>,
}

#[derive(Debug)]
struct Replica {
    wire: Wire,
    in_flight: AtomicUsize,
    sent: AtomicUsize,
    health: Mutex<Health>,
}

#[derive(Debug, Default)]
struct Health {
    failures: u32,
    down_until: Option<Instant>,
}

impl Replica {
    fn new(wire: Wire) -> Self {
        Self { wire, in_flight: AtomicUsize::new(0), sent: AtomicUsize::new(0), health: Mutex::default() }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn down_until(&self, now: Instant) -> Option<Instant> {
        self.health().down_until.filter(|until| *until > now)
    }
}

impl Replicas {
    /// Servers in the order in which they are named.
    pub fn new(first: Wire, more: impl IntoIterator<Item = Wire>) -> Self {
        Self { first: Replica::new(first), more: more.into_iter().map(Replica::new).collect() }
    }

    fn all(&self) -> impl Iterator<Item = &Replica> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// The first server: its name and settings are those of all.
    pub const fn first(&self) -> &Wire {
        &self.first.wire
    }

    /// All servers.
    pub fn wires(&self) -> impl Iterator<Item = &Wire> {
        self.all().map(|replica| &replica.wire)
    }

    /// The server for the next attempt, which brings it so many answers to give. Where all are down, the one that is to
    /// be tried first.
    pub fn pick(&self, answers: usize) -> Picked<'_> {
        let now = Instant::now();
        let load = |replica: &&Replica| {
            let (in_flight, sent) = (replica.in_flight.load(Ordering::Relaxed), replica.sent.load(Ordering::Relaxed));
            (replica.down_until(now), in_flight, sent)
        };
        let replica = self.all().min_by_key(load).unwrap_or(&self.first);
        replica.in_flight.fetch_add(answers, Ordering::Relaxed);
        replica.sent.fetch_add(answers, Ordering::Relaxed);
        Picked { replica, answers }
    }

    /// Whether another attempt can go to a server that is up, without a pause, after `failure` at one of several.
    pub fn has_another_for(&self, failure: &Failure) -> bool {
        let now = Instant::now();
        !self.more.is_empty() && fell(failure).is_some() && self.all().any(|replica| replica.down_until(now).is_none())
    }
}

/// A server with a request in flight.
pub(super) struct Picked<'a> {
    replica: &'a Replica,
    answers: usize,
}

impl Picked<'_> {
    /// It answered. `broken`: only on a new connection.
    pub fn answered(&self, broken: bool) {
        *self.replica.health() = Health::default();
        self.replica.wire.reuse.answered(broken);
    }

    /// It did not. The failure may be its own, or the request's.
    pub fn failed(&self, failure: &Failure) {
        let Some(asked) = fell(failure) else { return };
        let (shortest, longest) = PASSED_OVER;
        let mut health = self.replica.health();
        let own = (shortest * (1 << health.failures.min(5))).min(longest);
        health.failures += 1;
        health.down_until = Some(Instant::now() + asked.map_or(own, |asked| asked.min(LONGEST_ASKED)));
    }
}

impl Deref for Picked<'_> {
    type Target = Wire;

    fn deref(&self) -> &Wire {
        &self.replica.wire
    }
}

impl Drop for Picked<'_> {
    fn drop(&mut self) {
        self.replica.in_flight.fetch_sub(self.answers, Ordering::Relaxed);
    }
}

/// Whether a failure is the server's own, and the pause that it asked for, where it did.
fn fell(failure: &Failure) -> Option<Option<Duration>> {
    let own = matches!(
        failure.error,
        LlmError::Connect { .. } | LlmError::Timeout { .. } | LlmError::Status { status: 429 | 500.., .. }
    );
    match failure.again {
        Again::After(asked) => Some(Some(asked)),
        _ if own => Some(None),
        _ => None,
    }
}

//! Lanes: each endpoint, and the sandbox, has its own ready set, its permits and its health, so that a slow or dead
//! one holds up nobody else.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::domain::{ItemId, Stage};

use super::{
    queue::Queue,
    work::{Work, WorkId},
};

/// Where work is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    /// Verifier executions, pairing, restoring.
    Sandbox,
    /// Labels that a classifier on this machine gives.
    Classifier,
    /// An endpoint, by name; one may be called `sandbox`.
    Endpoint(Arc<str>),
}

impl At {
    /// An endpoint.
    pub fn endpoint(name: &str) -> Self {
        Self::Endpoint(Arc::from(name))
    }

    /// Whether nothing leaves this machine for it.
    pub const fn is_here(&self) -> bool {
        matches!(self, Self::Sandbox | Self::Classifier)
    }

    /// The name, for people.
    pub fn name(&self) -> &str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Classifier => super::labelling::LANE,
            Self::Endpoint(name) => name,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// First and longest wait before a lane that is down is tried again.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));

/// Why a lane is down, and since when.
#[derive(Clone, Debug)]
pub struct Down {
    /// Since when.
    pub since: Instant,
    /// When it is tried next.
    pub retry: Instant,
    /// What happened and what to do.
    pub message: String,
    wait: Duration,
}

/// One lane.
#[derive(Debug)]
pub struct Lane {
    /// Whose it is.
    pub at: At,
    /// What waits.
    pub queue: Queue,
    /// How much may be in flight.
    pub permits: usize,
    /// How much is.
    pub in_flight: usize,
    /// Why nothing goes, where it does not.
    pub down: Option<Down>,
    /// The group of which something started in this round.
    group: Option<ItemId>,
}

impl Lane {
    /// A lane with so many permits.
    pub fn new(at: At, permits: usize) -> Self {
        Self { at, queue: Queue::default(), permits: permits.max(1), in_flight: 0, down: None, group: None }
    }

    /// What may start now. A lane that is down lets one request through at a time, to see whether it is back.
    fn next(&mut self, now: Instant, paused: &HashSet<Stage>) -> Option<Work> {
        let permits = match &self.down {
            None => self.permits,
            Some(down) if now >= down.retry => self.permits.min(1),
            Some(_) => 0,
        };
        let free = permits.saturating_sub(self.in_flight);
        if free == 0 || !self.has_room_for_group(free, permits, paused) {
            return None;
        }
        let work = self.queue.pop(paused)?;
        self.in_flight += 1;
        Some(work)
    }

    /// Whether what goes next, goes now. Work of one group that starts together is asked for with one request, which
    /// reads the prompt once; so a group waits until half of it has permits. Half, because permits that lie idle cost
    /// time: all of it would save one more reading of the prompt, and wait twice as long.
    fn has_room_for_group(&mut self, free: usize, permits: usize, paused: &HashSet<Stage>) -> bool {
        let next = self.queue.next_group(paused);
        let group = next.map(|(group, _)| group);
        let goes = next.is_none_or(|(_, waiting)| group == self.group || free >= waiting.min(permits).div_ceil(2));
        if goes {
            self.group = group;
        }
        goes
    }

    /// Notes that the lane could not be reached.
    pub fn fell(&mut self, message: String, now: Instant) {
        let (first, longest) = BACKOFF;
        let (since, wait) = match &self.down {
            Some(down) if now < down.retry => (down.since, down.wait),
            Some(down) => (down.since, (down.wait * 2).min(longest)),
            None => (now, first),
        };
        self.down = Some(Down { since, retry: now + wait, message, wait });
    }

    /// Notes that it answered; tells whether it had been down.
    pub fn answered(&mut self) -> bool {
        self.down.take().is_some()
    }
}

/// All lanes.
#[derive(Debug, Default)]
pub struct Lanes {
    lanes: BTreeMap<At, Lane>,
}

impl Lanes {
    /// Adds a lane.
    pub fn add(&mut self, lane: Lane) {
        self.lanes.insert(lane.at.clone(), lane);
    }

    /// A lane.
    pub fn get_mut(&mut self, at: &At) -> Option<&mut Lane> {
        self.lanes.get_mut(at)
    }

    /// Every lane, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Lane> {
        self.lanes.values_mut()
    }

    /// Every lane.
    pub fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.values()
    }

    /// Begins a round: what starts until the next one, starts together.
    pub fn begin_round(&mut self) {
        self.lanes.values_mut().for_each(|lane| lane.group = None);
    }

    /// What may start now, over all lanes.
    pub fn next(&mut self, now: Instant, paused: &HashSet<Stage>) -> Option<(At, Work)> {
        self.lanes.values_mut().find_map(|lane| lane.next(now, paused).map(|work| (lane.at.clone(), work)))
    }

    /// Takes waiting work out, wherever it waits.
    pub fn remove(&mut self, id: WorkId) -> bool {
        self.lanes.values_mut().any(|lane| lane.queue.remove(id).is_some())
    }

    /// What waits, the next of each lane first, a lane after the other.
    pub fn waiting(&self) -> impl Iterator<Item = (&At, &Work)> {
        self.lanes.values().flat_map(|lane| lane.queue.iter().map(|work| (&lane.at, work)))
    }

    /// How much waits in all.
    pub fn queued(&self) -> usize {
        self.lanes.values().map(|lane| lane.queue.len()).sum()
    }

    /// How much is in flight.
    pub fn in_flight(&self) -> usize {
        self.lanes.values().map(|lane| lane.in_flight).sum()
    }

    /// Whether something waits, and all of it is of these stages.
    pub fn only_waits_for(&self, held: &HashSet<Stage>) -> bool {
        self.queued() > 0 && self.lanes.values().all(|lane| !lane.queue.has_beside(held))
    }

    /// Whether something of a stage waits.
    pub fn has_of(&self, stage: Stage) -> bool {
        let others: HashSet<Stage> = Stage::ALL.into_iter().filter(|other| *other != stage).collect();
        self.lanes.values().any(|lane| lane.queue.has_beside(&others))
    }

    /// Whether an endpoint that answers has permits and nothing to do.
    pub fn is_any_starving(&self) -> bool {
        let starves = |lane: &Lane| lane.down.is_none() && lane.queue.is_empty() && lane.in_flight < lane.permits;
        self.lanes.values().filter(|lane| !lane.at.is_here()).any(starves)
    }

    /// The lane that has been down longest, if everything that waits, waits for lanes that are down.
    pub fn stuck(&self) -> Option<&Down> {
        let waiting: Vec<&Lane> = self.lanes.values().filter(|lane| !lane.queue.is_empty()).collect();
        if waiting.is_empty() || waiting.iter().any(|lane| lane.down.is_none()) {
            return None;
        }
        waiting.iter().filter_map(|lane| lane.down.as_ref()).min_by_key(|down| down.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ItemId,
        pipeline::work::{Order, Task},
    };

    fn work(name: &str) -> Work {
        let id = WorkId { stage: Stage::Respond, item: ItemId::seed(name) };
        Work { id, root: None, order: Order::default(), urgent: false, about: Arc::from(name), task: Task::Pair }
    }

    #[test]
    fn a_dead_lane_lets_one_probe_through_and_no_more() {
        let mut lane = Lane::new(At::endpoint("a"), 4);
        for name in ["1", "2", "3"] {
            lane.queue.push(work(name), None);
        }
        let start = Instant::now();
        lane.fell("refused".into(), start);
        let none = HashSet::new();
        assert!(lane.next(start, &none).is_none());
        let later = start + Duration::from_secs(2);
        assert!(lane.next(later, &none).is_some());
        assert!(lane.next(later, &none).is_none(), "one probe at a time");
        lane.in_flight = 0;
        assert!(lane.answered());
        assert!(lane.next(later, &none).is_some() && lane.next(later, &none).is_some());
    }

    #[test]
    fn a_group_waits_until_half_of_it_fits() {
        let mut lanes = Lanes::default();
        lanes.add(Lane { in_flight: 6, ..Lane::new(At::endpoint("a"), 8) });
        let none = HashSet::new();
        let group = Some(ItemId::seed("group"));
        for name in ["1", "2", "3", "4", "5"] {
            lanes.get_mut(&At::endpoint("a")).unwrap().queue.push(work(name), group);
        }
        let mut start = |in_flight: Option<usize>| {
            let lane = lanes.get_mut(&At::endpoint("a")).unwrap();
            lane.in_flight = in_flight.unwrap_or(lane.in_flight);
            lanes.begin_round();
            std::iter::from_fn(|| lanes.next(Instant::now(), &none)).count()
        };
        assert_eq!(start(None), 0, "3 of 5 would fit a request, 2 are free");
        assert_eq!(start(Some(5)), 3, "what started brings the rest along as far as it fits");
        assert_eq!(start(None), 0);
        assert_eq!(start(Some(7)), 1, "half of the two that are left");
        assert_eq!(start(Some(0)), 1);
    }

    #[test]
    fn waits_grow_to_a_bound() {
        let mut lane = Lane::new(At::endpoint("a"), 4);
        let mut now = Instant::now();
        for _ in 0..10 {
            lane.fell("refused".into(), now);
            now = lane.down.as_ref().map_or(now, |down| down.retry);
        }
        assert_eq!(lane.down.map(|down| down.wait), Some(BACKOFF.1));
    }
}

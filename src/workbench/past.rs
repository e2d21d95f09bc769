//! Calls of before this start on the Jobs screen: read by page as the list is walked, behind what this run did.

use std::collections::HashSet;

use crate::pipeline::{past::Page, snapshot::JobView};

use super::message::Effect;

/// How near the end of the list the next page is asked for.
const NEAR: usize = 100;
/// Calls that are kept in memory at most; older ones are found by their items.
const MOST: usize = 10_000;

/// Earlier calls, as far as they were read.
#[derive(Clone, Debug, Default)]
pub struct Past {
    failures: Vec<JobView>,
    calls: Vec<JobView>,
    more: bool,
    asked: bool,
    begun: bool,
}

impl Past {
    /// How many there are to list.
    pub fn len(&self) -> usize {
        self.failures.len() + self.calls.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them: what failed first, then calls, the newest first.
    pub fn get(&self, at: usize) -> Option<&JobView> {
        self.failures.get(at).or_else(|| self.calls.get(at.checked_sub(self.failures.len())?))
    }

    /// By number.
    pub fn find(&self, id: u64) -> Option<&JobView> {
        self.failures.iter().chain(&self.calls).find(|job| job.id == id)
    }

    /// How many failures there are.
    pub fn failed(&self) -> usize {
        self.failures.len()
    }

    /// Whether older ones are stored that are not listed here any more.
    pub fn is_cut(&self) -> bool {
        self.more && self.calls.len() >= MOST
    }

    /// Asks for more where the selection, so many lines from the end, comes near it.
    pub fn want(&mut self, left: usize) -> Option<Effect> {
        let wanted = !self.begun || self.more && left < NEAR && self.calls.len() < MOST;
        if self.asked || !wanted {
            return None;
        }
        self.asked = true;
        Some(Effect::LoadPast(self.calls.last().and_then(|job| job.completion).filter(|_| self.begun)))
    }

    /// Takes a page in; nothing where it could not be read. `now`: what this run lists itself.
    pub fn take(&mut self, page: Option<&Page>, now: &[JobView]) {
        (self.asked, self.begun) = (false, true);
        let Some(page) = page else {
            self.more = false;
            return;
        };
        self.failures.extend_from_slice(&page.failures);
        self.calls.extend_from_slice(&page.calls);
        self.more = page.more;
        self.drop_listed(now);
    }

    /// This run's list changed: what fell off its end goes on here, and what is tried again is listed there.
    pub fn follow(&mut self, before: &[JobView], now: &[JobView]) {
        if !self.begun {
            return;
        }
        let there: HashSet<u64> = now.iter().map(|job| job.id).collect();
        let fell = before.iter().filter(|job| job.completion.is_some() && !there.contains(&job.id));
        self.calls.splice(0..0, fell.cloned());
        self.calls.truncate(MOST);
        self.drop_listed(now);
    }

    fn drop_listed(&mut self, now: &[JobView]) {
        let rows: HashSet<i64> = now.iter().filter_map(|job| job.completion).collect();
        let items: HashSet<_> = now.iter().map(|job| job.item).collect();
        self.calls.retain(|job| job.completion.is_none_or(|row| !rows.contains(&row)));
        self.failures.retain(|job| !items.contains(&job.item));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{CallKind, ItemId},
        pipeline::snapshot::{JobKind, JobState},
    };

    fn job(id: u64, completion: Option<i64>) -> JobView {
        let failed = JobState::Failed { code: "http-400".to_owned(), message: "too long".to_owned() };
        JobView {
            id,
            kind: JobKind::Call(CallKind::Respond),
            root: None,
            item: ItemId::seed(&id.to_string()),
            about: Arc::from("about"),
            at: Arc::from("main"),
            state: if completion.is_some() { JobState::Done } else { failed },
            tail: None,
            took: None,
            completion,
            usage: None,
        }
    }

    fn page(rows: std::ops::Range<i64>, more: bool) -> Page {
        let calls = rows.rev().map(|row| job(1 << 62 | row.unsigned_abs(), Some(row))).collect();
        Page { failures: Vec::new(), calls, more }
    }

    fn rows(past: &Past) -> Vec<i64> {
        (0..past.len()).filter_map(|at| past.get(at)?.completion).collect()
    }

    #[test]
    fn pages_are_read_as_the_list_is_walked() {
        let mut past = Past::default();
        assert_eq!(past.want(5), Some(Effect::LoadPast(None)));
        assert_eq!(past.want(5), None, "one question at a time");
        let failed = Page { failures: vec![job(1 << 61, None)], ..page(201..401, true) };
        past.take(Some(&failed), &[]);
        assert_eq!((past.len(), past.failed(), past.get(0).unwrap().completion), (201, 1, None));
        assert_eq!(past.want(150), None, "far from the end");
        assert_eq!(past.want(50), Some(Effect::LoadPast(Some(201))));
        past.take(Some(&page(1..201, false)), &[]);
        assert_eq!((past.len(), rows(&past).windows(2).all(|two| two[0] > two[1])), (401, true));
        assert_eq!(past.want(0), None, "there is no more");
        assert_eq!(past.find(1 << 62 | 7).unwrap().completion, Some(7));
    }

    #[test]
    fn what_this_run_lists_is_not_listed_twice_and_what_falls_off_goes_on() {
        let mut past = Past::default();
        past.want(0);
        let again = JobView { item: job(1 << 61, None).item, ..job(9, Some(12)) };
        let failed = Page { failures: vec![job(1 << 61, None)], ..page(1..12, false) };
        past.take(Some(&failed), &[job(5, Some(11))]);
        assert_eq!((past.failed(), rows(&past)), (1, (1..11).rev().collect()));
        past.follow(&[job(5, Some(11))], &[again]);
        assert_eq!((past.failed(), rows(&past)), (0, (1..12).rev().collect()), "tried again, and fallen off");
    }
}

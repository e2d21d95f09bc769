//! Lists of very many rows are made away from the loop: the questions, and the work on them. A narrower filter starts
//! from what the last one let through; a newer question ends the work on an older one.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    domain::ItemId,
    pipeline::snapshot::{InstructionRow, Snapshot},
};

use super::{
    facets::Facet,
    filter::{Filter, Rows},
    sort::Sort,
};

/// From so many rows on their list is made away from the loop.
pub const MANY: usize = 2_000;

/// The rows of a snapshot.
pub type All = Arc<Vec<Arc<InstructionRow>>>;

/// A snapshot that is shown no longer. With millions of rows the last one to hold it pays for letting go.
#[derive(Clone, Debug)]
pub struct Gone(pub Arc<Snapshot>);

impl PartialEq for Gone {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// How a long list stands to what is wanted.
#[derive(Clone, Debug, Default)]
pub struct Sifting {
    /// The number of the newest question.
    serial: u64,
    /// Whether it is still worked on.
    pub under_way: bool,
    /// What is to be asked next.
    pub wanted: Option<Wanted>,
    /// Rows that came in since those that are shown.
    pub newer: Option<All>,
    /// What is shown no longer.
    pub gone: Vec<Gone>,
}

/// What is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The list anew; whoever asked waits for it.
    Anew,
    /// The rows that are shown, in the rows as they are now. It can wait.
    Same,
}

impl Sifting {
    /// The next number, where there is something to ask now.
    pub fn take_next(&mut self) -> Option<(u64, Wanted)> {
        let wanted = self.wanted?;
        // What came in by itself waits, so that a stream of it never keeps a list from being made.
        if wanted == Wanted::Same && self.under_way {
            return None;
        }
        self.wanted = None;
        self.under_way = true;
        self.serial += 1;
        Some((self.serial, wanted))
    }

    /// Whether an answer is to the newest question.
    pub fn takes(&mut self, serial: u64) -> bool {
        let newest = serial == self.serial;
        self.under_way &= !newest;
        newest
    }
}

/// A list that is wanted.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its number; only the newest matters.
    pub serial: u64,
    /// The rows as they are now.
    pub rows: All,
    /// The rows that are shown, of which list; nothing where the list is made anew.
    pub shown: Option<(All, Rows)>,
    /// Which rows are wanted.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// The selected one.
    pub selected: Option<ItemId>,
    /// Whether the facets are to be counted.
    pub counts: bool,
}

/// Two questions are one where their numbers are.
impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        self.serial == other.serial
    }
}

/// A list as it was wanted.
#[derive(Clone, Debug)]
pub struct Sifted {
    /// The question's number.
    pub serial: u64,
    /// The rows that it is of.
    pub of: All,
    /// The rows shown.
    pub rows: Rows,
    /// Where the selected one is.
    pub at: Option<usize>,
    /// How many further ones would be shown if it were listed anew, and how many of those shown no longer fit.
    pub differ: (usize, usize),
    /// How many of those shown are decided on.
    pub reviewed: usize,
    /// The facets with their counts, where they were asked for.
    pub counts: Option<Vec<(Facet, usize)>>,
}

/// What one filter let through, in the order in which rows were made.
#[derive(Debug)]
struct Known {
    rows: All,
    filter: Filter,
    places: Arc<Vec<usize>>,
}

/// Works on questions, one after the other.
#[derive(Debug, Default)]
pub struct Sifter {
    /// What the last filter let through, and the last one with fewer words.
    known: Vec<Known>,
}

impl Sifter {
    /// Makes a list. A panic on the way is a defect of this one: what was known is forgotten, and the next is made from
    /// nothing.
    ///
    /// # Errors
    /// What the panic said.
    pub fn contained(&mut self, make: impl FnOnce(&mut Self) -> Option<Sifted>) -> Result<Option<Sifted>, String> {
        catch_unwind(AssertUnwindSafe(|| make(self))).map_err(|panic| {
            self.known.clear();
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it did not say why".to_owned())
        })
    }

    /// Makes a list; nothing where `newest` says meanwhile that another is wanted.
    pub fn sift(&mut self, ask: &Ask, newest: &AtomicU64) -> Option<Sifted> {
        let goes_on = || newest.load(Ordering::Relaxed) == ask.serial;
        let fresh = self.fresh(ask, &goes_on)?;
        let (rows, differ) = match &ask.shown {
            None => (fresh, (0, 0)),
            Some((old, shown)) => {
                let rows = shown.carried(old, &ask.rows);
                let differ = rows.differ(&fresh, ask.rows.len());
                (rows, differ)
            }
        };
        let each = || (0..rows.len()).filter_map(|at| ask.rows.get(rows.place(at)?));
        let reviewed = each().filter(|row| row.decision.is_some()).count();
        let at = ask.selected.and_then(|id| each().position(|row| row.id == id));
        let counts = ask.counts.then(|| ask.filter.facets.count(ask.filter.counted(&ask.rows)));
        let sifted = Sifted { serial: ask.serial, of: Arc::clone(&ask.rows), rows, at, differ, reviewed, counts };
        goes_on().then_some(sifted)
    }

    /// The rows that a filter lets through, in their order.
    fn fresh(&mut self, ask: &Ask, goes_on: &(dyn Fn() -> bool + Sync)) -> Option<Rows> {
        if ask.filter.is_empty() && ask.sort == Sort::default() {
            self.known.clear();
            return Some(Rows::All(ask.rows.len()));
        }
        self.known.retain(|known| Arc::ptr_eq(&known.rows, &ask.rows) && ask.filter.narrows(&known.filter));
        let from = self.known.iter().min_by_key(|known| known.places.len()).map(|known| Arc::clone(&known.places));
        let places = Arc::new(pick(&ask.filter, &ask.rows, from.as_deref().map(Vec::as_slice), goes_on)?);
        let (rows, filter) = (Arc::clone(&ask.rows), ask.filter.clone());
        if !self.known.iter().any(|known| known.filter == filter) {
            self.known.push(Known { rows, filter, places: Arc::clone(&places) });
        }
        let mut places = Arc::unwrap_or_clone(places);
        ask.sort.sort(&mut places, &ask.rows);
        Some(Rows::Picked(places))
    }
}

/// Rows between two looks at whether the list is still wanted.
const AT_ONCE: usize = 2048;

/// The places of the rows that a filter lets through, of all or of these, worked out on all cores.
fn pick(
    filter: &Filter,
    rows: &[Arc<InstructionRow>],
    from: Option<&[usize]>,
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<usize>> {
    let len = from.map_or(rows.len(), <[usize]>::len);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let share = len.div_ceil(threads).max(AT_ONCE);
    let part = |first: usize| {
        let mut found = Vec::new();
        let mut sieve = filter.sieve();
        for start in (first..(first + share).min(len)).step_by(AT_ONCE) {
            if !goes_on() {
                return None;
            }
            for at in start..(start + AT_ONCE).min(first + share).min(len) {
                let place = from.map_or(Some(at), |from| from.get(at).copied())?;
                if rows.get(place).is_some_and(|row| sieve.takes(row)) {
                    found.push(place);
                }
            }
        }
        Some(found)
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..len).step_by(share).map(|first| scope.spawn(move || part(first))).collect();
        let mut all = Vec::new();
        for found in parts {
            // A defect is one of the whole list, not of a part.
            all.extend(found.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Some(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbench::{facets::Facets, rehearsal::many};

    fn rows(n: usize) -> All {
        Arc::new(many(n))
    }

    fn ask(serial: u64, rows: &All, text: &str) -> Ask {
        let filter = Filter { text: text.to_owned(), facets: Facets::default(), ..Filter::default() };
        let (shown, sort) = (None, Sort::default());
        Ask { serial, rows: Arc::clone(rows), shown, filter, sort, selected: None, counts: false }
    }

    fn sift(sifter: &mut Sifter, ask: &Ask) -> Option<Sifted> {
        sifter.sift(ask, &AtomicU64::new(ask.serial))
    }

    /// Letter by letter, word by word, and back: what is refined is what would be picked anew.
    #[test]
    fn refining_gives_what_picking_anew_gives() {
        let rows = rows(9_000);
        let mut sifter = Sifter::default();
        let typed = ["u", "us", "use", "use ", "use w", "use wo", "use wor kept", "use wor", "en", "", "dropped seed"];
        for (serial, text) in (1..).zip(typed) {
            let ask = ask(serial, &rows, text);
            let found = sift(&mut sifter, &ask).unwrap();
            assert_eq!(found.rows, ask.filter.pick(&rows, ask.sort), "{text:?}");
        }
        let (first, second) = (ask(20, &rows, "use"), ask(21, &rows, "use kept"));
        sift(&mut sifter, &first).unwrap();
        let before = sifter.known.len();
        sift(&mut sifter, &second).unwrap();
        assert!(sifter.known.len() > before, "one more word starts from what the others let through");
    }

    #[test]
    fn what_nobody_waits_for_is_not_made() {
        let rows = rows(3_000);
        let ask = ask(1, &rows, "use");
        assert!(Sifter::default().sift(&ask, &AtomicU64::new(2)).is_none());
    }

    #[test]
    fn a_defect_ends_one_list_and_not_the_next() {
        let rows = rows(3_000);
        let mut sifter = Sifter::default();
        let ask = ask(1, &rows, "use");
        sift(&mut sifter, &ask).unwrap();
        let broken = sifter.contained(|sifter| {
            assert!(sifter.known.is_empty(), "a defect");
            None
        });
        assert!(broken.is_err_and(|said| said.contains("a defect")));
        assert!(sifter.known.is_empty(), "what may be half done is forgotten");
        let again = sifter.contained(|sifter| sift(sifter, &ask)).unwrap().unwrap();
        assert_eq!(again.rows, ask.filter.pick(&rows, ask.sort));
    }

    #[test]
    fn rows_that_are_shown_stay_and_new_ones_are_counted() {
        let all = rows(3_000);
        let old: All = Arc::new(all[..2_900].to_vec());
        let selected = Some(old[2_000].id);
        let shown = Some((Arc::clone(&old), Rows::All(old.len())));
        let ask = Ask { shown, selected, counts: true, ..ask(3, &all, "") };
        let found = sift(&mut Sifter::default(), &ask).unwrap();
        assert_eq!((found.rows.len(), found.differ, found.at), (2_900, (100, 0), Some(2_000)));
        assert!(found.counts.is_some_and(|counts| !counts.is_empty()));
    }
}

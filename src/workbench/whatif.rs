//! What-if on the Funnel screen: values of the profile turned without putting them in force, and what they would give.

use std::{sync::Arc, time::Duration};

use crate::{
    pipeline::{
        index::Index,
        snapshot::Snapshot,
        whatif::{Dial, Outlook, Volume},
    },
    rules::Profile,
};

/// How much rest an answer earns that nobody asked for by a key: so many times what it took.
const REST: u32 = 10;

/// What is to be worked out.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Grows with every question; the answer to an older one is not used.
    pub serial: u64,
    /// Over what.
    pub index: Arc<Index>,
    /// The rules in force.
    pub base: Arc<Profile>,
    /// The rules turned.
    pub turned: Profile,
    /// The value whose whole range is wanted.
    pub dial: Dial,
    /// How much is asked for.
    pub volume: Volume,
}

impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        self.serial == other.serial
    }
}

/// What was worked out; the curve comes after the rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Which question this answers.
    pub serial: u64,
    /// What the rules in force give.
    pub base: Outlook,
    /// What the turned rules give.
    pub turned: Outlook,
    /// The same for every point of the dial's range.
    pub curve: Option<Vec<(f64, Outlook)>>,
    /// How long it took so far.
    pub took: Duration,
}

/// The pane.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The selected value, as a place among [`WhatIf::dials`].
    pub dial: usize,
    /// The rules turned.
    pub turned: Profile,
    /// The newest answer.
    pub answer: Option<Answer>,
    /// The dial whose curve that has.
    pub of: Option<Dial>,
    serial: u64,
    /// Whether the newest question has its whole answer.
    whole: bool,
    /// What the newest question was about.
    index: Arc<Index>,
    rules: Arc<Profile>,
    /// When the answer came.
    at: Duration,
}

impl WhatIf {
    /// Nothing turned yet. `asked` questions came before: no answer to those is taken for one of these.
    pub fn new(snapshot: &Snapshot, asked: u64) -> Self {
        Self {
            dial: 0,
            turned: Profile::clone(&snapshot.rules),
            answer: None,
            of: None,
            serial: asked,
            whole: true,
            index: Arc::default(),
            rules: Arc::clone(&snapshot.rules),
            at: Duration::ZERO,
        }
    }

    /// The values that this profile has.
    pub fn dials(&self) -> Vec<Dial> {
        Dial::ALL.into_iter().filter(|dial| dial.get(&self.turned).is_some()).collect()
    }

    /// The selected one.
    pub fn selected(&self) -> Option<Dial> {
        self.dials().get(self.dial).copied()
    }

    /// How many values differ from those in force.
    pub fn turned(&self, rules: &Profile) -> usize {
        self.dials().into_iter().filter(|dial| dial.get(&self.turned) != dial.get(rules)).count()
    }

    /// Whether the shown answer is of what is shown.
    pub const fn is_current(&self) -> bool {
        self.whole
    }

    /// Selects another value.
    pub fn choose(&mut self, dial: usize) {
        self.dial = dial.min(self.dials().len().saturating_sub(1));
    }

    /// Turns the selected value by some steps; whether it moved.
    pub fn step(&mut self, rules: &Profile, by: isize) -> bool {
        let Some(dial) = self.selected() else { return false };
        // The value in force is a point of its own, so that one can always come back to it.
        let points = dial.range(rules);
        let Some(now) = dial.get(&self.turned) else { return false };
        let at = points.iter().position(|point| (point - now).abs() < 1e-9).unwrap_or(0);
        let next = at.saturating_add_signed(by).min(points.len().saturating_sub(1));
        let Some(value) = points.get(next).filter(|_| next != at) else { return false };
        self.turned = dial.set(&self.turned, *value);
        true
    }

    /// Turns the selected value back to the one in force.
    pub fn reset(&mut self, rules: &Profile) {
        if let Some((dial, value)) = self.selected().and_then(|dial| Some((dial, dial.get(rules)?))) {
            self.turned = dial.set(&self.turned, value);
        }
    }

    /// The question that is open now, if it is not asked yet. What only the data made old waits its turn.
    pub fn ask(&mut self, snapshot: &Snapshot, now: Duration, pressed: bool) -> Option<Ask> {
        if *self.rules != *snapshot.rules {
            // Values came into force meanwhile: what was not turned here follows them.
            self.turned = if self.turned == *self.rules {
                Profile::clone(&snapshot.rules)
            } else {
                carried(&self.turned, &self.rules, &snapshot.rules)
            };
            self.rules = Arc::clone(&snapshot.rules);
        } else if !pressed && !self.is_due(snapshot, now) {
            return None;
        }
        self.index = Arc::clone(&snapshot.index);
        self.serial += 1;
        self.whole = false;
        Some(Ask {
            serial: self.serial,
            index: Arc::clone(&self.index),
            base: Arc::clone(&self.rules),
            turned: self.turned.clone(),
            dial: self.selected()?,
            volume: snapshot.volume,
        })
    }

    fn is_due(&self, snapshot: &Snapshot, now: Duration) -> bool {
        let old = !Arc::ptr_eq(&self.index, &snapshot.index) || self.answer.is_none();
        let took = self.answer.as_ref().map_or(Duration::ZERO, |answer| answer.took);
        old && self.whole && now.saturating_sub(self.at) >= took * REST
    }

    /// Takes an answer; older ones come to nothing.
    pub fn take(&mut self, dial: Dial, answer: Answer, now: Duration) {
        if answer.serial != self.serial {
            return;
        }
        self.whole = answer.curve.is_some();
        self.at = now;
        let kept = self.answer.take().and_then(|old| old.curve).filter(|_| self.of == Some(dial));
        let curve = answer.curve.or(kept);
        self.of = curve.is_some().then_some(dial);
        self.answer = Some(Answer { curve, ..answer });
    }
}

/// New rules with the values that were turned from the old ones.
fn carried(turned: &Profile, old: &Profile, new: &Profile) -> Profile {
    if old.name != new.name {
        return new.clone();
    }
    let mine = Dial::ALL.into_iter().filter_map(|dial| {
        let value = dial.get(turned)?;
        (dial.get(old) != Some(value)).then_some((dial, value))
    });
    mine.fold(new.clone(), |profile, (dial, value)| dial.set(&profile, value))
}

//! Staleness: whether a version is still what would be made now (design, "Data model").

use crate::domain::{Made, Origin, Slot, Version};

/// Why a version is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// It is what would be made now.
    Fresh,
    /// Something it was made from says something else now. Re-made at once.
    Inputs,
    /// Template, model or sampling values changed. Waits for *apply*; a headless run re-makes it.
    Settings,
}

/// How a version stands to what would be made now. A human version goes stale only when what the version it replaced
/// was made from changed; an import never.
pub fn staleness<T>(version: &Version<T>, now: &Made) -> Staleness {
    let Some(made) = version.made else { return Staleness::Fresh };
    if made.inputs != now.inputs {
        Staleness::Inputs
    } else if version.origin == Origin::Machine && made.settings != now.settings {
        Staleness::Settings
    } else {
        Staleness::Fresh
    }
}

/// What is to be done about a slot that a model call fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing: it says what it should, or a person wrote it.
    No,
    /// Its call failed for good and was not asked for again.
    Failed,
    /// A version in its history is what would be made now (an edit was undone): it is brought back at no cost.
    Restore {
        /// That version.
        no: u32,
    },
    /// Ask, as this take.
    Call {
        /// The take.
        take: u32,
        /// Whether a person asked for it.
        urgent: bool,
        /// Whether there is a version already, now out of date.
        stale: bool,
    },
}

/// Whether a slot's call is due. `remake_settings` tells whether changed settings are to be applied.
pub fn due<T>(slot: &Slot<T>, now: &Made, remake_settings: bool) -> Due {
    let version = slot.version();
    if let Some(take) = slot.rerun {
        return Due::Call { take, urgent: true, stale: version.is_some() };
    }
    let stale = match version {
        Some(version) if version.origin != Origin::Machine => return Due::No,
        Some(version) => match staleness(version, now) {
            Staleness::Fresh => return Due::No,
            Staleness::Settings if !remake_settings => return Due::No,
            Staleness::Settings | Staleness::Inputs => true,
        },
        None => false,
    };
    if let Some(no) = made_before(slot, now) {
        return Due::Restore { no };
    }
    if slot.failure.as_ref().is_some_and(|failure| failure.made.same_base(now)) {
        return Due::Failed;
    }
    Due::Call { take: slot.next_take(now), urgent: false, stale }
}

/// What an item says, unless it was made from something else and could not be made again: then it says nothing.
pub fn holds<'s, T>(slot: &'s Slot<T>, now: &Made) -> Option<&'s T> {
    let version = slot.version()?;
    let lost = due(slot, now, true) == Due::Failed && staleness(version, now) != Staleness::Fresh;
    (!lost).then_some(&version.body)
}

/// The latest machine version that was made from the same as would be now, one that was taken back only where there is
/// no other: no stored completion is asked for twice.
fn made_before<T>(slot: &Slot<T>, now: &Made) -> Option<u32> {
    let same = |version: &&Version<T>| {
        version.origin == Origin::Machine && version.made.is_some_and(|made| made.same_base(now))
    };
    slot.versions.iter().filter(same).max_by_key(|version| (!version.taken_back, version.no)).map(|version| version.no)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Failure, ItemId, SlotKey, digest_of};

    fn made(inputs: &str, settings: &str) -> Made {
        Made { inputs: digest_of(&[inputs]), settings: digest_of(&[settings]), sample: 0, take: 0 }
    }

    fn slot(origin: Origin, made: Option<Made>) -> Slot<u8> {
        let mut slot = Slot::new(ItemId::seed("x"), SlotKey::seed("x"), 0);
        slot.versions.push(Version { no: 0, origin, body: 0, made, completion: None, taken_back: false });
        slot.current = Some(0);
        slot
    }

    #[test]
    fn an_edit_upstream_remakes_machine_versions_only() {
        let now = made("b", "s");
        let old = Some(made("a", "s"));
        assert_eq!(due(&slot(Origin::Machine, old), &now, false), Due::Call { take: 0, urgent: false, stale: true });
        assert_eq!(due(&slot(Origin::Human, old), &now, true), Due::No);
        assert_eq!(staleness(slot(Origin::Human, old).version().unwrap(), &now), Staleness::Inputs);
    }

    #[test]
    fn changed_settings_wait_for_apply_and_never_touch_a_person() {
        let now = made("a", "t");
        let old = Some(made("a", "s"));
        assert_eq!(due(&slot(Origin::Machine, old), &now, false), Due::No);
        assert!(matches!(due(&slot(Origin::Machine, old), &now, true), Due::Call { .. }));
        assert_eq!(staleness(slot(Origin::Human, old).version().unwrap(), &now), Staleness::Fresh);
    }

    #[test]
    fn a_failure_is_not_asked_again_until_something_changes_or_a_person_asks() {
        let now = made("a", "s");
        let mut slot = Slot::<u8>::new(ItemId::seed("x"), SlotKey::seed("x"), 0);
        slot.failure = Some(Failure { made: now, code: "http-400".into(), message: String::new() });
        assert_eq!(due(&slot, &now, true), Due::Failed);
        assert!(matches!(due(&slot, &made("b", "s"), true), Due::Call { .. }));
        slot.rerun = Some(3);
        assert_eq!(due(&slot, &now, true), Due::Call { take: 3, urgent: true, stale: false });
    }

    #[test]
    fn bringing_back_an_old_version_costs_nothing() {
        let (first, second) = (made("a", "s"), made("b", "s"));
        let mut slot = slot(Origin::Machine, Some(first));
        slot.versions.push(Version { no: 1, body: 1, made: Some(second), ..slot.versions[0].clone() });
        slot.current = Some(0);
        assert_eq!(due(&slot, &first, true), Due::No);
        slot.current = Some(1);
        assert_eq!(due(&slot, &first, true), Due::Restore { no: 0 });
        // A re-run that was taken back stays away, unless nothing else is there.
        let again =
            Version { no: 2, taken_back: true, made: Some(Made { take: 1, ..first }), ..slot.versions[0].clone() };
        slot.versions.push(again);
        assert_eq!(due(&slot, &first, true), Due::Restore { no: 0 });
        slot.versions.remove(0);
        assert_eq!(due(&slot, &first, true), Due::Restore { no: 2 });
    }
}

//! Versions: who made each, from what, and with what.

use crate::{
    domain::{CallKind, Language, Made, Origin, Slot, Version},
    pipeline::{
        settings::Settings,
        stale::{Staleness, staleness},
    },
    store::{Store, StoreError},
};

use super::{Answered, MadeBy, MadeFrom, VersionLine};

/// Digits of a digest that are shown.
const DIGITS: usize = 12;

/// The versions of a slot; `now` is what it would be made from now.
pub fn of<T>(store: &Store, slot: &Slot<T>, now: Option<Made>) -> Result<Vec<VersionLine>, StoreError> {
    slot.versions.iter().map(|version| line(store, slot, version, now)).collect()
}

fn line<T>(store: &Store, slot: &Slot<T>, version: &Version<T>, now: Option<Made>) -> Result<VersionLine, StoreError> {
    let machine = version.made.filter(|_| version.origin == Origin::Machine);
    let made_from = version.made.zip(now).map(|(_, now)| match staleness(version, &now) {
        Staleness::Fresh => MadeFrom::AsNow,
        Staleness::Inputs => MadeFrom::OtherInputs,
        Staleness::Settings => MadeFrom::OtherSettings,
    });
    Ok(VersionLine {
        no: version.no,
        current: slot.current == Some(version.no),
        origin: version.origin,
        take: machine.map(|made| made.take),
        sample: machine.map(|made| made.sample),
        made_from,
        settings: machine.map(|made| made.settings.short(DIGITS)),
        answer: version.completion.map(|row| answered(store, row)).transpose()?.flatten(),
    })
}

fn answered(store: &Store, row: i64) -> Result<Option<Answered>, StoreError> {
    Ok(store.transcript(row)?.map(|stored| Answered {
        completion: row,
        endpoint: stored.meta.endpoint,
        model: stored.meta.model,
        ms: stored.meta.total_ms,
        tokens: stored.meta.usage.map(|usage| (usage.prompt_tokens, usage.completion_tokens)),
    }))
}

impl VersionLine {
    /// Whether it is not what would be made now.
    pub fn is_stale(&self) -> bool {
        self.made_from.is_some_and(|made_from| made_from != MadeFrom::AsNow)
    }
}

/// What a call is made with now.
pub fn made_by(settings: &Settings, call: CallKind, language: Language) -> MadeBy {
    let values = settings.call(call);
    MadeBy {
        call: call.name(),
        endpoint: settings.endpoint(call).to_owned(),
        model: settings.model(call).to_owned(),
        template: settings.templates.origin(call, language).to_owned(),
        template_hash: settings.templates.template_hash(call, language).short(DIGITS),
        temperature: values.temperature,
        top_p: values.top_p,
        max_tokens: values.max_tokens,
    }
}

//! What the endpoints of a project can do, found out by asking them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cli::{runtime, session},
    config::{EndpointConfig, EndpointKind, Loaded, Several, Structured},
    domain::CallKind,
    llm::{
        Endpoints, Feature, Found, Known, Memory, Probe,
        openai::{Form, OpenAi},
    },
    pipeline::settings::asks_for_shapes,
};

use super::Finding;

/// Asks every endpoint for every model that calls want of it.
pub(super) fn probe(found: &Loaded) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, config) in &found.config.endpoints {
        let only = BTreeMap::from([(name.clone(), config.clone())]);
        let opened = Endpoints::open(&only, &found.dir, session::endpoint_options(None));
        let endpoint = match opened.map(|endpoints| endpoints.get(name)) {
            Ok(Some(endpoint)) => endpoint,
            Ok(None) => continue,
            Err(error) => {
                findings.push(Finding::new(format!("endpoint {name}"), Err(error.to_string())));
                continue;
            }
        };
        for model in models(found, name) {
            let before = remembered(found, name, config);
            let looked = match runtime::block_on(endpoint.probe(&model)) {
                Ok(probe) => account(&probe)
                    .map(|said| said + &structured(found, name, config) + &several(found, name, &model, config)),
                Err(error) => Err(format!("{error:#}")),
            };
            let looked = looked.map_err(|trouble| trouble + &before);
            let what = if model.is_empty() { format!("endpoint {name}") } else { format!("endpoint {name}, {model}") };
            findings.push(Finding::new(what, looked));
        }
    }
    findings
}

/// What is known of an endpoint from before.
fn known(found: &Loaded, name: &str, config: &EndpointConfig) -> Option<Known> {
    let address = OpenAi::address(config)?;
    Memory::of(&found.dir).known(name, &address)
}

/// What it could do when it last answered, for one that does not.
fn remembered(found: &Loaded, name: &str, config: &EndpointConfig) -> String {
    let known = known(found, name, config);
    let last = known.and_then(|known| Some((known.probed?, account(&known.probe?).ok()?)));
    last.map_or_else(String::new, |(when, said)| format!(" (on {when} it could: {said})"))
}

/// How answers of a shape will be asked for.
fn structured(found: &Loaded, name: &str, config: &EndpointConfig) -> String {
    if config.kind == EndpointKind::Tape {
        return String::new();
    }
    let profile = &found.config.profile;
    if config.structured == Structured::Auto && !profile.parse().is_ok_and(asks_for_shapes) {
        return format!("; structured answers are asked for by prompt, as the profile `{profile}` reads them strictly");
    }
    let refused = known(found, name, config).map(|known| known.refused).unwrap_or_default();
    format!("; structured answers are asked for by {}", Form::first(config.structured, &refused).name())
}

/// Whether samples of one prompt are asked for by one request.
fn several(found: &Loaded, name: &str, model: &str, config: &EndpointConfig) -> String {
    let proved = known(found, name, config).and_then(|known| known.several.get(model).copied()).unwrap_or(1) > 1;
    match (proved, config.n) {
        (true, Several::Auto) => "; samples of one prompt are asked for together (n)".to_owned(),
        (true, Several::Off) => "; samples of one prompt are asked for singly (n = \"off\")".to_owned(),
        (false, _) => String::new(),
    }
}

/// The models that calls want of an endpoint; one without a name where it is not told (a tape).
fn models(found: &Loaded, name: &str) -> BTreeSet<String> {
    let asked =
        CallKind::ALL.into_iter().filter(|call| found.config.endpoint_of(*call).is_some_and(|(at, _)| at == name));
    let mut models: BTreeSet<String> =
        asked.map(|call| found.config.model_of(call).unwrap_or_default().to_owned()).collect();
    if models.is_empty() {
        let own = found.config.endpoints.get(name).and_then(|endpoint| endpoint.model.clone());
        models.insert(own.unwrap_or_default());
    }
    models
}

/// What was found, in one line: what it can do, or what stands in the way.
fn account(probe: &Probe) -> Result<String, String> {
    if probe.is_usable() {
        let able = probe.findings.iter().filter(|finding| finding.found == Found::Yes);
        let words = able.map(|finding| match finding.feature {
            Feature::Context | Feature::Tape => finding.detail.clone(),
            feature => feature.name().to_owned(),
        });
        let unable = probe.findings.iter().filter(|finding| finding.found == Found::No);
        let not: Vec<&str> = unable.map(|finding| finding.feature.name()).collect();
        let not = if not.is_empty() { String::new() } else { format!("; not: {}", not.join(", ")) };
        return Ok(words.collect::<Vec<_>>().join(", ") + &not);
    }
    let troubles = probe.findings.iter().filter(|finding| finding.found != Found::Yes);
    let said: Vec<String> = troubles.map(|finding| format!("{}: {}", finding.feature.name(), finding.detail)).collect();
    Err(if said.is_empty() { "it says nothing of itself".to_owned() } else { said.join("; ") })
}

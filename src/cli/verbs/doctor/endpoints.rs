//! What the endpoints of a project can do, found out by asking them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cli::{runtime, session},
    config::Loaded,
    domain::CallKind,
    llm::{Endpoints, Feature, Found, Probe},
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
            let looked = match runtime::block_on(endpoint.probe(&model)) {
                Ok(probe) => account(&probe),
                Err(error) => Err(format!("{error:#}")),
            };
            let what = if model.is_empty() { format!("endpoint {name}") } else { format!("endpoint {name}, {model}") };
            findings.push(Finding::new(what, looked));
        }
    }
    findings
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
        return Ok(words.collect::<Vec<_>>().join(", "));
    }
    let troubles = probe.findings.iter().filter(|finding| finding.found != Found::Yes);
    let said: Vec<String> = troubles.map(|finding| format!("{}: {}", finding.feature.name(), finding.detail)).collect();
    Err(if said.is_empty() { "it says nothing of itself".to_owned() } else { said.join("; ") })
}

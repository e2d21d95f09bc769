//! What a well-formed configuration may not say.

use crate::domain::CallKind;

use super::{
    check_endpoint::check_endpoint,
    method::Labeller,
    model::{CallConfig, Config, EndpointConfig, EndpointKind},
    suggest::closest,
};

/// Something wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path of the key.
    pub key: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Problem {
    /// A problem at a dotted key.
    pub fn at(key: &[&str], message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { key: key.iter().map(|&part| part.to_owned()).collect(), message: message.into(), fix: fix.into() }
    }
}

/// Profiles by name; their values live one floor up.
const PROFILES: [&str; 3] = ["paper", "released", "recommended"];

/// Everything that is wrong, in the order of the file's sections.
pub fn check(config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    if !PROFILES.contains(&config.profile.as_str()) {
        found.push(Problem::at(
            &["profile"],
            format!("`{}` is not a profile", config.profile),
            "expected paper, released or recommended",
        ));
    }
    for (name, endpoint) in &config.endpoints {
        check_endpoint(name, endpoint, &mut found);
    }
    for call in CallKind::ALL.into_iter().filter(|call| config.asks(*call)) {
        check_call(config, call, &mut found);
    }
    check_prompt(config, &mut found);
    check_consistency(config, &mut found);
    check_budget(config, &mut found);
    check_counts(config, &mut found);
    found
}

fn check_call(config: &Config, call: CallKind, found: &mut Vec<Problem>) {
    let settings = config.calls.get(call);
    let mut bad = |key: &str, message: String, fix: String| {
        found.push(Problem::at(&["calls", call.name(), key], message, fix));
    };
    match find_endpoint(config, settings) {
        Err((message, fix)) => bad("endpoint", message, fix),
        Ok(endpoint) => {
            let served = endpoint.kind == EndpointKind::Tape || settings.model.is_some() || endpoint.model.is_some();
            if !served {
                bad(
                    "model",
                    format!("no model is named for `{}`", call.name()),
                    "set `model` here or on the endpoint".to_owned(),
                );
            }
        }
    }
    if !(settings.temperature.is_finite() && (0.0..=2.0).contains(&settings.temperature)) {
        bad("temperature", format!("{} is not a temperature", settings.temperature), "write 0 to 2".to_owned());
    }
    if !(settings.top_p > 0.0 && settings.top_p <= 1.0) {
        bad("top_p", format!("{} is not a share", settings.top_p), "write a number above 0, at most 1".to_owned());
    }
    if settings.max_tokens == 0 {
        bad("max_tokens", "an answer of 0 tokens says nothing".to_owned(), "write 1 or more".to_owned());
    }
    if settings.samples == 0 {
        let fix = if call == CallKind::SelfInstruct {
            "write 1 or more, or set pipeline.self_instruct = false to work on the seeds alone"
        } else {
            "write 1 or more"
        };
        bad("samples", "0 samples would make nothing".to_owned(), fix.to_owned());
    }
    if let Some(name) = &settings.template
        && (name.is_empty() || name.contains("..") || name.starts_with('/') || name.contains('\\'))
    {
        bad(
            "template",
            format!("`{name}` is not a file of the project's templates/ folder"),
            "write a file's name relative to templates/".to_owned(),
        );
    }
}

/// The endpoint a call is sent to: the one it names, or the only one there is. Else what is wrong and what to do.
fn find_endpoint<'a>(config: &'a Config, call: &CallConfig) -> Result<&'a EndpointConfig, (String, String)> {
    let names = || config.endpoints.keys().map(String::as_str);
    if let Some(name) = &call.endpoint {
        return config.endpoints.get(name).ok_or_else(|| {
            let fix = match (closest(name, names()), config.endpoints.is_empty()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, true) => format!("add a section [endpoints.{name}]"),
                (None, false) => format!(
                    "add a section [endpoints.{name}], or use one of: {}",
                    names().collect::<Vec<_>>().join(", ")
                ),
            };
            (format!("there is no endpoint `{name}`"), fix)
        });
    }
    let mut all = config.endpoints.values();
    match (all.next(), all.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err((
            "no endpoint answers this call, as none is configured".to_owned(),
            "add a section [endpoints.NAME] with kind, base_url and model".to_owned(),
        )),
        (Some(_), more) => Err((
            format!("no endpoint is named for this call, and there are {}", more + 1),
            format!("set it to one of: {}", names().collect::<Vec<_>>().join(", ")),
        )),
    }
}

impl Config {
    /// Whether a call is ever sent: labels may be given on this machine, or not at all.
    pub fn asks(&self, call: CallKind) -> bool {
        call != CallKind::Entail || self.consistency.by == Labeller::Model
    }

    /// The endpoint that a call is sent to, with its name; nothing where the configuration was not checked.
    pub fn endpoint_of(&self, call: CallKind) -> Option<(&str, &EndpointConfig)> {
        let name = match &self.calls.get(call).endpoint {
            Some(name) => name,
            None => self.endpoints.keys().next()?,
        };
        self.endpoints.get_key_value(name).map(|(name, endpoint)| (name.as_str(), endpoint))
    }

    /// The model that answers a call; a tape answers by its own name where none is given.
    pub fn model_of(&self, call: CallKind) -> Option<&str> {
        let named = self.calls.get(call).model.as_deref();
        named.or_else(|| self.endpoint_of(call).and_then(|(_, endpoint)| endpoint.model.as_deref()))
    }
}

fn check_prompt(config: &Config, found: &mut Vec<Problem>) {
    let whole =
        |template: &&String| ["{instruction}", "{query}"].iter().all(|mark| template.matches(mark).count() == 1);
    if let Some(template) = config.prompt.templates.iter().find(|template| !whole(template)) {
        let message = format!("`{}` does not hold both texts once", template.replace('\n', "\\n"));
        let fix = "write {instruction} and {query} once each, like \"{instruction}\\n{query}\"";
        found.push(Problem::at(&["prompt", "templates"], message, fix));
    }
}

fn check_consistency(config: &Config, found: &mut Vec<Problem>) {
    let labels = &config.consistency;
    let mut bad = |key: &str, message: &str, fix: &str| found.push(Problem::at(&["consistency", key], message, fix));
    if labels.by == Labeller::Local && labels.model.as_deref().is_none_or(|model| model.trim().is_empty()) {
        let fix = "name a folder with config.json, tokenizer.json and weights, or a model of the Hugging Face hub";
        bad("model", "by = \"local\" needs a classifier", fix);
    }
    if labels.batch == 0 {
        bad("batch", "0 pairs in a pass would label nothing", "write 1 or more");
    }
    if labels.max_tokens < 8 {
        bad("max_tokens", "so few tokens hold no pair of sentences", "write 8 or more");
    }
}

/// A limit in money needs prices wherever something is asked.
fn check_budget(config: &Config, found: &mut Vec<Problem>) {
    let mut bad = |key: &str, message: String, fix: String| found.push(Problem::at(&["budget", key], message, fix));
    if config.budget.tokens == Some(0) {
        bad("tokens", "a budget of 0 tokens would never ask anything".to_owned(), "write 1 or more".to_owned());
    }
    let Some(money) = config.budget.money else { return };
    if !(money.is_finite() && money > 0.0) {
        bad("money", format!("{money} is no budget"), "write a number above 0".to_owned());
    }
    let asked = CallKind::ALL.into_iter().filter(|call| config.asks(*call)).filter_map(|call| config.endpoint_of(call));
    let unpriced = asked.filter(|(_, endpoint)| endpoint.kind == EndpointKind::Openai && endpoint.prices.is_none());
    if let Some((name, _)) = unpriced.into_iter().next() {
        bad(
            "money",
            format!("what endpoint `{name}` costs is not known, so that money cannot be counted"),
            format!(
                "set prices = {{ input = 0.5, output = 1.5 }} (per million tokens) under [endpoints.{name}], or limit \
                 budget.tokens"
            ),
        );
    }
}

fn check_counts(config: &Config, found: &mut Vec<Problem>) {
    let pipeline = &config.pipeline;
    let mut bad = |key: &[&str], message: &str, fix: &str| found.push(Problem::at(key, message, fix));
    if !(0.0..=1.0).contains(&pipeline.novelty) {
        bad(&["pipeline", "novelty"], &format!("{} is not a share", pipeline.novelty), "write 0 to 1");
    }
    let words = &pipeline.not_checkable;
    for (key, list) in [("en", &words.en), ("zh", &words.zh)] {
        if list.iter().any(|word| word.trim().is_empty()) {
            let message = "an empty word would stand in every candidate";
            bad(&["pipeline", "not_checkable", key], message, "remove it; an empty list switches the check off");
        }
    }
    let [shortest, longest] = pipeline.query_chars;
    if shortest > longest {
        let message = format!("the shortest ({shortest}) is longer than the longest ({longest})");
        bad(&["pipeline", "query_chars"], &message, "write [shortest, longest]");
    }
    for (key, count) in [
        ("instructions_per_call", pipeline.instructions_per_call),
        ("seeds_per_call", pipeline.seeds_per_call),
        ("max_instruction_chars", pipeline.max_instruction_chars),
        ("queries_per_instruction", pipeline.queries_per_instruction),
    ] {
        if count == 0 {
            bad(&["pipeline", key], "0 would make nothing", "write 1 or more");
        }
    }
    let sandbox = config.sandbox;
    if !(1..=600_000).contains(&sandbox.timeout_ms) {
        let message = format!("{} is no time limit for a check", sandbox.timeout_ms);
        bad(&["sandbox", "timeout_ms"], &message, "write 1 to 600000 milliseconds");
    }
    if !(64..=4096).contains(&sandbox.memory_mib) {
        let message = format!("{} MiB is no memory limit that Python can live in", sandbox.memory_mib);
        bad(&["sandbox", "memory_mib"], &message, "write 64 to 4096");
    }
}

//! What a run is made with: profile, prompts, call settings; and the digests that identities need of them.

use std::sync::Arc;

use crate::{
    config::{CallConfig, Config, Labeller, PromptOrder, Structured},
    domain::{CallKind, Digest, Language, Made, Stage, body::Content, digest_of},
    prompts::{PromptError, Templates, examples_digest},
    rules::{Profile, ProfileName},
    sandbox::Namespace,
};

use super::labelling::Labels;

/// Everything that planning and viewing depend on beside the facts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `assay.toml`.
    pub config: Arc<Config>,
    /// The rules in force.
    pub profile: Arc<Profile>,
    /// Prompt templates.
    pub templates: Arc<Templates>,
    /// Settings digests by call, for English and Chinese.
    digests: [[Digest; 2]; 6],
    /// What outcomes depend on beside source and text: guest, limits, namespace mode.
    pub outcomes: Digest,
    /// The classifier on this machine that labels back-translations, where one does.
    pub labels: Option<Arc<Labels>>,
}

impl Settings {
    /// Works out the digests.
    ///
    /// # Errors
    /// Where a template cannot be read.
    pub fn new(
        config: Arc<Config>,
        profile: Arc<Profile>,
        templates: Arc<Templates>,
        guest: Digest,
    ) -> Result<Self, PromptError> {
        let mut digests = [[Digest([0; 32]); 2]; 6];
        for call in CallKind::ALL {
            for language in [Language::English, Language::Chinese] {
                let template = templates.template_hash(call, language);
                let shown = match call {
                    CallKind::Verifiers => Some(examples_digest(language)),
                    CallKind::Respond => prompt_digest(&config),
                    _ => None,
                };
                digests[call as usize][language as usize] = call_digest(&config, call, template, shown);
            }
        }
        let limits = config.sandbox;
        let outcomes = digest_of(&[
            b"assay/outcomes".as_slice(),
            &guest.0,
            &limits.timeout_ms.to_le_bytes(),
            &limits.memory_mib.to_le_bytes(),
            b"own",
        ]);
        Ok(Self { config, profile, templates, digests, outcomes, labels: None })
    }

    /// Has back-translations labelled on this machine. Labels depend on the model's bytes, not on its name; only where
    /// this project never saw them does the name stand in.
    #[must_use]
    pub fn with_labels(mut self, labels: Option<Labels>) -> Self {
        if let Some(digest) = labels.as_ref().and_then(Labels::digest) {
            self.digests[CallKind::Entail as usize] = [digest; 2];
        }
        self.labels = labels.map(Arc::new);
        self
    }

    /// One digest of everything that versions and outcomes are made with.
    pub fn digest(&self) -> Digest {
        let calls = self.digests.iter().flatten().map(|digest| digest.0.as_slice());
        let parts: Vec<&[u8]> = calls.chain([self.outcomes.0.as_slice()]).collect();
        digest_of(&parts)
    }

    /// What functions see when they run on cases or responses: `released` does as the scripts do.
    pub fn namespace(&self, stage: Stage) -> Namespace {
        match (self.profile.name, stage) {
            (ProfileName::Released, Stage::Verify) => Namespace::ScriptGlobals,
            (ProfileName::Released, _) => Namespace::OwnAndScript,
            (ProfileName::Paper | ProfileName::Recommended, _) => Namespace::Own,
        }
    }

    /// The configuration of a call.
    pub fn call(&self, call: CallKind) -> &CallConfig {
        self.config.calls.get(call)
    }

    /// The model that a call asks.
    pub fn model(&self, call: CallKind) -> &str {
        model_of(&self.config, call)
    }

    /// The endpoint that a call asks, by name.
    pub fn endpoint(&self, call: CallKind) -> &str {
        endpoint_of(&self.config, call)
    }

    /// Whether answers of a shape are asked for as structured output. `paper` and `released` ask by the prompt alone, as
    /// their authors did and as their strict reading wants it (a fenced block), unless an endpoint names a form.
    pub fn asks_for_shapes(&self, call: CallKind) -> bool {
        let endpoint = self.config.endpoints.get(self.endpoint(call));
        let named = endpoint.is_some_and(|endpoint| endpoint.structured != Structured::Auto);
        named || asks_for_shapes(self.profile.name)
    }

    /// The task key of a call over some contents, take aside.
    pub fn made(&self, call: CallKind, language: Language, inputs: &[Digest], sample: u32) -> Made {
        let mut parts: Vec<&[u8]> = vec![b"assay/inputs", call.name().as_bytes()];
        parts.extend(inputs.iter().map(|digest| digest.0.as_slice()));
        Made { inputs: digest_of(&parts), settings: self.digests[call as usize][language as usize], sample, take: 0 }
    }

    /// The task key of something made from two contents.
    pub fn made_from(&self, call: CallKind, language: Language, contents: &[&dyn Content], sample: u32) -> Made {
        let inputs: Vec<Digest> = contents.iter().map(|content| content.digest()).collect();
        self.made(call, language, &inputs, sample)
    }
}

/// Whether a profile asks for structured output where no endpoint says how.
pub fn asks_for_shapes(profile: ProfileName) -> bool {
    profile == ProfileName::Recommended
}

/// The endpoint of a call: its own, or the only one there is.
pub fn endpoint_of(config: &Config, call: CallKind) -> &str {
    let named = config.calls.get(call).endpoint.as_deref();
    named.or_else(|| config.endpoints.keys().next().map(String::as_str)).unwrap_or_default()
}

/// The model of a call: its own, or its endpoint's.
fn model_of(config: &Config, call: CallKind) -> &str {
    let endpoint = config.endpoints.get(endpoint_of(config, call));
    let own = config.calls.get(call).model.as_deref();
    own.or_else(|| endpoint.and_then(|endpoint| endpoint.model.as_deref())).unwrap_or("default")
}

/// What the words of a task's prompt depend on; nothing where they are the usual ones.
fn prompt_digest(config: &Config) -> Option<Digest> {
    let option = &config.prompt;
    let order = match option.order {
        PromptOrder::InstructionFirst => return None,
        PromptOrder::QueryFirst => "query-first",
        PromptOrder::Templates => "templates",
    };
    let used: &[String] = if option.order == PromptOrder::Templates { &option.templates } else { &[] };
    let parts = ["assay/prompt", order].into_iter().chain(used.iter().map(String::as_str));
    option.respond.then(|| digest_of(&parts.collect::<Vec<&str>>()))
}

/// `shown` stands for what a prompt shows beside what it is about: worked examples, the words around a task.
fn call_digest(config: &Config, call: CallKind, template: Digest, shown: Option<Digest>) -> Digest {
    let labels = &config.consistency;
    if call == CallKind::Entail && labels.by == Labeller::Local {
        // A local classifier sees no template and samples nothing.
        let model = labels.model.as_deref().unwrap_or_default();
        let most = labels.max_tokens.to_string();
        return digest_of(&["assay/settings", "entail/local", model, &labels.revision, &most]);
    }
    let values = config.calls.get(call);
    let numbers = (values.temperature.to_le_bytes(), values.top_p.to_le_bytes(), values.max_tokens.to_le_bytes());
    let mut parts = vec![
        b"assay/settings".as_slice(),
        call.name().as_bytes(),
        &template.0,
        model_of(config, call).as_bytes(),
        &numbers.0,
        &numbers.1,
        &numbers.2,
    ];
    parts.extend(shown.as_ref().map(|digest| digest.0.as_slice()));
    digest_of(&parts)
}

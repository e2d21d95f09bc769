//! Labels that a classifier on this machine gives (`consistency.by = "local"`): who it is, and what its answers are
//! stored as. `nli` and `llm` share a floor; here they meet.

use std::path::Path;

use crate::{
    config::{Config, Labeller},
    domain::{Chances, Digest, Finish, digest_of},
    llm::Answer,
    nli::{Files, Hub, Identity, Judgement, Nli, NliError, Options, Pair, Source},
};

/// What the classifier is called where an endpoint's name would stand.
pub const LANE: &str = "local nli";

/// A project's classifier.
#[derive(Clone, Debug)]
pub struct Labels {
    identity: Option<Identity>,
    source: Option<Source>,
    files: Result<Files, NliError>,
    options: Options,
    name: String,
}

impl Labels {
    /// The classifier of a project; nothing where labels come from elsewhere.
    pub fn of(config: &Config, project: &Path) -> Option<Self> {
        let asked = &config.consistency;
        if asked.by != Labeller::Local {
            return None;
        }
        let model = asked.model.as_deref().unwrap_or_default();
        let source = Source::parse(model, &asked.revision, project);
        let (identity, files) = match &source {
            Ok(source) => Identity::of(source, project),
            Err(error) => (None, Err(error.clone())),
        };
        let options = Options {
            threads: asked.threads as usize,
            batch: asked.batch.max(1) as usize,
            max_tokens: asked.max_tokens as usize,
        };
        Some(Self { identity, source: source.ok(), files, options, name: model.to_owned() })
    }

    /// What its labels depend on beside the pair; nothing where this project never saw the model.
    pub fn digest(&self) -> Option<Digest> {
        let identity = self.identity.as_ref()?;
        let most = self.options.max_tokens as u64;
        Some(digest_of(&[b"assay/settings".as_slice(), b"entail/local", &identity.digest.0, &most.to_le_bytes()]))
    }

    /// Starts it.
    ///
    /// # Errors
    /// Where this build cannot run it, or it is not on this machine.
    pub fn start(&self) -> Result<Nli, NliError> {
        if !crate::nli::BUILT {
            return Err(NliError::NotBuilt);
        }
        Nli::start(&self.name, self.files.clone()?, self.options)
    }

    /// What is to be fetched from the hub before it can be started.
    pub const fn to_fetch(&self) -> Option<&Hub> {
        match (&self.source, &self.files) {
            (Some(Source::Hub(hub)), Err(NliError::NotFetched { .. })) => Some(hub),
            _ => None,
        }
    }

    /// Where its files are, or why there are none.
    pub const fn files(&self) -> &Result<Files, NliError> {
        &self.files
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Pairs in hand at a time: one batch is computed while the next gathers.
    pub const fn at_once(&self) -> usize {
        self.options.batch * 2
    }
}

/// A judgement as an answer, so that it is stored as what a model says is: text, and how probable each label was.
pub fn answer(judgement: Judgement, model: &str, took_ms: u64) -> Answer {
    Answer {
        content: judgement.words(),
        reasoning: None,
        finish: Finish::Stop,
        usage: None,
        first_ms: took_ms,
        total_ms: took_ms,
        attempts: 1,
        model: model.to_owned(),
        form: None,
        together: None,
        chances: Some(Chances { said: judgement.label as u32, of: judgement.probabilities.to_vec() }),
    }
}

/// What is kept as the prompt.
pub fn prompt(pair: &Pair) -> String {
    format!("Premise: {}\nHypothesis: {}", pair.premise, pair.hypothesis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{CallKind, Label},
        pipeline::shapes,
        rules::answers::parse_label,
    };

    #[test]
    fn a_judgement_is_read_back_as_any_answer() {
        for (label, logits) in [
            (Label::Entailment, [2.0, 1.0, 0.0]),
            (Label::Neutral, [0.0, 2.0, 1.0]),
            (Label::Contradiction, [0.0, 1.0, 2.0]),
        ] {
            for cut in [0, 9] {
                let judgement = Judgement::of_logits(logits, 64, cut);
                let answer = answer(judgement, "m", 5);
                let read = parse_label(&answer.content);
                assert_eq!(read, Some(label), "{}", answer.content);
                assert_eq!(shapes::probabilities(read, answer.chances.as_ref()), Some(judgement.probabilities));
                assert_eq!(shapes::choices(CallKind::Entail).len(), 3);
            }
        }
    }
}

//! Which checks of a batch are to be run: those whose outcome is not known, and that the rule of the second timeout
//! does not skip (design, "Sandbox").

use std::sync::Arc;

use crate::{
    domain::{Digest, Outcome, OutcomeKind, digest_of, tree::Outcomes},
    sandbox::Namespace,
};

/// Timeouts of a verifier after which the rest of its batch is skipped.
const TIMEOUTS: usize = 2;

/// A text with its digest, worked out once.
#[derive(Clone, Debug, PartialEq)]
pub struct Hashed {
    /// The text.
    pub text: Arc<str>,
    /// Its SHA-256.
    pub digest: Digest,
}

impl Hashed {
    /// A source that runs in a namespace. What a function sees is part of what its outcomes depend on, so another
    /// namespace is another source to them.
    pub fn source(text: &str, namespace: Namespace) -> Self {
        Self { digest: source_digest(text, namespace), text: Arc::from(text) }
    }

    /// Hashes a text.
    pub fn new(text: &str) -> Self {
        Self { digest: Digest::of_bytes(text.as_bytes()), text: Arc::from(text) }
    }
}

/// The digest that a source's outcomes are stored under.
pub fn source_digest(text: &str, namespace: Namespace) -> Digest {
    match namespace {
        Namespace::Own => Digest::of_bytes(text.as_bytes()),
        Namespace::OwnAndScript => digest_of(&["assay/own-and-script", text]),
        Namespace::ScriptGlobals => digest_of(&["assay/script-globals", text]),
    }
}

/// What is known of one verifier over a batch of texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Per text: the outcome, where it is known. A check that the rule skips is known as `Skipped`.
    pub outcomes: Vec<Option<Arc<Outcome>>>,
}

impl Row {
    /// Reads a verifier's row from the known outcomes, in batch order.
    pub fn read(known: &Outcomes, source: &Hashed, texts: &[Hashed]) -> Self {
        let mut timeouts = 0;
        let outcomes = texts
            .iter()
            .map(|text| {
                let outcome = known.get(source.digest, text.digest);
                timeouts += usize::from(outcome.is_some_and(|outcome| outcome.kind == OutcomeKind::Timeout));
                match outcome {
                    Some(outcome) => Some(Arc::new(outcome.clone())),
                    None if timeouts >= TIMEOUTS => Some(Arc::new(Outcome::quiet(OutcomeKind::Skipped))),
                    None => None,
                }
            })
            .collect();
        Self { outcomes }
    }

    /// Whether every check is known.
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(Option::is_some)
    }

    /// The load error, where the source does not load.
    pub fn load_error(&self) -> Option<&Outcome> {
        let known = self.outcomes.iter().flatten().map(AsRef::as_ref);
        known.into_iter().find(|outcome| matches!(outcome.kind, OutcomeKind::Load { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Value, tree::OutcomeKey};

    #[test]
    fn two_timeouts_skip_what_follows_and_only_that() {
        let source = Hashed::new("def evaluate(r): ...");
        let texts: Vec<Hashed> = ["a", "b", "c", "d"].map(Hashed::new).to_vec();
        let mut known = Outcomes::default();
        for text in ["b", "c"] {
            known.0.insert(OutcomeKey::of(&source.text, text), Outcome::quiet(OutcomeKind::Timeout));
        }
        let row = Row::read(&known, &source, &texts);
        assert!(row.outcomes[0].is_none(), "before the timeouts it is simply not known");
        assert_eq!(row.outcomes[3].as_ref().map(|outcome| outcome.kind_name()), Some("skipped"));
        let yes = OutcomeKind::Returned { value: Value::Bool(true), repr: "True".into() };
        known.0.insert(OutcomeKey::of(&source.text, "a"), Outcome::quiet(yes));
        assert!(Row::read(&known, &source, &texts).is_complete());
    }
}

//! DeBERTa-v2 and -v3 sequence classifiers (arXiv 2006.03654, 2111.09543) on the processor, written for many short
//! pairs.
//!
//! Pairs of a batch are laid end to end and not padded: everything that works token by token sees one long row of
//! tokens, attention sees each pair alone. So nothing is computed for padding, and a pair's numbers are the same to
//! the last bit whatever it shares a batch with, which keeps a project's digest free of chance.

mod attention;
mod config;
mod layers;
mod net;
mod positions;
mod tokens;
mod weights;

use std::fs;

use super::{Files, Judgement, LabelOrder, NliError, Pair, identity::not_nli};

use config::Config;
use net::Net;
pub use tokens::Encoded;
use tokens::Tokens;
use weights::Weights;
#[cfg(test)]
pub use {config::Relative, positions::bucket};

/// A loaded model.
pub struct Model {
    tokens: Tokens,
    net: Net,
    labels: LabelOrder,
}

impl Model {
    /// Reads a model's files.
    ///
    /// # Errors
    /// Which file is not what it should be, and how.
    pub fn load(files: &Files, max_tokens: usize) -> Result<Self, NliError> {
        let text = fs::read(&files.config).map_err(|error| NliError::unreadable(&files.config, &error))?;
        let config = Config::read(&text).map_err(|message| not_nli(&files.config, message))?;
        let labels = LabelOrder::read(&text).map_err(|message| not_nli(&files.config, message))?;
        let tokens = Tokens::load(&files.tokenizer, max_tokens.min(config.longest()), config.vocab_size)?;
        let damaged = |message| {
            NliError::unusable(
                &files.weights,
                message,
                "fetch or save the model again, whole, with its own config.json",
            )
        };
        let weights = Weights::open(&files.weights).map_err(damaged)?;
        let net = Net::load(&weights, &config).map_err(|error| damaged(error.to_string()))?;
        Ok(Self { tokens, net, labels })
    }

    /// A pair as the model reads it.
    ///
    /// # Errors
    /// Where the tokenizer cannot read it.
    pub fn encode(&mut self, pair: &Pair) -> Result<Encoded, String> {
        self.tokens.encode(pair)
    }

    /// Logits of pairs, in the model's own order. `go_on` is asked now and then; where it says no, nothing comes back.
    ///
    /// # Errors
    /// Where memory or the weights do not do.
    pub fn logits(&self, pairs: &[Encoded], go_on: &dyn Fn() -> bool) -> Result<Option<Vec<[f32; 3]>>, String> {
        self.net.forward(pairs, go_on).map_err(|error| error.to_string())
    }

    /// The judgement that logits stand for.
    pub fn judgement(&self, logits: [f32; 3], pair: &Encoded) -> Judgement {
        Judgement::of_logits(self.labels.sort(logits), pair.ids.len(), pair.cut)
    }
}

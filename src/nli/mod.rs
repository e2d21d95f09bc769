//! Entailment on one's own machine (paper 3.2, "Back-translation verification"): a DeBERTa-v2 or -v3 sequence
//! classifier, such as mDeBERTa-v3 trained on XNLI, from a folder or from the Hugging Face hub.
//!
//! What a model is called, where its files are and who it is, is always compiled, so that a project whose labels a
//! model gave can be read by any build. Running it needs the feature `nli-local`; without it [`Nli::start`] says so.

pub mod error;
pub mod identity;
pub mod judgement;
pub mod labels;
pub mod service;
pub mod source;

#[cfg(feature = "nli-local")]
mod deberta;
#[cfg(feature = "nli-local")]
mod hub;
#[cfg(feature = "nli-local")]
mod worker;

pub use error::NliError;
pub use identity::Identity;
pub use judgement::{Judgement, Pair};
pub use labels::LabelOrder;
pub use service::{Nli, Options, Progress, fetch};
pub use source::{Files, Hub, Source};

/// Whether this build can run a model.
pub const BUILT: bool = cfg!(feature = "nli-local");

#[cfg(test)]
mod tests;

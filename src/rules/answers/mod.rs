//! Reading model answers: lists of instructions, functions with cases, labels, sentences, scores.
//!
//! `paper` and `released` read functions strictly, as the scripts do; `recommended` reads leniently and says what it
//! repaired. Reading never guesses: an answer that could mean two things means nothing.

mod back;
mod fence;
mod label;
mod list;
mod loose;
mod refusal;
mod scores;
mod verifier;

pub use back::parse_back_translation;
pub use label::parse_label;
pub use list::parse_instructions;
pub use refusal::looks_like_refusal;
pub use scores::{parse_score, parse_score_released};
pub use verifier::{NO_FENCE, ParsedVerifier, Reading, parse_verifier};

#[cfg(test)]
mod tests;

//! The method as pure functions; it reads like section 3 of the paper. A profile holds every value.
//!
//! In the order of the method: `answers` reads what models wrote, `novelty` decides about new instructions,
//! `cross_validation` about functions and cases, `consistency` about back-translations, `pairing` joins queries,
//! `feasibility` flags conflicts,
//! `response` and `score` judge answers, `datasets` makes rows and pairs. `verdict` says what an outcome counts as.

pub mod answers;
pub mod autoif;
pub mod consistency;
pub mod cross_validation;
pub mod datasets;
pub mod feasibility;
pub mod novelty;
pub mod pairing;
pub mod preamble;
pub mod profile;
mod python;
pub mod response;
pub mod score;
#[cfg(test)]
mod testing;
pub mod verdict;

pub use profile::{Profile, ProfileName};
pub use verdict::Verdict;

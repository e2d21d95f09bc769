//! The method as pure functions; it reads like section 3 of the paper. A profile holds every value.

pub mod answers;
pub mod novelty;
pub mod pairing;
pub mod profile;
mod python;
#[cfg(test)]
mod testing;
pub mod verdict;

pub use profile::{Profile, ProfileName};
pub use verdict::Verdict;

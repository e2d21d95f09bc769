//! The method as pure functions; it reads like section 3 of the paper. A profile holds every value.

pub mod profile;
pub mod verdict;

pub use profile::{Profile, ProfileName};
pub use verdict::Verdict;

//! Data in, data out: what people import, and what trainers read.

pub mod export;
pub mod import;
pub mod rows;

pub use rows::{PairLevel, PairRow, QueryRow, SeedRow, SftRow};

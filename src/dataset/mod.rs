//! Data in, data out: what people import, and what trainers read; and the file-to-file commands `assay verify` and
//! `assay autoif`.

pub mod autoif;
pub mod export;
pub mod import;
mod jsonl;
mod python;
pub mod rows;
pub mod verify;

pub use jsonl::Skipped;
pub use rows::{PairLevel, PairRow, QueryRow, SeedRow, SftRow};

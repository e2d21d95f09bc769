//! Writing what trainers read. An export is a folder that appears whole or not at all, with a manifest of digests;
//! the same rows give the same bytes.

mod array;
pub mod check;
pub mod error;
pub mod llamafactory;
pub mod manifest;
mod staging;

pub use check::{Difference, check};
pub use error::ExportError;
pub use llamafactory::llamafactory;
pub use manifest::{Counts, Manifest, MetaData};

#[cfg(test)]
mod tests;

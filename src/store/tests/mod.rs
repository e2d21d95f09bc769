//! Tests of the store within the crate.

mod digests;
mod fixture;
mod gc;
mod groups;
mod measure;
mod model;
mod opening;
mod ops;
mod reads;
mod undo;

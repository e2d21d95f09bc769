//! Assay: a terminal workbench for making and auditing instruction-following training data with the AutoIF method
//! (arXiv 2406.13542). See ARCHITECTURE.md for the floors; a module may use what stands below it, never above.

#[cfg(test)]
extern crate self as assay;

pub mod analysis;
pub mod app;
pub mod cli;
pub mod config;
pub mod dataset;
pub mod diag;
pub mod domain;
pub mod llm;
pub mod nli;
pub mod pipeline;
pub mod prompts;
pub mod rules;
pub mod sandbox;
pub mod store;
pub mod term;
pub mod ui;
pub mod workbench;

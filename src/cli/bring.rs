//! What an import adds to a project.

use anyhow::Result;

use crate::{
    config::Loaded,
    dataset::import::{ResponseRow, VerifierRow},
    domain::{InstructionBody, QueryBody},
    pipeline::adopt::Adopted,
};

use super::session::open;

/// Adds seeds that are not there yet; how many were new.
pub fn add_seeds(found: &Loaded, seeds: &[InstructionBody]) -> Result<usize> {
    Ok(open(found, None)?.add_seeds(seeds)?)
}

/// Adds queries that are not there yet; how many were new.
pub fn add_queries(found: &Loaded, queries: &[QueryBody]) -> Result<usize> {
    Ok(open(found, None)?.add_queries(queries)?)
}

/// Adds verifiers that were made elsewhere.
pub fn add_verifiers(found: &Loaded, rows: &[VerifierRow]) -> Result<Adopted> {
    Ok(open(found, None)?.add_verifiers(rows)?)
}

/// Adds responses that were made elsewhere.
pub fn add_responses(found: &Loaded, rows: &[ResponseRow]) -> Result<Adopted> {
    Ok(open(found, None)?.add_responses(rows)?)
}

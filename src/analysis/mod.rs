//! What a project shows: numbers and comparisons over facts that are given. Pure.

pub mod report;

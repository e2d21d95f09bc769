//! What the program brings along: seeds and queries to start from, and the demo.

use crate::pipeline::demo;

/// A file and its content.
pub type File = (&'static str, &'static str);

/// Seed instructions for a project of one's own.
pub const SEEDS: [File; 2] = [
    ("seeds/instructions.en.jsonl", include_str!("../../seeds/instructions.en.jsonl")),
    ("seeds/instructions.zh.jsonl", include_str!("../../seeds/instructions.zh.jsonl")),
];

/// User queries for one.
pub const QUERIES: [File; 2] = [
    ("seeds/queries.en.jsonl", include_str!("../../seeds/queries.en.jsonl")),
    ("seeds/queries.zh.jsonl", include_str!("../../seeds/queries.zh.jsonl")),
];

/// The demo's seed instructions: those that its tape answers.
pub const DEMO_SEEDS: [File; 1] = [("seeds/instructions.jsonl", demo::SEEDS)];

/// The demo's user queries.
pub const DEMO_QUERIES: [File; 1] = [("seeds/queries.jsonl", demo::QUERIES)];

/// What can be said about seeds; goes into every project.
pub const SEEDS_README: File = ("seeds/README.md", include_str!("../../seeds/README.md"));

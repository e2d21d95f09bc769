//! `assay import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What can be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportKind {
    /// Seed instructions
    Seeds,
    /// User queries
    Queries,
    /// Verification functions with cases, made elsewhere
    Verifiers,
    /// Responses, made elsewhere
    Responses,
}

/// `assay import`
#[derive(Debug, Args)]
#[command(after_help = "\
Files are told apart by looking at them: text lines, JSON lines ({\"text\", \"category\", \"language\"}), ShareGPT JSON, \
OpenAI messages, alpaca. What is there already is not taken twice.

Verifiers are JSON lines {\"instruction\" or \"id\", \"source\", \"cases\": [{\"input\", \"output\"}]}; responses \
{\"instruction\" or \"id\", \"query\" or \"query_id\", \"response\"}. They take part like a model's: what is there is not \
asked for. Instructions and queries that are not there yet are taken in with them.

Examples:
  assay import seeds seeds/instructions.en.jsonl
  assay import queries sharegpt.json more.txt
  cut -f2 queries.tsv | assay import queries -
  assay import verifiers seeds/verifiers.jsonl
  assay import responses answers.jsonl")]
pub struct ImportArgs {
    /// What the files hold
    pub kind: ImportKind,
    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

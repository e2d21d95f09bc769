//! `assay autoif`

use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use indicatif::ProgressBar;

use crate::{
    cli::{checks, exit::Exit, print, runtime},
    dataset::autoif::{self, Progress, Request, Step, Summary},
    rules::ProfileName,
    term::escape,
};

/// `assay autoif`
#[derive(Debug, Args)]
#[command(after_help = "\
Each step reads and writes the files of one of the released scripts, JSON lines with rows in input order; equal rows are \
written once:
  cross-validate    code/3      instruction, gpt-answer -> instruction, eval_func, cases
  verify-responses  code/7      instruction, prompt, eval_func, gpt-answer
                                -> instruction, query, response
  score-responses   code_dpo/1  prompt, eval_func, gpt-answer -> query, response with accuracies
  filter-scores     code/8      gen -> the rows kept, unchanged
  sft               code/9      instruction, query, response -> one JSON array of alpaca rows
  pairs             code_dpo/2  query, response -> instruction, positive, negative
OUT is written beside its place and renamed at the end. Interrupted (status 3), it is as it was before.

Examples:
  assay autoif cross-validate eval_func_rft.jsonl cross_validation.jsonl --report dropped.json
  assay autoif verify-responses query_rft.jsonl query_wo_score.jsonl --profile recommended
  assay autoif pairs eval_score_results.jsonl dpo_pairs.jsonl --seed 7")]
pub struct AutoifArgs {
    /// The step
    #[arg(value_parser = PossibleValuesParser::new(Step::ALL.map(Step::name)).try_map(|name| name.parse::<Step>()))]
    pub step: Step,
    /// The rows to read; `-` is standard input
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The file to write
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// Whose rules
    #[arg(
        long,
        value_name = "P",
        default_value = "released",
        value_parser = PossibleValuesParser::new(ProfileName::ALL.map(ProfileName::name))
            .try_map(|name| name.parse::<ProfileName>())
    )]
    pub profile: ProfileName,
    /// The seed of draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Tell in this file, as JSON, what was dropped and why
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Skip malformed rows and count them, instead of ending at the first
    #[arg(long)]
    pub keep_going: bool,
}

/// Does a step.
pub fn run(args: &AutoifArgs) -> anyhow::Result<Exit> {
    let request = Request {
        step: args.step,
        input: args.input.clone(),
        output: args.output.clone(),
        profile: args.profile,
        seed: args.seed,
        report: args.report.clone(),
        keep_going: args.keep_going,
    };
    let summary = runtime::block_on(async {
        let sandbox = args.step.needs_sandbox().then(|| checks::start_sandbox(0));
        let progress = Arc::new(Progress::default());
        let seen = Arc::clone(&progress);
        let bar = checks::Bar::start(ProgressBar::new_spinner(), move |bar| {
            bar.set_message(format!("{} rows", seen.done.load(Ordering::Relaxed)));
            bar.tick();
        });
        let work =
            checks::until_interrupted(async |cancel| autoif::autoif(&request, sandbox, &progress, &cancel).await);
        let summary = work.await;
        bar.end();
        Ok::<_, anyhow::Error>(summary??)
    })??;
    Ok(conclude(&request, &summary))
}

/// Tells how it went, on stderr.
fn conclude(request: &Request, summary: &Summary) -> Exit {
    let output = request.output.display().to_string();
    if summary.interrupted {
        print::say(format!("interrupted; {} is as it was before", escape::prose(&output)));
        return Exit::Incomplete;
    }
    checks::tell_skipped(&summary.skipped);
    let reasons: Vec<String> = summary.dropped.iter().map(|(reason, n)| format!("{reason} {n}")).collect();
    let dropped = if reasons.is_empty() { String::new() } else { format!("; dropped: {}", reasons.join(", ")) };
    print::say(format!(
        "{} ({}): {} rows read, {} written to {}{dropped}",
        request.step,
        request.profile,
        summary.read,
        summary.written,
        escape::prose(&output),
    ));
    Exit::Done
}

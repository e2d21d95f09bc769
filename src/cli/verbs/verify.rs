//! `assay verify`

use std::{
    io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    cli::{
        checks,
        exit::{Exit, UsageError},
        print, runtime,
    },
    dataset::verify::{self, Pairing, Progress, Request, Summary},
    sandbox::Limits,
};

/// `assay verify`
#[derive(Debug, Args)]
#[command(after_help = "\
Functions are rows {\"id\", \"source\"}, each source a Python program that defines evaluate(response); inputs are rows \
{\"id\", \"text\"}, with \"function\" for --zip. One row a check goes to stdout: function, input, verdict (pass, fail, error, \
timeout, invalid), kind, value, error, line, stdout, cpu_us. Verdicts are results: the status is 0 whatever they are. \
After a function's second timeout its other checks are skipped (verdict timeout, kind skipped).

Examples:
  assay verify --functions f.jsonl --inputs texts.jsonl > verdicts.jsonl
  assay verify --functions f.jsonl --inputs rows.jsonl --zip --timeout-ms 5000
  zcat texts.jsonl.gz | assay verify --functions f.jsonl --inputs - --keep-going | jq -r .verdict | sort | uniq -c")]
pub struct VerifyArgs {
    /// The verifiers, as JSON lines; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub functions: PathBuf,
    /// The texts, as JSON lines; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub inputs: PathBuf,
    /// All functions on all inputs, ordered by function, then input [default]
    #[arg(long, conflicts_with = "zip")]
    pub matrix: bool,
    /// Each input with the function that it names, ordered by input
    #[arg(long)]
    pub zip: bool,
    /// CPU time that one check may take
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout_ms: u64,
    /// Memory that one check may use, that of the interpreter included
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=4096))]
    pub memory_mib: u64,
    /// Checks that run at once [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Skip malformed rows and count them, instead of ending at the first
    #[arg(long)]
    pub keep_going: bool,
    /// Run every check, also those of a function that has timed out twice
    #[arg(long)]
    pub never_skip: bool,
}

/// Runs verifiers on texts.
pub fn run(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let stdin = std::path::Path::new("-");
    if args.functions == stdin && args.inputs == stdin {
        return Err(
            UsageError("--functions and --inputs cannot both be standard input; name a file for one".into()).into()
        );
    }
    let request = Request {
        functions: args.functions.clone(),
        inputs: args.inputs.clone(),
        pairing: if args.zip { Pairing::Zip } else { Pairing::Matrix },
        limits: Limits { cpu: Duration::from_millis(args.timeout_ms), memory: args.memory_mib << 20 },
        keep_going: args.keep_going,
        never_skip: args.never_skip,
    };
    let summary = runtime::block_on(async {
        let sandbox = checks::start_sandbox(args.jobs.map_or(0, usize::from));
        let progress = Arc::new(Progress::default());
        let seen = Arc::clone(&progress);
        let bar = checks::Bar::start(bar(), move |bar| show(bar, &seen));
        let summary = checks::until_interrupted(async |cancel| {
            verify::verify(&request, &sandbox, &mut io::stdout(), &progress, &cancel).await
        });
        let summary = summary.await;
        bar.end();
        Ok::<_, anyhow::Error>(summary??)
    })??;
    Ok(conclude(&summary))
}

/// Tells what the rows themselves do not.
fn conclude(summary: &Summary) -> Exit {
    checks::tell_skipped(&summary.skipped);
    if summary.unrun > 0 {
        print::say(format!(
            "{} checks not run, as their function had timed out twice (--never-skip runs them)",
            summary.unrun
        ));
    }
    if summary.interrupted {
        print::say(format!("interrupted after {} rows, all of them whole", summary.written));
        return Exit::Incomplete;
    }
    Exit::Done
}

/// A count of checks as long as their number is not known.
fn bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    let usual = ProgressStyle::default_spinner();
    bar.set_style(usual.clone().template("{spinner} {pos} checks, {per_sec}").unwrap_or(usual));
    bar
}

fn show(bar: &ProgressBar, progress: &Progress) {
    let total = progress.total.load(Ordering::Relaxed);
    if total > 0 && bar.length().is_none() {
        let usual = ProgressStyle::default_bar();
        let style = usual.clone().template("{bar:40} {pos}/{len} checks, {per_sec}, {eta} left");
        bar.set_style(style.unwrap_or(usual));
        bar.set_length(total);
    }
    bar.set_position(progress.done.load(Ordering::Relaxed));
}

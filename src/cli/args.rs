//! What may be written on the command line.

mod import;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{domain::Stage, rules::ProfileName};

use super::verbs::{autoif::AutoifArgs, verify::VerifyArgs};

pub use import::{ImportArgs, ImportKind};

/// Make instruction-following training data with the AutoIF method, and audit it while it is being made.
#[derive(Debug, Parser)]
#[command(
    name = "assay",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  assay                      the workbench on the project here, or on the demo
  assay demo --headless      the demo without a terminal; prints the funnel
  assay init my-data         a project of one's own
  assay run --project my-data

Exit status: 0 done; 1 failed; 2 wrong usage; 3 incomplete, and the same command continues."
)]
pub struct Cli {
    /// The project to open in the workbench; with none, the nearest one upward, else the demo
    pub dir: Option<PathBuf>,
    /// The project's folder, where it is not the nearest one upward
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Log more (twice: everything), and show the causes of an error
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// What to do
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show the bundled demo in a throw-away project
    Demo(DemoArgs),
    /// Make a project: a commented assay.toml, seeds and templates to edit
    Init(InitArgs),
    /// Run the stages without the workbench
    Run(RunArgs),
    /// Print the funnel
    Status(StatusArgs),
    /// Write the evidence: settings, funnel, distributions, cost, decisions, and the profiles compared
    Report(super::verbs::report::ReportArgs),
    /// Print one hash of the project's logical state
    #[command(after_help = "\
Items, versions, outcomes and decisions count; times, usage, order of arrival, the project's name and place do not.

Example:
  assay digest --project my-data")]
    Digest,
    /// Take in seed instructions, user queries, or verifiers and responses made elsewhere
    Import(ImportArgs),
    /// Write the data sets for a trainer, or check an export
    Export(ExportArgs),
    /// Run verifiers on texts
    Verify(VerifyArgs),
    /// Do a step of the released AutoIF scripts, from file to file
    Autoif(AutoifArgs),
    /// Prepare the sandbox that runs verifiers
    Sandbox(SandboxArgs),
    /// Read assay.toml, or list its keys and those of the workbench
    Config(ConfigArgs),
    /// Look at what could be in the way: sandbox, endpoints, terminal
    #[command(after_help = "\
Examples:
  assay doctor --project my-data
  assay doctor --bench")]
    Doctor(DoctorArgs),
    /// Tell why an item, or a row of an export, is what it is
    Why(WhyArgs),
    /// Give room back that nothing needs, and show what takes how much
    Gc(GcArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(after_help = "\
Example:
  assay man > ~/.local/share/man/man1/assay.1")]
    Man,
}

/// `assay demo`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  assay demo
  assay demo --headless --speed 0")]
pub struct DemoArgs {
    /// Without the workbench: print the funnel and end
    #[arg(long)]
    pub headless: bool,
    /// Replay speed: 1 is real time, 0 as fast as possible [default: 1; 0 with --headless]
    #[arg(long, value_name = "X", value_parser = speed, allow_negative_numbers = true)]
    pub speed: Option<f64>,
}

/// `assay init`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  assay init my-data
  assay init my-demo --demo && assay run --project my-demo --speed 0")]
pub struct InitArgs {
    /// The folder to make the project in
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Make it a persistent demo project
    #[arg(long)]
    pub demo: bool,
    /// The project seed, for every draw
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<u64>,
}

/// `assay run`
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Ctrl-c stops with status 3; what is stored is whole, and the same command continues.

Examples:
  assay run
  assay run --limit 10                a pilot on the first ten instructions
  assay run --until cross-validate
  assay run --only ins:1a2b3c4d
  assay run --json | jq 'select(.event == \"warning\")'")]
pub struct RunArgs {
    /// Use this profile for this run; assay.toml does not change
    #[arg(long, value_name = "P", value_parser = profile)]
    pub profile: Option<ProfileName>,
    /// Work up to this stage, it included
    #[arg(long, value_name = "STAGE", value_parser = stage)]
    pub until: Option<Stage>,
    /// Work only on these items: ids, or prefixes of ids that are unique
    #[arg(long, value_name = "ITEM", num_args = 1..)]
    pub only: Vec<String>,
    /// Work on the first N instructions, as a pilot
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Stop once there are N SFT rows
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub target_sft: Option<u64>,
    /// Stop once there are N pairs
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub target_pairs: Option<u64>,
    /// Ask no endpoint of kind openai; do what can be done without
    #[arg(long)]
    pub offline: bool,
    /// Replay speed of tape endpoints: 1 is real time, 0 as fast as possible
    #[arg(long, value_name = "X", value_parser = speed, allow_negative_numbers = true)]
    pub speed: Option<f64>,
    /// How long to wait for an endpoint that is down before giving up with status 3
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE_S, allow_negative_numbers = true)]
    pub patience: u64,
    /// One JSON object a line on stdout
    #[arg(long)]
    pub json: bool,
}

/// How long a run waits for an endpoint that is down, in seconds.
pub const PATIENCE_S: u64 = 30;

/// `assay status`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  assay status
  assay status --json | jq .datasets")]
pub struct StatusArgs {
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `assay why`
#[derive(Debug, Args)]
#[command(after_help = "\
It tells from the seed on: who made what from what, what each rule says in numbers, what people decided, and what came \
of it.

Examples:
  assay why resp:1a2b3c4d
  assay why fn:1a2b --profile paper
  assay why exports/first/autoif_sft.json:12
  assay why pair:1a2b3c4d --json | jq '.links[].stands'")]
pub struct WhyArgs {
    /// An id, or the beginning of one that is unique; or FILE:LINE, a row of an export
    #[arg(value_name = "ITEM-OR-ROW")]
    pub what: String,
    /// Judge by this profile; assay.toml does not change
    #[arg(long, value_name = "P", value_parser = profile)]
    pub profile: Option<ProfileName>,
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `assay gc`
#[derive(Debug, Args)]
#[command(after_help = "\
Without a flag only what nothing needs goes: undo, `assay why` and the history stay whole, and no model is asked \
again. It needs the project for itself, and for a while as much room again as the database takes.

Examples:
  assay gc --dry-run
  assay gc
  assay gc --older-takes --backups")]
pub struct GcArgs {
    /// Say what would go, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Drop raw answers and prompts of takes that are not current; versions stay, so that undo works
    #[arg(long)]
    pub older_takes: bool,
    /// Drop outcomes of another Python guest or other limits; verifiers run again if those come back
    #[arg(long)]
    pub other_outcomes: bool,
    /// Drop the copies made before a change of format
    #[arg(long)]
    pub backups: bool,
    /// Write the whole file anew, even where little of it is free
    #[arg(long)]
    pub full: bool,
}

/// What `doctor` takes.
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// Measure this machine instead, against its own Python; takes up to a minute
    #[arg(long)]
    pub bench: bool,
    /// With --bench: as one JSON array
    #[arg(long, requires = "bench")]
    pub json: bool,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Alpaca SFT and preference files with dataset_info.json
    Llamafactory,
}

/// `assay export`
#[derive(Debug, Args)]
#[command(
    override_usage = "assay export <FORMAT> <FOLDER>\n       assay export --check <FOLDER>",
    after_help = "\
The folder appears whole or not at all; an earlier export in it is replaced.

Examples:
  assay export llamafactory exports/first
  assay export --check exports/first"
)]
pub struct ExportArgs {
    /// The trainer's format
    #[arg(required_unless_present = "check")]
    pub format: Option<ExportFormat>,
    /// The folder to write
    #[arg(required_unless_present = "check", value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Hold the files of an export to its manifest; status 1 where they differ
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["format", "folder"])]
    pub check: Option<PathBuf>,
}

/// `assay sandbox`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  assay sandbox compile")]
pub struct SandboxArgs {
    /// What to do
    #[command(subcommand)]
    pub verb: SandboxVerb,
}

/// The verbs of `assay sandbox`.
#[derive(Debug, Subcommand)]
pub enum SandboxVerb {
    /// Compile Python for this machine, once
    #[command(after_help = "\
The first start does this by itself. In an image or a package it can be done beforehand.

Example:
  assay sandbox compile")]
    Compile {
        /// Where to put what is compiled
        #[arg(long, value_name = "DIR")]
        cache_dir: Option<PathBuf>,
    },
}

/// `assay config`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  assay config check --project my-data
  assay config keys | grep calls")]
pub struct ConfigArgs {
    /// What to do
    #[command(subcommand)]
    pub verb: ConfigVerb,
}

/// The verbs of `assay config`.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Read assay.toml and the templates, and say what is wrong
    #[command(after_help = "\
Example:
  assay config check --project my-data")]
    Check,
    /// List every key of assay.toml, the values of each profile, and the keys of the workbench
    #[command(after_help = "\
Example:
  assay config keys | grep calls")]
    Keys,
}

/// `assay completions`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  assay completions bash > ~/.local/share/bash-completion/completions/assay")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed >= 0.0 => Ok(speed),
        _ => Err("expected a number: 1 is real time, 0 as fast as possible".to_owned()),
    }
}

fn stage(text: &str) -> Result<Stage, String> {
    text.parse().map_err(|error: crate::domain::stage::BadStage| error.to_string())
}

fn profile(text: &str) -> Result<ProfileName, String> {
    text.parse()
}

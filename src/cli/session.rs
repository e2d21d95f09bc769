//! Where the command line meets the pipeline: opening projects, starting the engine, following it.

use std::{cell::Cell, path::PathBuf, sync::Arc, thread::JoinHandle};

use anyhow::{Context, Result, anyhow};
use serde_json::json;

use crate::{
    app::{self, AppOptions},
    config::Loaded,
    dataset::{
        QueryRow, SeedRow,
        import::{self, Imported},
    },
    diag::log,
    domain::Digest,
    llm::{self, Endpoints},
    pipeline::{
        Ended, Parts, Project, ProjectError, RunOptions, Running, Stop,
        cost::{Estimate, Scope},
        demo,
        rows::Rows,
        snapshot::{Datasets, EngineState, Snapshot},
        start, survey,
    },
    rules::ProfileName,
    sandbox::{self, Sandbox},
    store::{Access, Lease, LeaseError, StoreError},
    term,
};

use super::{
    args::{PATIENCE_S, RunArgs},
    classifier::{self, Provided},
    drive::{self, Interrupt, Signals, drive},
    exit::{Exit, UsageError, is_closed_pipe},
    find::find_root,
    items::{self, Items},
    print::{self, progress::Reporter, projection::Projection},
    runtime,
};

/// What the demo says of itself.
const DEMO_BANNER: &str = "Demo: hand-written answers, all else is real. Your own: assay init my-data";

/// Where a project's workbench remembers screen, selection and filters.
const UI_STATE: &str = ".assay/workbench.json";

/// The workbench and the demo need a terminal; wrong usage where there is none.
pub fn need_terminal() -> Result<()> {
    Ok(term::guard::check().map_err(|error| UsageError(error.to_string()))?)
}

/// Where the user's own keys are, if they are anywhere.
pub fn keys_file() -> Option<PathBuf> {
    crate::diag::paths::config_dir().map(|dir| dir.join("keys.toml"))
}

/// Opens the workbench on a project.
pub fn workbench(found: &Loaded, speed: Option<f64>, demo: bool) -> Result<Exit> {
    runtime::block_on(async {
        let (project, unwritable) = open_or_look(found)?;
        if unwritable.is_none() && project.store.roots()?.is_empty() {
            take_in_seed_files(found, &project)?;
        }
        let app = AppOptions {
            project_name: found.name(),
            profile: project.settings.profile.name.to_string(),
            banner: demo.then(|| DEMO_BANNER.to_owned()),
            keys_file: keys_file(),
            state_file: (!demo).then(|| found.dir.join(UI_STATE)),
        };
        // Another process may be at work: then this one reads along and decides.
        let lease = match (unwritable, Lease::acquire(&project.dir)) {
            (Some(why), _) => Err(why),
            (None, Ok(lease)) => Ok(lease),
            (None, Err(LeaseError::Held { holder })) => Err(holder),
            (None, Err(error)) => return Err(error.into()),
        };
        let running = start(Parts {
            endpoints: endpoints(&project, speed)?,
            sandbox: sandbox_of(&project),
            lease,
            options: RunOptions { speed, patience_s: PATIENCE_S, ..RunOptions::default() },
            project,
        });
        let Running { handle, stop, thread } = running;
        let left = app::run(handle.clone(), app).await;
        if matches!(left, Ok(app::Exit::Quit)) {
            drive::wind_down(&handle, &stop).await;
        }
        stop.send_replace(Stop::Now);
        let ended = join(thread).await;
        let left = left?;
        ended?;
        Ok(match left {
            app::Exit::Quit => Exit::Done,
            app::Exit::Signal(_) | app::Exit::Lost => Exit::Incomplete,
        })
    })?
}

/// Runs the stages to the end, or to where they can go. A reader who has enough (`assay run --json | head -1`) leaves
/// the run incomplete.
pub fn run(found: &Loaded, args: &RunArgs, reporter: Reporter) -> Result<Exit> {
    match work(found, args, reporter) {
        Err(error) if is_closed_pipe(&error) => Ok(Exit::Incomplete),
        result => result,
    }
}

fn work(found: &Loaded, args: &RunArgs, mut reporter: Reporter) -> Result<Exit> {
    runtime::block_on(async {
        let mut signals = Signals::listen().context("signals cannot be heard")?;
        let mut project = open(found, args.profile)?;
        let lease = Lease::acquire(&project.dir)?;
        if project.store.roots()?.is_empty() {
            take_in_seed_files(found, &project)?;
        }
        if !args.offline {
            match classifier::provide(&project, &mut signals).await {
                Provided::AsItWas => {}
                Provided::Fetched => project = open(found, args.profile)?,
                Provided::Interrupted => return Ok(Exit::Incomplete),
            }
        }
        let options = run_options(&project, args)?;
        let before = survey::survey(&project)?;
        let endpoints = endpoints(&project, args.speed)?;
        let estimate = estimate(&project, &endpoints, &before, args)?;
        if estimate.calls > 0.0 && !args.offline && !args.json {
            print::say(&estimate);
        }
        reporter.started(plan(&project, args, &estimate))?;
        let running = start(Parts {
            endpoints,
            sandbox: sandbox_of(&project),
            lease: Ok(lease),
            options,
            project: project.clone(),
        });
        let Running { handle, stop, thread } = running;
        let items = args.json.then(|| Items::watch(handle.clone(), project.settings.clone()));
        let interrupted = Cell::new(false);
        let interrupt = |how| {
            interrupted.set(true);
            stop.send_replace(match how {
                Interrupt::Soon => Stop::Soon,
                Interrupt::Now => Stop::Now,
            });
        };
        let followed = drive(&handle, &mut reporter, signals, items, interrupt).await;
        let ended = join(thread).await?;
        let mut last = followed?;
        if args.json {
            last = tell_all(&project, &mut reporter, &last)?;
        }
        let (exit, why) = match ended {
            // Stopped before it had found out what there is to do.
            Ended::Done if interrupted.get() && last.engine != EngineState::Done => {
                (Exit::Incomplete, Some("interrupted".to_owned()))
            }
            Ended::Done => (Exit::Done, None),
            Ended::Incomplete(why) => (Exit::Incomplete, Some(why)),
        };
        reporter.finished(exit, why.as_deref(), &last)?;
        if exit == Exit::Done && !args.json && last.requests == before.requests && last.funnel == before.funnel {
            print::say("nothing was left to do");
        }
        if let (Some(limit), false) = (args.limit, args.json) {
            let requests = last.requests.saturating_sub(before.requests);
            print::out(&format!("\n{}\n", Projection::of(&project, &last, requests, limit)?))?;
        }
        Ok(exit)
    })?
}

/// Tells every item as it is stored at the end, so that the items that were told make up the counts.
fn tell_all(project: &Project, reporter: &mut Reporter, last: &Snapshot) -> Result<Arc<Snapshot>> {
    let mut told = Ok(());
    let funnel = items::all(project, |units| {
        if told.is_ok() {
            told = reporter.items(&units);
        }
    })?;
    told?;
    let last = Arc::new(Snapshot { funnel: Arc::new(funnel), ..last.clone() });
    reporter.snapshot(&last)?;
    Ok(last)
}

/// Waits for the engine's thread.
async fn join(thread: JoinHandle<Result<Ended, StoreError>>) -> Result<Ended> {
    let joined = tokio::task::spawn_blocking(move || thread.join()).await.context("the engine's thread was lost")?;
    match joined {
        Ok(ended) => Ok(ended?),
        Err(_) => Err(anyhow!("the engine stopped because of a defect; what is stored is whole, run again to go on")),
    }
}

/// Opens a project for writing, and says what is worth knowing about that.
pub fn open(found: &Loaded, profile: Option<ProfileName>) -> Result<Project> {
    log::belongs_to(&found.dir);
    let project = Project::open_telling(&found.dir, Access::Write, profile, &print::bytes::opening())?;
    for notice in project.store.notices() {
        print::say(notice);
    }
    Ok(project)
}

/// The same for the workbench, which opens a project that cannot be written read-only: and why that is.
fn open_or_look(found: &Loaded) -> Result<(Project, Option<String>)> {
    log::belongs_to(&found.dir);
    match Project::open(&found.dir, Access::Write, None) {
        Err(ProjectError::Store(error @ (StoreError::Full { .. } | StoreError::ReadOnly { .. }))) => {
            print::say(&error);
            let why = format!("nobody; it is open read-only, as {error}");
            Ok((Project::open(&found.dir, Access::Read, None)?, Some(why)))
        }
        opened => {
            let project = opened?;
            project.store.notices().iter().for_each(print::say);
            Ok((project, None))
        }
    }
}

fn endpoints(project: &Project, speed: Option<f64>) -> Result<Endpoints> {
    Ok(Endpoints::open(&project.settings.config.endpoints, &project.dir, endpoint_options(speed))?)
}

/// How endpoints are opened; `speed` replaces that of tapes.
pub fn endpoint_options(speed: Option<f64>) -> llm::Options {
    llm::Options { speed, record: None, bundled: Some(demo::bundled_tape) }
}

fn sandbox_of(project: &Project) -> Sandbox {
    let workers = project.settings.config.sandbox.workers as usize;
    Sandbox::start(sandbox::Options { workers, ..crate::cli::checks::sandbox_options() })
}

fn run_options(project: &Project, args: &RunArgs) -> Result<RunOptions> {
    Ok(RunOptions {
        until: args.until,
        only: args.only.iter().map(|text| find_root(project, text)).collect::<Result<_>>()?,
        limit: args.limit.map(|limit| limit as usize),
        target_sft: args.target_sft,
        target_pairs: args.target_pairs,
        offline: args.offline,
        headless: true,
        remake_settings: true,
        speed: args.speed,
        record: None,
        patience_s: args.patience,
    })
}

/// What is left to spend, as far as can be told before.
fn estimate(project: &Project, endpoints: &Endpoints, now: &Snapshot, args: &RunArgs) -> Result<Estimate> {
    let (config, means) = (&project.settings.config, project.store.call_means()?);
    let scope = Scope::of(&project.store, config, args.limit, args.until, !args.only.is_empty())?;
    let scope = scope.asking(endpoints, &project.settings);
    Ok(Estimate::of(config, now, &means, scope))
}

fn plan(project: &Project, args: &RunArgs, estimate: &Estimate) -> serde_json::Value {
    json!({
        "project": project.name(),
        "profile": project.settings.profile.name.name(),
        "until": args.until.map_or("pairs", crate::domain::Stage::id),
        "only": args.only,
        "limit": args.limit,
        "target_sft": args.target_sft,
        "target_pairs": args.target_pairs,
        "offline": args.offline,
        "estimate": {
            "calls": estimate.calls.round(),
            "tokens": estimate.tokens.round(),
            "cost": estimate.cost,
            "seconds": estimate.seconds.round(),
            "pilot": estimate.pilot,
            "early": estimate.early,
        },
    })
}

/// The project as it stands; nothing where it has no database yet.
pub fn look(found: &Loaded) -> Result<Option<Snapshot>> {
    Ok(reading(found)?.map(|project| survey::survey(&project)).transpose()?)
}

/// One hash of the project's logical state.
pub fn digest(found: &Loaded) -> Result<Digest> {
    match reading(found)? {
        Some(project) => Ok(project.store.digest()?),
        None => Err(anyhow!(
            "{}, and there is nothing to make a digest of; `assay run` starts the work",
            nothing_yet(found)?
        )),
    }
}

/// The rows of the data sets as they would be exported now, and how many were left out.
pub fn rows(found: &Loaded) -> Result<(Rows, Datasets)> {
    match reading(found)? {
        Some(project) => Ok(survey::all_rows(&project)?),
        None => Ok((Rows::default(), Datasets::default())),
    }
}

/// The project for reading; nothing where nothing was ever stored.
pub fn reading(found: &Loaded) -> Result<Option<Project>> {
    match Project::open(&found.dir, Access::Read, None) {
        Ok(project) => Ok(Some(project)),
        Err(crate::pipeline::ProjectError::Store(StoreError::Missing { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What can be said of a project that has no database.
pub fn nothing_yet(found: &Loaded) -> Result<String> {
    let (seeds, queries) = seed_rows(found)?;
    Ok(format!(
        "nothing has run yet: there is no assay.db in {}; {} seeds and {} queries wait in seeds/",
        found.dir.display(),
        seeds.rows.len(),
        queries.rows.len()
    ))
}

/// Makes the store of a demo project, with the demo's seeds and queries in it.
pub fn fill_demo(found: &Loaded) -> Result<()> {
    Ok(demo::fill(&open(found, None)?)?)
}

/// A project that holds nothing yet takes in the files of its seeds/ folder: instructions*.* and queries*.*.
fn take_in_seed_files(found: &Loaded, project: &Project) -> Result<()> {
    let (seeds, queries) = seed_rows(found)?;
    if seeds.rows.is_empty() {
        return Err(anyhow!(
            "there are no instructions to work on: put some into {}/seeds/instructions.txt, or `assay import seeds FILE`",
            found.dir.display()
        ));
    }
    let bodies: Vec<_> = seeds.rows.iter().map(SeedRow::body).collect();
    let new = project.add_seeds(&bodies)?;
    let bodies: Vec<_> = queries.rows.iter().map(QueryRow::body).collect();
    let asked = project.add_queries(&bodies)?;
    print::say(format!("took in {new} seed instructions and {asked} queries from {}/seeds", found.dir.display()));
    Ok(())
}

/// What stands in the files of the seeds/ folder.
fn seed_rows(found: &Loaded) -> Result<(Imported<SeedRow>, Imported<QueryRow>)> {
    let seeds = import::import_seeds(&seed_files(found, "instructions")?)?;
    Ok((seeds, import::import_queries(&seed_files(found, "queries")?)?))
}

fn seed_files(found: &Loaded, stem: &str) -> Result<Vec<PathBuf>> {
    let dir = found.dir.join("seeds");
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&dir).with_context(|| format!("{} cannot be read", dir.display()))? {
        let path = entry.with_context(|| format!("{} cannot be read", dir.display()))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && name.starts_with(stem) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

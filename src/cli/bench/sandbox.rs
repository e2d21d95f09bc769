//! The sandbox against processes and against CPython without isolation.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::{
    cli::checks,
    domain::{Outcome, OutcomeKind, Value},
    sandbox::{self, Batch, Options, Sandbox},
};

use super::{
    Row, micros,
    native::{self, Loop},
    process_cpu,
    work::{self, VERIFIERS, texts, variants},
};

/// Fresh verifiers of each kind.
const ROUNDS: usize = 100;
const TEXTS: usize = 10;
/// The released cross-validation's work: 200 instructions with 8 functions, 24 cases each.
const FUNCTIONS: usize = 200 * 8;
const CASES: usize = 24;

/// A sandbox that is measured.
pub struct Bench {
    sandbox: Sandbox,
    workers: usize,
}

/// What one interpreter costs, measured inside.
pub(super) fn one_thread() -> anyhow::Result<Vec<Row>> {
    let costs = sandbox::costs(options(0), variants(6 * ROUNDS), texts(TEXTS))?;
    let over = costs.cycle.saturating_sub(costs.inside);
    let alone = sandbox::costs(options(0), trivial(ROUNDS), texts(TEXTS))?;
    let check = alone.cycle.saturating_sub(alone.inside) / TEXTS as u32;
    Ok(vec![
        Row::new("new interpreter", micros(costs.instantiate)),
        Row::new("memory put back", format!("{}, {} pages", micros(costs.restore), costs.pages)),
        Row::new("one check, over the interpreter's time", micros(check))
            .promised("50 us", check <= Duration::from_micros(50)),
        Row::new("fresh verifier with 10 texts, over the interpreter's time", micros(over))
            .against(format!("{} in all", micros(costs.cycle)))
            .promised("100 us", over <= Duration::from_micros(100)),
    ])
}

fn trivial(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("def evaluate(response):\n    return True\n# {n}\n")).collect()
}

/// The usual ones, with so many workers (0: one a core).
pub(super) fn options(workers: usize) -> Options {
    Options { workers, ..checks::sandbox_options() }
}

impl Bench {
    /// With options of one's own.
    ///
    /// # Errors
    /// Where it cannot be prepared.
    pub fn of(options: Options) -> anyhow::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = if options.workers == 0 { cores } else { options.workers };
        Ok(Self { sandbox: checks::prepared_sandbox(options)?, workers })
    }

    /// Runs a batch: wall time, and outcomes by cell.
    ///
    /// # Errors
    /// Where the sandbox fails.
    pub fn run(&self, batch: Batch) -> anyhow::Result<(Duration, Vec<Outcome>)> {
        let start = Instant::now();
        let outcomes = self.sandbox.run(batch)?.blocking_collect()?;
        Ok((start.elapsed(), outcomes))
    }

    /// A fresh verifier of each kind with ten texts.
    ///
    /// # Errors
    /// Where the sandbox fails, or `python3` says otherwise of a cell.
    pub fn fresh(&self) -> anyhow::Result<Vec<Row>> {
        let ten = texts(TEXTS);
        let (mut ours, mut theirs) = (Duration::ZERO, Some(Duration::ZERO));
        for source in VERIFIERS.map(String::from) {
            // Each a source of its own, as one seen before would not be loaded again.
            let sources: Vec<String> = (0..ROUNDS).map(|n| format!("{source}# fresh {n}\n")).collect();
            let start = process_cpu();
            let (_, outcomes) = self.run(work::batch(&sources, &ten))?;
            ours += process_cpu().saturating_sub(start) / ROUNDS as u32;
            let native = native::run(Loop::Cycle, std::slice::from_ref(&source), &ten, ROUNDS);
            if let Some(native) = &native {
                ensure!(
                    booleans(&outcomes).get(..TEXTS) == Some(&native.said[..]),
                    "python3 says otherwise of:\n{source}"
                );
            }
            theirs = theirs.zip(native).map(|(sum, native)| sum + native.cpu);
        }
        let row = Row::new("fresh verifier with 10 texts, mean of 6 kinds", micros(ours / 6));
        let ratio =
            |theirs: Duration| format!("{:.2} times CPython here ({})", quotient(ours, theirs), micros(theirs / 6));
        Ok(vec![row.against(theirs.map_or_else(no_python, ratio))])
    }

    /// A process per check, as a careful script would isolate.
    ///
    /// # Errors
    /// Where the sandbox fails.
    pub fn process(&self) -> anyhow::Result<Vec<Row>> {
        let one = texts(1);
        let text = one.first().map_or("", String::as_str);
        let many = vec![VERIFIERS[0].to_owned(); 400];
        let (took, _) = self.run(work::batch(&many, &one))?;
        let ours = took / 400;
        let row = Row::new("one check, wall time", micros(ours));
        let ratio =
            |theirs| format!("a process takes {:.0} times as long ({})", quotient(theirs, ours), micros(theirs));
        Ok(vec![row.against(native::process(VERIFIERS[0], text, 20).map_or_else(no_python, ratio))])
    }
}

/// The released cross-validation's work, here from the start of the sandbox to its last outcome, there from the start of
/// the process to its end. The released loop has one thread.
///
/// # Errors
/// Where the sandbox fails, or `python3` says otherwise of a cell.
pub fn cross_validation(options: Options) -> anyhow::Result<Vec<Row>> {
    let (sources, cases) = (variants(FUNCTIONS), texts(CASES));
    let began = Instant::now();
    let bench = Bench::of(options)?;
    let start = process_cpu();
    let (_, outcomes) = bench.run(work::batch(&sources, &cases))?;
    let (cpu, wall) = (process_cpu().saturating_sub(start), began.elapsed());
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    let row = |what: &str, time| Row::new(format!("released cross-validation's work, {what}"), seconds(time));
    let on = format!("wall time, {} threads", bench.workers);
    let Some(native) = native::run(Loop::Released, &sources, &cases, 1) else {
        return Ok(vec![row("CPU", cpu), row(&on, wall).against(no_python())]);
    };
    ensure!(booleans(&outcomes) == native.said, "python3 says otherwise of the released cross-validation's work");
    let (cpus, walls) = (quotient(native.cpu, cpu), quotient(native.wall, wall));
    Ok(vec![
        row("CPU", cpu).against(format!("released loop {}: {cpus:.2} times", seconds(native.cpu))),
        row(&on, wall)
            .against(format!("released loop {}: {walls:.2} times", seconds(native.wall)))
            .promised("2 times on 2 free cores", walls >= 2.0),
    ])
}

fn no_python() -> String {
    "no python3 here".to_owned()
}

fn quotient(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn booleans(outcomes: &[Outcome]) -> Vec<Option<bool>> {
    let boolean = |o: &Outcome| match o.kind {
        OutcomeKind::Returned { value: Value::Bool(value), .. } => Some(value),
        _ => None,
    };
    outcomes.iter().map(boolean).collect()
}

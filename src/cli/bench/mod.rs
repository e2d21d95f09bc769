//! What this machine gives, measured in one run so that ratios mean something: `assay doctor --bench`, and the same
//! work for `benches/sandbox.rs`.

pub mod native;
mod rest;
mod sandbox;
pub mod work;

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

pub use sandbox::{Bench, cross_validation};

/// A thing that was measured.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// What.
    pub what: String,
    /// How much, with its unit.
    pub here: String,
    /// What it was measured against, and what that gave; empty where there is nothing to compare.
    pub against: String,
    /// What it should be; empty where nothing is promised.
    pub budget: String,
    /// Whether it is; true where nothing is promised.
    pub met: bool,
}

impl Row {
    fn new(what: impl Into<String>, here: impl Into<String>) -> Self {
        Self { what: what.into(), here: here.into(), against: String::new(), budget: String::new(), met: true }
    }

    fn against(self, against: impl Into<String>) -> Self {
        Self { against: against.into(), ..self }
    }

    fn promised(self, budget: impl Into<String>, met: bool) -> Self {
        Self { budget: budget.into(), met, ..self }
    }
}

/// Measures everything, in under a minute on a machine at rest; says what it is about to do.
///
/// # Errors
/// Where the sandbox or a store cannot be had.
pub fn run(mut say: impl FnMut(&str)) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    say("the sandbox: one interpreter");
    rows.extend(sandbox::one_thread()?);
    let bench = Bench::of(sandbox::options(1))?;
    say("the sandbox: fresh verifiers");
    rows.extend(bench.fresh()?);
    say("the sandbox: a process for each check");
    rows.extend(bench.process()?);
    drop(bench);
    say("the work of the released cross-validation: 38,400 checks, here and as released");
    rows.extend(cross_validation(sandbox::options(0))?);
    say("the store");
    rows.push(rest::store()?);
    say("the screen");
    rows.push(rest::screen()?);
    Ok(rows)
}

/// The rows as a table.
pub fn table(rows: &[Row]) -> String {
    let cells: Vec<[String; 4]> = std::iter::once(["measured", "here", "against", "budget"].map(String::from))
        .chain(rows.iter().map(|row| {
            let mark = if row.met { "" } else { "  NOT MET" };
            [row.what.clone(), row.here.clone(), row.against.clone(), format!("{}{mark}", row.budget)]
        }))
        .collect();
    let mut widths = [0; 4];
    for row in &cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let [a, b, c, _] = widths;
    let line = |[what, here, against, budget]: &[String; 4]| {
        format!("{what:<a$}  {here:<b$}  {against:<c$}  {budget}").trim_end().to_owned() + "\n"
    };
    cells.iter().map(line).collect()
}

/// CPU time of this process, all living threads: what a busy machine does not change. Wall time where there is no
/// `/proc`.
pub fn process_cpu() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let told = || {
        let dir = std::fs::read_dir("/proc/self/task").ok()?;
        let nanos = |task: std::fs::DirEntry| -> Option<u64> {
            std::fs::read_to_string(task.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
        };
        Some(Duration::from_nanos(dir.flatten().filter_map(nanos).sum()))
    };
    told().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed())
}

/// Microseconds, for people.
fn micros(duration: Duration) -> String {
    let us = duration.as_secs_f64() * 1e6;
    if us < 10.0 { format!("{us:.1} us") } else { format!("{us:.0} us") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_broken_promises_are_told() {
        let rows = [
            Row::new("a", "1 us").against("b: 2 us").promised("3 us", true),
            Row::new("a longer one", "4 us").promised("3 us", false),
        ];
        assert_eq!(
            table(&rows),
            concat!(
                "measured      here  against  budget\n",
                "a             1 us  b: 2 us  3 us\n",
                "a longer one  4 us           3 us  NOT MET\n",
            )
        );
    }
}

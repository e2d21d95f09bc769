//! What isolation costs: a fresh verifier with ten texts, one more check with its restore, and the same work in this
//! machine's own CPython, in one run, so that ratios mean something. `cargo bench --bench sandbox`; the same numbers come
//! from `assay doctor --bench`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark fails by panicking and talks to a person")]

use std::path::PathBuf;

use assay::{
    cli::bench::{
        Bench, cross_validation, table,
        work::{VERIFIERS, batch, texts, variants},
    },
    sandbox::Options,
};
use criterion::Criterion;

fn options(workers: usize) -> Options {
    let cache_dir = Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("assay-cache"));
    Options { cache_dir, workers, ..Options::default() }
}

fn criterion_groups(bench: &Bench) {
    let mut criterion = Criterion::default().configure_from_args();
    let ten = texts(10);
    criterion.bench_function("fresh verifier, 10 texts", |b| {
        b.iter_custom(|n| bench.run(batch(&variants(n as usize), &ten)).unwrap().0);
    });
    criterion.bench_function("one check with its restore", |b| {
        b.iter_custom(|n| {
            let many: Vec<String> = ten.iter().cycle().take(n as usize).cloned().collect();
            bench.run(batch(&[VERIFIERS[0].to_owned()], &many)).unwrap().0
        });
    });
    criterion.final_summary();
}

fn main() {
    let bench = Bench::of(options(1)).unwrap();
    criterion_groups(&bench);
    // `cargo test --benches` and name filters want no more than that.
    if std::env::args().any(|arg| arg == "--bench") && std::env::args().len() <= 2 {
        let mut rows = bench.fresh().unwrap();
        rows.extend(bench.process().unwrap());
        drop(bench);
        rows.extend(cross_validation(options(0)).unwrap());
        println!("\n{}", table(&rows));
    }
}

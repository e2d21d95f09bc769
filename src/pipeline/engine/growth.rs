//! Nothing is quadratic: twice the instructions are twice the looks. Collections that grow with a project count what they
//! hand out (`pipeline::effort`), so that no clock is asked. The list of a snapshot is left out: it is made as often as a
//! share of the time allows (`publish::List`).

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    domain::Stage,
    llm::{Endpoint, Endpoints},
    pipeline::{Ended, Handle, Parts, Project, RunOptions, Stop, effort},
    sandbox::{Compiler, Options, Sandbox},
    store::{Access, Lease},
};

use super::start;

#[path = "../../../benches/growth/model.rs"]
mod model;

use model::{LINES, Model, project};

/// Runs an engine on this thread; gives its looks.
fn run(dir: &std::path::Path, project: Project, options: RunOptions) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let endpoints = Endpoints::of([Arc::new(Model(8)) as Arc<dyn Endpoint>]);
        // Nothing is executed.
        let compiler = Compiler::Child("/nowhere".into());
        let cache_dir = Some(dir.join("cache"));
        let sandbox = Sandbox::start(Options { cache_dir, compiler, ..Options::default() });
        let lease = Ok(Lease::acquire(dir).unwrap());
        let (_handle, seat) = Handle::pair();
        let (_stop, stopped) = watch::channel(Stop::No);
        let engine = start::engine(Parts { project, lease, endpoints, sandbox, options }, seat, stopped);
        let before = effort::looks();
        assert_eq!(engine.run().await.unwrap(), Ended::Done);
        effort::looks() - before
    })
}

fn options() -> RunOptions {
    // A target is looked at after every instruction.
    RunOptions { headless: true, until: Some(Stage::Verifiers), target_sft: Some(1), ..RunOptions::default() }
}

/// The looks of a run from nothing, and of one that finds all done.
fn looks(instructions: usize, limit: Option<usize>) -> [u64; 2] {
    let dir = tempfile::tempdir().unwrap();
    let first = run(dir.path(), project(dir.path(), instructions / LINES), RunOptions { limit, ..options() });
    let there = Project::open(dir.path(), Access::Write, None).unwrap();
    assert_eq!(there.store.roots().unwrap().len(), instructions + 3);
    [first, run(dir.path(), there, RunOptions { limit, ..options() })]
}

fn is_linear(limit: impl Fn(usize) -> Option<usize>) {
    let sizes = [200, 400, 800];
    let looks = sizes.map(|size| looks(size, limit(size)));
    for (larger, smaller) in [(1, 0), (2, 1)] {
        for (more, less) in looks[larger].into_iter().zip(looks[smaller]) {
            assert!(less > sizes[smaller] as u64, "something is counted: {looks:?}");
            let ratio = more as f64 / less as f64;
            assert!(ratio < 2.2, "twice the instructions, {ratio:.2} times the looks: {looks:?}");
        }
    }
}

#[test]
fn twice_the_instructions_are_twice_the_looks() {
    is_linear(|_| None);
}

#[test]
fn the_first_of_many_are_found_without_looking_at_all_again() {
    is_linear(|instructions| Some(instructions / 2));
}

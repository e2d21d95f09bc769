//! Nothing is quadratic: an instruction costs as many looks among many as among few. Collections that grow with a project
//! count what they hand out (`pipeline::effort`), so that no clock is asked. The list of a snapshot is left out: it is made
//! as often as a share of the time allows (`publish::List`).

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

/// Looks at an instruction, whatever the number of instructions; measured are 5.2 to 5.3. A look at all of them for each
/// one would be hundreds.
const LOOKS: u64 = 8;

/// A run that finds all done may look at far less, where the run before it had stored its index in time.
fn is_linear(limit: impl Fn(usize) -> Option<usize>) {
    for size in [200, 400, 800] {
        let [first, again] = looks(size, limit(size));
        let (size, said) = (size as u64, format!("{size} instructions, {first} looks from nothing, {again} again"));
        assert!(first > size, "something is counted: {said}");
        assert!(first.max(again) <= LOOKS * size, "{said}");
    }
}

#[test]
fn an_instruction_costs_the_same_looks_among_more() {
    is_linear(|_| None);
}

#[test]
fn the_first_of_many_are_found_without_looking_at_all_again() {
    is_linear(|instructions| Some(instructions / 2));
}

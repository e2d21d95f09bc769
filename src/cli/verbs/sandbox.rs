//! `assay sandbox compile`

use std::{path::Path, time::Instant};

use anyhow::Context;

use crate::{
    cli::{
        args::{SandboxArgs, SandboxVerb},
        exit::Exit,
        print,
    },
    diag,
    sandbox::{self, Step},
};

/// Prepares the sandbox.
pub fn run(args: &SandboxArgs) -> anyhow::Result<Exit> {
    match &args.verb {
        SandboxVerb::Compile { cache_dir } => compile(cache_dir.as_deref()),
    }
}

fn compile(named: Option<&Path>) -> anyhow::Result<Exit> {
    let usual = || sandbox::default_cache_dir().unwrap_or_else(diag::paths::cache_dir);
    let dir = named.map_or_else(usual, Path::to_owned);
    let started = Instant::now();
    let path = sandbox::compile_to_cache(&dir, &mut |step| match step {
        Step::Compiling => print::say("compiling Python for this machine; it takes some seconds"),
        Step::Looking | Step::Decompressing | Step::Writing | Step::Done => {}
    })
    .with_context(|| format!("the sandbox could not be compiled into {}", dir.display()))?;
    print::say(format!("ready after {:.1} s", started.elapsed().as_secs_f64()));
    print::out(&format!("{}\n", path.display()))?;
    Ok(Exit::Done)
}

//! `assay demo`

use anyhow::Context;

use crate::{
    cli::{
        args::{DemoArgs, RunArgs},
        exit::Exit,
        session,
        verbs::{init, run},
    },
    config::{self, Loaded},
};

/// Shows the bundled demo in a project that goes away with the program.
pub fn run(args: &DemoArgs) -> anyhow::Result<Exit> {
    if !args.headless {
        session::need_terminal()?;
    }
    let place = tempfile::Builder::new().prefix("assay-demo-").tempdir().context("no folder for the demo")?;
    // The folder's name is the project's name on screen.
    let dir = place.path().join("demo");
    init::make(&dir, true, None)?;
    let loaded: Loaded = config::load(&dir)?;
    let exit = if args.headless {
        let options = RunArgs { speed: Some(args.speed.unwrap_or(0.0)), ..RunArgs::default() };
        run::on(&loaded, &options)?
    } else {
        session::workbench(&loaded, args.speed, true)?
    };
    place.close().context("the demo's folder could not be removed")?;
    Ok(exit)
}

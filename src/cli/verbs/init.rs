//! `assay init FOLDER`

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, bail};

use crate::{
    cli::{args::InitArgs, exit::Exit, material, print, session},
    config::{self, FILE_NAME},
    prompts::bundled,
};

/// Makes a project.
pub fn run(args: &InitArgs) -> anyhow::Result<Exit> {
    make(&args.folder, args.demo, args.seed)?;
    let (folder, name) = (args.folder.display(), FILE_NAME);
    let next = if args.demo {
        format!(
            "{folder} is a demo project.\n  assay {folder}                    the workbench\n  assay run --project {folder}      without it\n"
        )
    } else {
        format!(
            "{folder} is a project.\n  1. Point [endpoints.main] in {folder}/{name} at your server.\n  2. Edit seeds/ and \
             templates/ as you like.\n  3. assay {folder}                 (or: assay run --project {folder})\n"
        )
    };
    print::out(&next)?;
    Ok(Exit::Done)
}

/// Writes a project's files; for a demo also its store, with the demo's seeds and queries in it.
pub fn make(dir: &Path, demo: bool, seed: Option<u64>) -> anyhow::Result<()> {
    let config = dir.join(FILE_NAME);
    if config.exists() {
        bail!(
            "{} is a project already; choose another folder, or open it with `assay {}`",
            dir.display(),
            dir.display()
        );
    }
    fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    for (name, text) in bundled::files() {
        write_new(dir, &format!("templates/{name}"), text)?;
    }
    let (seeds, queries) = files(demo);
    for (name, text) in seeds.iter().chain(queries).chain([&material::SEEDS_README]) {
        write_new(dir, name, text)?;
    }
    // The last file makes the folder a project.
    write_new(dir, FILE_NAME, &config::commented(seed, demo))?;
    let loaded = config::load(dir)?;
    if demo {
        session::fill_demo(&loaded)?;
    }
    Ok(())
}

/// The seed and query files of a new project.
fn files(demo: bool) -> (&'static [material::File], &'static [material::File]) {
    if demo { (&material::DEMO_SEEDS, &material::DEMO_QUERIES) } else { (&material::SEEDS, &material::QUERIES) }
}

/// Writes a file that must not be there yet.
fn write_new(dir: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let path = dir.join(name);
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create_new(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    match write() {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{} is there already and was left alone; choose an empty folder", path.display())
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be written", path.display())),
    }
}

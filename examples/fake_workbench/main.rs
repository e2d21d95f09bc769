//! The workbench over a made-up engine: for looking at it while it is worked on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "a rehearsal")]

mod engine;
mod project;
mod texts;

use assay::{
    app::{AppOptions, run},
    pipeline::handle::Handle,
};

fn main() -> anyhow::Result<()> {
    let n = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(30);
    let runtime = tokio::runtime::Runtime::new()?;
    let (handle, seat) = Handle::pair();
    let mut engine = engine::Engine::new(seat, n, n + 30);
    if n > 0 {
        engine.begin();
    }
    runtime.spawn(engine.run());
    let options = AppOptions {
        project_name: "my-data".to_owned(),
        profile: "recommended".to_owned(),
        banner: std::env::var("FAKE_BANNER").ok(),
        state_file: std::env::var("FAKE_STATE").ok().map(Into::into),
    };
    let exit = runtime.block_on(run(handle, options))?;
    eprintln!("{exit:?}");
    Ok(())
}

//! The workbench over a made-up engine: for looking at it while it is worked on.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a rehearsal"
)]

mod counts;
mod engine;
mod project;
mod texts;

use std::time::Duration;

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
        keys_file: None,
    };
    // `FAKE_PANIC=loop` or `FAKE_PANIC=task`: what the terminal looks like after a panic.
    let panic = std::env::var("FAKE_PANIC").unwrap_or_default();
    if panic == "task" {
        runtime.spawn(async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            panic!("a panic on another thread");
        });
    }
    let exit = runtime.block_on(async {
        tokio::select! {
            exit = run(handle, options) => exit,
            () = tokio::time::sleep(Duration::from_secs(2)), if panic == "loop" => panic!("a panic in the loop"),
        }
    })?;
    eprintln!("{exit:?}");
    Ok(())
}

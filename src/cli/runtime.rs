//! The one runtime that carries requests, signals and the engine.

use std::future::Future;

use anyhow::Context;

/// Runs a future to its end on a new runtime.
pub fn block_on<F: Future>(future: F) -> anyhow::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("assay")
        .build()
        .context("the runtime could not be started")?;
    Ok(runtime.block_on(future))
}

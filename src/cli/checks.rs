//! What commands that only run checks share: a sandbox of their own, and an end on ctrl-c.

use std::{future::Future, io, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    dataset::Skipped,
    sandbox::{Compiler, Options, Sandbox, Status},
    term::escape,
};

use super::{drive::Signals, print};

/// How long preparing may take before it is mentioned.
const QUIET: Duration = Duration::from_millis(1500);

/// The usual sandbox, compiled in a child process where need be.
pub fn sandbox_options() -> Options {
    let compiler = std::env::current_exe().map_or(Compiler::InProcess, Compiler::Child);
    Options { compiler, ..Options::default() }
}

/// Starts a sandbox with so many workers (0: one a core). Needs the runtime: a long preparation is told on stderr.
pub fn start_sandbox(workers: usize) -> Sandbox {
    let sandbox = Sandbox::start(Options { workers, ..sandbox_options() });
    let status = sandbox.status();
    tokio::spawn(async move {
        tokio::time::sleep(QUIET).await;
        if matches!(*status.borrow(), Status::Preparing { .. }) {
            print::say("compiling Python for this machine, once; it takes some seconds");
        }
    });
    sandbox
}

/// Does some work with a token that ctrl-c, and the signals that ask a program to end, cancel.
///
/// # Errors
/// Where signals cannot be heard.
pub async fn until_interrupted<F: Future>(work: impl FnOnce(CancellationToken) -> F) -> io::Result<F::Output> {
    let token = CancellationToken::new();
    let mut signals = Signals::listen()?;
    let cancel = token.clone();
    let listener = tokio::spawn(async move {
        signals.next().await;
        cancel.cancel();
    });
    let output = work(token).await;
    listener.abort();
    Ok(output)
}

/// Tells on stderr which rows were passed over.
pub fn tell_skipped(skipped: &Skipped) {
    for row in &skipped.first {
        print::say(format!("skipped: {}", escape::prose(row)));
    }
    if skipped.count > 0 {
        print::say(format!("{} malformed rows skipped", skipped.count));
    }
}

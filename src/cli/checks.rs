//! What commands that only run checks share: a sandbox of their own, and an end on ctrl-c.

use std::{
    future::Future,
    io::{self, IsTerminal},
    time::Duration,
};

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    dataset::Skipped,
    sandbox::{Compiler, Options, Sandbox, Status},
    term::escape,
};

use super::{drive::Signals, print, runtime};

/// Least time between two looks at a progress.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

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

/// Starts a sandbox and waits until it can run checks.
///
/// # Errors
/// Where it cannot be prepared, with the reason.
pub fn prepared_sandbox(options: Options) -> anyhow::Result<Sandbox> {
    let sandbox = Sandbox::start(options);
    let mut status = sandbox.status();
    let waiting = async { status.wait_for(|s| !matches!(s, Status::Preparing { .. })).await.map(|s| s.clone()) };
    match runtime::block_on(waiting)?.context("the sandbox ended while it was prepared")? {
        Status::Failed(why) => bail!("{why}"),
        Status::Ready | Status::Preparing { .. } => Ok(sandbox),
    }
}

/// A progress on stderr, looked at now and then; nothing where that is no terminal.
pub struct Bar(Option<(ProgressBar, JoinHandle<()>)>);

impl Bar {
    /// Begins to show; `look` puts what there is to see into the bar. Needs the runtime.
    pub fn start(bar: ProgressBar, look: impl Fn(&ProgressBar) + Send + 'static) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let seen = bar.clone();
        let looking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(BETWEEN_LOOKS).await;
                look(&seen);
            }
        });
        Self(Some((bar, looking)))
    }

    /// Takes it away.
    pub fn end(self) {
        if let Some((bar, looking)) = self.0 {
            looking.abort();
            bar.finish_and_clear();
        }
    }
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

//! What isolation costs on this machine, measured from inside: for `assay doctor --bench` and the benches.

use std::{sync::Arc, thread, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{
    batch::{Limits, Namespace},
    engine::THREAD_STACK,
    error::SandboxError,
    prepare::{self, Plan, Runtime},
    runner::{Runner, Verifier},
    start::Options,
    sys,
};

/// CPU times on one thread.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// A new interpreter.
    pub instantiate: Duration,
    /// Putting its memory back.
    pub restore: Duration,
    /// Pages of memory that this copied.
    pub pages: usize,
    /// A fresh verifier with all texts: pristine interpreter, load, checks, restores.
    pub cycle: Duration,
    /// Of that, the interpreter's own time.
    pub inside: Duration,
}

/// Measures each source once, with all texts, after it was warmed up with one of each. Compiles the guest first where
/// that was not done.
///
/// # Errors
/// As preparing the sandbox and running a verifier.
pub fn costs(options: Options, sources: Vec<String>, texts: Vec<String>) -> Result<Costs, SandboxError> {
    let plan = Plan {
        cache_dir: options.cache_dir.or_else(super::default_cache_dir),
        compiler: options.compiler,
        reservation: options.reservation,
        portable: options.portable,
        verify: options.verify_restore,
    };
    let runtime = Arc::new(prepare::prepare(&plan)?);
    let thread = thread::Builder::new().name("sandbox-costs".into()).stack_size(THREAD_STACK);
    let measuring = thread.spawn(move || measure(&runtime, &sources, &texts));
    let measuring = measuring.map_err(|e| SandboxError::Thread(e.to_string()))?;
    measuring.join().map_err(|_| SandboxError::Unavailable("a measurement panicked; see the log".into()))?
}

const NEW: u32 = 20;
const RESTORES: u32 = 500;

fn measure(runtime: &Arc<Runtime>, sources: &[String], texts: &[String]) -> Result<Costs, SandboxError> {
    let start = sys::thread_cpu();
    for _ in 0..NEW {
        drop(runtime.instance()?);
    }
    let instantiate = since(start) / NEW;
    let mut runner = Runner::new(Arc::clone(runtime));
    for source in sources.iter().take(6) {
        run(&mut runner, &format!("{source}# warm"), texts)?;
    }
    let (start, before) = (sys::thread_cpu(), runner.spent);
    for source in sources {
        run(&mut runner, source, texts)?;
    }
    let count = u32::try_from(sources.len().max(1)).unwrap_or(u32::MAX);
    let (cycle, inside) = (since(start) / count, runner.spent.saturating_sub(before) / count);
    let start = sys::thread_cpu();
    let mut pages = 0;
    for _ in 0..RESTORES {
        pages = runner.restore()?.unwrap_or(pages);
    }
    Ok(Costs { instantiate, restore: since(start) / RESTORES, pages, cycle, inside })
}

fn since(start: Duration) -> Duration {
    sys::thread_cpu().saturating_sub(start)
}

fn run(runner: &mut Runner, source: &str, texts: &[String]) -> Result<(), SandboxError> {
    let cancel = CancellationToken::new();
    let (limits, namespace) = (Limits::default(), Namespace::Own);
    let verifier = Verifier { source, limits, namespace, allow_skips: false, cancel: &cancel };
    let numbered = (0..).zip(texts.iter().map(String::as_bytes));
    runner.run(&verifier, numbered, |_, _| {})
}

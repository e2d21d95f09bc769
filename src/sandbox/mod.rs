//! The trust boundary: code that a model wrote runs here and nowhere else.
//!
//! A verifier runs in CPython, which is compiled to one pre-initialised WebAssembly module ([`guest`]) and executed by
//! wasmtime. It has no file system, network, clock, environment or process, a memory limit, and a limit on CPU time.
//! Nothing of one verifier is visible to another and nothing of one check to the next: the memory image after loading
//! is restored before every check, so that an outcome depends on source and text alone.
//!
//! [`Sandbox::start`] returns at once and prepares in the background; [`Sandbox::run`] takes a [`Batch`] and streams
//! its outcomes.

mod batch;
mod cache;
mod costs;
mod engine;
mod error;
mod guest;
mod image;
mod inspect;
mod instance;
mod patterns;
mod pool;
mod prepare;
mod recall;
mod report;
mod run;
mod runner;
mod start;
#[cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    path = "strike/none.rs"
)]
mod strike;
mod sys;
mod wasi;
mod watch;

pub use batch::{Batch, Limits, Namespace, Text};
pub use cache::{Step, compile_to_cache, default_cache_dir};
pub use costs::{Costs, costs};
pub use engine::Reservation;
pub use error::SandboxError;
pub use guest::{PYTHON_VERSION, artefact_digest as guest_digest};
pub use inspect::{Event, Facts, Step as TraceStep, Trace};
pub use prepare::Compiler;
pub use run::Run;
pub use start::{Options, Sandbox, Status};

/// CPU time of this thread, for measurements by hand.
#[cfg(test)]
pub(crate) fn thread_cpu() -> std::time::Duration {
    sys::thread_cpu()
}

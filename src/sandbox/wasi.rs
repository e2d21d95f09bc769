//! The part of WASI that the guest gets: a clock that stands still, random bytes that are always the same, and
//! nothing to read, write, open or wait for. Everything else ends the check.

use wasmtime::{Caller, Error, Extern, Linker, Memory, Module, ResourceLimiter, Result, bail};

use super::{error::SandboxError, instance::Deadline};

const WASI: &str = "wasi_snapshot_preview1";
/// Errno: bad file descriptor.
const BADF: i32 = 8;
/// Errno: invalid argument.
const INVAL: i32 = 28;
/// Errno: no such file or directory.
const NOENT: i32 = 44;
/// The guest's now: 2026-01-01T00:00:00Z in nanoseconds.
const NOW: u64 = 1_767_225_600_000_000_000;
/// Random bytes per call.
const RANDOM_CAP: i32 = 65_536;
/// Table elements; the guest's own table has some 12,000.
const TABLE_CAP: usize = 100_000;

/// What a store knows of its guest.
pub(super) struct State {
    /// Bytes of linear memory allowed.
    pub memory_limit: usize,
    /// Whether growth was refused since this was last reset.
    pub refused: bool,
    /// When the current call must end.
    pub deadline: Deadline,
    random: u64,
}

impl State {
    pub(super) fn new() -> Self {
        let mut state = Self { memory_limit: 0, refused: false, deadline: Deadline::default(), random: 0 };
        state.rewind();
        state
    }

    /// Back to what every load and check starts from.
    pub(super) const fn rewind(&mut self) {
        self.random = 0x9e37_79b9_7f4a_7c15;
        self.refused = false;
    }

    const fn random_byte(&mut self) -> u8 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random.to_le_bytes()[3]
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let fits = desired <= self.memory_limit;
        self.refused |= !fits;
        Ok(fits)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(desired <= TABLE_CAP)
    }
}

/// The guest asked to leave (`os._exit`).
#[derive(Debug, thiserror::Error)]
#[error("the guest left")]
pub(super) struct Left;

/// The guest asked for what there is not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Denied(pub String);

/// A linker with these functions, and traps for the module's other imports.
pub(super) fn linker(module: &Module) -> Result<Linker<State>, SandboxError> {
    build(module).map_err(|e| SandboxError::engine("link the Python guest", &e))
}

fn build(module: &Module) -> Result<Linker<State>> {
    let mut linker = Linker::new(module.engine());
    linker.func_wrap(WASI, "clock_time_get", |caller: Caller<'_, State>, _: i32, _: i64, at: i32| {
        put(caller, at, &NOW.to_le_bytes())
    })?;
    linker.func_wrap(WASI, "clock_res_get", |caller: Caller<'_, State>, _: i32, at: i32| {
        put(caller, at, &1000_u64.to_le_bytes())
    })?;
    linker.func_wrap(WASI, "random_get", |mut caller: Caller<'_, State>, at: i32, length: i32| {
        if !(0..=RANDOM_CAP).contains(&length) {
            return Ok(INVAL);
        }
        let bytes: Vec<u8> = (0..length).map(|_| caller.data_mut().random_byte()).collect();
        put(caller, at, &bytes)
    })?;
    linker.func_wrap(WASI, "proc_exit", |_: i32| -> Result<()> { Err(Error::new(Left)) })?;
    linker.func_wrap(WASI, "sched_yield", || 0_i32)?;
    linker.func_wrap(WASI, "fd_prestat_get", |_: i32, _: i32| BADF)?;
    linker.func_wrap(WASI, "fd_write", |_: i32, _: i32, _: i32, _: i32| BADF)?;
    linker.func_wrap(WASI, "fd_close", |_: i32| BADF)?;
    linker.func_wrap(WASI, "fd_fdstat_get", |_: i32, _: i32| BADF)?;
    linker.func_wrap(WASI, "fd_filestat_get", |_: i32, _: i32| BADF)?;
    linker.func_wrap(WASI, "path_filestat_get", |_: i32, _: i32, _: i32, _: i32, _: i32| NOENT)?;
    linker
        .func_wrap(WASI, "path_open", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i64, _: i64, _: i32, _: i32| NOENT)?;
    deny_the_rest(&mut linker, module)?;
    Ok(linker)
}

fn deny_the_rest(linker: &mut Linker<State>, module: &Module) -> Result<()> {
    linker.allow_shadowing(false);
    for import in module.imports() {
        let wasmtime::ExternType::Func(signature) = import.ty() else { bail!("unexpected import {}", import.name()) };
        let what = describe(import.name());
        let trap = move |_: Caller<'_, State>, _: &[wasmtime::Val], _: &mut [wasmtime::Val]| {
            Err(Error::new(Denied(what.clone())))
        };
        // Defining a name twice is refused: those above stay.
        let known = DEFINED.contains(&import.name()) && import.module() == WASI;
        if !known {
            linker.func_new(import.module(), import.name(), signature, trap)?;
        }
    }
    Ok(())
}

/// The names that [`build`] gives a meaning.
const DEFINED: [&str; 12] = [
    "clock_time_get",
    "clock_res_get",
    "random_get",
    "proc_exit",
    "sched_yield",
    "fd_prestat_get",
    "fd_write",
    "fd_close",
    "fd_fdstat_get",
    "fd_filestat_get",
    "path_filestat_get",
    "path_open",
];

/// A WASI function in the words of someone reading about a verifier.
fn describe(name: &str) -> String {
    let what = match name {
        "poll_oneoff" => "sleep or wait",
        "fd_read" | "fd_pread" => "read from a file or from standard input",
        "fd_pwrite" | "fd_seek" | "fd_tell" | "fd_sync" | "fd_datasync" | "fd_allocate" | "fd_advise" => "use a file",
        "fd_readdir" | "path_readlink" => "read a folder",
        "environ_get" | "environ_sizes_get" | "args_get" | "args_sizes_get" => "read the environment",
        "proc_raise" => "send a signal",
        name if name.starts_with("path_") => "change the file system",
        name if name.starts_with("sock_") => "use the network",
        _ => "call the system",
    };
    format!("{what} ({name})")
}

fn memory(caller: &mut Caller<'_, State>) -> Result<Memory> {
    match caller.get_export("memory").and_then(Extern::into_memory) {
        Some(memory) => Ok(memory),
        None => bail!("the guest exports no memory"),
    }
}

fn put(mut caller: Caller<'_, State>, at: i32, bytes: &[u8]) -> Result<i32> {
    let memory = memory(&mut caller)?;
    Ok(match memory.write(&mut caller, at.cast_unsigned() as usize, bytes) {
        Ok(()) => 0,
        Err(_) => INVAL,
    })
}

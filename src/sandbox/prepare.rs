//! From the artefact to something that can be instantiated: found in the cache, or compiled.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use wasmtime::{Engine, InstancePre, Module};

use super::{
    cache, engine,
    engine::{Means, Reservation},
    error::SandboxError,
    guest,
    image::Pristine,
    instance::Instance,
    patterns::Patterns,
    wasi::{self, State},
    watch::Watch,
};

/// Bytes of a failed child's stderr that are shown.
const STDERR_TAIL: usize = 2000;

/// Who compiles the guest when the cache has no code for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Compiler {
    /// This process, at the cost of some 400 MiB of memory for seconds.
    #[default]
    InProcess,
    /// A child: this program, called as `<program> sandbox compile --cache-dir DIR`.
    Child(PathBuf),
}

/// All that workers share.
pub(super) struct Runtime {
    pub pre: InstancePre<State>,
    pub pristine: Pristine,
    /// Regular expressions compiled before.
    pub patterns: Patterns,
    /// Sees to it that calls end.
    pub watch: Watch,
    means: Means,
    /// Make interpreters anew, as on a system that does not tell which pages were written.
    pub portable: bool,
    /// Compare the whole memory after each restore.
    pub verify: bool,
}

impl Runtime {
    /// An instance that is watched.
    pub(super) fn instance(&self) -> Result<Instance, SandboxError> {
        let mut instance = Instance::new(&self.pre)?;
        if self.means == Means::Strike {
            self.watch.over(instance.lane(self.pre.module())?);
        }
        Ok(instance)
    }
}

/// How to prepare.
pub(super) struct Plan {
    pub cache_dir: Option<PathBuf>,
    pub compiler: Compiler,
    pub reservation: Reservation,
    pub portable: bool,
    pub verify: bool,
}

/// Makes the guest ready to be instantiated.
pub(super) fn prepare(plan: &Plan) -> Result<Runtime, SandboxError> {
    let (engine, means) = engine::engine(plan.reservation, plan.portable)?;
    let module = module(&engine, plan)?;
    let linker = wasi::linker(&module)?;
    let pre = linker.instantiate_pre(&module).map_err(|e| SandboxError::engine("link the Python guest", &e))?;
    let pristine = Arc::from(Instance::new(&pre)?.bytes());
    let watch = Watch::start(engine, means)?;
    let Plan { portable, verify, .. } = *plan;
    Ok(Runtime { pre, pristine, patterns: Patterns::default(), watch, means, portable, verify })
}

fn module(engine: &Engine, plan: &Plan) -> Result<Module, SandboxError> {
    if let Some(dir) = &plan.cache_dir
        && let Some(path) = cache::find(engine, dir)
    {
        match cache::load(engine, &path) {
            Ok(module) => return Ok(module),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "compiled Python guest will be made again");
                cache::discard(&path);
            }
        }
    }
    match plan.cache_dir.as_deref().filter(|dir| cache::writable(dir)) {
        Some(dir) => cache::load(engine, &compile(engine, dir, &plan.compiler)?),
        None => without_cache(engine, plan),
    }
}

/// Where there is no folder to write to: a temporary one, or none at all.
fn without_cache(engine: &Engine, plan: &Plan) -> Result<Module, SandboxError> {
    tracing::warn!(dir = ?plan.cache_dir, "the cache folder cannot be written; the Python guest is compiled at every start");
    if let Ok(dir) = tempfile::Builder::new().prefix("assay-").tempdir() {
        // The mapped file outlives its folder.
        return cache::load(engine, &compile(engine, dir.path(), &plan.compiler)?);
    }
    let module = guest::module()?;
    Module::new(engine, module).map_err(|e| SandboxError::engine("compile the Python guest", &e))
}

fn compile(engine: &Engine, dir: &Path, compiler: &Compiler) -> Result<PathBuf, SandboxError> {
    let Compiler::Child(program) = compiler else { return cache::compile(engine, dir, &mut |_| {}) };
    let output = Command::new(program)
        .args(["sandbox", "compile", "--cache-dir"])
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            tracing::warn!(program = %program.display(), %error, "no child process could be started; compiling here");
            return cache::compile(engine, dir, &mut |_| {});
        }
    };
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let start = text.char_indices().rev().nth(STDERR_TAIL).map_or(0, |(at, _)| at);
        return Err(SandboxError::Child { status: output.status.to_string(), stderr: text[start..].trim().to_owned() });
    }
    match cache::find(engine, dir) {
        Some(path) => Ok(path),
        // The child settled on other engine settings (address space differs), or is another build.
        None => cache::compile(engine, dir, &mut |_| {}),
    }
}

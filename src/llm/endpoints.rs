//! The endpoints of a project, opened from `assay.toml`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Endpoint, LlmError, Memory,
    openai::OpenAi,
    tape::{Tape, TapeEndpoint, TapeWriter},
};
use crate::config::{EndpointConfig, EndpointKind};

/// What begins the path of a tape that the program brings along.
const BUNDLED: &str = "bundled:";

/// Gives the bytes of a tape that the program brings along, by the name after `bundled:`.
pub type Bundled = fn(&str) -> Option<&'static [u8]>;

/// What the command line changes.
#[derive(Clone, Default)]
pub struct Options {
    /// Replay speed of all tapes, in place of their own.
    pub speed: Option<f64>,
    /// Record all servers' completions on this tape, in place of their own.
    pub record: Option<PathBuf>,
    /// The tapes that the program brings along (`demo` for `bundled:demo`).
    pub bundled: Option<Bundled>,
}

/// Endpoints by name.
#[derive(Clone, Default)]
pub struct Endpoints {
    by_name: BTreeMap<String, Arc<dyn Endpoint>>,
}

impl Endpoints {
    /// Opens all of them. Tapes are read, servers are not asked yet; a missing key is told by the first request.
    pub fn open(
        configs: &BTreeMap<String, EndpointConfig>,
        project_dir: &Path,
        options: Options,
    ) -> Result<Self, LlmError> {
        let memory = Arc::new(Memory::of(project_dir));
        let mut opening = Opening { project_dir, options: &options, memory, recorders: BTreeMap::new() };
        let mut by_name: BTreeMap<String, Arc<dyn Endpoint>> = BTreeMap::new();
        for (name, config) in configs {
            let endpoint: Arc<dyn Endpoint> = match config.kind {
                EndpointKind::Openai => Arc::new(opening.server(name, config)?),
                EndpointKind::Tape => Arc::new(opening.tape(name, config)?),
            };
            by_name.insert(name.clone(), endpoint);
        }
        Ok(Self { by_name })
    }

    /// Endpoints made elsewhere, by their own names.
    pub fn of(endpoints: impl IntoIterator<Item = Arc<dyn Endpoint>>) -> Self {
        Self { by_name: endpoints.into_iter().map(|endpoint| (endpoint.name().to_owned(), endpoint)).collect() }
    }

    /// The endpoint of that name.
    pub fn get(&self, name: &str) -> Option<Arc<dyn Endpoint>> {
        self.by_name.get(name).cloned()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Endpoint>> {
        self.by_name.values()
    }
}

struct Opening<'a> {
    project_dir: &'a Path,
    options: &'a Options,
    memory: Arc<Memory>,
    /// One writer a file, however many endpoints name it.
    recorders: BTreeMap<PathBuf, Arc<TapeWriter>>,
}

impl Opening<'_> {
    fn server(&mut self, name: &str, config: &EndpointConfig) -> Result<OpenAi, LlmError> {
        let at = |path: &String| self.project_dir.join(path).to_string_lossy().into_owned();
        let placed = EndpointConfig { ca_file: config.ca_file.as_ref().map(at), ..config.clone() };
        let server = OpenAi::open(name, &placed)?.remembering(self.memory.clone());
        let own = config.record.as_ref().map(|path| self.project_dir.join(path));
        match self.options.record.clone().or(own) {
            None => Ok(server),
            Some(path) => Ok(server.recording(self.recorder(path)?)),
        }
    }

    fn recorder(&mut self, path: PathBuf) -> Result<Arc<TapeWriter>, LlmError> {
        if let Some(recorder) = self.recorders.get(&path) {
            return Ok(Arc::clone(recorder));
        }
        let label = path.file_stem().map_or_else(|| "recording".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let recorder = Arc::new(TapeWriter::open(&path, &label)?);
        self.recorders.insert(path, Arc::clone(&recorder));
        Ok(recorder)
    }

    fn tape(&self, name: &str, config: &EndpointConfig) -> Result<TapeEndpoint, LlmError> {
        let wrong = |reason: String| LlmError::Config { endpoint: name.to_owned(), reason };
        let path = config.path.as_deref().ok_or_else(|| wrong("path is missing: name the tape".to_owned()))?;
        let tape = match path.strip_prefix(BUNDLED) {
            None => Tape::read(&self.project_dir.join(path))?,
            Some(bundled) => {
                let bytes = self.options.bundled.and_then(|bytes_of| bytes_of(bundled));
                let bytes = bytes
                    .ok_or_else(|| wrong(format!("there is no tape `{path}`; the program brings bundled:demo")))?;
                Tape::parse(bytes, Path::new(path))?
            }
        };
        let concurrency = usize::try_from(config.concurrency).unwrap_or(usize::MAX);
        Ok(TapeEndpoint::new(name, tape, concurrency, self.options.speed.unwrap_or(config.speed)))
    }
}

//! What was found out about endpoints, kept beside the project so that the next run need not find it out again.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{Probe, openai::Form};

/// Where it is kept, relative to the project.
const FILE: &str = ".assay/endpoints.json";

/// What is known of one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// Its first address, without query; for another one, what is known does not hold.
    pub address: String,
    /// The forms of structured output that it does not take.
    pub refused: Vec<Form>,
    /// Whether it does not tell how probable its words are.
    pub no_logprobs: bool,
    /// How many answers to one request it gives at most, by model, where it was seen to give several.
    pub several: BTreeMap<String, u32>,
    /// What `assay doctor` found.
    pub probe: Option<Probe>,
    /// When that was (RFC 3339).
    pub probed: Option<String>,
}

/// The file. A project works without it: what cannot be read is found out again.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    /// One change at a time.
    writing: Mutex<()>,
}

impl Memory {
    /// The memory of a project.
    pub fn of(project_dir: &Path) -> Self {
        Self { path: project_dir.join(FILE), writing: Mutex::new(()) }
    }

    fn all(&self) -> BTreeMap<String, Known> {
        match std::fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(path = %self.path.display(), %error, "what was known of the endpoints cannot be read");
                BTreeMap::new()
            }),
            Err(_) => BTreeMap::new(),
        }
    }

    /// What is known of an endpoint at an address.
    pub fn known(&self, endpoint: &str, address: &str) -> Option<Known> {
        self.all().remove(endpoint).filter(|known| known.address == address)
    }

    /// Changes what is known of an endpoint. That it cannot be kept is no reason to stop.
    pub fn change(&self, endpoint: &str, address: &str, change: impl FnOnce(&mut Known)) {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.all();
        let known = all.entry(endpoint.to_owned()).or_default();
        if known.address != address {
            *known = Known { address: address.to_owned(), ..Known::default() };
        }
        change(known);
        if let Err(error) = self.write(&all) {
            tracing::warn!(path = %self.path.display(), %error, "what was found out about `{endpoint}` cannot be kept");
        }
    }

    fn write(&self, all: &BTreeMap<String, Known>) -> io::Result<()> {
        let dir = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(dir)?;
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&serde_json::to_vec_pretty(all)?)?;
        file.persist(&self.path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_holds_for_one_address() {
        let dir = tempfile::tempdir().unwrap();
        let memory = Memory::of(dir.path());
        assert_eq!(memory.known("a", "http://h/v1"), None);
        memory.change("a", "http://h/v1", |known| known.refused.push(Form::Grammar));
        memory.change("b", "http://h/v1", |known| known.probe = Some(Probe::new("b")));
        let again = Memory::of(dir.path());
        assert_eq!(again.known("a", "http://h/v1").unwrap().refused, [Form::Grammar]);
        assert_eq!(again.known("a", "http://other/v1"), None);
        memory.change("a", "http://other/v1", |known| assert!(known.refused.is_empty()));
        std::fs::write(dir.path().join(FILE), "{").unwrap();
        assert_eq!(again.known("b", "http://h/v1"), None, "found out again");
    }
}

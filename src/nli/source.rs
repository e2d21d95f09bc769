//! Where a model's files are: in a folder, or in the cache that the Hugging Face tools share.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
};

use super::{NliError, identity};

/// The files that a model is made of.
pub const CONFIG: &str = "config.json";
/// See [`CONFIG`].
pub const TOKENIZER: &str = "tokenizer.json";
/// See [`CONFIG`].
pub const WEIGHTS: &str = "model.safetensors";

/// The hub, where `HF_ENDPOINT` names no other.
const HUB: &str = "https://huggingface.co";

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A model of the hub.
    Hub(Hub),
}

/// A model of the Hugging Face hub, and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    /// Its name, such as `owner/model`.
    pub id: String,
    /// A branch, tag or commit.
    pub revision: String,
    /// The shared cache, the folder that holds `models--owner--model`.
    pub cache: PathBuf,
    /// The server.
    pub endpoint: String,
}

/// A model's files, all of them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// `config.json`
    pub config: PathBuf,
    /// `tokenizer.json`
    pub tokenizer: PathBuf,
    /// `model.safetensors`
    pub weights: PathBuf,
}

impl Source {
    /// What `consistency.model` means in a project: a folder where there is one, or was when the project last saw it, or
    /// where it is written as a path; else a name on the hub. The hub's address and cache come from the environment as for its other tools.
    ///
    /// # Errors
    /// Where it can be neither.
    pub fn parse(model: &str, revision: &str, project: &Path) -> Result<Self, NliError> {
        let folder = project.join(model);
        let is_path = Path::new(model).is_absolute() || model.starts_with("./") || model.starts_with("../");
        let as_folder = Self::Folder(folder.clone());
        if !model.is_empty() && (is_path || folder.is_dir() || identity::is_known(&as_folder, project)) {
            return Ok(as_folder);
        }
        if !is_hub_id(model) || !is_revision(revision) {
            return Err(NliError::NoSuchModel(model.to_owned()));
        }
        let endpoint = env::var("HF_ENDPOINT").ok().filter(|url| !url.is_empty());
        Ok(Self::Hub(Hub {
            id: model.to_owned(),
            revision: revision.to_owned(),
            cache: hub_cache(),
            endpoint: endpoint.unwrap_or_else(|| HUB.to_owned()).trim_end_matches('/').to_owned(),
        }))
    }

    /// Finds the files on this machine; asks nobody.
    ///
    /// # Errors
    /// Which file is missing, and what to do.
    pub fn find(&self) -> Result<Files, NliError> {
        match self {
            Self::Folder(dir) => Files::in_folder(dir),
            Self::Hub(hub) => {
                let dir = hub.snapshot().ok_or_else(|| hub.not_fetched(CONFIG))?;
                for file in [CONFIG, TOKENIZER, WEIGHTS] {
                    if !dir.join(file).is_file() {
                        return Err(hub.not_fetched(file));
                    }
                }
                Files::in_folder(&dir)
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(dir) => write!(f, "{}", dir.display()),
            Self::Hub(hub) => write!(f, "{} ({})", hub.id, hub.revision),
        }
    }
}

impl Hub {
    /// The folder of this model in the cache.
    fn home(&self) -> PathBuf {
        self.cache.join(format!("models--{}", self.id.replace('/', "--")))
    }

    /// The folder of this revision, where it was fetched: a commit stands for itself, else `refs/` names the commit.
    fn snapshot(&self) -> Option<PathBuf> {
        let home = self.home();
        let itself = home.join("snapshots").join(&self.revision);
        if itself.is_dir() {
            return Some(itself);
        }
        let commit = fs::read_to_string(home.join("refs").join(&self.revision)).ok()?;
        let commit = commit.trim();
        let is_name = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_name.then(|| home.join("snapshots").join(commit))
    }

    fn not_fetched(&self, file: &str) -> NliError {
        NliError::NotFetched {
            id: self.id.clone(),
            revision: self.revision.clone(),
            file: file.to_owned(),
            cache: self.home(),
            url: self.page(),
        }
    }

    /// The page that lists its files.
    pub fn page(&self) -> String {
        format!("{}/{}/tree/{}", self.endpoint, self.id, self.revision)
    }
}

impl Files {
    /// The files of a folder.
    ///
    /// # Errors
    /// Which one is missing; where there is something in its place, how to make one of the other.
    pub fn in_folder(dir: &Path) -> Result<Self, NliError> {
        let there = |name: &str, advice: &str| {
            let path = dir.join(name);
            if path.is_file() { Ok(path) } else { Err(NliError::Missing { path, advice: advice.to_owned() }) }
        };
        let weights = if dir.join("pytorch_model.bin").is_file() {
            "the folder holds pytorch_model.bin, which is not read here; in Python, \
             `AutoModelForSequenceClassification.from_pretrained(DIR).save_pretrained(DIR)` writes model.safetensors"
        } else if dir.join("model.safetensors.index.json").is_file() {
            "its weights are in several files, which is not read here; save the model with a larger `max_shard_size`"
        } else {
            "a model's weights; see that the folder is the one of a saved model"
        };
        Ok(Self {
            config: there(CONFIG, "name the folder of a saved DeBERTa-v2 or -v3 sequence classifier")?,
            tokenizer: there(
                TOKENIZER,
                "in Python, `AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR)` writes it",
            )?,
            weights: there(WEIGHTS, weights)?,
        })
    }
}

/// `name` or `owner/name`, of the characters that the hub allows.
fn is_hub_id(text: &str) -> bool {
    let word = |part: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty() && part.chars().all(allowed) && !part.starts_with(['.', '-']) && !part.contains("..")
    };
    text.split('/').count() <= 2 && text.split('/').all(word) && text.len() <= 96
}

/// A branch, tag or commit that can be part of a path.
fn is_revision(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    !text.is_empty() && text.chars().all(allowed) && !text.contains("..") && !text.starts_with(['/', '.'])
}

/// The cache of the hub's tools: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else in the user's cache folder.
fn hub_cache() -> PathBuf {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || {
        let base = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")));
        base.map(|base| base.join("huggingface"))
    };
    named("HF_HUB_CACHE")
        .or_else(|| named("HF_HOME").or_else(home).map(|dir| dir.join("hub")))
        .unwrap_or_else(|| PathBuf::from("huggingface/hub"))
}

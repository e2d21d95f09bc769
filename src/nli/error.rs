//! What can go wrong with a local model. Every text says what happened, where, and what to do next.

use std::path::{Path, PathBuf};

/// Why there is no label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NliError {
    /// The feature is not compiled in.
    #[error(
        "this build has no local NLI: build with `--features nli-local`, or set consistency.by = \"model\" in assay.toml"
    )]
    NotBuilt,
    /// The configured text is neither a folder nor a name on the hub.
    #[error(
        "`{0}` is no NLI model: name a folder that holds config.json, tokenizer.json and model.safetensors (relative to \
         the project, or absolute), or a model of the Hugging Face hub such as \
         MoritzLaurer/mDeBERTa-v3-base-xnli-multilingual-nli-2mil7"
    )]
    NoSuchModel(String),
    /// A hub model that is not on this machine.
    #[error(
        "the NLI model {id} ({revision}) is not on this machine: there is no {file} for it in {cache}. `assay run` fetches \
         it where the hub can be reached; elsewhere put config.json, tokenizer.json and model.safetensors of {url} into a \
         folder and name that folder in assay.toml"
    )]
    NotFetched {
        /// The model.
        id: String,
        /// The revision.
        revision: String,
        /// The file that is missing.
        file: String,
        /// Where it was looked for.
        cache: PathBuf,
        /// Where its files can be seen.
        url: String,
    },
    /// A file that a model needs is not there.
    #[error("{} is not there: {advice}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What to do.
        advice: String,
    },
    /// A file cannot be read or is not what it should be.
    #[error("{}: {message}; {advice}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
        /// What to do.
        advice: String,
    },
    /// The hub did not give a file.
    #[error("{url} cannot be fetched: {message}; {advice}")]
    Hub {
        /// What was asked for.
        url: String,
        /// What happened.
        message: String,
        /// What to do.
        advice: String,
    },
    /// The model could not be run.
    #[error(
        "the NLI model {model} cannot be run on a pair: {message}; this is a defect, or the machine has no memory left"
    )]
    Compute {
        /// The model.
        model: String,
        /// What happened.
        message: String,
    },
    /// Somebody stopped it.
    #[error("the NLI model was stopped")]
    Cancelled,
}

impl NliError {
    /// A stable word for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotBuilt => "nli-not-built",
            Self::NoSuchModel(_) => "nli-no-model",
            Self::NotFetched { .. } => "nli-not-fetched",
            Self::Missing { .. } => "nli-missing-file",
            Self::Unusable { .. } => "nli-unusable",
            Self::Hub { .. } => "nli-hub",
            Self::Compute { .. } => "nli-compute",
            Self::Cancelled => "cancelled",
        }
    }

    /// A file that is not what it should be.
    pub fn unusable(path: &Path, message: impl ToString, advice: impl ToString) -> Self {
        Self::Unusable { path: path.to_owned(), message: message.to_string(), advice: advice.to_string() }
    }

    /// A file that cannot be read.
    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::unusable(path, format!("it cannot be read: {error}"), "see that the file is there and may be read")
    }
}

//! A project: a folder with `assay.toml`, its store, and what it is run with.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    config::{self, Config},
    domain::{CallKind, InstructionBody, ItemId, Origin, QueryBody, SlotKey},
    prompts::Templates,
    rules::ProfileName,
    sandbox,
    store::{Access, Body, Op, Store, StoreError, Tell, Txn},
};

use super::{labelling::Labels, profile::profile_of, settings::Settings};

/// What can go wrong in opening or changing a project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// `assay.toml` is not in order.
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    /// A template is not.
    #[error(transparent)]
    Prompt(#[from] crate::prompts::PromptError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An endpoint cannot.
    #[error(transparent)]
    Endpoint(#[from] crate::llm::LlmError),
    /// Another process runs the engine.
    #[error(
        "another process works on this project: {holder}\nWait for it, end it, or look on with `assay` (the workbench \
         reads along and decides)"
    )]
    Held {
        /// Who.
        holder: String,
    },
}

/// An open project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its folder.
    pub dir: PathBuf,
    /// What it is run with.
    pub settings: Settings,
    /// Its store.
    pub store: Store,
    /// The profile that this run uses in place of the one that `assay.toml` names.
    pub instead: Option<ProfileName>,
}

impl Project {
    /// Opens the project in a folder, creating its store where there is none.
    ///
    /// # Errors
    /// Where `assay.toml`, a template or the store is not in order; each says where and what to do.
    pub fn open(dir: &Path, access: Access, profile: Option<ProfileName>) -> Result<Self, ProjectError> {
        Self::open_telling(dir, access, profile, &|_| ())
    }

    /// The same, telling now and then what takes its time in opening a large database.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_telling(
        dir: &Path,
        access: Access,
        profile: Option<ProfileName>,
        tell: Tell<'_>,
    ) -> Result<Self, ProjectError> {
        let loaded = config::load(dir)?;
        let rules = profile_of(&loaded.config, profile).map_err(|problem| loaded.blame(problem))?;
        let config = Arc::new(loaded.config);
        let templates = Arc::new(Templates::load(dir, &named(&config))?);
        let labels = Labels::of(&config, dir);
        let settings = Settings::new(config, Arc::new(rules), templates, sandbox::guest_digest())?.with_labels(labels);
        let fresh = access == Access::Write && !dir.join("assay.db").exists();
        let store =
            if fresh { Store::create(dir, settings.config.seed)? } else { Store::open_telling(dir, access, tell)? };
        Ok(Self { dir: dir.to_owned(), settings, store, instead: profile })
    }

    /// The project's name: its folder's.
    pub fn name(&self) -> String {
        let whole = self.dir.canonicalize().unwrap_or_else(|_| self.dir.clone());
        whole.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// Adds seeds that are not there yet; returns how many were new.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn add_seeds(&self, seeds: &[InstructionBody]) -> Result<usize, StoreError> {
        let known = self.store.roots()?.len();
        let mut ops = Vec::new();
        let mut added = 0;
        for body in seeds {
            let id = ItemId::seed(&body.text);
            if self.store.root_of(id)?.is_some() {
                continue;
            }
            let index = u32::try_from(known + added).unwrap_or(u32::MAX);
            let key = SlotKey::seed(&body.text);
            ops.push(Op::EnsureSlot { id, key, root: Some(id), owner: None, index, query: None });
            ops.push(import(id, Body::Instruction(body.clone())));
            added += 1;
        }
        self.store.write_blocking(Txn { ops })?;
        Ok(added)
    }

    /// Adds queries that are not there yet; returns how many were new.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn add_queries(&self, queries: &[QueryBody]) -> Result<usize, StoreError> {
        let known: std::collections::HashSet<ItemId> =
            self.store.queries()?.into_iter().map(|query| query.id).collect();
        let mut seen = known.clone();
        let mut ops = Vec::new();
        for body in queries {
            let id = ItemId::query(&body.text);
            if !seen.insert(id) {
                continue;
            }
            let index = u32::try_from(seen.len() - 1).unwrap_or(u32::MAX);
            let key = SlotKey::query(&body.text);
            ops.push(Op::EnsureSlot { id, key, root: None, owner: None, index, query: None });
            ops.push(import(id, Body::Query(body.clone())));
        }
        self.store.write_blocking(Txn { ops })?;
        Ok(seen.len() - known.len())
    }
}

fn import(slot: ItemId, body: Body) -> Op {
    Op::AddVersion { slot, origin: Origin::Imported, body, made: None, completion: None, make_current: true }
}

/// Calls that name a template of their own.
fn named(config: &Config) -> Vec<(CallKind, String)> {
    let template = |call| Some((call, config.calls.get(call).template.clone()?));
    CallKind::ALL.into_iter().filter_map(template).collect()
}

/// Who signs decisions: `assay.toml`'s author, or the login name.
pub fn author(config: &Config) -> String {
    let login = || std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).ok();
    config.author.clone().or_else(login).filter(|name| !name.is_empty()).unwrap_or_else(|| "someone".to_owned())
}

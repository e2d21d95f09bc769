//! The values of the profile, turned while the engine works: from the workbench, by undo, or in `assay.toml` itself.
//! The file holds what is in force; the journal, who changed it and when.

use std::{fs, path::PathBuf, sync::Arc, time::SystemTime};

use crate::{
    config::{self, Config, edit},
    domain::journal::Change,
    pipeline::{
        handle::{Note, Reply},
        profile::profile_of,
        tuning,
    },
    rules::Profile,
    store::{Op, Txn},
};

use super::{Engine, command::now};

/// `assay.toml` as it was read last.
#[derive(Debug, Default)]
pub struct Watched {
    stamp: Option<(SystemTime, u64)>,
}

impl Watched {
    /// As the file is now.
    pub fn at(dir: &std::path::Path) -> Self {
        let meta = fs::metadata(dir.join(config::FILE_NAME));
        Self { stamp: meta.ok().and_then(|meta| Some((meta.modified().ok()?, meta.len()))) }
    }
}

impl Engine {
    fn file(&self) -> PathBuf {
        self.project.dir.join(config::FILE_NAME)
    }

    /// Makes `[rules]` say what a profile needs, and judges everything anew.
    pub(super) async fn tune(&mut self, wanted: &Profile) -> Reply {
        if let Some(name) = self.project.instead {
            return Err(format!(
                "this run uses `--profile {name}` in place of assay.toml's; start without it to change values"
            ));
        }
        let loaded = config::load(&self.project.dir).map_err(|error| error.to_string())?;
        let in_file = profile_of(&loaded.config, None).map_err(|problem| loaded.blame(problem).to_string())?;
        if in_file.name != wanted.name {
            return Err("assay.toml names another profile meanwhile; nothing was changed".to_owned());
        }
        let changes = tuning::changes(&loaded.config, wanted).map_err(|problem| problem.message)?;
        if changes.is_empty() {
            return Ok("these values are in force already".to_owned());
        }
        let text = edit::with_rules(&loaded.text, values(&changes, false)).map_err(|error| error.to_string())?;
        let label = tuning::label(&changes);
        let act = Op::Act { author: self.author(), at: now(), label: label.clone(), changes };
        self.record(Txn::from(act), &text).await?;
        Ok(format!("{label}; {}", self.judged_again()))
    }

    /// Takes back the last entry, or does it again; what it changed of the rules is changed in the file, too.
    pub(super) async fn undo(&mut self, redo: bool) -> Reply {
        let (author, at) = (self.author(), now());
        let (op, word) =
            if redo { (Op::Redo { author, at }, "done again") } else { (Op::Undo { author, at }, "undone") };
        let entry = self.project.store.next_entry(redo).map_err(|error| error.to_string())?;
        let Some(entry) = entry.filter(|entry| entry.changes.iter().any(|change| change.item().is_none())) else {
            return self.act(Txn::from(op), word).await;
        };
        let loaded = config::load(&self.project.dir).map_err(|error| error.to_string())?;
        for change in &entry.changes {
            let Change::Rule { key, before, after } = change else { continue };
            let there = if redo { before } else { after };
            if !tuning::holds(&loaded.config, key, there.as_deref()) {
                let verb = if redo { "redo" } else { "undo" };
                return Err(format!("cannot {verb} \"{}\": {key} has been changed in assay.toml since", entry.label));
            }
        }
        let text = edit::with_rules(&loaded.text, values(&entry.changes, !redo)).map_err(|error| error.to_string())?;
        self.record(Txn::from(op), &text).await?;
        Ok(format!("{word}: {}; {}", entry.label, self.judged_again()))
    }

    /// Journal first: a file that cannot be written is said, and is as it was.
    async fn record(&mut self, txn: Txn, text: &str) -> Result<(), String> {
        let applied = self.project.store.write(txn).await.map_err(|error| error.to_string())?;
        self.seen.one(applied.seq);
        edit::replace(&self.file(), text)
            .map_err(|error| format!("{error}. The journal has the change, the file does not: undo it"))?;
        self.reread();
        Ok(())
    }

    fn judged_again(&self) -> String {
        match self.roots.all.len() {
            1 => "1 instruction is judged again".to_owned(),
            n => format!("{n} instructions are judged again"),
        }
    }

    /// Looks whether somebody changed `assay.toml`: its rules come into force at once.
    pub(super) fn watch_file(&mut self) {
        if Watched::at(&self.project.dir).stamp != self.watched.stamp && self.project.instead.is_none() {
            self.reread();
        }
    }

    fn reread(&mut self) {
        self.watched = Watched::at(&self.project.dir);
        let read = config::load(&self.project.dir).map_err(|error| error.to_string()).and_then(|loaded| {
            let profile = profile_of(&loaded.config, None).map_err(|problem| loaded.blame(problem).to_string())?;
            Ok((loaded.config, profile))
        });
        match read {
            Ok((config, profile)) => self.take_rules(config, profile),
            Err(error) => self.warn(&format!("{error}. What was read before stays in force")),
        }
    }

    fn take_rules(&mut self, read: Config, profile: Profile) {
        let settings = &mut self.project.settings;
        let mut config = Config::clone(&settings.config);
        (config.rules, config.profile) = (read.rules.clone(), read.profile.clone());
        let other = config != read;
        settings.config = Arc::new(config);
        if *settings.profile != profile {
            settings.profile = Arc::new(profile);
            self.judge_all();
        }
        if other {
            self.note(Note::Info(
                "assay.toml was changed beyond [rules]; that takes effect at the next start".to_owned(),
            ));
        }
    }

    /// Everything is viewed and planned again; stored entries of the index are of the old values.
    fn judge_all(&mut self) {
        let all: Vec<_> = self.roots.order.values().copied().collect();
        // An entry is stored under the rules in force: those of the old ones wait until they were made again.
        self.roots.unsaved.clear();
        self.roots.outruled.extend(all.iter().copied());
        if self.build.is_some() {
            // What is being read is read under the old values.
            self.begin_build();
        }
        self.dirty.extend(all);
        self.finished = false;
        self.unseen = true;
        self.rows_changed = true;
    }
}

/// The values that changes leave, or those before them.
fn values(changes: &[Change], before: bool) -> impl Iterator<Item = (&str, Option<&str>)> {
    changes.iter().filter_map(move |change| match change {
        Change::Rule { key, before: old, after: new } => {
            Some((key.as_str(), if before { old.as_deref() } else { new.as_deref() }))
        }
        _ => None,
    })
}

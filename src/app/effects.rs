//! Effects executed away from the loop: commands in order, questions at once, highlighting on another thread.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    diag::{log, paths},
    pipeline::handle::{Command, Handle},
    ui::highlight,
    workbench::{
        Effect, Message,
        diff::Diff,
        draft::{self, Draft},
        message::Asked,
        sift::Sifter,
    },
};

use super::{drafts::Drafts, host::Host, whatif};

/// How long the end waits for commands to become durable.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends effects on their way; what comes of them arrives as messages.
pub(super) struct Errands {
    handle: Handle,
    outbox: mpsc::UnboundedSender<Message>,
    /// Commands go one after the other, as they were given.
    commands: mpsc::UnboundedSender<(Command, Asked)>,
    clerk: JoinHandle<()>,
    drafts: Drafts,
    /// The newest question about turned values: work on older ones ends.
    newest: Arc<AtomicU64>,
    /// The same of long lists.
    sifting: Arc<AtomicU64>,
    sifter: Arc<Mutex<Sifter>>,
}

impl Errands {
    pub(super) fn new(handle: Handle, outbox: mpsc::UnboundedSender<Message>, folder: Option<PathBuf>) -> Self {
        let (drafts, found) = Drafts::open(folder);
        if !found.is_empty() {
            send(&outbox, Message::Recovered(found));
        }
        let (commands, mut given) = mpsc::unbounded_channel();
        let (asking, replies) = (handle.clone(), outbox.clone());
        let clerk = tokio::spawn(async move {
            while let Some((command, asked)) = given.recv().await {
                let reply = asking.command(command).await;
                send(&replies, Message::Replied(asked, reply));
            }
        });
        Self {
            handle,
            outbox,
            commands,
            clerk,
            drafts,
            newest: Arc::default(),
            sifting: Arc::default(),
            sifter: Arc::default(),
        }
    }

    /// Sends effects on their way. Those that need the screen are not for here.
    pub(super) fn all(&self, effects: Vec<Effect>) {
        for effect in effects {
            self.one(effect);
        }
    }

    fn one(&self, effect: Effect) {
        let (handle, outbox) = (self.handle.clone(), self.outbox.clone());
        match effect {
            Effect::Command(command, asked) => {
                if self.commands.send((command, asked)).is_err() {
                    send(&outbox, Message::Failed("the engine has ended; quit and start again".to_owned()));
                }
            }
            Effect::LoadDetail(id) => {
                tokio::spawn(async move { send(&outbox, Message::Detail(id, handle.detail(id).await)) });
            }
            Effect::LoadTranscript(row) => {
                tokio::spawn(async move { send(&outbox, Message::Transcript(row, handle.transcript(row).await)) });
            }
            Effect::LoadPast(before) => {
                tokio::spawn(async move { send(&outbox, Message::Past(handle.past(before).await)) });
            }
            Effect::LoadLog => {
                tokio::task::spawn_blocking(move || {
                    let path = paths::state_dir().join(log::FILE);
                    let lines = log::tail(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
                    send(&outbox, Message::Log(lines));
                });
            }
            Effect::LoadFell(stage, reason) => {
                tokio::spawn(async move {
                    let of = handle.fell(stage, Arc::clone(&reason)).await;
                    send(&outbox, Message::Fell(stage, reason, of));
                });
            }
            Effect::WhatIf(ask) => {
                self.newest.store(ask.serial, Ordering::Relaxed);
                let newest = Arc::clone(&self.newest);
                tokio::task::spawn_blocking(move || whatif::work_out(&ask, &newest, &outbox));
            }
            Effect::Sift(ask) => {
                self.sifting.store(ask.serial, Ordering::Relaxed);
                let (newest, sifter) = (Arc::clone(&self.sifting), Arc::clone(&self.sifter));
                tokio::task::spawn_blocking(move || {
                    let mut sifter = sifter.lock().unwrap_or_else(PoisonError::into_inner);
                    match sifter.contained(|sifter| sifter.sift(&ask, &newest)) {
                        Ok(Some(sifted)) => send(&outbox, Message::Sifted(Box::new(sifted))),
                        Ok(None) => {}
                        Err(said) => send(&outbox, Message::Unsifted(ask.serial, said)),
                    }
                });
            }
            Effect::Discard(gone) => {
                tokio::task::spawn_blocking(move || drop(gone));
            }
            Effect::Highlight(source) => {
                tokio::task::spawn_blocking(move || {
                    let code = Arc::new(highlight::python(&source));
                    send(&outbox, Message::Highlighted(source, code));
                });
            }
            Effect::Diff(left, right) => {
                tokio::task::spawn_blocking(move || {
                    let diff = Arc::new(Diff::of(&left, &right));
                    send(&outbox, Message::Diffed((left, right), diff));
                });
            }
            Effect::Check(source) => {
                tokio::spawn(async move {
                    let facts = handle.facts(Arc::clone(&source)).await;
                    send(&outbox, Message::Checked(source, facts));
                });
            }
            Effect::Keep(kept) => self.drafts.keep(kept),
            Effect::Forget(item) => self.drafts.forget(item),
            Effect::OpenEditor(_) | Effect::Copy(_) | Effect::Suspend | Effect::Quit => {}
        }
    }

    /// Waits until the commands that were given are durable.
    pub(super) async fn finish(self) {
        drop(self.commands);
        if tokio::time::timeout(PATIENCE, self.clerk).await.is_err() {
            tracing::warn!("the engine did not answer the last commands in time");
        }
        self.drafts.finish().await;
    }
}

/// The loop's end may be gone at the very end; then nobody is left to be told.
pub(super) fn send(outbox: &mpsc::UnboundedSender<Message>, message: Message) {
    if outbox.send(message).is_err() {
        tracing::debug!("an answer came after the end");
    }
}

/// Opens the editor on a draft; what its file says afterwards.
pub(super) async fn edit(host: &mut impl Host, draft: Draft) -> Message {
    let result = edit_file(host, &draft).await;
    Message::Edited(draft, result)
}

async fn edit_file(host: &mut impl Host, draft: &Draft) -> Result<String, String> {
    let builder = || -> std::io::Result<_> {
        let mut file = tempfile::Builder::new().prefix("assay-").suffix(draft.form.suffix()).tempfile()?;
        file.write_all(draft.text.as_bytes())?;
        file.flush()?;
        // Kept until it was read: a crash meanwhile leaves the text where it is.
        file.into_temp_path().keep().map_err(|error| error.error)
    };
    let path = builder().map_err(|error| format!("no file for the editor could be written: {error}"))?;
    let ended = host.edit(&path).await;
    let text = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let text = String::from_utf8(text).map_err(|_| format!("{} is not UTF-8; it is left there", path.display()))?;
    if let Err(error) = ended {
        if draft::body(&text) == draft.original {
            remove(&path);
            return Err(format!("not edited: {error}"));
        }
        return Err(format!("not edited: {error}; what was written is left in {}", path.display()));
    }
    remove(&path);
    Ok(text)
}

fn remove(path: &std::path::Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!(path = %path.display(), %error, "the editor's file could not be removed");
    }
}

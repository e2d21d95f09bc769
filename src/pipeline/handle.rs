//! The door to the engine: commands in, snapshots and notes out. Everything above the pipeline uses only this.

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::{
    domain::{InstructionTree, ItemId, Ruling, Stage},
    rules::Profile,
    sandbox::Facts,
};

use super::{past::Page, snapshot::Snapshot, view::InstructionView};

/// An instruction in full, for the detail screens.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// The facts.
    pub tree: InstructionTree,
    /// What they mean under the profile.
    pub view: InstructionView,
    /// People's notes on the instruction and on what was made from it.
    pub notes: Vec<(ItemId, String)>,
}

/// A stored completion in full.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// The prompt as sent.
    pub prompt: String,
    /// The answer as it came.
    pub content: String,
    /// Reasoning, where there was some.
    pub reasoning: Option<String>,
    /// Facts for people: endpoint, model, sampling, timing, tokens, cost; in order.
    pub facts: Vec<(String, String)>,
}

/// What an edit writes.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// The new text of an instruction, verifier (its source) or response.
    Text(String),
    /// A case.
    Case {
        /// The input.
        input: String,
        /// The expected output.
        expected: bool,
    },
}

/// A bound on a stage, for this run. Units are what jobs do: a call, a batch of checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageLimit {
    /// So many run at once at most.
    pub at_once: Option<u32>,
    /// So many more are started; then the stage waits as if it were paused, until the bound is lifted.
    pub more: Option<u64>,
}

/// What a person can ask of the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Decide on items, or withdraw decisions (`ruling: None`). One journal entry.
    Decide {
        /// Which.
        items: Vec<ItemId>,
        /// How.
        ruling: Option<Ruling>,
        /// Why.
        reason: Option<String>,
    },
    /// Write a human version.
    Edit {
        /// Which item.
        item: ItemId,
        /// What it says now.
        edit: Edit,
    },
    /// Write a note on an item; none takes it away.
    Note {
        /// Which.
        item: ItemId,
        /// What it says.
        text: Option<String>,
    },
    /// Ask for new takes. An instruction means all its verifier samples.
    Rerun {
        /// Which.
        items: Vec<ItemId>,
    },
    /// Ask again what failed for good or was cancelled. An instruction or task means everything of it; no items mean
    /// everything in the project. What did not fail stays as it is.
    Retry {
        /// Where.
        items: Vec<ItemId>,
    },
    /// End a running job, by its number ([`super::snapshot::JobView::id`]). Its item counts as failed (`cancelled`)
    /// until it is retried or re-run; a re-run that is cancelled leaves what was there before.
    Cancel(u64),
    /// Bound a stage, in place of what bounded it before; the default bounds nothing.
    Limit {
        /// Which.
        stage: Stage,
        /// How.
        limit: StageLimit,
    },
    /// Take back the last entry.
    Undo,
    /// Do it again.
    Redo,
    /// Stop starting work, everywhere or of one stage; what is in flight ends.
    Pause(Option<Stage>),
    /// Start work again.
    Resume(Option<Stage>),
    /// Put a profile with other values in force: `[rules]` of `assay.toml` is changed, and all is judged again.
    Tune(Box<Profile>),
    /// Re-make what changed settings (template, model, sampling) made stale.
    Apply,
}

/// What came of a command: a sentence for a toast, or what went wrong and what to do.
pub type Reply = Result<String, String>;

/// What watchers are told beside snapshots.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// An instruction changed: reload its detail if it is on screen.
    Changed(ItemId),
    /// Something worth a toast.
    Info(String),
    /// Something that went wrong: what, where, and what to do next.
    Warning(String),
    /// Nothing is left to do.
    Finished,
}

/// A question answered from the store.
#[derive(Debug)]
pub enum Query {
    /// An instruction in full.
    Detail(ItemId, oneshot::Sender<Option<Arc<Detail>>>),
    /// The instructions of which something fell at a stage for a reason.
    Fell(Stage, Arc<str>, oneshot::Sender<Vec<ItemId>>),
    /// A completion in full, by its row.
    Transcript(i64, oneshot::Sender<Option<Arc<Transcript>>>),
    /// Stored calls before a row, or the newest.
    Past(Option<i64>, oneshot::Sender<Option<Arc<Page>>>),
    /// What a source says, without running it; nothing where the sandbox is not ready.
    Facts(Arc<str>, oneshot::Sender<Option<Arc<Facts>>>),
}

/// What travels to the engine.
#[derive(Debug)]
pub enum Inbound {
    /// A command, and where its reply goes.
    Command(Command, oneshot::Sender<Reply>),
    /// A question.
    Query(Query),
}

/// The receiving ends, held by the engine (or by a test).
#[derive(Debug)]
pub struct Seat {
    /// What is asked.
    pub inbound: mpsc::UnboundedReceiver<Inbound>,
    /// What is published.
    pub snapshot: watch::Sender<Arc<Snapshot>>,
    /// What is told.
    pub notes: broadcast::Sender<Note>,
}

/// A handle on the engine. Clone freely.
#[derive(Clone, Debug)]
pub struct Handle {
    inbound: mpsc::UnboundedSender<Inbound>,
    snapshot: watch::Receiver<Arc<Snapshot>>,
    notes: broadcast::Sender<Note>,
}

/// What is said when the engine is gone.
const GONE: &str = "the engine has ended; quit and start again";

impl Handle {
    /// A connected pair: the handle for watchers, the seat for the engine.
    pub fn pair() -> (Self, Seat) {
        let (inbound, asked) = mpsc::unbounded_channel();
        let (publish, snapshot) = watch::channel(Arc::new(Snapshot::default()));
        let (notes, _) = broadcast::channel(1024);
        let handle = Self { inbound, snapshot, notes: notes.clone() };
        (handle, Seat { inbound: asked, snapshot: publish, notes })
    }

    /// Snapshots as they are published.
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.clone()
    }

    /// Notes from now on.
    pub fn notes(&self) -> broadcast::Receiver<Note> {
        self.notes.subscribe()
    }

    /// Sends a command and waits until it is durable.
    pub async fn command(&self, command: Command) -> Reply {
        let (reply, answer) = oneshot::channel();
        self.inbound.send(Inbound::Command(command, reply)).map_err(|_| GONE.to_owned())?;
        answer.await.unwrap_or_else(|_| Err(GONE.to_owned()))
    }

    /// An instruction in full. Any id within it may be given.
    pub async fn detail(&self, item: ItemId) -> Option<Arc<Detail>> {
        let (reply, answer) = oneshot::channel();
        self.inbound.send(Inbound::Query(Query::Detail(item, reply))).ok()?;
        answer.await.ok().flatten()
    }

    /// The instructions of which something fell at a stage for a reason.
    pub async fn fell(&self, stage: Stage, reason: Arc<str>) -> Vec<ItemId> {
        let (reply, answer) = oneshot::channel();
        let asked = self.inbound.send(Inbound::Query(Query::Fell(stage, reason, reply)));
        if asked.is_err() { Vec::new() } else { answer.await.unwrap_or_default() }
    }

    /// A stored completion in full.
    pub async fn transcript(&self, completion: i64) -> Option<Arc<Transcript>> {
        let (reply, answer) = oneshot::channel();
        self.inbound.send(Inbound::Query(Query::Transcript(completion, reply))).ok()?;
        answer.await.ok().flatten()
    }

    /// Stored calls before a row, or the newest, with what failed.
    pub async fn past(&self, before: Option<i64>) -> Option<Arc<Page>> {
        let (reply, answer) = oneshot::channel();
        self.inbound.send(Inbound::Query(Query::Past(before, reply))).ok()?;
        answer.await.ok().flatten()
    }

    /// What a source says: whether it compiles, what it defines and imports.
    pub async fn facts(&self, source: Arc<str>) -> Option<Arc<Facts>> {
        let (reply, answer) = oneshot::channel();
        self.inbound.send(Inbound::Query(Query::Facts(source, reply))).ok()?;
        answer.await.ok().flatten()
    }
}

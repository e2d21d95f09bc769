//! What can be written: transactions of operations that refer to items by identity.

use crate::domain::{
    BackTranslation, CallBody, CaseBody, Digest, Entailment, InstructionBody, ItemId, Kind, Made, NewCompletion,
    Origin, Outcome, PairBody, QueryBody, ResponseBody, ScoreBody, SlotKey, Usage, VerifierBody,
    journal::{Change, Entry},
    slot::Failure,
    tree::OutcomeKey,
};

/// Operations that are stored together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Txn {
    /// What to do, in order.
    pub ops: Vec<Op>,
}

impl Txn {
    /// A transaction of these operations.
    pub const fn new(ops: Vec<Op>) -> Self {
        Self { ops }
    }
}

impl From<Op> for Txn {
    fn from(op: Op) -> Self {
        Self { ops: vec![op] }
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Makes the slot where it is not there yet; changes nothing where it is.
    EnsureSlot {
        /// Identity.
        id: ItemId,
        /// Content-free key.
        key: SlotKey,
        /// The instruction that it belongs to (itself for a seed or instruction); nothing for queries and calls.
        root: Option<ItemId>,
        /// Its parent: the verifier of a case, back-translation or entailment, the task of a response, the response
        /// of a score.
        owner: Option<ItemId>,
        /// Position among its siblings.
        index: u32,
        /// The query of a task.
        query: Option<ItemId>,
    },
    /// Appends a version; its number is the slot's next. A machine version ends a pending re-run of its take and a
    /// recorded failure, as the slot's last attempt has now succeeded.
    AddVersion {
        /// Which slot.
        slot: ItemId,
        /// Where it comes from.
        origin: Origin,
        /// What it says.
        body: Body,
        /// What it was made from.
        made: Option<Made>,
        /// The completion it was read from.
        completion: Option<CompletionRef>,
        /// Whether it becomes current.
        make_current: bool,
    },
    /// Stores a completion and counts it.
    AddCompletion {
        /// For which slot.
        slot: ItemId,
        /// Sample index.
        sample: u32,
        /// Digest of everything that made it.
        key: Digest,
        /// The completion.
        completion: NewCompletion,
    },
    /// Counts what failed attempts used, of which nothing else is stored.
    AddUsage {
        /// Tokens.
        usage: Usage,
        /// Money, where there are prices.
        cost: Option<f64>,
    },
    /// Makes a version current, or none.
    SetCurrent {
        /// Of which slot.
        slot: ItemId,
        /// Which version.
        no: Option<u32>,
    },
    /// Notes that a take is wanted, or not any more. Not journaled: people's wishes go through [`Op::Act`].
    SetRerun {
        /// Of which slot.
        slot: ItemId,
        /// Which take.
        take: Option<u32>,
    },
    /// Notes a lasting failure, or that there is none any more.
    SetFailure {
        /// Of which slot.
        slot: ItemId,
        /// What failed.
        failure: Option<Failure>,
    },
    /// Adds outcomes to what is known. Known ones stay as they are; `skipped` is never stored.
    MergeOutcomes {
        /// The instruction.
        root: ItemId,
        /// The task whose responses were checked; nothing for the instruction's cases.
        batch: Option<ItemId>,
        /// Digest of guest, limits and namespace mode.
        config: Digest,
        /// The outcomes.
        outcomes: Vec<(OutcomeKey, Outcome)>,
    },
    /// Appends a journal entry and applies its changes. What each change replaces (`before`) is recorded as it is
    /// found, and the version of an edit or decision (`after`) as this transaction numbered it, whatever the caller
    /// had seen.
    Act {
        /// Who.
        author: String,
        /// When, RFC 3339.
        at: String,
        /// What it says to a person.
        label: String,
        /// The changes.
        changes: Vec<Change>,
    },
    /// Takes back the last act in force, as one entry, or refuses with [`super::StoreError::Conflict`].
    Undo {
        /// Who.
        author: String,
        /// When, RFC 3339.
        at: String,
    },
    /// Does again the act that was taken back last. A new act ends the possibility.
    Redo {
        /// Who.
        author: String,
        /// When, RFC 3339.
        at: String,
    },
    /// Stores what is derived of an instruction for lists and counters. No change: nothing is touched by it.
    SetSummary {
        /// The instruction.
        root: ItemId,
        /// Whatever the engine packed.
        data: Vec<u8>,
    },
    /// Sets a value that belongs to the project as a whole.
    SetMeta {
        /// Its name.
        key: String,
        /// The value.
        value: String,
    },
}

/// Which completion a version was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionRef {
    /// A stored one.
    Row(i64),
    /// The how-manieth [`Op::AddCompletion`] of the same transaction, from 0; it must come earlier.
    InTxn(usize),
}

/// What came of a transaction, once it is on disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// The change sequence after it.
    pub seq: i64,
    /// The instructions that it touched, each once.
    pub roots: Vec<ItemId>,
    /// The rows of its completions, in order.
    pub completions: Vec<i64>,
    /// The last journal entry that it wrote.
    pub entry: Option<Entry>,
}

macro_rules! bodies {
    ($($variant:ident($body:ty), $doc:literal;)*) => {
        /// What a version says.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Body {
            $(#[doc = $doc] $variant($body),)*
        }

        $(impl From<$body> for Body {
            fn from(body: $body) -> Self {
                Self::$variant(body)
            }
        })*

        impl Body {
            /// The body as it is stored.
            pub(super) fn json(&self) -> serde_json::Result<String> {
                match self {
                    $(Self::$variant(body) => serde_json::to_string(body),)*
                }
            }
        }
    };
}

bodies! {
    Instruction(InstructionBody), "An instruction or seed.";
    Verifier(VerifierBody), "A verifier.";
    Case(CaseBody), "A case.";
    BackTranslation(BackTranslation), "A back-translation.";
    Entailment(Entailment), "An entailment label.";
    Query(QueryBody), "A query.";
    Response(ResponseBody), "A response.";
    Score(ScoreBody), "A score.";
    Call(CallBody), "A self-instruct call.";
    Pair(PairBody), "A pair, as it was decided on.";
}

impl Body {
    /// The kind of item that says such things; a seed's body is an instruction's.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Instruction(_) => Kind::Instruction,
            Self::Verifier(_) => Kind::Verifier,
            Self::Case(_) => Kind::Case,
            Self::BackTranslation(_) => Kind::BackTranslation,
            Self::Entailment(_) => Kind::Entailment,
            Self::Query(_) => Kind::Query,
            Self::Response(_) => Kind::Response,
            Self::Score(_) => Kind::Score,
            Self::Call(_) => Kind::Call,
            Self::Pair(_) => Kind::Pair,
        }
    }

    /// Whether an item of that kind can say it.
    pub(super) fn fits(&self, kind: Kind) -> bool {
        self.kind() == kind || (matches!(self, Self::Instruction(_)) && kind == Kind::Seed)
    }
}

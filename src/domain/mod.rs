//! Plain data and identities: what every floor above talks about. Nothing here does I/O.

pub mod body;
pub mod call;
pub mod decision;
pub mod digest;
pub mod id;
pub mod journal;
pub mod outcome;
pub mod slot;
pub mod stage;
pub mod tree;

pub use body::{
    BackTranslation, CallBody, CaseBody, Entailment, InstructionBody, Label, Language, PairBody, QueryBody,
    ResponseBody, ScoreBody, VerifierBody,
};
pub use call::{CallKind, Chances, CompletionMeta, Finish, NewCompletion, Provenance, Together, Usage};
pub use decision::{Decision, Ruling};
pub use digest::{Digest, digest_of};
pub use id::{ItemId, Kind, SlotKey};
pub use outcome::{Fault, LoadFault, Outcome, OutcomeKind, Value};
pub use slot::{Failure, Made, Origin, Slot, Version};
pub use stage::Stage;
pub use tree::{CallTree, InstructionTree, ResponseSample, TaskTree, VerifierSample};

//! What running a verifier on a text did: kept as it happened. Errors are never `false` here; what counts as pass,
//! fail or nothing is decided by the rules of a profile.

use serde::{Deserialize, Serialize};

/// What `evaluate` returned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Python's `True` or `False`, exactly.
    Bool(bool),
    /// An `int` that fits 64 bits.
    Int(i64),
    /// A `float` (never NaN or infinite: those are [`Value::Other`]).
    Float(f64),
    /// A `str`.
    Str(String),
    /// `None`.
    None,
    /// Anything else, by type name.
    Other {
        /// The name of the value's type.
        type_name: String,
    },
}

/// Why a verifier could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadFault {
    /// The source does not compile.
    Syntax,
    /// The source raised while it was executed (a missing import, a failing statement).
    Raised,
    /// It defines no `evaluate`.
    Missing,
    /// Its `evaluate` is no plain callable of one text.
    Unusable,
}

/// An exception or load error as the guest reports it, sizes capped there.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fault {
    /// The exception's type, such as `ValueError`.
    pub type_name: String,
    /// Its message.
    pub message: String,
    /// The last line of the verifier's own source that took part, counted from 1.
    pub line: Option<u32>,
    /// The traceback through the verifier's own lines.
    pub traceback: String,
}

impl Fault {
    /// `ValueError: what it says`; only one of the two where the other is empty. Untrusted: escape before drawing.
    pub fn said(&self) -> String {
        match (self.type_name.as_str(), self.message.as_str()) {
            ("", said) | (said, "") => said.to_owned(),
            (name, message) => format!("{name}: {message}"),
        }
    }
}

/// What happened, without the output it printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum OutcomeKind {
    /// `evaluate` returned.
    Returned {
        /// The value by type.
        value: Value,
        /// Python's `repr` of it, capped.
        repr: String,
    },
    /// `evaluate` raised.
    Raised(Fault),
    /// The check's CPU-time deadline passed.
    Timeout,
    /// The memory limit was hit and could not be handled inside.
    Memory,
    /// The guest left (`sys.exit`, `os._exit`, `SystemExit`).
    Exit,
    /// It did what the sandbox does not offer.
    Forbidden {
        /// What it tried, as far as the host knows.
        what: String,
    },
    /// The source did not load, so no check ran.
    Load {
        /// Why.
        fault: LoadFault,
        /// The error.
        error: Fault,
    },
    /// Not run, because this verifier timed out twice in this batch. Not an outcome: it may be run later and is
    /// never carried to another batch.
    Skipped,
}

/// The outcome of one check. Deterministic: it depends on source, namespace mode, text, limits and guest alone
/// (`cpu_us` excepted, which is a measurement and part of no digest).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What happened.
    #[serde(flatten)]
    pub kind: OutcomeKind,
    /// What it printed, capped.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stdout: String,
    /// Characters of output beyond the cap.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stdout_dropped: u64,
    /// CPU time of the check, in microseconds.
    #[serde(default)]
    pub cpu_us: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Outcome {
    /// An outcome that printed nothing.
    pub const fn quiet(kind: OutcomeKind) -> Self {
        Self { kind, stdout: String::new(), stdout_dropped: 0, cpu_us: 0 }
    }

    /// The contract's word for the kind (`assay verify`).
    pub const fn kind_name(&self) -> &'static str {
        match self.kind {
            OutcomeKind::Returned { .. } => "returned",
            OutcomeKind::Raised(_) => "raised",
            OutcomeKind::Timeout => "timeout",
            OutcomeKind::Memory => "memory",
            OutcomeKind::Exit => "exit",
            OutcomeKind::Forbidden { .. } => "forbidden",
            OutcomeKind::Load { .. } => "load",
            OutcomeKind::Skipped => "skipped",
        }
    }

    /// The line of the verifier's source that it points at, from 1.
    pub const fn line(&self) -> Option<u32> {
        match &self.kind {
            OutcomeKind::Raised(fault) | OutcomeKind::Load { error: fault, .. } => fault.line,
            _ => None,
        }
    }

    /// Whether this is a stored fact: everything but `skipped`.
    pub const fn is_fact(&self) -> bool {
        !matches!(self.kind, OutcomeKind::Skipped)
    }
}

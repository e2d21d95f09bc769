//! Verdicts: what an outcome counts as under a profile's value policy.

use serde::{Deserialize, Serialize};

/// What one check counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The text satisfies the instruction, says the function.
    Pass,
    /// It does not.
    Fail,
    /// The function gave no verdict: it raised, left, hit a limit or did not load.
    Error,
    /// It did not end in time.
    Timeout,
    /// It returned something that is no verdict.
    Invalid,
}

impl Verdict {
    /// The boolean, where there is one.
    pub const fn boolean(self) -> Option<bool> {
        match self {
            Self::Pass => Some(true),
            Self::Fail => Some(false),
            Self::Error | Self::Timeout | Self::Invalid => None,
        }
    }
}

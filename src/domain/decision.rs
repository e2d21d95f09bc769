//! What a person decided about an item.

use serde::{Deserialize, Serialize};

/// A decision's direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// Use it, whatever the rules say.
    Accepted,
    /// Do not use it.
    Rejected,
    /// A rejected response that may serve as a negative.
    UseAsNegative,
}

/// A decision on one version of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The direction.
    pub ruling: Ruling,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number of the version that was decided on; where the current version is another, the decision is
    /// outdated and its rows stay out of exports.
    pub version: Option<u32>,
}

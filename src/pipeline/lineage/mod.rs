//! Lineage: why an item is what it is, from its seed to its rows. Who made it from what, what each rule of the profile
//! says of it in numbers, what people decided, and what it led to. Read from facts as they are now; a changed profile
//! gives another account of the same items.

mod call;
mod case;
mod chain;
mod decisions;
mod function;
mod instruction;
mod novelty;
mod number;
mod pair;
mod response;
mod row;
mod scene;
mod versions;

use serde::Serialize;

use crate::domain::{ItemId, Origin, Stage};

use super::view::{Reason, State};

pub use chain::{Answer, lineage, lineages, resolve};
pub use row::{RowError, at_line};

/// An item with everything it came from, the oldest first; it is the last link itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lineage {
    /// The item.
    pub item: ItemId,
    /// The profile under which it was judged.
    pub profile: String,
    /// What became of it.
    pub fate: Standing,
    /// From the seed to the item.
    pub links: Vec<Link>,
}

/// One item of the chain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// The item.
    pub item: ItemId,
    /// What it is among its siblings: `function 2`, `line 4 of call 1`.
    pub name: String,
    /// What it says now; untrusted.
    pub text: String,
    /// How it would be made now, where a model makes it.
    pub made_by: Option<MadeBy>,
    /// Its versions, oldest first.
    pub versions: Vec<VersionLine>,
    /// The lasting failure of its last attempt: code and message.
    pub failure: Option<(String, String)>,
    /// Where it stands at each stage that it reached.
    pub stands: Vec<Standing>,
    /// What people did with it, oldest first.
    pub acts: Vec<Act>,
    /// What else to know: `edited`, `stale`, `outdated`, `re-run wanted`.
    pub flags: Vec<&'static str>,
    /// What came of it.
    pub led_to: Vec<Led>,
}

/// What a model call is made with now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MadeBy {
    /// The call.
    pub call: &'static str,
    /// The endpoint, by name.
    pub endpoint: String,
    /// The model.
    pub model: String,
    /// The template's file or built-in name.
    pub template: String,
    /// The first twelve digits of its hash.
    pub template_hash: String,
    /// Sampling temperature.
    pub temperature: f64,
    /// Nucleus sampling.
    pub top_p: f64,
    /// Most tokens of an answer.
    pub max_tokens: u32,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionLine {
    /// Its number.
    pub no: u32,
    /// Whether it holds now.
    pub current: bool,
    /// Who made it.
    pub origin: Origin,
    /// The take, where a model made it.
    pub take: Option<u32>,
    /// The sample index, where a model made it.
    pub sample: Option<u32>,
    /// Whether it is what would be made now; nothing where that is no question (an import).
    pub made_from: Option<MadeFrom>,
    /// The first twelve digits of the digest of template, model and sampling values that it was made with.
    pub settings: Option<String>,
    /// The completion that it was read from.
    pub answer: Option<Answered>,
}

/// How what a version was made from stands to what is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeFrom {
    /// The same.
    AsNow,
    /// Something it was made from says something else now.
    OtherInputs,
    /// Template, model or sampling values were others.
    OtherSettings,
}

/// A completion, without its texts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// Its row in the store.
    pub completion: i64,
    /// The endpoint that answered.
    pub endpoint: String,
    /// The model that answered.
    pub model: String,
    /// Milliseconds in all.
    pub ms: u64,
    /// Tokens of prompt and completion, where the server told.
    pub tokens: Option<(u64, u64)>,
}

/// Where an item stands at a stage, with the rules that say so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The stage; nothing where the item does not take part in any (yet).
    pub stage: Option<Stage>,
    /// `kept`, `dropped`, `failed`, `pending`, `running`, `stale`, or `unjudged`.
    pub state: &'static str,
    /// Why it was dropped or failed.
    pub reason: Option<Reason>,
    /// The rules that decided, in the order in which they are asked.
    pub rules: Vec<Rule>,
}

/// One rule, applied.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Its key under `[rules]`, or what else decides: `decision`, `novelty`, `answer`.
    pub key: &'static str,
    /// Whether it speaks for the item.
    pub holds: bool,
    /// In words and numbers; untrusted, as it may quote a text.
    pub said: String,
}

impl Rule {
    fn new(key: &'static str, holds: bool, said: impl Into<String>) -> Self {
        Self { key, holds, said: said.into() }
    }
}

impl Standing {
    /// What waits is said to wait, as its rules are provisional: they all hold only for what is kept.
    fn new(stage: Stage, state: &State, mut rules: Vec<Rule>) -> Self {
        let (word, reason) = word(state);
        if rules.iter().all(|rule| rule.holds) {
            rules.extend(match state {
                State::Pending => Some(Rule::new("pending", false, "it is not settled: work for it is pending")),
                State::Running => Some(Rule::new("running", false, "it is not settled: work for it is under way")),
                State::Stale => Some(Rule::new("stale", false, "what it was made from has changed")),
                State::Kept | State::Dropped(_) | State::Failed(_) => None,
            });
        }
        Self { stage: Some(stage), state: word, reason, rules }
    }

    fn unjudged(said: impl Into<String>) -> Self {
        Self { stage: None, state: "unjudged", reason: None, rules: vec![Rule::new("before", false, said)] }
    }
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Act {
    /// The journal's entry.
    pub entry: i64,
    /// Who.
    pub author: String,
    /// When, RFC 3339.
    pub at: String,
    /// What, in words.
    pub said: String,
}

/// Something that came of an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Led {
    /// That item; a row of the SFT data is named by its response.
    pub item: ItemId,
    /// What it is, and what became of it.
    pub said: String,
}

/// A state as a word, and its reason.
fn word(state: &State) -> (&'static str, Option<Reason>) {
    match state {
        State::Kept => ("kept", None),
        State::Dropped(reason) => ("dropped", Some(reason.clone())),
        State::Failed(reason) => ("failed", Some(reason.clone())),
        State::Pending => ("pending", None),
        State::Running => ("running", None),
        State::Stale => ("stale", None),
    }
}

/// A kept thing or the reason why not, as a state.
fn state_of(kept: &Result<(), Reason>) -> State {
    kept.clone().map_or_else(State::Dropped, |()| State::Kept)
}

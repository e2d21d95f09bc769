//! What-if: what other values of a profile would give over what is stored, what is not known for them, and what
//! finding out would cost. Pure functions over the index; no model is asked and nothing is run.
//!
//! Where texts of a task begin alike, the draw's order is by place here and by hash in the data sets, so that a count
//! of pairs may differ by what the draw avoids. Under `released`, integers other than 0 and 1 count as 1 and 0.

mod dial;
mod evaluate;

use std::ops::AddAssign;

use crate::{
    domain::{CallKind, Language},
    rules::Profile,
};

use super::{
    balance::Cells,
    index::{Facts, Index},
    settings::Settings,
};

pub use dial::Dial;

/// What a profile gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Instructions that reach responses.
    pub instructions: u64,
    /// SFT rows that are certain.
    pub sft: u64,
    /// Instruction-level pairs that are.
    pub pairs_instruction: u64,
    /// Query-level pairs that are.
    pub pairs_query: u64,
    /// Instructions whose fate is not known.
    pub unknown_instructions: u64,
    /// Responses whose fate is not known, those included that nobody has asked for yet.
    pub unknown_responses: u64,
    /// Model calls that finding out takes, at most.
    pub calls: u64,
    /// Checks that it takes, at most.
    pub checks: u64,
}

impl AddAssign for Outlook {
    fn add_assign(&mut self, other: Self) {
        self.instructions += other.instructions;
        self.sft += other.sft;
        self.pairs_instruction += other.pairs_instruction;
        self.pairs_query += other.pairs_query;
        self.unknown_instructions += other.unknown_instructions;
        self.unknown_responses += other.unknown_responses;
        self.calls += other.calls;
        self.checks += other.checks;
    }
}

/// How much is asked for: what an instruction that is newly kept would cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Queries of an instruction.
    pub queries: u64,
    /// Responses of a task.
    pub samples: u64,
    /// Judges of a response.
    pub judges: u64,
}

impl Volume {
    /// The volume that the settings ask for.
    pub fn of(settings: &Settings) -> Self {
        Self {
            queries: u64::from(settings.config.pipeline.queries_per_instruction),
            samples: u64::from(settings.call(CallKind::Respond).samples),
            judges: u64::from(settings.call(CallKind::Score).samples),
        }
    }
}

/// What a profile gives over an index.
pub fn outlook(index: &Index, profile: &Profile, volume: Volume) -> Outlook {
    outlooks(index, std::slice::from_ref(profile), volume).pop().unwrap_or_default()
}

/// What a profile gives over the whole range of one of its values.
pub fn curve(index: &Index, profile: &Profile, dial: Dial, volume: Volume) -> Vec<(f64, Outlook)> {
    let points = dial.range(profile);
    let profiles: Vec<Profile> = points.iter().map(|point| dial.set(profile, *point)).collect();
    points.into_iter().zip(outlooks(index, &profiles, volume)).collect()
}

/// What several profiles give over an index, each instruction read once, on all cores.
pub fn outlooks(index: &Index, profiles: &[Profile], volume: Volume) -> Vec<Outlook> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = index.facts.len().div_ceil(cores).max(1);
    let mut sums = vec![Sum::default(); profiles.len()];
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            index.facts.chunks(share).map(|part| scope.spawn(move || over_part(part, profiles, volume))).collect();
        for part in parts {
            // A part that panicked has no sums; nothing in it can.
            for (sum, more) in sums.iter_mut().zip(part.join().unwrap_or_default()) {
                sum.outlook += more.outlook;
                sum.cells.merge(more.cells);
            }
        }
    });
    sums.into_iter().zip(profiles).map(|(sum, profile)| sum.balanced(profile)).collect()
}

/// What a profile gives over some instructions, and where the profile balances, by category and language.
#[derive(Clone, Debug, Default)]
struct Sum {
    outlook: Outlook,
    cells: Cells,
}

impl Sum {
    fn balanced(self, profile: &Profile) -> Outlook {
        if !profile.has_balance() {
            return self.outlook;
        }
        let [sft, pairs_instruction, pairs_query] = self.cells.totals(profile);
        Outlook { sft, pairs_instruction, pairs_query, ..self.outlook }
    }
}

fn over_part(part: &[std::sync::Arc<[u8]>], profiles: &[Profile], volume: Volume) -> Vec<Sum> {
    let mut sums = vec![Sum::default(); profiles.len()];
    let mut facts = Facts::default();
    for bytes in part {
        if facts.read(bytes).is_none() || !facts.alive {
            continue;
        }
        for (sum, profile) in sums.iter_mut().zip(profiles) {
            let found = evaluate::instruction(&facts, profile, volume);
            sum.outlook += found;
            if profile.has_balance() {
                let language = if facts.chinese { Language::Chinese } else { Language::English };
                let rows = [found.sft, found.pairs_instruction, found.pairs_query];
                sum.cells.add(facts.category.as_deref(), language, rows);
            }
        }
    }
    sums
}

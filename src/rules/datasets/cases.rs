//! Instruction-level pairs: case inputs as responses to the instruction alone (paper 3.4, D_ins_pref).

use super::{
    super::{
        cross_validation::first_occurrences,
        profile::{InstructionPairs, Profile},
    },
    draw::{Draw, Text},
};

/// A case of an instruction.
#[derive(Clone, Copy, Debug)]
pub struct CaseCandidate<'a> {
    /// What draws hash: its content-free key, or its input where it has none.
    pub key: &'a str,
    /// Its input.
    pub input: &'a str,
    /// Whether cross-validation keeps it, decisions included.
    pub kept: bool,
    /// Whether a person rejected it.
    pub rejected: bool,
    /// What each kept function says about the input; nothing where it gave no boolean.
    pub verdicts: &'a [Option<bool>],
}

/// The pairs (chosen, rejected) of an instruction's cases: chosen where more than half of the kept functions accept;
/// rejected where none does, or, over kept cases, where all returned `False`. Equal inputs are one, blank ones none.
/// As many are drawn as a task would give.
pub fn case_pairs(cases: &[CaseCandidate<'_>], draw: &Draw<'_>, profile: &Profile) -> Vec<(usize, usize)> {
    let rule = profile.instruction_pairs;
    let counts = |case: &CaseCandidate<'_>| match rule {
        InstructionPairs::Off => false,
        InstructionPairs::AllCases => !case.rejected,
        InstructionPairs::KeptCases => case.kept && !case.rejected,
    };
    let counted: Vec<usize> =
        (0..cases.len()).filter(|at| counts(&cases[*at]) && !cases[*at].input.trim().is_empty()).collect();
    let first = first_occurrences(counted.iter().map(|at| cases[*at].input));
    let distinct = counted.iter().enumerate().filter(|(n, _)| first[*n] == *n).map(|(_, at)| *at);
    let (mut chosen, mut rejected) = (Vec::new(), Vec::new());
    for at in distinct {
        let verdicts = cases[at].verdicts;
        let accepting = verdicts.iter().filter(|verdict| **verdict == Some(true)).count();
        let refused = match rule {
            InstructionPairs::KeptCases => verdicts.iter().all(|verdict| *verdict == Some(false)),
            InstructionPairs::AllCases | InstructionPairs::Off => accepting == 0,
        };
        if accepting * 2 > verdicts.len() {
            chosen.push(at);
        } else if refused && !verdicts.is_empty() {
            rejected.push(at);
        }
    }
    let texts: Vec<_> = cases.iter().map(|case| Text { key: case.key, text: case.input }).collect();
    draw.pairs(&texts, &chosen, &rejected, profile.pairs)
}

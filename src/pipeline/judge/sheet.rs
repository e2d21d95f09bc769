//! The working sheet of an instruction: its functions and distinct cases, read from the tree, with what is known of
//! running one on the other.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{CallKind, ItemId, Origin, Slot, Stage, VerifierSample, body::CaseBody, tree::InstructionTree},
    pipeline::{
        batch::{Hashed, Row},
        expect::Expect,
        settings::Settings,
        stale::{Staleness, holds, staleness},
        view::Reason,
    },
    prompts::{is_copied_case, is_copied_function},
    rules::{
        Profile, ProfileName,
        answers::Reading,
        autoif::reading,
        cross_validation::{distinct_cases as rules_distinct_cases, prepare_source},
    },
};

/// One function as it stands.
#[derive(Debug)]
pub struct Function<'t> {
    /// Its place in the tree.
    pub sample: &'t VerifierSample,
    /// Its source.
    pub source: Option<Hashed>,
    /// Whether it can be used at all; or why not.
    pub usable: Result<(), Reason>,
    /// Whether it is a worked example's, word for word, whatever the profile makes of that.
    pub copied: bool,
    /// Whether what it was made from changed.
    pub stale: bool,
    /// What is known of running it on the cases; empty where it has no source.
    pub row: Row,
}

/// One distinct case.
#[derive(Debug)]
pub struct Case<'t> {
    /// Its slot.
    pub slot: &'t Slot<CaseBody>,
    /// The verifier sample that brought it.
    pub sample: u32,
    /// The text given to the functions.
    pub input: Hashed,
    /// The expected output, as written.
    pub expected: &'t serde_json::Value,
    /// Whether its input is a worked example's, word for word, whatever the profile makes of that.
    pub copied: bool,
    /// Whether what it was made from changed.
    pub stale: bool,
}

/// Functions by sample, cases in order of appearance.
#[derive(Debug)]
pub struct Sheet<'t> {
    /// All verifier samples.
    pub functions: Vec<Function<'t>>,
    /// Distinct cases.
    pub cases: Vec<Case<'t>>,
}

impl<'t> Sheet<'t> {
    /// Reads an instruction's functions and cases as the profile has them.
    pub fn read(tree: &'t InstructionTree, expect: &Expect<'_>, settings: &Settings) -> Self {
        let samples = samples(tree, settings);
        let (mut cases, bringers) = distinct_cases(&samples, expect, &settings.profile);
        let inputs: Vec<Hashed> = cases.iter().map(|case| case.input.clone()).collect();
        let mut seen = HashSet::new();
        let mut functions: Vec<Function<'t>> = samples
            .into_iter()
            .map(|sample| {
                let source = source_of(sample, expect, settings);
                let row = source.as_ref().map(|source| Row::read(&tree.outcomes, source, &inputs));
                let row = row.unwrap_or(Row { outcomes: Vec::new() });
                let copied = is_copied(sample, expect);
                let usable = usable(sample, source.as_ref(), &row, copied, &settings.profile, &mut seen);
                let stale = is_stale(&sample.function, expect);
                Function { sample, source, usable, copied, stale, row }
            })
            .collect();
        if settings.profile.name != ProfileName::Recommended {
            withdraw(&mut cases, &bringers, &mut functions);
        }
        Self { functions, cases }
    }

    /// The usable functions.
    pub fn usable(&self) -> impl Iterator<Item = (usize, &Function<'t>)> {
        self.functions.iter().enumerate().filter(|(_, function)| function.usable.is_ok())
    }

    /// Whether every usable function ran on every case.
    pub fn is_complete(&self) -> bool {
        self.usable().all(|(_, function)| function.row.is_complete())
    }
}

fn is_stale(slot: &Slot<crate::domain::VerifierBody>, expect: &Expect<'_>) -> bool {
    let now = expect.verifier(slot.index);
    slot.version().is_some_and(|version| staleness(version, &now) != Staleness::Fresh)
}

/// Whether a model's function is a worked example's, word for word. What a person wrote or imported is their own.
pub fn is_copied(sample: &VerifierSample, expect: &Expect<'_>) -> bool {
    let made = sample.function.version().filter(|version| version.origin == Origin::Machine);
    let source = made.and_then(|version| version.body.source.as_deref());
    source.is_some_and(|source| is_copied_function(expect.language, source))
}

/// Usable (paper, 3.2: "compiles"): there is a source, it loads and defines `evaluate`, it is no copy of a worked
/// example, and no earlier function has the same source.
fn usable(
    sample: &VerifierSample,
    source: Option<&Hashed>,
    row: &Row,
    copied: bool,
    profile: &Profile,
    seen: &mut HashSet<crate::domain::Digest>,
) -> Result<(), Reason> {
    let Some(source) = source else {
        if !is_read(sample, profile) {
            return Err(Reason::Borrowed("not-strict-json"));
        }
        let problem = sample.function.body().and_then(|body| body.problem.clone());
        return Err(problem.map_or(Reason::Borrowed("not-made"), Reason::Owned));
    };
    if let Some(outcome) = row.load_error() {
        let reason = load_reason(outcome);
        // The released script takes whatever `exec` does not raise on.
        if profile.name != ProfileName::Released || reason != "no-evaluate" {
            return Err(Reason::Borrowed(reason));
        }
    }
    if profile.reject_copies && copied {
        return Err(Reason::Borrowed("copied-example"));
    }
    if !seen.insert(source.digest) {
        return Err(Reason::Borrowed("duplicate"));
    }
    Ok(())
}

fn load_reason(outcome: &crate::domain::Outcome) -> &'static str {
    use crate::domain::{LoadFault, OutcomeKind};
    match &outcome.kind {
        OutcomeKind::Load { fault: LoadFault::Syntax, .. } => "syntax-error",
        OutcomeKind::Load { fault: LoadFault::Missing, .. } => "no-evaluate",
        OutcomeKind::Load { fault: LoadFault::Unusable, .. } => "unusable-evaluate",
        _ => "load-error",
    }
}

/// Whether the profile reads an answer at all: `paper` and `released` take what strict reading takes, and what was
/// repaired is not that. A person's text is always read.
fn is_read(sample: &VerifierSample, profile: &Profile) -> bool {
    let repaired = sample.function.body().is_some_and(|body| !body.repairs.is_empty());
    !repaired || reading(profile) == Reading::Lenient || sample.function.is_edited()
}

/// The source as the profile runs it.
fn source_of(sample: &VerifierSample, expect: &Expect<'_>, settings: &Settings) -> Option<Hashed> {
    let profile = &settings.profile;
    let namespace = settings.namespace(Stage::CrossValidate);
    let held = holds(&sample.function, &expect.verifier(sample.function.index));
    let source = held.and_then(|body| body.source.as_deref());
    source
        .filter(|_| is_read(sample, profile))
        .map(|source| Hashed::source(&prepare_source(source, profile), namespace))
}

/// The samples that count: the first K, and what a person or an import put beside them.
fn samples<'t>(tree: &'t InstructionTree, settings: &Settings) -> Vec<&'t VerifierSample> {
    let wanted = settings.call(CallKind::Verifiers).samples;
    let machine =
        |sample: &VerifierSample| sample.function.version().is_none_or(|version| version.origin == Origin::Machine);
    tree.verifiers.iter().filter(|sample| sample.function.index < wanted || !machine(sample)).collect()
}

/// Distinct cases under the profile, the first occurrence in its place; and which samples bring each.
fn distinct_cases<'t>(
    samples: &[&'t VerifierSample],
    expect: &Expect<'_>,
    profile: &Profile,
) -> (Vec<Case<'t>>, Vec<Vec<usize>>) {
    let mut all = Vec::new();
    for (at, sample) in samples.iter().enumerate().filter(|(_, sample)| is_read(sample, profile)) {
        let now = expect.verifier(sample.function.index);
        let lost = holds(&sample.function, &now).is_none();
        for slot in &sample.cases {
            let Some(version) = slot.version().filter(|_| !lost || slot.is_edited()) else { continue };
            let made = version.origin == Origin::Machine;
            let case = Case {
                slot,
                copied: made && is_copied_case(expect.language, &version.body.input),
                sample: sample.function.index,
                input: Hashed::new(&version.body.input),
                expected: &version.body.expected,
                stale: staleness(version, &now) != Staleness::Fresh,
            };
            all.push((at, case));
        }
    }
    let keys: Vec<(&str, &serde_json::Value)> =
        all.iter().map(|(_, case)| (&*case.input.text, case.expected)).collect();
    let first = rules_distinct_cases(&keys, profile);
    let mut places = HashMap::new();
    let (mut cases, mut bringers): (Vec<Case<'t>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
    for ((at, case), first) in all.into_iter().zip(first) {
        let place = *places.entry(first).or_insert(cases.len());
        if place == cases.len() {
            cases.push(case);
            bringers.push(Vec::new());
        }
        bringers[place].push(at);
    }
    (cases, bringers)
}

/// In `paper` and `released` a function that does not load brings no cases (CONTRACTS, `assay autoif`).
fn withdraw(cases: &mut Vec<Case<'_>>, bringers: &[Vec<usize>], functions: &mut [Function<'_>]) {
    let loads = |at: &usize| functions[*at].source.is_some() && functions[*at].row.load_error().is_none();
    let stays: Vec<bool> = bringers.iter().map(|samples| samples.iter().any(loads)).collect();
    let mut place = stays.iter();
    cases.retain(|_| place.next().copied().unwrap_or(true));
    for function in functions {
        let mut place = stays.iter();
        function.row.outcomes.retain(|_| place.next().copied().unwrap_or(true));
    }
}

/// A response's text with the item it belongs to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The response.
    pub id: ItemId,
    /// Its sample index.
    pub sample: u32,
    /// Its text.
    pub text: Hashed,
}

/// The answers of a task that can be verified: there, and not empty or cut off.
pub fn answers(task: &crate::domain::TaskTree) -> Vec<Answer> {
    let there = task.samples.iter().filter_map(|sample| {
        let slot = &sample.response;
        let body = slot.body()?;
        let whole = !body.text.trim().is_empty() && (slot.is_edited() || body.cut.is_none());
        whole.then(|| Answer { id: slot.id, sample: slot.index, text: Hashed::new(&body.text) })
    });
    there.collect()
}

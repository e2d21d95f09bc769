//! The rules over one instruction's facts. They say what `rules` says (a test compares the two over a project), on bit
//! masks in place of outcomes.

use crate::{
    domain::Ruling,
    pipeline::index::{CaseFact, Facts, LabelFact, ResponseFact, TaskFact},
    rules::{
        Profile,
        datasets::Band,
        profile::{
            CaseAccuracy, ChosenRule, ConflictRule, ConsistencyRule, FunctionAccuracy, InstructionPairs, PairDraw,
            RejectedRule, ResponseAccuracy, ValuePolicy,
        },
    },
};

use super::{Outlook, Volume};

const fn turned_down(ruling: Option<Ruling>) -> bool {
    matches!(ruling, Some(Ruling::Rejected | Ruling::UseAsNegative))
}

/// A share; nothing to divide by is 0.
fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

fn places(mask: u64) -> impl Iterator<Item = usize> {
    (0..64).filter(move |place| mask & (1 << place) != 0)
}

/// What a profile makes of an instruction.
pub fn instruction(facts: &Facts, profile: &Profile, volume: Volume) -> Outlook {
    let mut found = Outlook::default();
    if facts.unsettled {
        found.unknown_instructions = 1;
        found.calls = u64::from(facts.samples);
        let all = u64::MAX >> (64 - facts.functions.len().clamp(1, 64));
        found.checks = facts.cases.iter().map(|case| u64::from((all & !case.known).count_ones())).sum();
        return found;
    }
    let Some((kept, cases)) = cross_validate(facts, profile) else { return found };
    let asked = !facts.accepted && profile.consistency != ConsistencyRule::Off;
    // Labels are asked for unless the rule is off, decisions aside.
    if profile.consistency != ConsistencyRule::Off {
        found.calls = places(kept).map(|place| label_calls(facts.functions[place].label)).sum();
        if found.calls > 0 {
            found.unknown_instructions = 1;
            return found;
        }
    }
    let Some(used) = consistent(facts, kept, asked, profile) else { return found };
    found.instructions = 1;
    let drawn = case_pairs(&facts.cases, cases, used, profile);
    found.pairs_instruction = drawn.saturating_sub(u64::from(facts.kept_out));
    if facts.tasks.is_empty() {
        let responses = volume.queries * volume.samples;
        found.unknown_responses = responses;
        found.calls += responses * (1 + volume.judges);
        found.checks += responses * u64::from(used.count_ones());
    }
    let left_out = |task: &TaskFact| task.rejected || task.conflict && profile.conflicts == ConflictRule::LeaveOut;
    for task in facts.tasks.iter().filter(|task| !left_out(task)) {
        judge_task(&mut found, task, used, profile, volume);
    }
    found.sft = capped(found.sft, profile.sft_per_instruction);
    found.pairs_instruction = capped(found.pairs_instruction, profile.pairs_per_instruction);
    found.pairs_query = capped(found.pairs_query, profile.pairs_per_instruction);
    found
}

/// What a cap leaves; 0 is none.
fn capped(count: u64, most: u32) -> u64 {
    if most == 0 { count } else { count.min(u64::from(most)) }
}

const fn label_calls(label: LabelFact) -> u64 {
    match label {
        LabelFact::Nothing => 2,
        LabelFact::Described => 1,
        LabelFact::Agrees | LabelFact::Contradicts => 0,
    }
}

/// Kept functions and kept cases; nothing where the instruction falls.
fn cross_validate(facts: &Facts, profile: &Profile) -> Option<(u64, u64)> {
    let all = facts.functions.iter().enumerate().filter(|(_, function)| !turned_down(function.ruling));
    let voters = all.fold(0_u64, |mask, (place, _)| mask | (1 << place));
    let valid = |case: &CaseFact| case.expected.is_some() || profile.value_policy == ValuePolicy::Python;
    let (mut counted, mut kept) = (0_u64, 0_u64);
    for (place, case) in facts.cases.iter().enumerate().filter(|(_, case)| valid(case)) {
        let bit = 1 << place;
        counted |= if turned_down(case.ruling) { 0 } else { bit };
        let stays = match case.ruling {
            Some(Ruling::Accepted) => true,
            Some(_) => false,
            None => case_stays(case, voters, profile),
        };
        kept |= if stays { bit } else { 0 };
    }
    let judges = match profile.function_accuracy {
        FunctionAccuracy::AllCases => counted,
        FunctionAccuracy::KeptCases => kept,
    };
    let stays = |place: &usize| match facts.functions[*place].ruling {
        Some(Ruling::Accepted) => true,
        Some(_) => false,
        None => function_stays(facts, 1 << place, (judges, kept), profile),
    };
    let functions = (0..facts.functions.len()).filter(stays).fold(0_u64, |mask, place| mask | (1 << place));
    let expects = |wanted| places(kept).any(|place| facts.cases[place].expected == Some(wanted));
    let whole = voters.count_ones() >= profile.functions_before
        && counted.count_ones() >= profile.cases_before
        && kept.count_ones() >= profile.cases_after
        && (!profile.cases_both_kinds || expects(true) && expects(false))
        && functions.count_ones() >= profile.functions_after;
    whole.then_some((functions, kept))
}

fn case_stays(case: &CaseFact, voters: u64, profile: &Profile) -> bool {
    let (votes, agreeing) = (voters.count_ones(), (case.agree & voters).count_ones());
    let accuracy = match profile.case_accuracy {
        CaseAccuracy::AllFunctions => share(agreeing, votes),
        CaseAccuracy::AnyFunction => share(agreeing.min(1), 1),
        CaseAccuracy::BooleanFunctions => {
            let booleans = (case.counted & voters).count_ones();
            if booleans < votes.clamp(1, 2) {
                return false;
            }
            share(agreeing, booleans)
        }
    };
    votes > 0 && profile.case_kept.passes(accuracy)
}

fn function_stays(facts: &Facts, bit: u64, (judges, kept): (u64, u64), profile: &Profile) -> bool {
    let count =
        |mask: u64, holds: &dyn Fn(&CaseFact) -> bool| places(mask).filter(|place| holds(&facts.cases[*place])).count();
    let agreeing = u32::try_from(count(judges, &|case| case.agree & bit != 0)).unwrap_or(0);
    let both = || count(kept, &|case| case.gave.0 & bit != 0) > 0 && count(kept, &|case| case.gave.1 & bit != 0) > 0;
    judges != 0
        && profile.function_kept.passes(share(agreeing, judges.count_ones()))
        && (!profile.function_both_values || both())
}

/// The used functions; nothing where the instruction falls.
fn consistent(facts: &Facts, kept: u64, asked: bool, profile: &Profile) -> Option<u64> {
    let first = if profile.consistency == ConsistencyRule::AnyOfFirstThree { 3 } else { usize::MAX };
    let (mut used, mut contradicted) = (0_u64, false);
    for (nth, place) in places(kept).enumerate() {
        let function = facts.functions[place];
        let speaks = asked && nth < first && function.label == LabelFact::Contradicts;
        let fell = match function.ruling {
            Some(Ruling::Accepted) => false,
            Some(_) => true,
            None => {
                contradicted |= speaks;
                speaks
            }
        };
        used |= if fell { 0 } else { 1 << place };
    }
    let drops = contradicted && profile.consistency != ConsistencyRule::DropsFunction;
    (used != 0 && !drops).then_some(used)
}

fn judge_task(found: &mut Outlook, task: &TaskFact, used: u64, profile: &Profile, volume: Volume) {
    let functions = u64::from(used.count_ones());
    if task.missing > 0 {
        let missing = u64::from(task.missing);
        found.unknown_responses += missing + task.responses.len() as u64;
        found.calls += missing * (1 + volume.judges);
        found.checks += missing * functions;
    }
    let mut judged = [Judged::default(); 64];
    let band = band_of(task, used, profile);
    for (place, response) in task.responses.iter().enumerate().take(64) {
        let unknown = used & !response.known;
        if task.missing > 0 || unknown != 0 {
            found.unknown_responses += u64::from(task.missing == 0);
            found.checks += u64::from(unknown.count_ones());
            continue;
        }
        let verdict = judge(response, used, profile);
        let first = usize::from(response.first) == place;
        judged[place] = verdict;
        match response.score {
            _ if !verdict.kept || !first || band != Band::Inside => {}
            None => {
                found.unknown_responses += 1;
                found.calls += volume.judges;
            }
            Some(score) => judged[place].scored = score.is_some_and(|score| profile.score_kept.passes(score)),
        }
    }
    select(found, task, &judged, band, profile);
}

/// Whether the task's pass rate is of use, as far as it is known.
fn band_of(task: &TaskFact, used: u64, profile: &Profile) -> Band {
    let settled = task.missing == 0 && task.responses.iter().all(|response| used & !response.known == 0);
    let passed = task.responses.iter().filter(|response| judge(response, used, profile).kept).count();
    Band::of(passed, task.responses.len(), settled, profile)
}

/// What the functions and judges say of a response.
#[derive(Clone, Copy, Debug, Default)]
struct Judged {
    known: bool,
    accuracy: f64,
    verifiable: bool,
    booleans: u32,
    kept: bool,
    scored: bool,
}

fn judge(response: &ResponseFact, used: u64, profile: &Profile) -> Judged {
    let (of, booleans) = (used.count_ones(), (response.boolean & used).count_ones());
    let (divisor, verifiable) = match profile.response_accuracy {
        ResponseAccuracy::AllFunctions => (of, of > 0),
        ResponseAccuracy::IntMean => (booleans, true),
        ResponseAccuracy::BooleanFunctions => (booleans, booleans > 0 && booleans * 2 >= of),
    };
    let accuracy = share((response.pass & used).count_ones(), divisor);
    let kept = verifiable && profile.response_kept.passes(accuracy);
    Judged { known: true, accuracy, verifiable, booleans, kept, scored: false }
}

/// SFT rows and pairs of a task, as `rules::datasets::select`.
fn select(found: &mut Outlook, task: &TaskFact, judged: &[Judged; 64], band: Band, profile: &Profile) {
    let (mut chosen, mut rejected) = (0_u64, 0_u64);
    let fit = |at: &usize| task.responses[*at].fit;
    for at in (0..task.responses.len().min(64)).filter(fit) {
        let same = |other: &usize| task.responses[*other].first == task.responses[at].first;
        let alike = || (0..task.responses.len().min(64)).filter(fit).filter(same);
        if alike().next() != Some(at) {
            continue;
        }
        let (ruling, judged) =
            (alike().filter_map(|other| task.responses[other].ruling).max_by_key(weight), &judged[at]);
        if ruling.is_none() && band != Band::Inside {
            continue;
        }
        let sft = ruling.map_or(judged.kept && judged.scored, |ruling| ruling == Ruling::Accepted);
        found.sft += u64::from(sft);
        let is_chosen = match (ruling, profile.chosen) {
            (Some(ruling), _) => ruling == Ruling::Accepted,
            (None, ChosenRule::KeptAndScored) => sft,
            (None, ChosenRule::Accuracy(bound)) => judged.known && judged.verifiable && bound.passes(judged.accuracy),
        };
        let evidence = profile.rejected == RejectedRule::ZeroAccuracy || judged.verifiable && judged.booleans > 0;
        let is_rejected = match ruling {
            Some(ruling) => ruling == Ruling::UseAsNegative,
            None => judged.known && evidence && judged.accuracy.abs() < f64::EPSILON,
        };
        chosen |= if is_chosen { 1 << at } else { 0 };
        rejected |= if is_rejected { 1 << at } else { 0 };
    }
    // Exact for the rules in force; elsewhere a pair that a person turned down may not be drawn at all.
    let drawn = pairs(chosen, rejected, profile.pairs, |at| task.responses[at].alike);
    found.pairs_query += drawn.saturating_sub(u64::from(task.kept_out));
}

const fn weight(ruling: &Ruling) -> u8 {
    match ruling {
        Ruling::Accepted => 0,
        Ruling::UseAsNegative => 1,
        Ruling::Rejected => 2,
    }
}

/// How many pairs a draw takes.
fn pairs(chosen: u64, rejected: u64, rule: PairDraw, alike: impl Fn(usize) -> u64) -> u64 {
    let (c, r) = (u64::from(chosen.count_ones()), u64::from(rejected.count_ones()));
    match rule {
        _ if c == 0 || r == 0 => 0,
        PairDraw::All => c * r - u64::from((chosen & rejected).count_ones()),
        PairDraw::TwoByTwo => c.min(2) * r.min(2),
        PairDraw::UpTo(most) => {
            let all = places(chosen).flat_map(|c| places(rejected).map(move |r| (c, r))).filter(|(c, r)| c != r);
            let mut open: Vec<(usize, usize)> = all.collect();
            let mut taken: Vec<(usize, usize)> = Vec::new();
            while (taken.len() as u64) < u64::from(most) {
                let uses = |pair: &(usize, usize)| {
                    taken.iter().filter(|known| known.0 == pair.0).count()
                        + taken.iter().filter(|known| known.1 == pair.1).count()
                };
                let Some(next) = open.iter().min_by_key(|pair| uses(pair)).copied() else { break };
                taken.push(next);
                let near = |a: usize, b: usize| a == b || alike(a) & (1 << b) != 0;
                open.retain(|pair| !(near(pair.0, next.0) && near(pair.1, next.1)));
            }
            taken.len() as u64
        }
    }
}

/// Instruction-level pairs, as `rules::datasets::case_pairs`.
fn case_pairs(cases: &[CaseFact], kept: u64, used: u64, profile: &Profile) -> u64 {
    let rule = profile.instruction_pairs;
    let counts = |at: &usize| {
        let case = &cases[*at];
        let takes_part = match rule {
            InstructionPairs::Off => false,
            InstructionPairs::AllCases => true,
            InstructionPairs::KeptCases => kept & (1 << at) != 0,
        };
        takes_part && !turned_down(case.ruling) && case.first.is_some()
    };
    let (mut chosen, mut rejected) = (0_u64, 0_u64);
    for at in (0..cases.len().min(64)).filter(counts) {
        let repeats = (0..at).filter(counts).any(|before| cases[before].first == cases[at].first);
        if repeats {
            continue;
        }
        let accepting = (cases[at].gave.0 & used).count_ones();
        let refused = match rule {
            InstructionPairs::KeptCases => cases[at].gave.1 & used == used,
            InstructionPairs::AllCases | InstructionPairs::Off => accepting == 0,
        };
        if accepting * 2 > used.count_ones() {
            chosen |= 1 << at;
        } else if refused {
            rejected |= 1 << at;
        }
    }
    pairs(chosen, rejected, profile.pairs, |at| cases[at].alike)
}

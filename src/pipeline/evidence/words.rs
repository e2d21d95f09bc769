//! A profile's rules in words, as the report gives them for the items that they decided.

use std::sync::Arc;

use crate::rules::{
    Profile, ProfileName,
    profile::{
        CaseAccuracy, ChosenRule, ConsistencyRule, FunctionAccuracy, InstructionPairs, PairDraw, RejectedRule,
        ResponseAccuracy, ValuePolicy,
    },
};

/// The rules of a profile.
#[derive(Clone, Debug)]
pub struct Words {
    /// Which candidates are taken.
    pub novelty: Arc<str>,
    /// What back-translation asks of an instruction.
    pub back: Arc<str>,
    /// Which functions can be used at all.
    pub usable: Arc<str>,
    /// Which cases are counted.
    pub counted: Arc<str>,
    /// Which cases are kept.
    pub case: Arc<str>,
    /// Which functions are kept.
    pub function: Arc<str>,
    /// What an instruction needs.
    pub instruction: Arc<str>,
    /// What a contradiction does.
    pub consistency: Arc<str>,
    /// Which responses are kept.
    pub response: Arc<str>,
    /// Which scores are kept.
    pub score: Arc<str>,
    /// Which responses make rows.
    pub row: Arc<str>,
    /// Which pairs are made of responses.
    pub pair: Arc<str>,
    /// Which pairs are made of cases.
    pub case_pair: Arc<str>,
    /// What is said where no rule was asked.
    pub none: Arc<str>,
}

impl Words {
    /// Of a profile.
    pub fn of(profile: &Profile) -> Self {
        Self {
            novelty: "it is new among all candidates".into(),
            back: "every kept function has a sentence".into(),
            usable: usable(profile).into(),
            counted: "cases that say the same are one; a function that is not read or does not load brings none".into(),
            case: case(profile).into(),
            function: function(profile).into(),
            instruction: instruction(profile).into(),
            consistency: consistency(profile).into(),
            response: response(profile).into(),
            score: score(profile).into(),
            row: format!("{}; {}", response(profile), score(profile)).into(),
            pair: pair(profile).into(),
            case_pair: case_pair(profile).into(),
            none: "".into(),
        }
    }
}

/// Which functions can be used at all.
fn usable(profile: &Profile) -> String {
    let mut rule = match profile.name {
        ProfileName::Released => "it is read as the scripts read (a json block) and does not raise where it loads",
        ProfileName::Paper => "it is read strictly (a json block), loads and defines evaluate",
        ProfileName::Recommended => "it can be read, loads and defines evaluate",
    }
    .to_owned();
    rule.push_str("; no earlier one has the same source");
    if profile.reject_copies {
        rule.push_str("; it is no copy of a worked example");
    }
    rule
}

/// Which cases are kept.
fn case(profile: &Profile) -> String {
    let bound = profile.case_kept;
    let accuracy = match profile.case_accuracy {
        CaseAccuracy::AllFunctions => format!("agreeing / all functions {bound}"),
        CaseAccuracy::AnyFunction => format!("any function agrees (1, else 0) {bound}"),
        CaseAccuracy::BooleanFunctions => {
            format!("agreeing / functions with a boolean there {bound}, and 2 gave one (1 where there is one function)")
        }
    };
    let values = match profile.value_policy {
        ValuePolicy::Normalised => "values that mean a boolean",
        ValuePolicy::Python => "values by Python's ==",
    };
    format!("kept where {accuracy}; {values}")
}

/// Which functions cross-validation keeps.
fn function(profile: &Profile) -> String {
    let accuracy = match profile.function_accuracy {
        FunctionAccuracy::AllCases => "agreeing / all cases",
        FunctionAccuracy::KeptCases => "agreeing / kept cases",
    };
    let both = if profile.function_both_values { ", and it gives both True and False on kept cases" } else { "" };
    format!("kept where {accuracy} (errors wrong) {}{both}", profile.function_kept)
}

/// What cross-validation asks of an instruction.
fn instruction(profile: &Profile) -> String {
    let sides = if profile.cases_both_kinds { ", of both kinds" } else { "" };
    format!(
        "needs at least: {} usable functions, {} cases; and of those kept {} functions, {} cases{sides}",
        profile.functions_before, profile.cases_before, profile.functions_after, profile.cases_after
    )
}

/// What a contradicted back-translation does.
fn consistency(profile: &Profile) -> String {
    match profile.consistency {
        ConsistencyRule::AnyDropsInstruction => "one contradicted function drops the instruction",
        ConsistencyRule::AnyOfFirstThree => "one contradicted among the first three functions drops the instruction",
        ConsistencyRule::DropsFunction => "a contradicted function is dropped, the instruction where none is left",
        ConsistencyRule::Off => "labels drop nothing",
    }
    .to_owned()
}

/// Which responses are kept.
fn response(profile: &Profile) -> String {
    let accuracy = match profile.response_accuracy {
        ResponseAccuracy::AllFunctions => "True / all used functions (errors wrong)",
        ResponseAccuracy::IntMean => "the mean of int(value), errors and None left out,",
        ResponseAccuracy::BooleanFunctions => {
            "True / used functions with a boolean (at least half of them, else not verifiable)"
        }
    };
    format!("kept where {accuracy} {}", profile.response_kept)
}

/// Which scores are kept.
fn score(profile: &Profile) -> String {
    format!("kept where the mean score is {}", profile.score_kept)
}

/// Which pairs are made of responses.
fn pair(profile: &Profile) -> String {
    let chosen = match profile.chosen {
        ChosenRule::Accuracy(bound) => format!("accuracy {bound}"),
        ChosenRule::KeptAndScored => "kept, and its score kept".to_owned(),
    };
    let rejected = match profile.rejected {
        RejectedRule::ZeroAccuracy => "accuracy 0",
        RejectedRule::ZeroAndVerifiable => "accuracy 0 and verifiable",
    };
    let draw = match profile.pairs {
        PairDraw::All => "all of them".to_owned(),
        PairDraw::TwoByTwo => "2 x 2 drawn".to_owned(),
        PairDraw::UpTo(most) => format!("up to {most} of a task drawn"),
    };
    format!("chosen: {chosen}; rejected: {rejected}; {draw}")
}

/// Which pairs are made of cases.
fn case_pair(profile: &Profile) -> String {
    match profile.instruction_pairs {
        InstructionPairs::Off => "no pairs are made of cases",
        InstructionPairs::AllCases => {
            "of all cases: more than half of the used functions accept the chosen input, none the rejected one"
        }
        InstructionPairs::KeptCases => {
            "of kept cases: more than half of the used functions accept the chosen input, all refuse the rejected one"
        }
    }
    .to_owned()
}

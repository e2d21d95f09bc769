//! A profile's rules in words, as the report gives them for the items that they decided.

use crate::rules::{
    Profile, ProfileName,
    profile::{
        CaseAccuracy, ChosenRule, ConsistencyRule, FunctionAccuracy, InstructionPairs, PairDraw, RejectedRule,
        ResponseAccuracy, ValuePolicy,
    },
};

/// Which functions can be used at all.
pub fn usable(profile: &Profile) -> String {
    let mut rule = match profile.name {
        ProfileName::Released => "it is read as the scripts read (a json block) and does not raise where it loads",
        ProfileName::Paper => "it is read strictly (a json block), loads and defines `evaluate`",
        ProfileName::Recommended => "it can be read, loads and defines `evaluate`",
    }
    .to_owned();
    rule.push_str("; no earlier one has the same source");
    if profile.reject_copies {
        rule.push_str("; it is no copy of a worked example");
    }
    rule
}

/// Which cases are kept.
pub fn case(profile: &Profile) -> String {
    let accuracy = match profile.case_accuracy {
        CaseAccuracy::AllFunctions => "agreeing / all functions",
        CaseAccuracy::AnyFunction => "1 where any function agrees",
        CaseAccuracy::BooleanFunctions => {
            "agreeing / functions with a boolean there, of which it takes 2 (1 where there is one function)"
        }
    };
    let values = match profile.value_policy {
        ValuePolicy::Normalised => "values that mean a boolean",
        ValuePolicy::Python => "values by Python's ==",
    };
    format!("kept where {accuracy} {}; {values}", profile.case_kept)
}

/// Which functions cross-validation keeps.
pub fn function(profile: &Profile) -> String {
    let accuracy = match profile.function_accuracy {
        FunctionAccuracy::AllCases => "agreeing / all cases",
        FunctionAccuracy::KeptCases => "agreeing / kept cases",
    };
    let both = if profile.function_both_values { ", and it gives both True and False on kept cases" } else { "" };
    format!("kept where {accuracy} (errors wrong) {}{both}", profile.function_kept)
}

/// What cross-validation asks of an instruction.
pub fn instruction(profile: &Profile) -> String {
    let sides = if profile.cases_both_kinds { ", of both kinds" } else { "" };
    format!(
        "needs {} usable functions and {} cases before, {} kept functions and {} kept cases{sides} after",
        profile.functions_before, profile.cases_before, profile.functions_after, profile.cases_after
    )
}

/// What a contradicted back-translation does.
pub fn consistency(profile: &Profile) -> String {
    match profile.consistency {
        ConsistencyRule::AnyDropsInstruction => "one contradicted function drops the instruction",
        ConsistencyRule::AnyOfFirstThree => "one contradicted among the first three functions drops the instruction",
        ConsistencyRule::DropsFunction => "a contradicted function is dropped, the instruction where none is left",
        ConsistencyRule::Off => "labels drop nothing",
    }
    .to_owned()
}

/// Which responses are kept.
pub fn response(profile: &Profile) -> String {
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
pub fn score(profile: &Profile) -> String {
    format!("kept where the mean score is {}", profile.score_kept)
}

/// Which pairs are made of responses.
pub fn pair(profile: &Profile) -> String {
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
pub fn case_pair(profile: &Profile) -> String {
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

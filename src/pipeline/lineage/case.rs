//! A test case: whether it counts, and who agrees with it.

use crate::{
    domain::{CaseBody, Slot, Stage, VerifierSample},
    pipeline::view::State,
    rules::profile::{CaseAccuracy, ValuePolicy},
    store::StoreError,
};

use super::{
    Led, Link, Rule, Standing,
    number::against,
    scene::{Scene, decided},
    state_of,
};

/// The link of a case.
pub fn link(scene: &Scene<'_>, sample: &VerifierSample, slot: &Slot<CaseBody>) -> Result<Link, StoreError> {
    let now = scene.expect().map(|expect| expect.verifier(sample.function.index));
    let text = slot.body().map(|body| format!("{} -> {}", body.input, body.expected)).unwrap_or_default();
    let name = format!("case {} of function {}", slot.index + 1, sample.function.index + 1);
    let mut link = scene.link(slot, name, text, now)?;
    link.stands = vec![standing(scene, sample, slot)];
    let pairs = scene.view.case_pairs.iter();
    let Some(body) = slot.body() else { return Ok(link) };
    for pair in pairs {
        let part = if *pair.chosen.text == body.input {
            "chosen"
        } else if *pair.rejected.text == body.input {
            "rejected"
        } else {
            continue;
        };
        link.led_to.push(Led { item: pair.id, said: format!("{part} in a pair of cases") });
    }
    Ok(link)
}

fn standing(scene: &Scene<'_>, sample: &VerifierSample, slot: &Slot<CaseBody>) -> Standing {
    let view = &scene.view;
    if let Some(at) = view.cases.iter().position(|case| case.id == slot.id) {
        let pending = matches!(view.cross_validate, None | Some(State::Pending));
        let state = if pending { State::Pending } else { state_of(&view.cases[at].kept) };
        return Standing::new(Stage::CrossValidate, &state, rules(scene, slot, at));
    }
    if view.cases.is_empty() && view.functions.is_empty() {
        return scene.fell_before();
    }
    let Some(body) = slot.body() else {
        let rule = Rule::new("answer", false, "its answer brings no such case any more");
        return Standing::new(Stage::CrossValidate, &State::Dropped("not-brought".into()), vec![rule]);
    };
    let expected = body.expected.to_string();
    let same = view.cases.iter().find(|case| *case.input == body.input && case.expected_raw == expected);
    let same = same.or_else(|| view.cases.iter().find(|case| *case.input == body.input));
    let (reason, said) = match same {
        Some(case) => ("same-case", format!("{} says the same and stands for it", case.id.short())),
        None => ("not-brought", not_brought(scene, sample)),
    };
    Standing::new(Stage::CrossValidate, &State::Dropped(reason.into()), vec![Rule::new("distinct", false, said)])
}

fn not_brought(scene: &Scene<'_>, sample: &VerifierSample) -> String {
    let function = scene.view.functions.iter().find(|function| function.id == sample.function.id);
    match function.and_then(|function| function.usable.clone().err()) {
        Some(reason) => format!("its function brings no cases under this profile: {reason}"),
        None => "this profile does not count it: its value is none that it compares".to_owned(),
    }
}

fn rules(scene: &Scene<'_>, slot: &Slot<CaseBody>, at: usize) -> Vec<Rule> {
    let (view, profile) = (&scene.view, scene.profile());
    let case = &view.cases[at];
    let mut rules: Vec<Rule> = decided(slot.ruling()).into_iter().collect();
    if case.expected.is_none() && profile.value_policy != ValuePolicy::Python {
        let said = format!("it expects {}, which is neither True nor False", case.expected_raw);
        rules.push(Rule::new("value_policy", false, said));
        return rules;
    }
    let (agreeing, booleans, of) = votes(scene, at);
    if profile.case_accuracy == CaseAccuracy::BooleanFunctions {
        let needed = of.clamp(1, 2);
        let said = format!("functions that gave a boolean {booleans} of {of}; at least {needed} must");
        rules.push(Rule::new("case_accuracy", booleans >= needed, said));
    }
    let whole = match profile.case_accuracy {
        CaseAccuracy::AllFunctions => format!("{agreeing} of {of} functions agree"),
        CaseAccuracy::AnyFunction => format!("{agreeing} of {of} functions agree; one is enough"),
        CaseAccuracy::BooleanFunctions => format!("{agreeing} of {booleans} functions with a boolean agree"),
    };
    if let Some(accuracy) = case.accuracy {
        let said = format!("case accuracy {} ({whole})", against(accuracy, profile.case_kept));
        rules.push(Rule::new("case_kept", of > 0 && profile.case_kept.passes(accuracy), said));
    }
    rules
}

/// Functions that agree, that gave a boolean, and that vote at all.
fn votes(scene: &Scene<'_>, at: usize) -> (usize, usize, usize) {
    let view = &scene.view;
    let voters = (0..view.functions.len()).filter(|function| {
        let seen = &view.functions[*function];
        seen.usable.is_ok() && seen.kept != Err("rejected".into())
    });
    let cells: Vec<_> = voters.filter_map(|function| view.matrix.get(function)?.get(at)).collect();
    let agreeing = cells.iter().filter(|cell| cell.agrees == Some(true)).count();
    let booleans = cells.iter().filter(|cell| cell.agrees.is_some()).count();
    (agreeing, booleans, cells.len())
}

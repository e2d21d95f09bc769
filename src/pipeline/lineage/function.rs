//! A verifier with its back-translation and label.

use crate::{
    domain::{CallKind, ItemId, Label, Slot, Stage, VerifierSample},
    pipeline::{
        stale::{Due, due},
        view::{FunctionView, State},
    },
    rules::{
        profile::{FunctionAccuracy, ValuePolicy},
        verdict::is_string_verdict,
    },
    store::StoreError,
};

use super::{
    Led, Link, Rule, Standing,
    instruction::is_cross_validated,
    number::against,
    scene::{Scene, decided},
    state_of,
    versions::made_by,
};

/// The link of a verifier sample.
pub fn link(scene: &Scene<'_>, sample: &VerifierSample) -> Result<Link, StoreError> {
    let slot = &sample.function;
    let now = scene.expect().map(|expect| expect.verifier(slot.index));
    let text = slot.body().and_then(|body| body.source.clone()).unwrap_or_default();
    let mut link = scene.link(slot, format!("function {}", slot.index + 1), text, now)?;
    link.made_by = Some(made_by(scene.settings(), CallKind::Verifiers, scene.view.language));
    let repairs = slot.body().map(|body| body.repairs.as_slice()).unwrap_or_default();
    if !repairs.is_empty() {
        link.flags.push("its answer was repaired to be read");
    }
    if says_its_verdict(scene, slot.id) {
        link.flags.push("its verdict is a text; to code that runs it, any text is true");
    }
    link.stands = stands(scene, sample);
    link.led_to = led_to(scene, sample);
    Ok(link)
}

/// Whether its verdict on any case is a text, where the rules take that for a boolean.
fn says_its_verdict(scene: &Scene<'_>, id: ItemId) -> bool {
    let at = scene.view.functions.iter().position(|function| function.id == id);
    let mut cells = at.and_then(|at| scene.view.matrix.get(at)).into_iter().flatten();
    scene.profile().value_policy == ValuePolicy::Normalised
        && cells.any(|cell| cell.outcome.as_deref().is_some_and(is_string_verdict))
}

fn stands(scene: &Scene<'_>, sample: &VerifierSample) -> Vec<Standing> {
    let slot = &sample.function;
    let mut stands = Vec::new();
    if let Some(state) = scene.unit(Stage::Verifiers, slot.id) {
        stands.push(Standing::new(Stage::Verifiers, state, vec![answer(sample, state)]));
    }
    let Some(at) = scene.view.functions.iter().position(|function| function.id == slot.id) else {
        if stands.is_empty() {
            stands.push(scene.fell_before());
        }
        return stands;
    };
    let function = &scene.view.functions[at];
    let state = match (&function.usable, &scene.view.cross_validate) {
        (Ok(()), None | Some(State::Pending)) => State::Pending,
        _ if is_cross_validated(function) => State::Kept,
        _ => state_of(&function.kept),
    };
    stands.push(Standing::new(Stage::CrossValidate, &state, cross_validation(scene, sample, at)));
    if is_cross_validated(function) && matches!(scene.view.consistency, Some(State::Kept | State::Dropped(_))) {
        let mut rules: Vec<Rule> = decided(slot.ruling()).into_iter().collect();
        rules.push(label_rule(function));
        stands.push(Standing::new(Stage::Consistency, &state_of(&function.kept), rules));
    }
    stands
}

/// What its answer held.
fn answer(sample: &VerifierSample, state: &State) -> Rule {
    let slot = &sample.function;
    match (state, &slot.failure) {
        (State::Failed(_), Some(failure)) => Rule::new("answer", false, failure.message.clone()),
        (State::Pending | State::Running, _) => Rule::new("answer", false, "not asked yet"),
        (State::Stale, _) => Rule::new("answer", false, "made from something that has changed"),
        (State::Dropped(reason), _) if reason == "rejected" => Rule::new("decision", false, "rejected by a person"),
        (State::Dropped(reason), _) => Rule::new("answer", false, format!("it holds no function: {reason}")),
        _ => Rule::new("answer", true, "it holds a function"),
    }
}

fn cross_validation(scene: &Scene<'_>, sample: &VerifierSample, at: usize) -> Vec<Rule> {
    let (view, profile) = (&scene.view, scene.profile());
    let function = &view.functions[at];
    let mut rules: Vec<Rule> = decided(sample.function.ruling()).into_iter().collect();
    if let Err(reason) = &function.usable {
        rules.push(Rule::new("usable", false, unusable(reason, profile.reject_copies)));
        return rules;
    }
    let (counted, of) = match profile.function_accuracy {
        FunctionAccuracy::AllCases => (false, "cases"),
        FunctionAccuracy::KeptCases => (true, "kept cases"),
    };
    let counts = |case: &usize| {
        let seen = &view.cases[*case];
        let all = seen.kept != Err("rejected".into()) && seen.kept != Err("invalid-expected".into());
        if counted { seen.kept.is_ok() } else { all }
    };
    let cases: Vec<usize> = (0..view.cases.len()).filter(counts).collect();
    let cell = |case: &usize| view.matrix.get(at).and_then(|row| row.get(*case));
    let agreeing = cases.iter().filter(|case| cell(case).is_some_and(|cell| cell.agrees == Some(true))).count();
    let accuracy = function.accuracy.unwrap_or(0.0);
    let said = format!(
        "function accuracy {} (agrees with {agreeing} of {} {of})",
        against(accuracy, profile.function_kept),
        cases.len()
    );
    rules.push(Rule::new("function_kept", !cases.is_empty() && profile.function_kept.passes(accuracy), said));
    if profile.function_both_values {
        let kept: Vec<usize> = (0..view.cases.len()).filter(|case| view.cases[*case].kept.is_ok()).collect();
        let gives = |wanted| {
            let given = |case: &&usize| cell(case).and_then(|cell| cell.verdict?.boolean()) == Some(wanted);
            kept.iter().filter(given).count()
        };
        let (yes, no) = (gives(true), gives(false));
        let said = format!("gives True on {yes} and False on {no} of {} kept cases; both are needed", kept.len());
        rules.push(Rule::new("function_both_values", yes > 0 && no > 0, said));
    }
    rules
}

fn unusable(reason: &str, copies: bool) -> String {
    match reason {
        "duplicate" => "an earlier function of this instruction has the same source".to_owned(),
        "copied-example" if copies => "it is a copy of a worked example of the prompt".to_owned(),
        "syntax-error" => "its source does not compile".to_owned(),
        "no-evaluate" => "it defines no `evaluate`".to_owned(),
        "unusable-evaluate" => "its `evaluate` is no plain callable of one text".to_owned(),
        "load-error" => "it raised or hit a limit while it was loaded".to_owned(),
        "not-strict-json" => "its answer is no strict JSON, which this profile asks for".to_owned(),
        "not-made" => "it has not been made".to_owned(),
        other => format!("there is no usable function: {other}"),
    }
}

fn label_rule(function: &FunctionView) -> Rule {
    let back = function.back.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
    let holds = function.kept.is_ok();
    match &function.label {
        Some((label, _)) => {
            let label = match label {
                Label::Entailment => "follows from",
                Label::Neutral => "neither follows from nor contradicts",
                Label::Contradiction => "contradicts",
            };
            Rule::new("consistency", holds, format!("its back-translation {label} the instruction: {back}"))
        }
        None => Rule::new("consistency", holds, "no label speaks against it"),
    }
}

fn led_to(scene: &Scene<'_>, sample: &VerifierSample) -> Vec<Led> {
    let mut led: Vec<Led> = Vec::new();
    for case in &sample.cases {
        let seen = scene.view.cases.iter().find(|seen| seen.id == case.id);
        let said = seen.map_or_else(
            || "not counted by itself".to_owned(),
            |seen| seen.kept.clone().map_or_else(|reason| reason.to_string(), |()| "kept".to_owned()),
        );
        led.push(Led { item: case.id, said: format!("case {}, {said}", case.index + 1) });
    }
    led.extend(sample.back.iter().map(|slot| Led { item: slot.id, said: "back-translation".to_owned() }));
    led.extend(sample.entailment.iter().map(|slot| Led { item: slot.id, said: "entailment label".to_owned() }));
    led
}

/// The link of a function's back-translation.
pub fn back(scene: &Scene<'_>, sample: &VerifierSample) -> Result<Option<Link>, StoreError> {
    let Some(slot) = &sample.back else { return Ok(None) };
    let now = scene.expect().zip(sample.function.body());
    let now = now.map(|(expect, body)| expect.back(body, sample.function.index));
    let text = slot.body().map(|body| body.text.clone()).unwrap_or_default();
    let mut link = scene.link(slot, "back-translation".to_owned(), text.clone(), now)?;
    link.made_by = Some(made_by(scene.settings(), CallKind::BackTranslate, scene.view.language));
    let step = now.map(|now| due(slot, &now, true));
    let said = if text.is_empty() { "its answer held no sentence" } else { "its answer holds a sentence" };
    link.stands = vec![made(Stage::BackTranslate, slot, step, said)];
    link.led_to = sample.entailment.iter().map(|slot| Led { item: slot.id, said: "entailment label".into() }).collect();
    Ok(Some(link))
}

/// The link of a back-translation's label.
pub fn label(scene: &Scene<'_>, sample: &VerifierSample) -> Result<Option<Link>, StoreError> {
    let Some(slot) = &sample.entailment else { return Ok(None) };
    let back = sample.back.as_ref().and_then(Slot::body);
    let now = scene.expect().zip(back).map(|(expect, back)| expect.entailment(back, sample.function.index));
    let text = slot.body().map(|body| body.text.clone()).unwrap_or_default();
    let mut link = scene.link(slot, "entailment label".to_owned(), text, now)?;
    link.made_by = Some(made_by(scene.settings(), CallKind::Entail, scene.view.language));
    let said = match slot.body().and_then(|body| body.label) {
        Some(Label::Entailment) => "label: entailment",
        Some(Label::Neutral) => "label: neutral",
        Some(Label::Contradiction) => "label: contradiction",
        None => "its answer held no label, which speaks against nothing",
    };
    link.stands = vec![made(Stage::Consistency, slot, now.map(|now| due(slot, &now, true)), said)];
    Ok(Some(link))
}

/// Where something stands that a call makes and no rule judges by itself.
pub fn made<T>(stage: Stage, slot: &Slot<T>, due: Option<Due>, said: &str) -> Standing {
    match (due, &slot.failure) {
        (Some(Due::Failed), Some(failure)) => {
            let rule = Rule::new("answer", false, failure.message.clone());
            Standing::new(stage, &State::Failed(failure.code.clone().into()), vec![rule])
        }
        (Some(Due::Call { stale: false, .. }), _) => {
            Standing::new(stage, &State::Pending, vec![Rule::new("answer", false, "not asked yet")])
        }
        (Some(Due::Call { .. } | Due::Restore { .. }), _) => {
            let rule = Rule::new("answer", false, "made from something that has changed");
            Standing::new(stage, &State::Stale, vec![rule])
        }
        _ => Standing::new(stage, &State::Kept, vec![Rule::new("answer", true, said)]),
    }
}

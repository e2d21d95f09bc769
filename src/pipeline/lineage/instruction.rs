//! An instruction: novelty, cross-validation, back-translation, consistency; its rules in numbers.

use crate::{
    domain::{CallKind, Label, Ruling, Stage},
    pipeline::{
        plan::asks_consistency,
        view::{FunctionView, State},
    },
    rules::profile::{ConsistencyRule, ValuePolicy},
    store::StoreError,
};

use super::{
    Led, Link, Rule, Standing, novelty,
    number::{at_least, plural},
    scene::{Scene, decided},
    versions::made_by,
};

/// The link of an instruction or seed.
pub fn link(scene: &Scene<'_>) -> Result<Link, StoreError> {
    let tree = &scene.tree;
    let name = match tree.from {
        Some((call, line)) => format!("instruction, line {} of call {}", line + 1, call + 1),
        None => "seed instruction".to_owned(),
    };
    let mut link = scene.link(&tree.slot, name, tree.text().to_owned(), None)?;
    if tree.from.is_some() {
        link.made_by = Some(made_by(scene.settings(), CallKind::SelfInstruct, scene.view.language));
    }
    link.stands = stands(scene);
    link.led_to = led_to(scene);
    Ok(link)
}

fn stands(scene: &Scene<'_>) -> Vec<Standing> {
    let view = &scene.view;
    let mut stands = vec![novelty::standing(scene)];
    let mut add = |stage, state: &Option<State>, rules: Vec<Rule>| {
        stands.extend(state.as_ref().map(|state| Standing::new(stage, state, rules)));
    };
    add(Stage::CrossValidate, &view.cross_validate, cross_validation(scene));
    add(Stage::BackTranslate, &view.back_translate, back_translation(scene));
    add(Stage::Consistency, &view.consistency, consistency(scene));
    if view.novelty == State::Kept && view.cross_validate.is_none() {
        let wanted = scene.settings().call(CallKind::Verifiers).samples;
        let there = scene.tree.verifiers.iter().filter(|sample| sample.function.current.is_some()).count();
        let rule = Rule::new("samples", false, format!("waits for verifier samples: {there} of {wanted} are there"));
        stands.push(Standing::new(Stage::CrossValidate, &State::Pending, vec![rule]));
    }
    stands
}

/// Whether a person turned a function down, as far as that is about what it says now.
fn is_turned_down(ruling: Option<Ruling>) -> bool {
    matches!(ruling, Some(Ruling::Rejected | Ruling::UseAsNegative))
}

/// Whether cross-validation kept a function, whatever consistency said afterwards.
pub fn is_cross_validated(function: &FunctionView) -> bool {
    function.kept.is_ok() || function.kept == Err("contradiction".into())
}

fn cross_validation(scene: &Scene<'_>) -> Vec<Rule> {
    let (view, profile) = (&scene.view, scene.profile());
    let ruling = |function: &FunctionView| {
        let sample = scene.tree.verifiers.iter().find(|sample| sample.function.id == function.id);
        sample.and_then(|sample| sample.function.ruling())
    };
    let usable = view.functions.iter().filter(|f| f.usable.is_ok() && !is_turned_down(ruling(f))).count();
    let counted = view.cases.iter().filter(|case| {
        let valid = case.expected.is_some() || profile.value_policy == ValuePolicy::Python;
        valid && case.kept != Err("rejected".into())
    });
    let counted = counted.count();
    let kept_cases: Vec<_> = view.cases.iter().filter(|case| case.kept.is_ok()).collect();
    let kept = view.functions.iter().filter(|function| is_cross_validated(function)).count();
    let mut rules = Vec::new();
    let mut enough = |key, what: &str, n, needed| {
        let (holds, said) = at_least(n, needed);
        rules.push(Rule::new(key, holds, format!("{what} {said}")));
    };
    enough("functions_before", "usable functions", usable, profile.functions_before);
    enough("cases_before", "distinct cases", counted, profile.cases_before);
    enough("cases_after", "kept cases", kept_cases.len(), profile.cases_after);
    enough("functions_after", "kept functions", kept, profile.functions_after);
    if profile.cases_both_kinds {
        let expects = |wanted| kept_cases.iter().filter(|case| case.expected == Some(wanted)).count();
        let (yes, no) = (expects(true), expects(false));
        let said = format!("kept cases that expect True {yes}, False {no}; both kinds are needed");
        rules.push(Rule::new("cases_both_kinds", yes > 0 && no > 0, said));
    }
    rules
}

fn back_translation(scene: &Scene<'_>) -> Vec<Rule> {
    let kept: Vec<_> = scene.view.functions.iter().filter(|function| is_cross_validated(function)).collect();
    let there = kept.iter().filter(|function| function.back.is_some()).count();
    let failed = scene.tree.verifiers.iter().filter(|sample| {
        let of_kept = kept.iter().any(|function| function.id == sample.function.id);
        of_kept && sample.back.as_ref().is_some_and(|back| back.failure.is_some())
    });
    let failed = failed.count();
    let said = format!(
        "back-translations of {there} of {}, {} failed",
        plural(kept.len(), "kept function"),
        plural(failed, "call")
    );
    vec![Rule::new("back_translate", kept.is_empty() || failed < kept.len(), said)]
}

fn consistency(scene: &Scene<'_>) -> Vec<Rule> {
    let (view, profile) = (&scene.view, scene.profile());
    let mut rules = Vec::new();
    if scene.tree.slot.ruling() == Some(Ruling::Accepted) {
        rules.extend(decided(Some(Ruling::Accepted)));
        return rules;
    }
    let kept: Vec<_> = view.functions.iter().filter(|function| is_cross_validated(function)).collect();
    let contradicts = |function: &&&FunctionView| {
        matches!(function.label, Some((Label::Contradiction, _))) && function.kept == Err("contradiction".into())
    };
    let contradicted = kept.iter().filter(contradicts).count();
    let left = kept.iter().filter(|function| function.kept.is_ok()).count();
    let failed = matches!(view.consistency, Some(State::Failed(_)));
    if failed {
        rules.push(Rule::new("consistency", false, format!("all {} entailment calls failed", kept.len())));
        return rules;
    }
    let of = format!("contradicted functions {contradicted} of {}", kept.len());
    rules.push(match profile.consistency {
        _ if !asks_consistency(profile) => Rule::new("consistency", true, "not asked"),
        ConsistencyRule::AnyDropsInstruction => {
            Rule::new("consistency", contradicted == 0, format!("{of}; any drops the instruction"))
        }
        ConsistencyRule::AnyOfFirstThree => {
            Rule::new("consistency", contradicted == 0, format!("{of}, looked for among the first three; any drops it"))
        }
        ConsistencyRule::DropsFunction | ConsistencyRule::Off => {
            Rule::new("consistency", left > 0, format!("{of}; {} left", plural(left, "function")))
        }
    });
    if left == 0 && contradicted == 0 {
        rules.push(Rule::new("functions", false, "no function is left"));
    }
    rules
}

fn led_to(scene: &Scene<'_>) -> Vec<Led> {
    let view = &scene.view;
    let mut led = Vec::new();
    if view.source == crate::pipeline::view::Source::Seed {
        let id = view.id;
        let shown = scene.calls.iter().filter(|call| call.slot.body().is_some_and(|body| body.shown.contains(&id)));
        led.extend(shown.map(|call| Led { item: call.slot.id, said: format!("shown by call {}", call.n + 1) }));
    }
    for sample in &scene.tree.verifiers {
        let seen = view.functions.iter().find(|function| function.id == sample.function.id);
        let said = match seen {
            Some(function) if function.used => "used".to_owned(),
            Some(function) => format!("not used: {}", function.kept.clone().err().unwrap_or_else(|| "pending".into())),
            None => "not judged".to_owned(),
        };
        led.push(Led { item: sample.function.id, said: format!("function {}, {said}", sample.function.index + 1) });
    }
    for task in &scene.tree.tasks {
        let seen = view.tasks.iter().find(|seen| seen.id == task.slot.id);
        let rows = seen.map_or(0, |seen| seen.responses.iter().filter(|response| response.sft).count());
        let pairs = seen.map_or(0, |seen| seen.pairs.len());
        let (samples, query) = (task.samples.len(), task.query_id.short());
        let counts = [plural(samples, "response"), plural(rows, "SFT row"), plural(pairs, "pair")].join(", ");
        let said = format!("task with {query}: {counts}");
        led.push(Led { item: task.slot.id, said });
    }
    let pairs = view.case_pairs.iter();
    led.extend(pairs.map(|pair| Led { item: pair.id, said: "pair of two cases".to_owned() }));
    led
}

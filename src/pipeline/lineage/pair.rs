//! A pair: of two responses of a task, or of two cases of an instruction.

use crate::{
    domain::Stage,
    pipeline::view::{PairSide, PairStanding, PairView, ResponseView, State, TaskView},
    rules::profile::{ChosenRule, RejectedRule},
    store::StoreError,
};

use super::{
    Link, Rule, Standing, decisions,
    number::{against, number},
    scene::Scene,
};

fn link(scene: &Scene<'_>, pair: &PairView, text: String, mut rules: Vec<Rule>) -> Result<Link, StoreError> {
    let state = match pair.standing {
        PairStanding::Given => State::Kept,
        PairStanding::Rejected => State::Dropped("rejected".into()),
        PairStanding::Outdated => State::Dropped("outdated".into()),
        PairStanding::Capped => State::Dropped("cap".into()),
        PairStanding::Stale => State::Stale,
        PairStanding::NotDrawn => State::Dropped("not-drawn".into()),
    };
    rules.extend(match pair.standing {
        PairStanding::Given => None,
        PairStanding::Rejected => Some(Rule::new("decision", false, "rejected by a person")),
        PairStanding::Outdated => Some(Rule::new("outdated", false, "a person decided on it before its texts changed")),
        PairStanding::Capped => Some(Rule::new("cap", false, "its instruction gives as many pairs as it may already")),
        PairStanding::Stale => Some(Rule::new("stale", false, "a side of it is being made again, or is to be")),
        PairStanding::NotDrawn => Some(Rule::new("pairs", false, "a person decided on it, and it is not drawn now")),
    });
    let slot = scene.tree.pairs.iter().find(|slot| slot.id == pair.id);
    Ok(Link {
        item: pair.id,
        name: "pair".to_owned(),
        text,
        made_by: None,
        versions: Vec::new(),
        failure: None,
        stands: vec![Standing::new(Stage::Pairs, &state, rules)],
        acts: decisions::of(scene.store(), pair.id)?,
        flags: slot.filter(|slot| slot.is_outdated()).map(|_| "decided on before it said this").into_iter().collect(),
        led_to: Vec::new(),
    })
}

/// The link of a pair of responses.
pub fn of_responses(scene: &Scene<'_>, task: &TaskView, pair: &PairView) -> Result<Link, StoreError> {
    let find = |side: &PairSide| task.responses.iter().find(|response| response.id == side.item);
    let mut rules = Vec::new();
    if pair.standing != PairStanding::NotDrawn {
        rules.extend(find(&pair.chosen).map(|response| chosen(scene, response)));
        rules.extend(find(&pair.rejected).map(|response| rejected(scene, response)));
    }
    link(scene, pair, format!("response {} over response {}", pair.chosen.sample + 1, pair.rejected.sample + 1), rules)
}

fn accuracy(response: &ResponseView) -> f64 {
    response.found.map_or(0.0, |found| found.value)
}

fn chosen(scene: &Scene<'_>, response: &ResponseView) -> Rule {
    let id = response.id.short();
    if response.decision.is_some() {
        return Rule::new("chosen", true, format!("{id} is chosen by a person's word"));
    }
    let said = match scene.profile().chosen {
        ChosenRule::KeptAndScored => format!("{id} is chosen: kept by its functions and its judges"),
        ChosenRule::Accuracy(bound) => {
            format!("{id} is chosen: response accuracy {}", against(accuracy(response), bound))
        }
    };
    Rule::new("chosen", true, said)
}

fn rejected(scene: &Scene<'_>, response: &ResponseView) -> Rule {
    let id = response.id.short();
    if response.decision.is_some() {
        return Rule::new("rejected", true, format!("{id} is a negative by a person's word"));
    }
    let found = response.found.unwrap_or_default();
    let evidence = match scene.profile().rejected {
        RejectedRule::ZeroAccuracy => String::new(),
        RejectedRule::ZeroAndVerifiable => format!(", and {} of {} functions gave a boolean", found.booleans, found.of),
    };
    let said = format!("{id} is rejected: response accuracy {} = 0{evidence}", number(found.value));
    Rule::new("rejected", true, said)
}

/// The link of a pair of cases.
pub fn of_cases(scene: &Scene<'_>, pair: &PairView) -> Result<Link, StoreError> {
    let text = format!("{} over {}", pair.chosen.text, pair.rejected.text);
    let votes = |side: &PairSide| {
        let at = scene.view.cases.iter().position(|case| case.id == side.item)?;
        let used = (0..scene.view.functions.len()).filter(|function| scene.view.functions[*function].used);
        let cells: Vec<_> = used.filter_map(|function| scene.view.matrix.get(function)?.get(at)).collect();
        let gave = |wanted| {
            cells.iter().filter(|cell| cell.verdict.and_then(crate::rules::Verdict::boolean) == Some(wanted)).count()
        };
        Some((gave(true), gave(false), cells.len()))
    };
    let rule = |key, side: &PairSide| {
        votes(side).map(|(yes, no, of)| {
            let id = side.item.short();
            Rule::new(key, true, format!("{id} is {key}: of {of} used functions {yes} accept and {no} refuse it"))
        })
    };
    let rules = [rule("chosen", &pair.chosen), rule("rejected", &pair.rejected)];
    link(scene, pair, text, rules.into_iter().flatten().collect())
}

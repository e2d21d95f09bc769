//! A pair: of two responses of a task, or of two cases of an instruction.

use crate::{
    domain::{ItemId, Stage},
    pipeline::view::{PairView, ResponseView, State, TaskView},
    rules::profile::{ChosenRule, RejectedRule},
    store::StoreError,
};

use super::{
    Link, Rule, Standing, decisions,
    number::{against, number},
    scene::Scene,
};

fn link(scene: &Scene<'_>, id: ItemId, text: String, rules: Vec<Rule>) -> Result<Link, StoreError> {
    let stands = vec![Standing::new(Stage::Pairs, &State::Kept, rules)];
    Ok(Link {
        item: id,
        name: "pair".to_owned(),
        text,
        made_by: None,
        versions: Vec::new(),
        failure: None,
        stands,
        acts: decisions::of(scene.store(), id)?,
        flags: Vec::new(),
        led_to: Vec::new(),
    })
}

/// The link of a pair of responses.
pub fn of_responses(scene: &Scene<'_>, task: &TaskView, pair: &PairView) -> Result<Link, StoreError> {
    let find = |sample: u32| task.responses.iter().find(|response| response.sample == sample);
    let rules = [
        find(pair.chosen.sample).map(|response| chosen(scene, response)),
        find(pair.rejected.sample).map(|response| rejected(scene, response)),
    ];
    let text = format!("response {} over response {}", pair.chosen.sample, pair.rejected.sample);
    link(scene, pair.id, text, rules.into_iter().flatten().collect())
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
    let votes = |input: &str| {
        let at = scene.view.cases.iter().position(|case| *case.input == *input)?;
        let used = (0..scene.view.functions.len()).filter(|function| scene.view.functions[*function].used);
        let cells: Vec<_> = used.filter_map(|function| scene.view.matrix.get(function)?.get(at)).collect();
        let gave = |wanted| {
            cells.iter().filter(|cell| cell.verdict.and_then(crate::rules::Verdict::boolean) == Some(wanted)).count()
        };
        Some((scene.view.cases[at].id, gave(true), gave(false), cells.len()))
    };
    let rule = |key, input: &str, word: &str| {
        votes(input).map(|(id, yes, no, of)| {
            Rule::new(
                key,
                true,
                format!("{} is {word}: of {of} used functions {yes} accept and {no} refuse it", id.short()),
            )
        })
    };
    let rules = [rule("chosen", &pair.chosen.text, "chosen"), rule("rejected", &pair.rejected.text, "rejected")];
    link(scene, pair.id, text, rules.into_iter().flatten().collect())
}

//! What belongs to no single instruction: self-instruct calls and queries; and tasks.

use crate::{
    domain::{CallKind, CallTree, ItemId, QueryBody, Slot, Stage, TaskTree},
    pipeline::{calls::has_ended, judge::is_rejected, project::Project, view::State},
    rules::pairing::length_fits,
    store::StoreError,
};

use super::{
    Led, Link, Rule, Standing,
    number::plural,
    scene::{Scene, decided, link as slot_link},
    versions::made_by,
};

/// Tasks that are listed of a query.
const TASKS: usize = 20;

/// The link of a self-instruct call.
pub fn link(project: &Project, call: &CallTree) -> Result<Link, StoreError> {
    let body = call.slot.body();
    let shown = body.map(|body| body.shown.as_slice()).unwrap_or_default();
    let text = shown.iter().map(ItemId::short).collect::<Vec<_>>().join(", ");
    let text = if text.is_empty() { "showed no seeds".to_owned() } else { format!("showed {text}") };
    let mut link = slot_link(project, &call.slot, format!("self-instruct call {}", call.n + 1), text, None)?;
    if let Some(body) = body {
        link.made_by = Some(made_by(&project.settings, CallKind::SelfInstruct, body.language));
        let lines = (0..).zip(&body.lines).filter(|(_, line)| !line.trim().is_empty());
        let ids = lines.map(|(n, line)| (n, ItemId::instruction(&call.slot.id, n, line)));
        link.led_to = ids.map(|(n, item)| Led { item, said: format!("line {}", n + 1) }).collect();
    }
    let lines = body.map_or(0, |body| body.lines.len());
    let (state, rule) = match &call.slot.failure {
        Some(failure) if !has_answered(call) => {
            (State::Failed(failure.code.clone().into()), Rule::new("answer", false, failure.message.clone()))
        }
        _ if has_ended(call) => (State::Kept, Rule::new("answer", true, format!("it brought {lines} lines"))),
        _ => (State::Pending, Rule::new("answer", false, "not asked yet")),
    };
    link.stands = vec![Standing::new(Stage::SelfInstruct, &state, vec![rule])];
    Ok(link)
}

fn has_answered(call: &CallTree) -> bool {
    call.slot.version().is_some_and(|version| version.origin == crate::domain::Origin::Machine)
}

/// The link of a user query.
pub fn query(project: &Project, slot: &Slot<QueryBody>) -> Result<Link, StoreError> {
    let text = slot.body().map(|body| body.text.clone()).unwrap_or_default();
    let source = slot.body().and_then(|body| body.source.clone());
    let name = source.map_or_else(|| "query".to_owned(), |source| format!("query from {source}"));
    let mut link = slot_link(project, slot, name, text.clone(), None)?;
    let tasks = project.store.tasks_of_query(slot.id, TASKS + 1)?;
    let [least, most] = project.settings.config.pipeline.query_chars;
    let fits = length_fits(&text, [least, most]);
    let chars = text.chars().count();
    let mut rules: Vec<Rule> = decided(slot.ruling()).into_iter().collect();
    rules.push(Rule::new("query_chars", fits, format!("{chars} characters; {least} to {most} are used")));
    let state = if is_rejected(slot.decision.as_ref()) {
        State::Dropped("rejected".into())
    } else if !fits && tasks.is_empty() {
        State::Dropped("length".into())
    } else {
        State::Kept
    };
    let count = match tasks.len() {
        n if n > TASKS => format!("more than {TASKS} instructions"),
        n => plural(n, "instruction"),
    };
    rules.push(Rule::new("pairing", true, format!("{count} drew it: the lowest hashes do, and it sticks")));
    link.stands = vec![Standing::new(Stage::PairQueries, &state, rules)];
    link.led_to = tasks.into_iter().take(TASKS).map(|item| Led { item, said: "task".to_owned() }).collect();
    Ok(link)
}

/// The link of a task.
pub fn task(scene: &Scene<'_>, task: &TaskTree) -> Result<Link, StoreError> {
    let slot = &task.slot;
    let name = format!("task {} with {}", slot.index + 1, task.query_id.short());
    let mut link = scene.link(slot, name, task.query.text.clone(), None)?;
    link.stands = match scene.unit(Stage::PairQueries, slot.id) {
        Some(state) => {
            let mut rules: Vec<Rule> = decided(slot.ruling()).into_iter().collect();
            rules.extend(
                is_rejected(slot.decision.as_ref()).then(|| Rule::new("decision", false, "rejected by a person")),
            );
            let wanted = scene.settings().config.pipeline.queries_per_instruction;
            let drawn = format!("its query is among the {wanted} with the lowest hash for this instruction");
            rules.push(Rule::new("pairing", true, drawn));
            rules.dedup();
            vec![Standing::new(Stage::PairQueries, state, rules)]
        }
        None => vec![scene.fell_before()],
    };
    let seen = scene.view.tasks.iter().find(|seen| seen.id == slot.id);
    for sample in &task.samples {
        let view = seen.and_then(|seen| seen.responses.iter().find(|response| response.id == sample.response.id));
        let said = view.map_or("not judged", |view| if view.sft { "makes an SFT row" } else { "makes no SFT row" });
        let said = format!("response {}, {said}", sample.response.index + 1);
        link.led_to.push(Led { item: sample.response.id, said });
    }
    let pairs = seen.into_iter().flat_map(|seen| &seen.pairs);
    link.led_to.extend(pairs.map(|pair| Led {
        item: pair.id,
        said: format!("pair: response {} over {}", pair.chosen.sample + 1, pair.rejected.sample + 1),
    }));
    Ok(link)
}

//! A response: answered, verified, scored, chosen; and its judges.

use crate::{
    domain::{CallKind, ResponseBody, ResponseSample, ScoreBody, Slot, Stage, TaskTree},
    pipeline::{
        stale::due,
        view::{ResponseView, State, TaskView},
    },
    rules::{Verdict, profile::ResponseAccuracy},
    store::StoreError,
};

use super::{
    Led, Link, Rule, Standing,
    function::made,
    number::{against, number, plural},
    scene::{Scene, decided},
    versions::made_by,
};

/// The link of a response.
pub fn link(scene: &Scene<'_>, task: &TaskTree, sample: &ResponseSample) -> Result<Link, StoreError> {
    let slot = &sample.response;
    let now = scene.expect().map(|expect| expect.response(&task.query, slot.index));
    let text = slot.body().map(|body| body.text.clone()).unwrap_or_default();
    let mut link = scene.link(slot, format!("response {}", slot.index + 1), text, now)?;
    link.made_by = Some(made_by(scene.settings(), CallKind::Respond, scene.view.language));
    let seen = scene.view.tasks.iter().find(|seen| seen.id == task.slot.id);
    let view = seen.and_then(|seen| seen.responses.iter().find(|response| response.id == slot.id));
    match seen.zip(view) {
        Some((seen, view)) => {
            link.stands = stands(scene, seen, view, slot);
            if view.left_out {
                link.flags.push("left out of the data sets, as it is stale");
            }
            if view.sft {
                link.led_to.push(Led { item: slot.id, said: "a row of the SFT data".to_owned() });
            }
            for pair in seen.pairs.iter().filter(|pair| [pair.chosen.item, pair.rejected.item].contains(&view.id)) {
                let part = if pair.chosen.item == view.id { "chosen" } else { "rejected" };
                link.led_to.push(Led { item: pair.id, said: format!("{part} in a pair of responses") });
            }
        }
        None => link.stands.push(scene.fell_before()),
    }
    link.led_to.extend(sample.scores.iter().map(|score| Led { item: score.id, said: judge_said(score) }));
    Ok(link)
}

fn judge_said(score: &Slot<ScoreBody>) -> String {
    let value = score.body().and_then(|body| body.value);
    let value = value.map_or_else(|| "no number".to_owned(), number);
    format!("judge {}: {value}", score.index + 1)
}

fn stands(scene: &Scene<'_>, task: &TaskView, view: &ResponseView, slot: &Slot<ResponseBody>) -> Vec<Standing> {
    let rejected = scene.unit(Stage::Respond, view.id).is_none();
    let mut stands = vec![Standing::new(Stage::Respond, &view.respond, vec![answer(slot, &view.respond)])];
    if rejected {
        stands.push(Standing::unjudged("its task is rejected, so that it counts nowhere"));
    }
    if let Some(state) = &view.verify {
        stands.push(Standing::new(Stage::Verify, state, verification(scene, view)));
    }
    if let Some(state) = &view.score {
        stands.push(Standing::new(Stage::Score, state, scored(scene, task, view, state)));
    }
    if let Some(state) = scene.unit(Stage::Sft, view.id) {
        stands.push(Standing::new(Stage::Sft, state, row(task, view, slot)));
    }
    stands
}

fn answer(slot: &Slot<ResponseBody>, state: &State) -> Rule {
    let cut = slot.body().and_then(|body| body.cut.clone()).unwrap_or_default();
    match state {
        State::Kept => Rule::new("answer", true, "it is there and whole"),
        State::Dropped(reason) if reason == "empty" => Rule::new("answer", false, "it says nothing"),
        State::Dropped(reason) => Rule::new("answer", false, format!("{reason}: the model stopped because of `{cut}`")),
        State::Failed(_) => {
            let message = slot.failure.as_ref().map(|failure| failure.message.clone());
            Rule::new("answer", false, message.unwrap_or_else(|| "the call failed".to_owned()))
        }
        State::Pending | State::Running => Rule::new("answer", false, "not asked yet"),
        State::Stale => Rule::new("answer", false, "made from something that has changed"),
    }
}

fn verification(scene: &Scene<'_>, view: &ResponseView) -> Vec<Rule> {
    let profile = scene.profile();
    let used: Vec<_> = scene.view.functions.iter().filter(|function| function.used).collect();
    let verdicts: Vec<String> = used
        .iter()
        .zip(&view.cells)
        .map(|(function, cell)| format!("{} {}", function.id.short(), said(cell.verdict)))
        .collect();
    let passes = view.cells.iter().filter(|cell| cell.verdict == Some(Verdict::Pass)).count();
    let Some(found) = &view.found else {
        let rule = Rule::new("response_accuracy", false, format!("waits for checks: {}", verdicts.join(", ")));
        return vec![rule];
    };
    let mut rules = Vec::new();
    let given = format!("functions that gave a {} {} of {}", unit(profile.response_accuracy), found.booleans, found.of);
    let asked = match profile.response_accuracy {
        ResponseAccuracy::AllFunctions => "one function is needed",
        ResponseAccuracy::IntMean => "none is needed",
        ResponseAccuracy::BooleanFunctions => "at least half must",
    };
    rules.push(Rule::new("response_accuracy", found.verifiable, format!("{given}; {asked}")));
    let accuracy = against(found.value, profile.response_kept);
    let said = format!("response accuracy {accuracy} (passed by {passes} of {}: {})", found.of, verdicts.join(", "));
    rules.push(Rule::new("response_kept", profile.response_kept.passes(found.value), said));
    rules
}

const fn unit(rule: ResponseAccuracy) -> &'static str {
    match rule {
        ResponseAccuracy::IntMean => "number",
        ResponseAccuracy::AllFunctions | ResponseAccuracy::BooleanFunctions => "boolean",
    }
}

const fn said(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Pass) => "pass",
        Some(Verdict::Fail) => "fail",
        Some(Verdict::Error) => "error",
        Some(Verdict::Timeout) => "timeout",
        Some(Verdict::Invalid) => "invalid",
        None => "not run",
    }
}

fn scored(scene: &Scene<'_>, task: &TaskView, view: &ResponseView, state: &State) -> Vec<Rule> {
    if let Some(other) = view.same_as {
        return vec![Rule::new("same_text", false, same_text(task, other))];
    }
    let bound = scene.profile().score_kept;
    vec![match (view.mean_score, state) {
        (Some(mean), _) => {
            let said = format!("mean score {} ({})", against(mean, bound), plural(view.judges.len(), "judge"));
            Rule::new("score_kept", bound.passes(mean), said)
        }
        (None, State::Dropped(_)) => Rule::new("score_kept", false, "no judge gave a number"),
        (None, State::Stale) => Rule::new("score_kept", false, "made from something that has changed"),
        (None, _) => Rule::new("score_kept", false, "no judge was asked yet"),
    }]
}

fn same_text(task: &TaskView, sample: u32) -> String {
    let other = task.responses.iter().find(|response| response.sample == sample);
    let other = other.map(|response| response.id.short()).unwrap_or_default();
    format!("response {} ({other}) has the same text and stands for it", sample + 1)
}

fn row(task: &TaskView, view: &ResponseView, slot: &Slot<ResponseBody>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = decided(slot.ruling()).into_iter().collect();
    if view.outdated {
        rules.push(Rule::new("outdated", false, "a person decided on it before it said what it says now"));
    }
    if view.stale {
        rules.push(Rule::new("stale", false, "what it was made from has changed"));
    }
    if let Some(other) = view.same_as {
        rules.push(Rule::new("same_text", false, same_text(task, other)));
    }
    let twin = task.responses.iter().filter(|other| other.same_as == Some(view.sample));
    let decided = twin.filter_map(|twin| Some((twin.id, twin.decision.as_ref()?)));
    for (id, decision) in decided {
        let said = format!("{} has the same text, and a person decided on it: {:?}", id.short(), decision.ruling);
        rules.push(Rule::new("same_text", view.sft, said.to_lowercase()));
    }
    if view.sft {
        rules.push(Rule::new("sft", true, "kept by its functions and its judges, or by a person"));
    } else if rules.iter().all(|rule| rule.holds) {
        rules.push(Rule::new("sft", false, "it is not answered as a whole, so that it makes no row"));
    }
    rules
}

/// The link of one judge's score.
pub fn judge(
    scene: &Scene<'_>,
    task: &TaskTree,
    sample: &ResponseSample,
    slot: &Slot<ScoreBody>,
) -> Result<Link, StoreError> {
    let now = scene.expect().zip(sample.response.body());
    let now = now.map(|(expect, body)| expect.score(&task.query, body, slot.index));
    let text = slot.body().map(|body| body.text.clone()).unwrap_or_default();
    let mut link = scene.link(slot, format!("judge {}", slot.index + 1), text, now)?;
    link.made_by = Some(made_by(scene.settings(), CallKind::Score, scene.view.language));
    let said = match slot.body().and_then(|body| body.value) {
        Some(value) => format!("score {}", against(value, scene.profile().score_kept)),
        None => "its answer held no number".to_owned(),
    };
    link.stands = vec![made(Stage::Score, slot, now.map(|now| due(slot, &now, true)), &said)];
    Ok(link)
}

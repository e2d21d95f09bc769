//! What novelty says of a candidate, with its evidence: the text that it repeats, and how much.

use crate::{
    domain::{InstructionTree, ItemId, Stage},
    pipeline::{
        calls::Calls,
        gate::{Candidate, Gatekeeper},
        index,
        judge::Gate,
        project::Project,
        view::State,
    },
    store::StoreError,
};

use super::{Rule, Standing, number::number, scene::Scene, scene::decided};

/// The text that a candidate repeats: whose it is, and how alike they are.
pub type Repeated = (ItemId, f64, String);

/// The gate of an instruction, with what it repeats. What was decided is read from the index where it holds, and is
/// decided anew elsewhere.
pub fn gate(
    project: &Project,
    tree: &InstructionTree,
    calls: &Calls,
) -> Result<Option<(Gate, Option<Repeated>)>, StoreError> {
    let store = &project.store;
    let loaded = index::load(store, &project.settings)?.filter(|loaded| loaded.changed.is_empty());
    let mut gates = Gatekeeper::default();
    if let Some(mut loaded) = loaded {
        loaded.entries.sort_by_key(|entry| entry.order);
        let known = loaded.entries.iter();
        gates = Gatekeeper::remembering(known.map(|entry| (&entry.candidate, &entry.novelty, entry.nearest)), calls);
    }
    gates.renew(Candidate::all(store)?);
    gates.decide(calls, &project.settings.config.pipeline);
    let Some(gate) = gates.gate(tree.id(), tree.from, calls) else { return Ok(None) };
    let repeated = gate.nearest.and_then(|(id, score)| {
        let other = gates.candidates().find(|candidate| candidate.id == id)?;
        Some((id, score, other.text.to_string()))
    });
    Ok(Some((gate, repeated)))
}

/// Where an instruction stands at self-instruct.
pub fn standing(scene: &Scene<'_>) -> Standing {
    let view = &scene.view;
    let mut rules = Vec::new();
    if scene.tree.slot.is_edited() {
        rules.push(Rule::new("decision", true, "a person wrote it, so novelty is not asked"));
    }
    rules.extend(decided(scene.tree.slot.ruling()));
    rules.push(rule(scene));
    Standing::new(Stage::SelfInstruct, &view.novelty, rules)
}

fn rule(scene: &Scene<'_>) -> Rule {
    let config = &scene.settings().config.pipeline;
    if scene.tree.from.is_none() {
        return Rule::new("novelty", true, "a seed is a candidate as it is");
    }
    let reason = match &scene.gate {
        State::Kept => {
            let most = number(config.novelty);
            let said = format!("ROUGE-L against every text accepted before it is at most {most}");
            return Rule::new("novelty", true, said);
        }
        State::Dropped(reason) => reason,
        _ => return Rule::new("novelty", false, "decided once all earlier calls have ended"),
    };
    let chars = scene.tree.slot.versions.first().map_or(0, |version| version.body.text.trim().chars().count());
    let said = match (reason.as_ref(), &scene.repeated) {
        (_, Some((id, score, text))) => {
            format!("ROUGE-L {} > {} against {}: {text}", number(*score), number(config.novelty), id.short())
        }
        ("too-long", _) => format!("{chars} characters > {}", config.max_instruction_chars),
        ("too-short", _) => format!("{chars} characters, too few words for an instruction"),
        ("not-an-instruction", _) => "it reads as a refusal or a heading, not as an instruction".to_owned(),
        ("wrong-language", _) => "it is not in the language that was asked for".to_owned(),
        ("not-checkable", _) => "it is about tone or taste, which no function checks".to_owned(),
        (other, _) => other.to_owned(),
    };
    Rule::new("novelty", false, said)
}

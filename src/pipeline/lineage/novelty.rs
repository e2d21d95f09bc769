//! What novelty says of a candidate, with its evidence: the text that it repeats, and how much.

use crate::{
    domain::{CallTree, InstructionTree, ItemId, Language, Stage},
    pipeline::{
        gate::{Candidate, Gatekeeper, params},
        index,
        judge::Gate,
        project::Project,
        view::State,
    },
    rules::novelty::{Dropped, Novelty},
    store::StoreError,
};

use super::{Rule, Standing, number::number, scene::Scene, scene::decided};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Why it fell, decisions aside, and the text that it repeats.
    pub dropped: Option<(Dropped, Option<(ItemId, String)>)>,
}

/// The gate of an instruction. What was decided is read from the index where it holds, and decided anew elsewhere;
/// evidence is looked for only where something fell.
pub fn gate(
    project: &Project,
    tree: &InstructionTree,
    calls: &[CallTree],
) -> Result<Option<(Gate, Found)>, StoreError> {
    let store = &project.store;
    let config = &project.settings.config.pipeline;
    let candidates = Candidate::all(store)?;
    let loaded = index::load(store, &project.settings)?.filter(|loaded| loaded.changed.is_empty());
    let mut gates = Gatekeeper::default();
    if let Some(mut loaded) = loaded {
        loaded.entries.sort_by_key(|entry| entry.order);
        gates = Gatekeeper::remembering(
            loaded.entries.iter().map(|entry| (&entry.candidate, &entry.novelty, entry.nearest)),
        );
    }
    gates.decide(&candidates, calls, config);
    let Some(gate) = gates.gate(tree.id(), tree.from, calls) else { return Ok(None) };
    let mut found = Found::default();
    if matches!(gate.novelty, State::Dropped(_)) {
        let before = gates.accepted_before(tree.id(), &candidates, calls);
        let mut novelty = Novelty::new(params(config));
        for candidate in &before {
            novelty.add(&candidate.text);
        }
        let own = Candidate::of(tree);
        if let Err(dropped) = novelty.check(&own.text, Language::detect(&own.text)) {
            let nearest = dropped.nearest.and_then(|at| before.get(at));
            let nearest = nearest.map(|candidate| (candidate.id, candidate.text.to_string()));
            found.dropped = Some((dropped, nearest));
        }
    }
    Ok(Some((gate, found)))
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
    let Some((dropped, nearest)) = &scene.novelty.dropped else {
        return match scene.view.novelty {
            State::Pending => Rule::new("novelty", false, "decided once all earlier calls have ended"),
            _ => Rule::new(
                "novelty",
                true,
                format!("ROUGE-L against every text accepted before it is at most {}", number(config.novelty)),
            ),
        };
    };
    let chars = scene.tree.slot.versions.first().map_or(0, |version| version.body.text.trim().chars().count());
    let said = match (dropped.reason, nearest) {
        ("duplicate", Some((id, text))) => {
            format!("ROUGE-L {} > {} against {}: {text}", number(dropped.score), number(config.novelty), id.short())
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

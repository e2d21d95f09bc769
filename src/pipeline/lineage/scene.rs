//! What is looked at to tell of one item: its instruction's tree and view, and where everything in it stands.

use crate::{
    domain::{ItemId, Made, Ruling, Slot, Stage, tree::InstructionTree},
    pipeline::{
        calls::Calls,
        expect::Expect,
        judge::{units, view_of},
        project::Project,
        settings::Settings,
        view::{InstructionView, State},
    },
    rules::Profile,
    store::{Store, StoreError},
};

use super::{Link, Standing, decisions, novelty, versions};

/// An instruction as it stands.
pub struct Scene<'p> {
    pub project: &'p Project,
    pub tree: InstructionTree,
    pub view: InstructionView,
    /// What novelty says, decisions aside.
    pub gate: State,
    /// The text that it repeats.
    pub repeated: Option<novelty::Repeated>,
    /// All units of the funnel that this instruction gives.
    pub units: Vec<(Stage, ItemId, State)>,
    pub calls: Calls,
}

impl<'p> Scene<'p> {
    /// Reads an instruction; nothing where it is not there.
    pub fn of(project: &'p Project, root: ItemId) -> Result<Option<Self>, StoreError> {
        let Some(tree) = project.store.load_tree(root, project.settings.outcomes)? else { return Ok(None) };
        let calls = Calls::read(&project.store)?;
        let Some((gate, repeated)) = novelty::gate(project, &tree, &calls)? else { return Ok(None) };
        let view = view_of(&tree, &gate, &project.settings);
        let mut found = Vec::new();
        units(&view, &tree, &project.settings, |stage, item, state| found.push((stage, item, state.clone())));
        Ok(Some(Self { project, tree, view, gate: gate.novelty, repeated, units: found, calls }))
    }

    pub fn settings(&self) -> &'p Settings {
        &self.project.settings
    }

    pub fn profile(&self) -> &'p Profile {
        &self.project.settings.profile
    }

    pub fn store(&self) -> &'p Store {
        &self.project.store
    }

    /// Where an item stands at a stage, as the funnel counts it.
    pub fn unit(&self, stage: Stage, item: ItemId) -> Option<&State> {
        self.units.iter().find(|(at, of, _)| *at == stage && *of == item).map(|(_, _, state)| state)
    }

    pub fn expect(&self) -> Option<Expect<'_>> {
        Expect::of(&self.tree, self.settings())
    }

    /// Why nothing in this instruction is judged, where it fell before.
    pub fn fell_before(&self) -> Standing {
        let view = &self.view;
        let states = [
            (Stage::SelfInstruct, Some(&view.novelty)),
            (Stage::CrossValidate, view.cross_validate.as_ref()),
            (Stage::BackTranslate, view.back_translate.as_ref()),
            (Stage::Consistency, view.consistency.as_ref()),
        ];
        let fell = states.into_iter().find_map(|(stage, state)| match state {
            Some(State::Dropped(reason)) => Some(format!("dropped at {stage}: {reason}")),
            Some(State::Failed(reason)) => Some(format!("failed at {stage}: {reason}")),
            _ => None,
        });
        let fell = fell.map_or_else(|| "waits for earlier stages".to_owned(), |fell| format!("was {fell}"));
        Standing::unjudged(format!("not judged, as its instruction {} {fell}", view.id.short()))
    }

    /// A link of the chain about a slot of this instruction.
    pub fn link<T: std::fmt::Debug>(
        &self,
        slot: &Slot<T>,
        name: String,
        text: String,
        now: Option<Made>,
    ) -> Result<Link, StoreError> {
        link(self.project, slot, name, text, now)
    }
}

/// A link with what any slot has: versions, failure, acts, flags.
pub fn link<T: std::fmt::Debug>(
    project: &Project,
    slot: &Slot<T>,
    name: String,
    text: String,
    now: Option<Made>,
) -> Result<Link, StoreError> {
    let versions = versions::of(&project.store, slot, now)?;
    let mut flags = Vec::new();
    let stale = versions.iter().any(|version| version.current && version.is_stale());
    for (is, word) in [
        (slot.is_edited(), "edited"),
        (stale, "stale"),
        (slot.is_outdated(), "decided on before it said this"),
        (slot.rerun.is_some(), "a re-run is wanted"),
    ] {
        if is {
            flags.push(word);
        }
    }
    Ok(Link {
        item: slot.id,
        name,
        text,
        made_by: None,
        versions,
        failure: slot.failure.as_ref().map(|failure| (failure.code.clone(), failure.message.clone())),
        stands: Vec::new(),
        acts: decisions::of(&project.store, slot.id)?,
        flags,
        led_to: Vec::new(),
    })
}

/// A rule about a person's word, where there is one that holds now.
pub fn decided(ruling: Option<Ruling>) -> Option<super::Rule> {
    ruling.map(|ruling| match ruling {
        Ruling::Accepted => super::Rule::new("decision", true, "accepted by a person, whatever the rules say"),
        Ruling::Rejected => super::Rule::new("decision", false, "rejected by a person"),
        Ruling::UseAsNegative => super::Rule::new("decision", false, "to be used as a negative, says a person"),
    })
}

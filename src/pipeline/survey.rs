//! Looking at a project without running it: what `assay status` and `assay export` need. Reads only.

use std::sync::Arc;

use crate::{
    domain::InstructionTree,
    store::{Store, StoreError},
};

use super::{
    gate::{self, Candidate},
    judge::view_of,
    project::Project,
    rows::{Rows, rows},
    settings::Settings,
    snapshot::{Datasets, Funnel, Snapshot},
    summary,
    view::InstructionView,
};

/// Hands on every instruction with its view, in stable order.
///
/// # Errors
/// Where the store cannot be read.
pub fn each_view(project: &Project, each: impl FnMut(&InstructionTree, &InstructionView)) -> Result<(), StoreError> {
    views(&project.store, &project.settings, each)
}

fn views(
    store: &Store,
    settings: &Settings,
    mut each: impl FnMut(&InstructionTree, &InstructionView),
) -> Result<(), StoreError> {
    let mut candidates = Vec::new();
    store.for_each_tree(settings.outcomes, |tree| candidates.push(Candidate::of(&tree)))?;
    let gates = gate::decide(&candidates, &store.calls()?, &settings.config.pipeline);
    store.for_each_tree(settings.outcomes, |tree| {
        if let Some(gate) = gates.get(&tree.id()) {
            each(&tree, &view_of(&tree, gate, settings));
        }
    })
}

/// What a watcher would see if nothing ran.
///
/// # Errors
/// Where the store cannot be read.
pub fn survey(project: &Project) -> Result<Snapshot, StoreError> {
    let store = &project.store;
    let used = store.usage()?;
    let (mut funnel, mut datasets, mut instructions) = (Funnel::default(), Datasets::default(), Vec::new());
    each_view(project, |_, view| {
        funnel.merge(&view.counts);
        datasets.add(&summary::datasets(view));
        instructions.push(Arc::new(summary::row(view)));
    })?;
    Ok(Snapshot {
        funnel: Arc::new(funnel),
        datasets,
        instructions: Arc::new(instructions),
        requests: used.requests,
        usage: used.usage,
        cost: used.cost,
        budget: project.settings.config.budget,
        decisions: store.decisions()?,
        ..Snapshot::default()
    })
}

/// All rows of the data sets as they would be exported now, and how many there are and were left out.
///
/// # Errors
/// Where the store cannot be read.
pub fn all_rows(project: &Project) -> Result<(Rows, Datasets), StoreError> {
    let (mut all, mut datasets) = (Rows::default(), Datasets::default());
    each_view(project, |_, view| {
        let mut some = rows(view);
        all.sft.append(&mut some.sft);
        all.pairs.append(&mut some.pairs);
        datasets.add(&summary::datasets(view));
    })?;
    Ok((all, datasets))
}

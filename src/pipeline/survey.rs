//! Looking at a project without running it: what `assay status` and `assay export` need. Reads only.

use std::sync::Arc;

use crate::{
    domain::InstructionTree,
    store::{Store, StoreError},
};

use super::{
    gate::{Candidate, Gatekeeper, count_failed_calls},
    index,
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
    let (calls, mut gates) = (store.calls()?, Gatekeeper::default());
    gates.decide(&Candidate::all(store)?, &calls, &settings.config.pipeline);
    store.for_each_tree(settings.outcomes, |tree| {
        if let Some(gate) = gates.gate(tree.id(), tree.from, &calls) {
            each(&tree, &view_of(&tree, &gate, settings));
        }
    })
}

/// What a watcher would see if nothing ran: from the index where nothing changed since it was stored, else from the
/// trees.
///
/// # Errors
/// Where the store cannot be read.
pub fn survey(project: &Project) -> Result<Snapshot, StoreError> {
    let store = &project.store;
    let loaded = index::load(store, &project.settings)?.filter(|loaded| loaded.changed.is_empty());
    let Some(index::Loaded { mut entries, .. }) = loaded else { return from_trees(project) };
    entries.sort_by_key(|entry| entry.order);
    let (mut funnel, mut datasets) = (Funnel::default(), Datasets::default());
    for entry in &entries {
        funnel.merge(&entry.counts.funnel());
        datasets.add(&entry.datasets);
    }
    count_failed_calls(&store.calls()?, &mut funnel);
    let used = store.usage()?;
    Ok(Snapshot {
        funnel: Arc::new(funnel),
        datasets,
        index: Arc::new(index::Index { facts: entries.iter().map(|entry| entry.facts.clone()).collect() }),
        instructions: Arc::new(entries.into_iter().map(|entry| entry.row).collect()),
        requests: used.requests,
        usage: used.usage,
        cost: used.cost,
        decisions: store.decisions()?,
        ..Snapshot::default()
    })
}

/// The same, from the trees alone.
///
/// # Errors
/// Where the store cannot be read.
pub fn from_trees(project: &Project) -> Result<Snapshot, StoreError> {
    let store = &project.store;
    let used = store.usage()?;
    let (mut funnel, mut datasets, mut instructions) = (Funnel::default(), Datasets::default(), Vec::new());
    let mut facts = Vec::new();
    each_view(project, |tree, view| {
        facts.push(Arc::from(index::facts_of(tree, view, &project.settings)));
        funnel.merge(&view.counts);
        datasets.add(&summary::datasets(view));
        instructions.push(Arc::new(summary::row(view)));
    })?;
    count_failed_calls(&store.calls()?, &mut funnel);
    Ok(Snapshot {
        funnel: Arc::new(funnel),
        datasets,
        instructions: Arc::new(instructions),
        index: Arc::new(index::Index { facts }),
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

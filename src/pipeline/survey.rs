//! Looking at a project without running it: what `assay status` and `assay export` need. Reads only.

use std::sync::Arc;

use crate::{
    dataset::rows::PairLevel,
    domain::InstructionTree,
    store::{Store, StoreError},
};

use super::{
    balance::{self, Cells},
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
    balance_counts(entries.iter(), &mut datasets, &mut funnel, &project.settings);
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

/// Where the profile balances, takes out of the sums what falls for it.
pub fn balance_counts<'e>(
    entries: impl Iterator<Item = &'e index::Entry>,
    datasets: &mut Datasets,
    funnel: &mut Funnel,
    settings: &Settings,
) {
    if !settings.profile.has_balance() {
        return;
    }
    let mut cells = Cells::default();
    for index::Entry { row, datasets, .. } in entries {
        let rows = [datasets.sft, datasets.pairs_instruction, datasets.pairs_query];
        cells.add(row.category.as_deref(), row.language, rows);
    }
    balance::apply(datasets, funnel, &cells, &settings.profile);
}

/// The same, from the trees alone.
///
/// # Errors
/// Where the store cannot be read.
pub fn from_trees(project: &Project) -> Result<Snapshot, StoreError> {
    let store = &project.store;
    let used = store.usage()?;
    let (mut funnel, mut datasets, mut instructions) = (Funnel::default(), Datasets::default(), Vec::new());
    let (mut facts, mut cells) = (Vec::new(), Cells::default());
    each_view(project, |tree, view| {
        let given = summary::datasets(view);
        cells.add(view.category.as_deref(), view.language, [given.sft, given.pairs_instruction, given.pairs_query]);
        facts.push(Arc::from(index::facts_of(tree, view, &project.settings)));
        funnel.merge(&view.counts);
        datasets.add(&given);
        instructions.push(Arc::new(summary::row(view)));
    })?;
    if project.settings.profile.has_balance() {
        balance::apply(&mut datasets, &mut funnel, &cells, &project.settings.profile);
    }
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
        let mut some = rows(view, &project.settings);
        all.sft.append(&mut some.sft);
        all.pairs.append(&mut some.pairs);
        datasets.add(&summary::datasets(view));
    })?;
    if project.settings.profile.has_balance() {
        balance::draw(&mut all, project.settings.config.seed, &project.settings.profile);
        let pairs = |level| all.pairs.iter().filter(|row| row.level == level).count() as u64;
        datasets.sft = all.sft.len() as u64;
        datasets.pairs_instruction = pairs(PairLevel::Instruction);
        datasets.pairs_query = pairs(PairLevel::Query);
    }
    Ok((all, datasets))
}

//! Looking at a project without running it: what `assay status` and `assay export` need. Reads only.

use std::sync::Arc;

use crate::{
    dataset::rows::PairLevel,
    domain::{InstructionTree, ItemId},
    store::{Store, StoreError},
};

use super::{
    balance::{self, Cells},
    bulk,
    calls::Calls,
    gate::Gatekeeper,
    index,
    judge::view_of,
    project::Project,
    rows::{Rows, rows},
    settings::Settings,
    snapshot::{Datasets, Funnel, Snapshot},
    summary,
    view::InstructionView,
};

/// Hands on every instruction with its view, in stable order. Read and judged on all cores.
///
/// # Errors
/// Where the store cannot be read.
pub fn each_view(
    project: &Project,
    mut each: impl FnMut(&InstructionTree, &InstructionView),
) -> Result<(), StoreError> {
    through(project, |tree, view| Some((tree, view)), |(tree, view)| each(&tree, &view))
}

/// What `make` makes of every instruction and its view, on all cores; handed to `take` in stable order.
fn through<T: Send>(
    project: &Project,
    make: impl Fn(InstructionTree, InstructionView) -> Option<T> + Sync,
    mut take: impl FnMut(T),
) -> Result<(), StoreError> {
    let (store, settings) = (&project.store, &project.settings);
    let calls = Calls::read(store)?;
    let gates = Gatekeeper::read(store, &calls, &settings.config.pipeline)?;
    let wanted: Vec<ItemId> = gates.candidates().map(|candidate| candidate.id).collect();
    let one = |_, tree: InstructionTree| {
        let gate = gates.gate(tree.id(), tree.from, &calls)?;
        let view = view_of(&tree, &gate, settings);
        make(tree, view)
    };
    bulk::trees(store, settings.outcomes, &wanted, one, |some| {
        some.into_iter().for_each(&mut take);
        true
    })
}

/// Hands on every instruction with its view under each of several settings, in their order: profiles over the same
/// facts.
///
/// # Errors
/// Where the store cannot be read.
pub fn each_view_under(
    store: &Store,
    settings: &[Settings],
    mut each: impl FnMut(&InstructionTree, &[InstructionView]),
) -> Result<(), StoreError> {
    let Some(first) = settings.first() else { return Ok(()) };
    let calls = Calls::read(store)?;
    let gates = Gatekeeper::read(store, &calls, &first.config.pipeline)?;
    let wanted: Vec<ItemId> = gates.candidates().map(|candidate| candidate.id).collect();
    let one = |_, tree: InstructionTree| {
        let gate = gates.gate(tree.id(), tree.from, &calls)?;
        let views: Vec<InstructionView> = settings.iter().map(|settings| view_of(&tree, &gate, settings)).collect();
        Some((tree, views))
    };
    bulk::trees(store, first.outcomes, &wanted, one, |some| {
        some.into_iter().for_each(|(tree, views)| each(&tree, &views));
        true
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
    Calls::read(store)?.count_fallen(&mut funnel);
    Ok(Snapshot {
        funnel: Arc::new(funnel),
        datasets,
        index: Arc::new(index::Index { facts: entries.iter().map(|entry| entry.facts.clone()).collect() }),
        instructions: Arc::new(entries.into_iter().map(|entry| entry.row).collect()),
        ..spent_and_decided(project)?
    })
}

/// A snapshot of what was used and decided, and of nothing else.
fn spent_and_decided(project: &Project) -> Result<Snapshot, StoreError> {
    let used = project.store.usage()?;
    Ok(Snapshot {
        requests: used.requests,
        usage: used.usage,
        cost: used.cost,
        budget: project.settings.config.budget,
        decisions: project.store.decisions()?,
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
    let (mut funnel, mut datasets, mut instructions) = (Funnel::default(), Datasets::default(), Vec::new());
    let (mut facts, mut cells) = (Vec::new(), Cells::default());
    let make = |tree: InstructionTree, view: InstructionView| {
        let facts: Arc<[u8]> = Arc::from(index::facts_of(&tree, &view, &project.settings));
        Some((facts, summary::datasets(&view), summary::row(&view), view.counts))
    };
    through(project, make, |(fact, given, row, counts)| {
        cells.add(row.category.as_deref(), row.language, [given.sft, given.pairs_instruction, given.pairs_query]);
        facts.push(fact);
        funnel.merge(&counts);
        datasets.add(&given);
        instructions.push(Arc::new(row));
    })?;
    if project.settings.profile.has_balance() {
        balance::apply(&mut datasets, &mut funnel, &cells, &project.settings.profile);
    }
    Calls::read(&project.store)?.count_fallen(&mut funnel);
    Ok(Snapshot {
        funnel: Arc::new(funnel),
        datasets,
        instructions: Arc::new(instructions),
        index: Arc::new(index::Index { facts }),
        ..spent_and_decided(project)?
    })
}

/// All rows of the data sets as they would be exported now, and how many there are and were left out.
///
/// # Errors
/// Where the store cannot be read.
pub fn all_rows(project: &Project) -> Result<(Rows, Datasets), StoreError> {
    let (mut all, mut datasets) = (Rows::default(), Datasets::default());
    let make = |_, view: InstructionView| Some((rows(&view, &project.settings), summary::datasets(&view)));
    through(project, make, |(mut some, counts)| {
        all.sft.append(&mut some.sft);
        all.pairs.append(&mut some.pairs);
        datasets.add(&counts);
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

//! The single items of a run, for `--json`: read beside the engine, instruction by instruction.

use std::collections::BTreeSet;

use tokio::{
    sync::{
        broadcast::error::{RecvError, TryRecvError},
        mpsc,
    },
    task::JoinHandle,
};

use crate::{
    domain::{InstructionTree, ItemId, Stage},
    pipeline::{
        Handle, Project,
        calls::Calls,
        handle::Note,
        judge::units,
        settings::Settings,
        snapshot::Funnel,
        survey::each_view,
        view::{InstructionView, State},
    },
    store::StoreError,
};

/// Instructions that may wait to be told of.
const AHEAD: usize = 64;

/// Where everything that was made from an instruction stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    /// The instruction.
    pub root: ItemId,
    /// Each item at each stage that it reached.
    pub units: Vec<(Stage, ItemId, State)>,
}

impl Units {
    fn of(view: &InstructionView, tree: &InstructionTree, settings: &Settings) -> Self {
        let mut found = Vec::new();
        units(view, tree, settings, |stage, item, state| found.push((stage, item, state.clone())));
        Self { root: view.id, units: found }
    }
}

/// Instructions as they change. Some may be missed where they change faster than they can be read: see [`all`].
#[derive(Debug)]
pub struct Items {
    found: mpsc::Receiver<Units>,
    task: JoinHandle<()>,
}

impl Items {
    /// Begins to watch. Needs the runtime.
    pub fn watch(handle: Handle, settings: Settings) -> Self {
        let (found, items) = mpsc::channel(AHEAD);
        let mut notes = handle.notes();
        let task = tokio::spawn(async move {
            loop {
                let mut changed = BTreeSet::new();
                match notes.recv().await {
                    Ok(note) => changed.extend(root_of(&note)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
                loop {
                    match notes.try_recv() {
                        Ok(note) => changed.extend(root_of(&note)),
                        Err(TryRecvError::Lagged(_)) => {}
                        Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                    }
                }
                for root in changed {
                    let Some(detail) = handle.detail(root).await else { continue };
                    if found.send(Units::of(&detail.view, &detail.tree, &settings)).await.is_err() {
                        return;
                    }
                }
            }
        });
        Self { found: items, task }
    }

    /// The next one; waits for ever where there is none.
    pub async fn next(items: Option<&mut Self>) -> Units {
        if let Some(items) = items
            && let Some(units) = items.found.recv().await
        {
            return units;
        }
        std::future::pending().await
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const fn root_of(note: &Note) -> Option<ItemId> {
    match note {
        Note::Changed(root) => Some(*root),
        Note::Info(_) | Note::Warning(_) | Note::Finished => None,
    }
}

/// Every instruction as it is stored, and their sum.
pub fn all(project: &Project, mut each: impl FnMut(Units)) -> Result<Funnel, StoreError> {
    let mut sum = Funnel::default();
    each_view(project, |tree, view| {
        sum.merge(&view.counts);
        each(Units::of(view, tree, &project.settings));
    })?;
    let calls = Calls::read(&project.store)?;
    for (call, state) in calls.fallen() {
        each(Units { root: call, units: vec![(Stage::SelfInstruct, call, state.clone())] });
    }
    calls.count_fallen(&mut sum);
    Ok(sum)
}

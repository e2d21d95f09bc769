//! Questions answered from the store.

use std::sync::Arc;

use crate::{
    domain::{ItemId, Stage},
    pipeline::{
        handle::{Detail, Query},
        judge::view_of,
        past::Page,
    },
};

use super::{Engine, transcript::transcript};

impl Engine {
    /// Answers a question from the store.
    pub(super) fn query(&mut self, query: Query) {
        match query {
            Query::Detail(item, reply) => {
                let detail = self.detail(item);
                let _gone = reply.send(detail);
            }
            Query::Facts(source, reply) => {
                let sandbox = self.is_sandbox_ready().then(|| self.sandbox.clone());
                tokio::spawn(async move {
                    let facts = match sandbox {
                        Some(sandbox) => sandbox.facts(source).await.ok(),
                        None => None,
                    };
                    let _gone = reply.send(facts.map(Arc::new));
                });
            }
            Query::Fell(stage, reason, reply) => {
                let fell = self.roots.order.values().filter(|id| self.fell_for(id, stage, &reason));
                let _gone = reply.send(fell.copied().collect());
            }
            Query::Past(before, reply) => {
                let store = self.project.store.clone();
                // Failures may be looked for in every slot: not on the engine's thread.
                tokio::task::spawn_blocking(move || {
                    let page = Page::read(&store, before).inspect_err(|error| tracing::warn!(%error, "no history"));
                    let _gone = reply.send(page.ok().map(Arc::new));
                });
            }
            Query::Transcript(row, reply) => {
                let stored = self.project.store.transcript(row);
                let transcript = stored.ok().flatten().map(|stored| Arc::new(transcript(stored)));
                let _gone = reply.send(transcript);
            }
        }
    }

    fn fell_for(&self, id: &ItemId, stage: Stage, reason: &str) -> bool {
        let Some(root) = self.roots.all.get(id).filter(|root| root.entry.row.fell_at(stage)) else { return false };
        root.entry.counts.funnel().stage(stage).reasons.contains_key(reason)
    }

    fn detail(&mut self, item: ItemId) -> Option<Arc<Detail>> {
        let tree = self.tree_of(item).ok()?;
        let gate = self.gates.gate(tree.id(), tree.from, &self.calls)?;
        let view = view_of(&tree, &gate, &self.project.settings);
        self.remember_pairs(&view);
        let notes = self.project.store.notes(tree.id()).ok()?;
        Some(Arc::new(Detail { tree, view, notes }))
    }
}

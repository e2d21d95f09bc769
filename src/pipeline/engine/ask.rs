//! Questions answered from the store.

use std::sync::Arc;

use crate::{
    domain::ItemId,
    pipeline::{
        handle::{Detail, Query, Transcript},
        judge::view_of,
    },
    store::StoredCompletion,
};

use super::Engine;

impl Engine {
    /// Answers a question from the store.
    pub(super) fn query(&mut self, query: Query) {
        match query {
            Query::Detail(item, reply) => {
                let detail = self.detail(item);
                let _gone = reply.send(detail);
            }
            Query::Transcript(row, reply) => {
                let stored = self.project.store.transcript(row);
                let transcript = stored.ok().flatten().map(|stored| {
                    let mut transcript = transcript(stored);
                    transcript.facts.extend(self.troubles_of(row));
                    Arc::new(transcript)
                });
                let _gone = reply.send(transcript);
            }
        }
    }

    fn detail(&mut self, item: ItemId) -> Option<Arc<Detail>> {
        let tree = self.tree_of(item).ok()?;
        let gate = self.gates.gate(tree.id(), tree.from, &self.calls)?;
        let view = view_of(&tree, &gate, &self.project.settings);
        self.remember_pairs(&view);
        Some(Arc::new(Detail { tree, view }))
    }
}

fn transcript(stored: StoredCompletion) -> Transcript {
    let meta = stored.meta;
    let mut facts = vec![
        ("endpoint".to_owned(), meta.endpoint),
        ("model".to_owned(), meta.model),
        ("finish".to_owned(), format!("{:?}", meta.finish).to_lowercase()),
        ("first token".to_owned(), format!("{} ms", stored.first_ms)),
        ("in all".to_owned(), format!("{} ms", meta.total_ms)),
        ("attempts".to_owned(), stored.attempts.to_string()),
    ];
    if let Some(usage) = meta.usage {
        let cached = if usage.cached_tokens > 0 { format!(" ({} cached)", usage.cached_tokens) } else { String::new() };
        facts.push((
            "tokens".to_owned(),
            format!("{}{cached} in, {} out", usage.prompt_tokens, usage.completion_tokens),
        ));
    }
    facts.extend(stored.cost.map(|cost| ("cost".to_owned(), format!("{cost:.6}"))));
    facts.push(("task key".to_owned(), meta.key.short(12)));
    Transcript { prompt: stored.prompt, content: stored.content, reasoning: stored.reasoning, facts }
}

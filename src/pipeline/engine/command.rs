//! What people ask: decisions, edits, re-runs, undo; durable before it is answered.

use std::sync::Arc;

use crate::{
    domain::{
        CaseBody, Decision, InstructionBody, ItemId, Kind, Language, Made, Origin, ResponseBody, Ruling, Stage,
        VerifierBody,
        journal::Change,
        tree::{Head, InstructionTree},
    },
    pipeline::{
        expect::Expect,
        handle::{Command, Detail, Edit, Query, Reply},
        judge::view_of,
        project::author,
        snapshot::StageCounts,
    },
    store::{Body, Op, Txn},
};

use super::{Engine, transcript::transcript};

impl Engine {
    /// Carries out a command; the reply is for a toast.
    pub(super) async fn command(&mut self, command: Command) -> Reply {
        match command {
            Command::Decide { items, ruling, reason } => self.decide(&items, ruling, reason.as_deref()).await,
            Command::Edit { item, edit } => self.edit(item, edit).await,
            Command::Rerun { items } => self.rerun(&items).await,
            Command::Undo => self.undo(false).await,
            Command::Redo => self.undo(true).await,
            Command::Tune(wanted) => self.tune(&wanted).await,
            Command::Pause(stage) => Ok(self.pause(stage)),
            Command::Resume(stage) => Ok(self.resume(stage)),
            Command::Apply => self.apply(),
        }
    }

    pub(super) fn author(&self) -> String {
        author(&self.project.settings.config)
    }

    /// Writes and plans on from it. The answer names what was taken back or done.
    pub(super) async fn act(&mut self, txn: Txn, word: &str) -> Reply {
        let applied = self.project.store.write(txn).await.map_err(|error| error.to_string())?;
        self.seen.one(applied.seq);
        let label = applied.entry.as_ref().map(|entry| entry.label.as_str()).unwrap_or_default();
        let label = label.trim_start_matches("undo: ").trim_start_matches("redo: ");
        let before = self.stale_total();
        if applied
            .entry
            .iter()
            .flat_map(|entry| &entry.changes)
            .any(|change| change.item().is_some_and(|item| item.kind == Kind::Query))
        {
            self.queries = Arc::new(self.project.store.queries().map_err(|error| error.to_string())?);
        }
        self.plan_now(&applied.roots).map_err(|error| error.to_string())?;
        let stale = self.stale_total().saturating_sub(before);
        let consequence = match stale {
            0 => String::new(),
            1 => "; 1 item became stale and is made again".to_owned(),
            n => format!("; {n} items became stale and are made again"),
        };
        Ok(if word.is_empty() { format!("{label}{consequence}") } else { format!("{word}: {label}{consequence}") })
    }

    fn stale_total(&self) -> u64 {
        self.roots.funnel.0.iter().map(|counts| counts.stale).sum()
    }

    fn tree_of(&mut self, item: ItemId) -> Result<InstructionTree, String> {
        let root = self.project.store.root_of(item).map_err(|error| error.to_string())?;
        root.and_then(|root| self.tree(root)).ok_or_else(|| format!("{} is not in this project", item.short()))
    }

    fn head(&mut self, item: ItemId) -> Result<Head, String> {
        if item.kind == Kind::Query {
            let query = self.queries.iter().find(|query| query.id == item);
            let query = query.ok_or_else(|| format!("{} is not in this project", item.short()))?;
            return Ok(Head {
                id: item,
                current: Some(0),
                decision: query.decision.clone(),
                next_no: 1,
                made: None,
                next_take: 0,
            });
        }
        let heads = self.tree_of(item)?.heads();
        heads.into_iter().find(|head| head.id == item).ok_or_else(|| format!("{} holds nothing yet", item.short()))
    }

    async fn decide(&mut self, items: &[ItemId], ruling: Option<Ruling>, reason: Option<&str>) -> Reply {
        let mut changes = Vec::with_capacity(items.len());
        for item in items {
            let head = self.head(*item)?;
            let after =
                ruling.map(|ruling| Decision { ruling, reason: reason.map(str::to_owned), version: head.current });
            changes.push(Change::Decide { item: *item, before: head.decision, after });
        }
        let verb = match ruling {
            Some(Ruling::Accepted) => "accepted",
            Some(Ruling::Rejected) => "rejected",
            Some(Ruling::UseAsNegative) => "marked as negative",
            None => "decision withdrawn:",
        };
        let why = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let label = format!("{verb} {}{why}", named(items));
        self.act(Txn::from(Op::Act { author: self.author(), at: now(), label, changes }), "").await
    }

    async fn edit(&mut self, item: ItemId, edit: Edit) -> Reply {
        let tree = self.tree_of(item)?;
        let head = self.head(item)?;
        let body = edited(&tree, item, edit)?;
        let made = self.made_now(&tree, item).or(head.made);
        let change = Change::Edit { item, before: head.current, after: head.next_no };
        let label = format!("edited {}", item.short());
        let version =
            Op::AddVersion { slot: item, origin: Origin::Human, body, made, completion: None, make_current: false };
        let act = Op::Act { author: self.author(), at: now(), label, changes: vec![change] };
        self.act(Txn { ops: vec![version, act] }, "").await
    }

    /// What the item would be made from now: a person's text goes stale only when that changes.
    fn made_now(&self, tree: &InstructionTree, item: ItemId) -> Option<Made> {
        let expect = Expect::of(tree, &self.project.settings)?;
        for sample in &tree.verifiers {
            let of_case = sample.cases.iter().any(|case| case.id == item);
            if sample.function.id == item || of_case {
                return Some(expect.verifier(sample.function.index));
            }
        }
        for task in &tree.tasks {
            if let Some(sample) = task.samples.iter().find(|sample| sample.response.id == item) {
                return Some(expect.response(&task.query, sample.response.index));
            }
        }
        None
    }

    async fn rerun(&mut self, items: &[ItemId]) -> Reply {
        let mut changes = Vec::new();
        for item in items {
            let tree = self.tree_of(*item)?;
            for head in slots_to_rerun(&tree, *item) {
                changes.push(Change::Rerun { item: head.id, before: head.current, take: head.next_take });
            }
        }
        if changes.is_empty() {
            return Err("there is nothing to run again here yet: it has not been made a first time".to_owned());
        }
        let label = format!("run {} again", named(items));
        self.act(Txn::from(Op::Act { author: self.author(), at: now(), label, changes }), "").await
    }

    fn pause(&mut self, stage: Option<Stage>) -> String {
        match stage {
            None => {
                self.all_paused = true;
                "paused; what is in flight ends and is kept".to_owned()
            }
            Some(stage) => {
                self.paused.insert(stage);
                format!("{stage} paused")
            }
        }
    }

    fn resume(&mut self, stage: Option<Stage>) -> String {
        match stage {
            None => {
                self.all_paused = false;
                "resumed".to_owned()
            }
            Some(stage) => {
                self.paused.remove(&stage);
                format!("{stage} resumed")
            }
        }
    }

    fn apply(&mut self) -> Reply {
        // What is stale only by its settings is seen as stale already; nothing else has anything to gain.
        self.options.remake_settings = true;
        let stale = |counts: &StageCounts| counts.stale > 0;
        let concerned = self.roots.all.values().filter(|root| root.entry.counts.funnel().0.iter().any(stale));
        let concerned: Vec<ItemId> = concerned.map(|root| root.entry.row.id).collect();
        self.dirty.extend(concerned);
        Ok("changed templates, models and sampling values are applied".to_owned())
    }

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
            Query::Transcript(row, reply) => {
                let stored = self.project.store.transcript(row);
                let transcript = stored.ok().flatten().map(|stored| Arc::new(transcript(stored)));
                let _gone = reply.send(transcript);
            }
        }
    }

    fn detail(&mut self, item: ItemId) -> Option<Arc<Detail>> {
        let tree = self.tree_of(item).ok()?;
        let gate = self.gates.gate(tree.id(), tree.from, &self.calls)?;
        let view = view_of(&tree, &gate, &self.project.settings);
        Some(Arc::new(Detail { tree, view }))
    }
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}

fn named(items: &[ItemId]) -> String {
    match items {
        [item] => item.short(),
        items => format!("{} items", items.len()),
    }
}

/// What an edit writes, after its item's kind.
fn edited(tree: &InstructionTree, item: ItemId, edit: Edit) -> Result<Body, String> {
    match (item.kind, edit) {
        (Kind::Seed | Kind::Instruction, Edit::Text(text)) => {
            let text = text.trim().to_owned();
            if text.is_empty() {
                return Err("an instruction cannot be empty; reject it instead".to_owned());
            }
            let category = tree.slot.body().and_then(|body| body.category.clone());
            let language = Language::detect(&text);
            Ok(Body::Instruction(InstructionBody { text, category, language }))
        }
        (Kind::Verifier, Edit::Text(source)) => {
            Ok(Body::Verifier(VerifierBody { source: Some(source), problem: None, repairs: Vec::new() }))
        }
        (Kind::Response, Edit::Text(text)) => Ok(Body::Response(ResponseBody { text, cut: None })),
        (Kind::Case, Edit::Case { input, expected }) => {
            Ok(Body::Case(CaseBody { input, expected: serde_json::Value::Bool(expected) }))
        }
        (kind, _) => Err(format!("a {} cannot be edited like this", kind.prefix())),
    }
}

/// The slots that re-running an item means: an instruction's verifier samples, a case's verifier, a task's responses.
fn slots_to_rerun(tree: &InstructionTree, item: ItemId) -> Vec<Head> {
    let mut heads = Vec::new();
    for sample in &tree.verifiers {
        let of_case = sample.cases.iter().any(|case| case.id == item);
        if tree.id() == item || sample.function.id == item || of_case {
            heads.push(Head::from(&sample.function));
        }
        heads.extend(sample.back.iter().filter(|slot| slot.id == item).map(Head::from));
        heads.extend(sample.entailment.iter().filter(|slot| slot.id == item).map(Head::from));
    }
    for task in &tree.tasks {
        for sample in &task.samples {
            if task.slot.id == item || sample.response.id == item {
                heads.push(Head::from(&sample.response));
            }
            heads.extend(sample.scores.iter().filter(|slot| slot.id == item).map(Head::from));
        }
    }
    heads
}

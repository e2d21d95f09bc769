//! What people ask: decisions, edits, re-runs, undo; durable before it is answered.

use crate::{
    domain::{
        CaseBody, Decision, InstructionBody, ItemId, Kind, Language, Made, Origin, ResponseBody, Ruling, VerifierBody,
        journal::Change,
        tree::{Head, InstructionTree},
    },
    pipeline::{
        expect::Expect,
        handle::{Command, Edit, Reply},
        plan::can_rerun,
        project::author,
    },
    store::{Body, Op, Txn},
};

use super::Engine;

/// So many instructions are planned before a command is answered.
const AT_ONCE: usize = 64;

impl Engine {
    /// Carries out a command; the reply is for a toast.
    pub(super) async fn command(&mut self, command: Command) -> Reply {
        match command {
            Command::Decide { items, ruling, reason } => self.decide(&items, ruling, reason.as_deref()).await,
            Command::Edit { item, edit } => self.edit(item, edit).await,
            Command::Note { item, text } => self.write_note(item, text).await,
            Command::Rerun { items } => self.rerun(&items).await,
            Command::Undo => self.undo(false).await,
            Command::Redo => self.undo(true).await,
            Command::Tune(wanted) => self.tune(&wanted).await,
            Command::Pause(stage) => Ok(self.pause(stage)),
            Command::Resume(stage) => Ok(self.resume(stage)),
            Command::Apply => self.apply(),
            Command::Retry { items } => self.retry(&items).await,
            Command::Cancel(job) => self.cancel(job),
            Command::Limit { stage, limit } => Ok(self.limit(stage, limit)),
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
        let changes = || applied.entry.iter().flat_map(|entry| &entry.changes);
        let touches = |kind| changes().filter_map(Change::item).any(|item| item.kind == kind);
        if touches(Kind::Query) {
            self.reload_queries().map_err(|error| error.to_string())?;
            self.dirty.extend(self.unpaired());
        }
        for call in changes().filter_map(Change::item).filter(|item| item.kind == Kind::Call) {
            self.reread_call(call).map_err(|error| error.to_string())?;
        }
        if applied.roots.len() > AT_ONCE {
            // Many are planned in slices, between what else comes in.
            self.dirty.extend(applied.roots);
            return Ok(if word.is_empty() { label.to_owned() } else { format!("{word}: {label}") });
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

    pub(super) fn tree_of(&mut self, item: ItemId) -> Result<InstructionTree, String> {
        let root = self.project.store.root_of(item).map_err(|error| error.to_string())?;
        root.and_then(|root| self.tree(root)).ok_or_else(|| format!("{} is not in this project", item.short()))
    }

    fn head(&mut self, item: ItemId) -> Result<Head, String> {
        if item.kind == Kind::Query {
            let query = self.queries.get(item).ok_or_else(|| format!("{} is not in this project", item.short()))?;
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
        let mut ops = Vec::new();
        let many =
            items.len() > AT_ONCE && items.iter().all(|item| matches!(item.kind, Kind::Seed | Kind::Instruction));
        let currents = if many { self.project.store.current_versions(items) } else { Ok(Vec::new()) };
        let currents = currents.map_err(|error| error.to_string())?;
        for (at, item) in items.iter().enumerate() {
            let (current, before) = if let Some(current) = currents.get(at) {
                // What was decided before is recorded as the store finds it.
                (*current, None)
            } else if item.kind == Kind::Pair {
                self.see_pair(*item, ruling, &mut ops)?
            } else {
                let head = self.head(*item)?;
                (head.current, head.decision)
            };
            let after = ruling.map(|ruling| Decision { ruling, reason: reason.map(str::to_owned), version: current });
            changes.push(Change::Decide { item: *item, before, after });
        }
        let verb = match ruling {
            Some(Ruling::Accepted) => "accepted",
            Some(Ruling::Rejected) => "rejected",
            Some(Ruling::UseAsNegative) => "marked as negative",
            None => "decision withdrawn:",
        };
        let why = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let label = format!("{verb} {}{why}", named(items));
        ops.push(Op::Act { author: self.author(), at: now(), label, changes });
        self.act(Txn { ops }, "").await
    }

    async fn write_note(&mut self, item: ItemId, text: Option<String>) -> Reply {
        let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let label = match &text {
            Some(_) => format!("note on {}", item.short()),
            None => format!("no note on {} any more", item.short()),
        };
        let changes = vec![Change::Note { item, before: None, after: text }];
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
            if item.kind == Kind::Call {
                changes.push(self.rerun_call(*item)?);
                continue;
            }
            let tree = self.tree_of(*item)?;
            let heads = slots_to_rerun(&tree, *item);
            let mut possible = heads.iter().map(|head| can_rerun(&tree, head.id, &self.project.settings));
            // Of several samples those that can be run again are; one by itself is refused.
            if heads.len() == 1 {
                possible.next().unwrap_or(Ok(()))?;
            }
            for head in heads.iter().filter(|head| can_rerun(&tree, head.id, &self.project.settings).is_ok()) {
                changes.push(Change::Rerun { item: head.id, before: head.current, take: head.next_take, since: 0 });
            }
        }
        if changes.is_empty() {
            return Err("there is nothing to run again here yet: it has not been made a first time".to_owned());
        }
        let label = format!("run {} again", named(items));
        self.act(Txn::from(Op::Act { author: self.author(), at: now(), label, changes }), "").await
    }
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}

pub(super) fn named(items: &[ItemId]) -> String {
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

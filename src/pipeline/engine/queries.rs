//! The queries there are, and which of them an instruction is paired with.

use std::collections::{HashMap, HashSet};

use crate::{
    config::PipelineConfig,
    domain::{ItemId, QueryBody, SlotKey, TaskTree, tree::InstructionTree},
    pipeline::{
        effort,
        judge::{is_accepted, is_rejected},
        work::{Task, Work},
    },
    rules::{
        feasibility::conflicts,
        pairing::{Pool, QueryCandidate, length_fits},
        profile::ConflictRule,
    },
    store::{Op, QueryHead, StoreError, Txn},
};

use super::Engine;

/// All queries.
#[derive(Debug, Default)]
pub struct Queries {
    all: Vec<QueryHead>,
    places: HashMap<ItemId, usize>,
    /// Those that may be paired.
    pool: Pool,
    usable: HashSet<usize>,
}

impl Queries {
    /// These, of a project with this seed.
    pub fn of(all: Vec<QueryHead>, seed: u64, config: &PipelineConfig) -> Self {
        let usable = |query: &QueryHead| {
            !is_rejected(query.decision.as_ref()) && length_fits(&query.body.text, config.query_chars)
        };
        let usable = all.iter().enumerate().filter(|(_, query)| usable(query)).map(|(at, query)| {
            let (language, topic) = (query.body.language, topic(&query.body, config));
            (at, QueryCandidate { key: query.key.as_str(), language, topic })
        });
        let usable: Vec<_> = effort::counted(usable).collect();
        let known = usable.iter().map(|(at, _)| *at).collect();
        let pool = Pool::of(seed, usable.into_iter());
        let places = all.iter().enumerate().map(|(at, query)| (query.id, at)).collect();
        Self { all, places, pool, usable: known }
    }

    /// One of them.
    pub fn get(&self, id: ItemId) -> Option<&QueryHead> {
        self.all.get(*self.places.get(&id)?)
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.all.len()
    }
}

/// The topic of a query, where topics are to be spread.
fn topic<'q>(body: &'q QueryBody, config: &PipelineConfig) -> Option<&'q str> {
    body.topic.as_deref().filter(|_| config.spread_topics)
}

impl Engine {
    /// Reads the queries anew.
    pub(super) fn reload_queries(&mut self) -> Result<(), StoreError> {
        let config = &self.project.settings.config;
        self.queries = Queries::of(self.project.store.queries()?, config.seed, &config.pipeline);
        Ok(())
    }

    /// Whether pairing has nothing more to offer an instruction.
    pub(super) fn is_paired_out(&self, work: &Work, tree: &InstructionTree) -> bool {
        let Task::Pair = work.task else { return false };
        let Some(body) = tree.slot.body() else { return true };
        let queries = &self.queries;
        let taken = tree.tasks.iter().filter_map(|task| queries.places.get(&task.query_id));
        let taken = taken.filter(|at| queries.usable.contains(at) && queries.all[**at].body.language == body.language);
        self.wanted_partners(tree) == 0 || taken.count() >= queries.pool.len(body.language)
    }

    /// Whether a query asks for what the instruction forbids, and such tasks are left out.
    fn is_at_odds(&self, instruction: &str, query: &str) -> bool {
        let leaves_out = self.project.settings.profile.conflicts == ConflictRule::LeaveOut;
        leaves_out && !conflicts(instruction, query).is_empty()
    }

    /// How many queries an instruction lacks.
    fn wanted_partners(&self, tree: &InstructionTree) -> usize {
        let is_wanted = |task: &&TaskTree| {
            is_accepted(task.slot.decision.as_ref()) || !self.is_at_odds(tree.text(), &task.query.text)
        };
        let have = tree.tasks.iter().filter(is_wanted).count();
        (self.project.settings.config.pipeline.queries_per_instruction as usize).saturating_sub(have)
    }

    /// The queries an instruction is to be paired with beside those it has: pairing sticks. Where conflicts are left
    /// out, queries at odds with it are paired too, so that they are seen, and do not count.
    fn new_partners(&self, tree: &InstructionTree) -> Vec<usize> {
        let (config, Some(body)) = (&self.project.settings.config.pipeline, tree.slot.body()) else {
            return Vec::new();
        };
        let paired: HashSet<usize> =
            tree.tasks.iter().filter_map(|task| self.queries.places.get(&task.query_id)).copied().collect();
        let taken: Vec<Option<&str>> = tree.tasks.iter().map(|task| topic(&task.query, config)).collect();
        let open = |at| {
            effort::looked(1);
            !paired.contains(&at)
        };
        let wanted = self.wanted_partners(tree);
        let (mut partners, mut fit) = (Vec::new(), 0);
        for at in self.queries.pool.draw(tree.key().as_str(), body.language, &taken, open) {
            if fit == wanted {
                break;
            }
            partners.push(at);
            fit += usize::from(!self.is_at_odds(&body.text, &self.queries.all[at].body.text));
        }
        partners
    }

    /// The transaction that pairs an instruction. Tasks are numbered in the order of pairing.
    pub(super) fn pairing(&self, tree: &InstructionTree) -> Txn {
        let first = tree.tasks.iter().map(|task| task.slot.index + 1).max().unwrap_or(0);
        let ops = (first..)
            .zip(self.new_partners(tree))
            .map(|(index, at)| {
                let query = &self.queries.all[at];
                Op::EnsureSlot {
                    id: ItemId::task(&tree.id(), &query.id),
                    key: SlotKey::task(tree.key(), &query.key),
                    root: Some(tree.id()),
                    owner: Some(tree.id()),
                    index,
                    query: Some(query.id),
                }
            })
            .collect();
        Txn { ops }
    }
}

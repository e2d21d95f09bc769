//! Starting work: queueing it in its lane, and setting it off when the lane has a permit.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{ItemId, Stage, tree::InstructionTree},
    llm::{Endpoint, Message, Request, Role, Tail, unheard},
    pipeline::{
        jobs::End,
        lanes::At,
        prompting, shapes,
        snapshot::JobState,
        work::{CallTask, ExecuteTask, Task, Work, WorkId},
    },
    sandbox::{Batch, Limits, SandboxError, Text},
    store::{Op, Txn},
};

use super::{Engine, Event};

/// A call that is started, and about to be sent.
struct Asked {
    job: u64,
    endpoint: Arc<dyn Endpoint>,
    request: Request,
    prompt: String,
    tail: Arc<Tail>,
    cancel: CancellationToken,
    group: Option<(Stage, ItemId)>,
}

impl Engine {
    /// Queues work in its lane.
    pub(super) fn enqueue(&mut self, work: Work) {
        self.blocked.remove(&work.id);
        let at = match &work.task {
            Task::Call(call) if self.is_labelled_here(call) => {
                if let Some(why) = self.cannot_label() {
                    self.blocked.insert(work.id, why.clone());
                    return self.warn(&why);
                }
                At::Classifier
            }
            Task::Call(call) => At::endpoint(self.project.settings.endpoint(call.call)),
            Task::Execute(_) | Task::Pair | Task::Restore(_) => At::Sandbox,
        };
        if self.options.offline && matches!(work.task, Task::Call(_)) && at != At::Classifier {
            self.blocked.insert(work.id, "offline: this run asks no endpoint".to_owned());
            return;
        }
        let group = self.group_of(&work);
        match self.lanes.get_mut(&at) {
            Some(lane) => lane.queue.push(work, group),
            None => {
                let message = format!(
                    "no endpoint for `{}`: add an [endpoints.NAME] table to assay.toml and name it in [calls.*]",
                    work.id.stage
                );
                self.blocked.insert(work.id, message.clone());
                self.warn(&message);
            }
        }
    }

    /// What work is asked for together with, where its endpoint makes one request of several for one prompt.
    pub(super) fn group_of(&self, work: &Work) -> Option<ItemId> {
        let Task::Call(call) = &work.task else { return None };
        let endpoint = || self.endpoints.get(self.project.settings.endpoint(call.call));
        let model = self.project.settings.model(call.call);
        call.shares_prompt().filter(|_| endpoint().is_some_and(|endpoint| endpoint.together(model) > 1))
    }

    /// Takes waiting work out, cancels it where it runs.
    pub(super) fn withdraw(&mut self, id: WorkId) {
        self.blocked.remove(&id);
        if self.lanes.remove(id) {
            return;
        }
        for running in self.jobs.running().filter(|running| running.work.id == id) {
            running.cancel.cancel();
        }
    }

    /// Starts everything that has a permit.
    pub(super) fn dispatch(&mut self) {
        self.set_permits();
        let now = Instant::now();
        let mut held = self.held();
        let mut asked = Vec::new();
        self.lanes.begin_round();
        while let Some((lane, work)) = self.lanes.next(now, &held) {
            self.unseen = true;
            let stage = work.id.stage;
            match work.task.clone() {
                Task::Call(call) if lane == At::Classifier => self.start_labelling(lane, work, &call),
                Task::Call(call) => asked.extend(self.start_call(lane, work, &call)),
                Task::Execute(run) => self.start_batch(lane, work, &run),
                Task::Pair => self.start_pairing(lane, work),
                Task::Restore(heads) => self.start_restoring(lane, work, &heads),
            }
            if self.spend(stage) {
                held = self.held();
            }
            self.set_permits();
        }
        self.send(asked);
    }

    /// Sets calls off that were started together; those of one prompt are told how many they are.
    fn send(&self, mut asked: Vec<Asked>) {
        for calls in asked.chunk_by_mut(|one, other| one.group.is_some() && one.group == other.group) {
            let together = u32::try_from(calls.len()).unwrap_or(u32::MAX);
            calls.iter_mut().for_each(|call| call.request.together = together);
        }
        for Asked { job, endpoint, request, prompt, tail, cancel, .. } in asked {
            self.set_off(job, async move {
                let result = endpoint.complete(request, tail, unheard(), cancel).await;
                Event::Answered { job, prompt, result }
            });
        }
    }

    /// Starts a call; nothing where it cannot be.
    fn start_call(&mut self, lane: At, work: Work, call: &CallTask) -> Option<Asked> {
        let rendered = prompting::render(call, &self.project.settings);
        let endpoint = self.endpoints.get(lane.name());
        let (rendered, endpoint) = match (rendered, endpoint) {
            (Ok(rendered), Some(endpoint)) => (rendered, endpoint),
            (refused, _) => {
                let why = refused.err().map(|error| error.to_string());
                self.refuse(&lane, &work, why.unwrap_or_else(|| format!("the endpoint `{lane}` is not open")));
                return None;
            }
        };
        let settings = self.project.settings.call(call.call);
        let request = Request {
            call: call.call,
            slot: call.slot.clone(),
            sample: call.sample,
            nth: call.nth,
            messages: messages(&rendered),
            model: self.project.settings.model(call.call).to_owned(),
            temperature: settings.temperature,
            top_p: settings.top_p,
            max_tokens: settings.max_tokens,
            shape: shapes::of(call.call).filter(|_| self.project.settings.asks_for_shapes(call.call)),
            choices: shapes::choices(call.call),
            seed: Some(prompting::seed_of(self.project.settings.config.seed, work.id.item, call.sample, call.nth)),
            together: 1,
        };
        let prompt = rendered.joined();
        let (cancel, tail) = (CancellationToken::new(), Arc::new(Tail::default()));
        let group = self.group_of(&work).map(|item| (work.id.stage, item));
        let job = self.jobs.start(work, lane, cancel.clone(), Some(tail.clone()));
        Some(Asked { job, endpoint, request, prompt, tail, cancel, group })
    }

    /// Sets a job off on a task of its own. A panic in it is a defect, and an event like any other.
    pub(super) fn set_off(&self, job: u64, work: impl Future<Output = Event> + Send + 'static) {
        let back = self.back.clone();
        tokio::spawn(async move {
            let ended = AssertUnwindSafe(work).catch_unwind().await;
            let event = ended.unwrap_or_else(|panic| Event::Broke { job, what: said(&*panic) });
            // The engine may have ended; then nobody is left to store what came.
            let _gone = back.send(event);
        });
    }

    fn start_batch(&mut self, lane: At, work: Work, run: &ExecuteTask) {
        let limits = self.project.settings.config.sandbox;
        let batch = Batch {
            functions: run.functions.clone(),
            texts: run.texts.iter().map(|text| Text::from(text.clone())).collect(),
            cells: run.cells.clone(),
            limits: Limits {
                cpu: std::time::Duration::from_millis(limits.timeout_ms),
                memory: u64::from(limits.memory_mib) << 20,
            },
            namespace: run.namespace,
            allow_skips: true,
        };
        let cancel = CancellationToken::new();
        let job = self.jobs.start(work, lane, cancel.clone(), None);
        let sandbox = self.sandbox.clone();
        self.set_off(job, async move {
            let result = tokio::select! {
                () = cancel.cancelled() => Err(SandboxError::Cancelled),
                result = sandbox.collect(batch) => result,
            };
            Event::Executed { job, result }
        });
    }

    fn start_pairing(&mut self, lane: At, work: Work) {
        let tree = work.root.and_then(|root| self.tree(root));
        let Some(tree) = tree else { return self.put_back(&lane, &work) };
        let txn = self.pairing(&tree);
        let job = self.jobs.start(work, lane.clone(), CancellationToken::new(), None);
        self.release(&lane);
        self.write(job, txn, None);
    }

    /// Work that could not be started for now: its instruction is planned again.
    fn put_back(&mut self, lane: &At, work: &Work) {
        self.release(lane);
        if let Some(root) = work.root {
            if let Some(root) = self.roots.all.get_mut(&root) {
                root.outstanding.remove(&work.id);
            }
            self.dirty.insert(root);
        }
    }

    fn start_restoring(&mut self, lane: At, work: Work, heads: &[(ItemId, Option<u32>)]) {
        let ops = heads.iter().map(|(slot, no)| Op::SetCurrent { slot: *slot, no: *no }).collect();
        let job = self.jobs.start(work, lane.clone(), CancellationToken::new(), None);
        self.release(&lane);
        self.write(job, Txn { ops }, None);
    }

    /// Gives a permit back.
    pub(super) fn release(&mut self, lane: &At) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.in_flight = lane.in_flight.saturating_sub(1);
        }
    }

    /// Work that cannot even be started: it is blocked, and says why.
    pub(super) fn refuse(&mut self, lane: &At, work: &Work, message: String) {
        self.release(lane);
        self.warn(&message);
        self.blocked.insert(work.id, message.clone());
        let job = self.jobs.start(work.clone(), lane.clone(), CancellationToken::new(), None);
        self.jobs.end(job, JobState::Failed { code: "prompt".to_owned(), message }, End::default());
    }

    /// An instruction's tree, as stored.
    pub(super) fn tree(&mut self, root: ItemId) -> Option<InstructionTree> {
        match self.project.store.load_tree(root, self.project.settings.outcomes) {
            Ok(tree) => tree,
            Err(error) => {
                self.warn(&error.to_string());
                None
            }
        }
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it did not say why".to_owned())
}

fn messages(rendered: &crate::prompts::Rendered) -> Vec<Message> {
    let system = rendered.system.iter().map(|text| Message { role: Role::System, content: text.clone() });
    let user = Message { role: Role::User, content: rendered.user.clone() };
    system.chain(std::iter::once(user)).collect()
}

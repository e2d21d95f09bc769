//! A made-up engine behind the real handle: it streams, ends, fails, obeys commands.

use std::{sync::Arc, time::Duration};

use assay::{
    domain::{CallKind, Decision, ItemId, Stage, Usage},
    llm::Tail,
    pipeline::{
        handle::{Command, Edit, Inbound, Note, Query, Reply, Seat, Transcript},
        past::Page,
        snapshot::{EngineState, JobKind, JobState, JobView, SandboxState},
    },
};

use super::{counts::count, project::Project, project::instruction, texts::SOURCES};

/// The engine's side.
pub struct Engine {
    seat: Seat,
    project: Project,
    past: Vec<(String, Project)>,
    future: Vec<(String, Project)>,
    jobs: Vec<JobView>,
    engine: EngineState,
    sandbox: SandboxState,
    next: u64,
    beats: u64,
    until: usize,
}

const TALK: &str = "Here is the function you asked for. It splits the answer at sentence ends and counts the words of \
                    each part; 空字符串返回 False。\n```python\n";

impl Engine {
    /// An engine on a project of `n` instructions that grows to `until`.
    pub fn new(seat: Seat, n: usize, until: usize) -> Self {
        Self {
            seat,
            project: Project::of(n),
            past: vec![],
            future: vec![],
            jobs: vec![],
            engine: EngineState::Running,
            sandbox: SandboxState::Ready,
            next: 1,
            beats: 0,
            until,
        }
    }

    /// Starts some jobs, one of which has failed, and publishes.
    pub fn begin(&mut self) {
        for kind in [CallKind::Verifiers, CallKind::Respond, CallKind::Score, CallKind::BackTranslate] {
            self.start(kind);
        }
        let failed = JobState::Failed {
            code: "http-400".to_owned(),
            message: "endpoint `local` answered 400: the prompt has 9120 tokens, the model takes 8192; shorten the \
                      template or choose a model with a longer context, then re-run this item"
                .to_owned(),
        };
        let mut job = self.job(CallKind::Respond);
        (job.state, job.took, job.tail) = (failed, Some(Duration::from_millis(420)), None);
        self.jobs.push(job);
        for at in 0..14 {
            let mut job = self.job(CallKind::ALL[at % 6]);
            job.tail = None;
            end(&mut job);
            self.jobs.push(job);
        }
        let mut job = self.job(CallKind::Score);
        job.kind = JobKind::Execute(Stage::CrossValidate);
        (job.state, job.tail, job.took, job.at) =
            (JobState::Done, None, Some(Duration::from_millis(38)), "sandbox".into());
        self.jobs.push(job);
        self.publish();
    }

    /// Runs until the workbench is gone.
    pub async fn run(mut self) {
        let mut beat = tokio::time::interval(Duration::from_millis(60));
        loop {
            tokio::select! {
                asked = self.seat.inbound.recv() => match asked {
                    Some(asked) => self.answer(asked),
                    None => return,
                },
                _ = beat.tick() => self.beat(),
            }
        }
    }

    fn job(&mut self, kind: CallKind) -> JobView {
        self.next += 1;
        let at = usize::try_from(self.next).unwrap_or(0) % self.project.views.len().max(1);
        let view = &self.project.views[at];
        JobView {
            id: self.next,
            kind: JobKind::Call(kind),
            root: Some(view.id),
            item: view.functions.first().map_or(view.id, |function| function.id),
            about: Arc::clone(&view.text),
            at: "local".into(),
            state: JobState::Running { attempt: if self.next.is_multiple_of(5) { 2 } else { 1 } },
            tail: Some(Arc::new(Tail::default())),
            took: None,
            completion: None,
            usage: None,
        }
    }

    fn start(&mut self, kind: CallKind) {
        let job = self.job(kind);
        self.jobs.insert(0, job);
    }

    fn beat(&mut self) {
        self.beats += 1;
        if self.engine != EngineState::Running {
            return;
        }
        let text = format!("{TALK}{}```\n", SOURCES[0]);
        let chunks: Vec<_> = text.split_inclusive(' ').collect();
        for job in self.jobs.iter().filter(|job| matches!(job.state, JobState::Running { .. })) {
            if let Some(tail) = &job.tail {
                let at = usize::try_from(self.beats + job.id * 7).unwrap_or(0) % chunks.len();
                tail.push(chunks[at]);
            }
        }
        if self.beats.is_multiple_of(25) {
            self.advance();
        }
    }

    fn advance(&mut self) {
        let last = self.jobs.iter().rposition(|job| matches!(job.state, JobState::Running { .. }));
        if let Some(at) = last {
            let mut job = self.jobs.remove(at);
            end(&mut job);
            let after = self.jobs.iter().filter(|job| !matches!(job.state, JobState::Done)).count();
            self.jobs.insert(after, job);
        }
        let kinds = CallKind::ALL;
        self.start(kinds[usize::try_from(self.next).unwrap_or(0) % kinds.len()]);
        if self.project.views.len() < self.until {
            self.project.views.push(instruction(self.project.views.len()));
        }
        if let Some(view) = self.project.views.iter_mut().find(|view| view.functions.iter().any(|f| f.stale)) {
            view.functions.iter_mut().for_each(|function| function.stale = false);
            view.tasks.iter_mut().flat_map(|task| &mut task.responses).for_each(|response| response.stale = false);
            count(view);
            self.seat.notes.send(Note::Changed(view.id)).ok();
        }
        self.publish();
    }

    fn publish(&mut self) {
        let mut snapshot = self.project.snapshot(self.next);
        snapshot.engine = self.engine.clone();
        snapshot.sandbox = self.sandbox.clone();
        snapshot.jobs = Arc::new(self.jobs.clone());
        snapshot.queued = 37;
        snapshot.requests = 212 + self.next;
        snapshot.usage = Usage { prompt_tokens: 184_220, cached_tokens: 90_000, completion_tokens: 61_040 };
        snapshot.cost = Some(0.42);
        snapshot.rate = 3.4;
        snapshot.elapsed = Duration::from_secs(761) + Duration::from_millis(self.beats * 60);
        snapshot.undo = self.past.last().map(|(label, _)| label.clone());
        snapshot.redo = self.future.last().map(|(label, _)| label.clone());
        self.seat.snapshot.send_replace(Arc::new(snapshot));
    }

    /// Six hundred earlier calls in pages, and two that failed.
    fn past_calls(&self, before: Option<i64>) -> Page {
        let rows = self.project.views.iter().map(super::counts::row).collect::<Vec<_>>();
        let line = |n: i64, state: JobState| {
            let row = &rows[n.unsigned_abs() as usize % rows.len()];
            JobView {
                id: n.unsigned_abs(),
                kind: JobKind::Call(if n % 3 == 0 { CallKind::Score } else { CallKind::Respond }),
                root: Some(row.id),
                item: row.id,
                about: row.text.clone(),
                at: Arc::from("local"),
                completion: (state == JobState::Done).then_some(n),
                state,
                tail: None,
                took: Some(Duration::from_millis(900 + n.unsigned_abs() % 700)),
                usage: None,
            }
        };
        let newest = before.unwrap_or(601) - 1;
        let calls =
            (1..=newest).rev().take(200).map(|n| JobView { id: 1 << 62 | n.unsigned_abs(), ..line(n, JobState::Done) });
        let message = "endpoint `local`: the answer is empty (finish reason: length)".to_owned();
        let failed = JobState::Failed { code: "empty-length".to_owned(), message };
        let failures =
            (1..=2_i64).map(|n| JobView { id: 1 << 61 | n.unsigned_abs(), took: None, ..line(n, failed.clone()) });
        let failures = if before.is_none() { failures.collect() } else { Vec::new() };
        Page { failures, calls: calls.collect(), more: newest > 200 }
    }

    fn answer(&mut self, asked: Inbound) {
        match asked {
            Inbound::Query(Query::Detail(id, reply)) => {
                reply.send(self.project.detail(id)).ok();
            }
            Inbound::Query(Query::Fell(stage, _, reply)) => {
                let fell = self
                    .project
                    .views
                    .iter()
                    .map(super::counts::row)
                    .filter(|row| row.fell_at(stage))
                    .map(|row| row.id);
                reply.send(fell.collect()).ok();
            }
            Inbound::Query(Query::Transcript(row, reply)) => {
                reply.send(Some(Arc::new(transcript(row)))).ok();
            }
            Inbound::Query(Query::Past(before, reply)) => {
                reply.send(Some(Arc::new(self.past_calls(before)))).ok();
            }
            Inbound::Query(Query::Facts(_, reply)) => {
                reply.send(None).ok();
            }
            Inbound::Command(command, reply) => {
                let answer = self.obey(command);
                self.publish();
                reply.send(answer).ok();
            }
        }
    }

    fn obey(&mut self, command: Command) -> Reply {
        match command {
            Command::Decide { items, ruling, reason } => {
                self.remember("a decision");
                for item in &items {
                    self.decide(
                        *item,
                        ruling.map(|ruling| Decision { ruling, reason: reason.clone(), version: Some(0) }),
                    );
                }
                Ok(String::new())
            }
            Command::Edit { item, edit } => self.edit(item, edit),
            Command::Note { item, text } => {
                self.project.notes.retain(|(noted, _)| *noted != item);
                self.project.notes.extend(text.map(|text| (item, text)));
                Ok(format!("note on {}", item.short()))
            }
            Command::Retry { .. } => Ok("asked again for what failed".to_owned()),
            Command::Cancel(job) => Ok(format!("job {job} is cancelled")),
            Command::Limit { stage, .. } => Ok(format!("{stage} is bounded")),
            Command::Rerun { items } => Ok(format!("asked again for {}", items[0].short())),
            Command::Undo => {
                let (label, project) = self.past.pop().ok_or("nothing to undo")?;
                self.future.push((label.clone(), std::mem::replace(&mut self.project, project)));
                self.all_changed();
                Ok(format!("took back {label}"))
            }
            Command::Redo => {
                let (label, project) = self.future.pop().ok_or("nothing to redo")?;
                self.past.push((label.clone(), std::mem::replace(&mut self.project, project)));
                self.all_changed();
                Ok(format!("did {label} again"))
            }
            Command::Pause(None) => {
                self.engine = EngineState::Paused;
                Ok("paused; what is in flight ends".to_owned())
            }
            Command::Resume(None) => {
                self.engine = EngineState::Running;
                Ok("resumed".to_owned())
            }
            Command::Pause(Some(stage)) | Command::Resume(Some(stage)) => Ok(format!("switched {stage}")),
            Command::Tune(_) => Ok("rules: turned; judged again".to_owned()),
            Command::Apply => Ok("nothing waits for apply".to_owned()),
        }
    }

    fn remember(&mut self, label: &str) {
        self.past.push((label.to_owned(), self.project.clone()));
        self.future.clear();
    }

    fn all_changed(&mut self) {
        for view in &self.project.views {
            self.seat.notes.send(Note::Changed(view.id)).ok();
        }
    }

    fn decide(&mut self, item: ItemId, decision: Option<Decision>) {
        let Some(at) = self.project.place(item) else { return };
        let view = &mut self.project.views[at];
        if view.id == item {
            view.decision = decision;
        } else if let Some(function) = view.functions.iter_mut().find(|function| function.id == item) {
            function.decision = decision;
        } else if let Some(case) = view.cases.iter_mut().find(|case| case.id == item) {
            case.decision = decision;
        } else {
            let mut all = view.tasks.iter_mut().flat_map(|task| &mut task.responses);
            if let Some(response) = all.find(|response| response.id == item) {
                response.decision = decision;
            }
        }
        self.seat.notes.send(Note::Changed(self.project.views[at].id)).ok();
    }

    fn edit(&mut self, item: ItemId, edit: Edit) -> Reply {
        let at = self.project.place(item).ok_or("no such item")?;
        if let Edit::Text(text) = &edit
            && text.contains("refuse me")
        {
            return Err("the engine refuses this text".to_owned());
        }
        self.remember("an edit");
        let view = &mut self.project.views[at];
        match edit {
            Edit::Text(text) if view.id == item => {
                (view.text, view.edited) = (text.into(), true);
                view.functions.iter_mut().for_each(|function| function.stale = true);
            }
            Edit::Text(text) => {
                if let Some(function) = view.functions.iter_mut().find(|function| function.id == item) {
                    (function.source, function.edited) = (Some(text.into()), true);
                } else {
                    let mut all = view.tasks.iter_mut().flat_map(|task| &mut task.responses);
                    if let Some(response) = all.find(|response| response.id == item) {
                        (response.text, response.edited) = (Some(text.into()), true);
                    }
                }
            }
            Edit::Case { input, expected } => {
                if let Some(case) = view.cases.iter_mut().find(|case| case.id == item) {
                    (case.input, case.expected, case.edited) = (input.into(), Some(expected), true);
                }
            }
        }
        count(view);
        let id = view.id;
        self.seat.notes.send(Note::Changed(id)).ok();
        Ok("edited; 3 back-translations and 8 outcomes became stale and are made again".to_owned())
    }
}

fn end(job: &mut JobView) {
    job.state = JobState::Done;
    job.took = Some(Duration::from_millis(2_000 + job.id * 310));
    job.completion = Some(i64::try_from(job.id).unwrap_or(0));
    job.usage = Some(Usage { prompt_tokens: 512, cached_tokens: 0, completion_tokens: 180 + job.id * 3 });
}

fn transcript(row: i64) -> Transcript {
    Transcript {
        prompt:
            "You are an expert for writing evaluation functions in Python.\n\nInstruction: Answer in exactly three \
                 sentences.\n\nAnswer with JSON: {\"func\": ..., \"cases\": [...]}"
                .to_owned(),
        content: format!("{TALK}{}```\nI hope this helps!", SOURCES[1]),
        reasoning: None,
        facts: [("row", row.to_string()), ("endpoint", "local".to_owned()), ("model", "qwen2.5-7b".to_owned())]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

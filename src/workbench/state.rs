//! All that the workbench knows.

use std::{collections::HashMap, sync::Arc, time::Duration};

use crate::{
    domain::ItemId,
    pipeline::{
        handle::{Detail, Transcript},
        snapshot::{EngineState, InstructionRow, JobState, JobView, SandboxState, Snapshot},
        view::{CaseView, Cell, FunctionView, PairView, ResponseView, TaskView},
    },
};

use super::{
    chord::Chord,
    code::CodeCache,
    details::Details,
    editor::Editor,
    go::About,
    keymap::{Action, Context, Keymap},
    overlay::Overlay,
    panes::{Focus, FunnelPane, InstructionsPane, JobsPane, Part, SamplesPane, VerifiersPane},
    toast::{Mood, Toasts},
    trail::Place,
    unsaved::Unsaved,
    watching::Watching,
};

pub use super::screen::Screen;

/// How much is stale or waits to be made, by stage.
pub(super) type StaleCounts = [u64; 11];

/// An edit whose consequences are still to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// The instruction.
    pub root: ItemId,
    /// What was stale or waiting before, by stage.
    pub before: StaleCounts,
}

/// The workbench.
#[derive(Clone, Debug)]
pub struct State {
    /// The project's name.
    pub project: String,
    /// The profile's name.
    pub profile: String,
    /// A sentence above the screens: this is the demo, and how to start one's own.
    pub banner: Option<String>,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// Keys pressed so far that begin longer ones.
    pub begun: Vec<Chord>,
    /// Columns and rows.
    pub size: (u16, u16),
    /// Since the start.
    pub now: Duration,
    /// Whether something changed since the last draw.
    pub dirty: bool,
    /// What the engine published last.
    pub snapshot: Arc<Snapshot>,
    /// When that came.
    pub snapshot_at: Duration,
    /// Time worked when everything was done; nothing while there is work.
    pub done_at: Option<Duration>,
    /// The screen shown.
    pub screen: Screen,
    /// See [`FunnelPane`].
    pub funnel: FunnelPane,
    /// See [`InstructionsPane`].
    pub instructions: InstructionsPane,
    /// See [`VerifiersPane`].
    pub verifiers: VerifiersPane,
    /// See [`SamplesPane`].
    pub samples: SamplesPane,
    /// See [`JobsPane`].
    pub jobs: JobsPane,
    /// From where what is shown was opened, the last one last.
    pub trail: Vec<Place>,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// Messages.
    pub toasts: Toasts,
    /// Instructions in full.
    pub details: Details,
    /// Completions in full; nothing where there is none.
    pub transcripts: HashMap<i64, Option<Arc<Transcript>>>,
    /// Highlighted sources.
    pub code: CodeCache,
    /// Texts that were refused or not saved, by item: the next edit begins with them.
    pub drafts: HashMap<ItemId, Unsaved>,
    /// What is to be selected within the current instruction once it is there.
    pub wanted: Option<ItemId>,
    /// An edit whose consequences are still to be told.
    pub watch: Option<Watch>,
    /// What became of jobs.
    pub watching: Watching,
    /// What the last message with a place was about.
    pub last_about: Option<About>,
    /// What was decided on last here, the newest last: where taking it back leads.
    pub decided: Vec<About>,
    /// Whether a decision goes on to the next item.
    pub advance: bool,
    /// Whether the focused pane has the whole screen.
    pub zoom: bool,
    /// Whether white space is made visible.
    pub spaces: bool,
}

impl State {
    /// An empty workbench.
    pub fn new(project: impl Into<String>, profile: impl Into<String>, keymap: Arc<Keymap>) -> Self {
        Self {
            project: project.into(),
            profile: profile.into(),
            banner: None,
            keymap,
            begun: Vec::new(),
            size: (80, 24),
            now: Duration::ZERO,
            dirty: true,
            snapshot: Arc::default(),
            snapshot_at: Duration::ZERO,
            done_at: None,
            screen: Screen::default(),
            funnel: FunnelPane::default(),
            instructions: InstructionsPane::default(),
            verifiers: VerifiersPane::default(),
            samples: SamplesPane::default(),
            jobs: JobsPane::default(),
            trail: Vec::new(),
            overlay: None,
            toasts: Toasts::default(),
            details: Details::default(),
            transcripts: HashMap::new(),
            code: CodeCache::default(),
            drafts: HashMap::new(),
            wanted: None,
            watch: None,
            watching: Watching::default(),
            last_about: None,
            decided: Vec::new(),
            advance: true,
            zoom: false,
            spaces: false,
        }
    }

    /// Where keys go now.
    pub const fn context(&self) -> Context {
        match &self.overlay {
            Some(overlay) => overlay.context(),
            None => self.beneath(),
        }
    }

    /// Where keys go when nothing lies over the screen.
    pub const fn beneath(&self) -> Context {
        match self.screen {
            Screen::Funnel if self.funnel.whatif.is_some() => Context::WhatIf,
            Screen::Funnel if self.funnel.reason.is_some() => Context::Reasons,
            Screen::Funnel => Context::Funnel,
            Screen::Instructions if self.instructions.typing.is_some() => Context::Typing,
            Screen::Instructions => Context::Instructions,
            Screen::Verifiers => match self.verifiers.focus {
                Focus::Matrix => Context::Matrix,
                Focus::Code => Context::Code,
                Focus::Case => Context::Case,
            },
            Screen::Samples => match self.samples.focus {
                Part::Responses => Context::Samples,
                Part::Text => Context::Response,
                Part::Pairs => Context::Pairs,
            },
            Screen::Jobs if self.jobs.log.is_some() => Context::Log,
            Screen::Jobs => Context::Jobs,
        }
    }

    /// The keys of an action where no overlay lies over the screen, for texts that name them.
    pub fn key(&self, action: Action) -> String {
        self.keymap.name_of(self.beneath(), action)
    }

    /// The editor, where one is open.
    pub fn editor(&self) -> Option<&Editor> {
        match &self.overlay {
            Some(Overlay::Editor(editor)) => Some(editor),
            Some(Overlay::Leaving(Some(before))) => match before.as_ref() {
                Overlay::Editor(editor) => Some(editor),
                _ => None,
            },
            _ => None,
        }
    }

    /// The selected instruction.
    pub const fn current(&self) -> Option<ItemId> {
        self.instructions.list.selected
    }

    /// Its line.
    pub fn current_row(&self) -> Option<&Arc<InstructionRow>> {
        let pane = &self.instructions;
        pane.rows.get(&self.snapshot, pane.list.index).filter(|row| Some(row.id) == pane.list.selected)
    }

    /// The selected instruction in full, where it is there.
    pub fn detail(&self) -> Option<&Arc<Detail>> {
        self.details.get(self.current()?)
    }

    /// The selected function and its place.
    pub fn function(&self) -> Option<(usize, &FunctionView)> {
        let functions = &self.detail()?.view.functions;
        let at = self.verifiers.functions.index;
        functions.get(at).map(|function| (at, function))
    }

    /// The selected case and its number.
    pub fn case(&self) -> Option<(usize, &CaseView)> {
        self.verifiers.order.case(&self.detail()?.view, self.verifiers.cases.index)
    }

    /// The selected cell of the matrix.
    pub fn cell(&self) -> Option<&Cell> {
        let (case, _) = self.case()?;
        self.detail()?.view.matrix.get(self.verifiers.functions.index)?.get(case)
    }

    /// The selected task and its place.
    pub fn task(&self) -> Option<(usize, &TaskView)> {
        let tasks = &self.detail()?.view.tasks;
        let at = tasks.iter().position(|task| Some(task.id) == self.samples.task).unwrap_or(0);
        tasks.get(at).map(|task| (at, task))
    }

    /// The selected response.
    pub fn response(&self) -> Option<&ResponseView> {
        self.task()?.1.responses.get(self.samples.responses.index)
    }

    /// The selected pair.
    pub fn pair(&self) -> Option<&PairView> {
        self.task()?.1.pairs.get(self.samples.pairs.index)
    }

    /// The selected job.
    pub fn job(&self) -> Option<&JobView> {
        self.job_at(self.jobs.list.index)
    }

    /// A line of the Jobs screen: what this run did and does, then what was done before.
    pub fn job_at(&self, at: usize) -> Option<&JobView> {
        let jobs = &self.snapshot.jobs;
        jobs.get(at).or_else(|| self.jobs.past.get(at.checked_sub(jobs.len())?))
    }

    /// How many lines the Jobs screen has.
    pub fn job_count(&self) -> usize {
        self.snapshot.jobs.len() + self.jobs.past.len()
    }

    /// A job by its number.
    pub fn job_by(&self, id: u64) -> Option<&JobView> {
        self.snapshot.jobs.iter().find(|job| job.id == id).or_else(|| self.jobs.past.find(id))
    }

    /// Whether work is under way.
    pub fn is_working(&self) -> bool {
        self.running() > 0
    }

    /// The job that fills an item now, if one does.
    pub fn filling(&self, item: ItemId) -> Option<&JobView> {
        let running = |job: &&JobView| matches!(job.state, JobState::Running { .. });
        self.snapshot.jobs.iter().filter(running).find(|job| job.item == item)
    }

    /// For how many seconds Python has been being prepared; nothing where it is not, or is done in no time.
    pub fn preparing(&self) -> Option<u64> {
        let SandboxState::Preparing { seconds } = self.snapshot.sandbox else { return None };
        let since =
            if self.snapshot_at == Duration::ZERO { 0 } else { self.now.saturating_sub(self.snapshot_at).as_secs() };
        Some(seconds + since).filter(|seconds| *seconds > 1)
    }

    /// How many jobs run.
    pub fn running(&self) -> usize {
        self.snapshot.jobs.iter().filter(|job| matches!(job.state, JobState::Running { .. })).count()
    }

    /// Time worked in this run, with what passed since the engine last said so.
    pub fn elapsed(&self) -> Duration {
        let since = self.now.saturating_sub(self.snapshot_at);
        match self.snapshot.engine {
            EngineState::Running if self.is_working() => self.snapshot.elapsed + since,
            EngineState::Done => self.done_at.unwrap_or(self.snapshot.elapsed),
            _ => self.snapshot.elapsed,
        }
    }

    /// How often the screen changes by itself, where it does: streaming answers, the clock, messages that go.
    pub fn tick(&self) -> Option<Duration> {
        if self.is_working() {
            Some(Duration::from_millis(100))
        } else if self.jobs.log.is_some() {
            Some(Duration::from_millis(500))
        } else if self.toasts.0.is_empty() && self.preparing().is_none() {
            None
        } else {
            Some(Duration::from_millis(250))
        }
    }

    /// Shows a message.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.toasts.push(self.now, Mood::Info, text, None);
    }

    /// Shows what went wrong.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.toasts.push(self.now, Mood::Bad, text, None);
    }
}

//! Labels that a classifier on this machine gives, in a lane of its own.

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::{
    llm::LlmError,
    nli::{NliError, Pair},
    pipeline::{
        labelling,
        lanes::At,
        work::{CallTask, Prompt, Work},
    },
};

use super::{Engine, Event};

impl Engine {
    /// Whether a call is none, but asks the classifier on this machine.
    pub(super) fn is_labelled_here(&self, call: &CallTask) -> bool {
        self.labels.is_some() && matches!(call.prompt, Prompt::Entail { .. })
    }

    /// Why the classifier cannot be asked in this run, where it cannot.
    pub(super) fn cannot_label(&self) -> Option<String> {
        match &self.labels {
            Some(Err(error)) => Some(error.to_string()),
            Some(Ok(_)) | None => None,
        }
    }

    /// Has a pair labelled; what comes back is stored as an answer.
    pub(super) fn start_labelling(&mut self, lane: At, work: Work, call: &CallTask) {
        let (Prompt::Entail { premise, hypothesis }, Some(Ok(nli))) = (call.prompt.clone(), self.labels.clone()) else {
            return self.refuse(&lane, &work, "there is no classifier to label it".to_owned());
        };
        let pair = Pair { premise, hypothesis };
        let prompt = labelling::prompt(&pair);
        let model = self.project.settings.labels.as_ref().map(|labels| labels.name().to_owned()).unwrap_or_default();
        let cancel = CancellationToken::new();
        let job = self.jobs.start(work, lane, cancel.clone(), None);
        self.set_off(job, async move {
            let began = Instant::now();
            let judged = nli.judge(pair, &cancel).await;
            let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            let result = judged.map(|judgement| labelling::answer(judgement, &model, took_ms)).map_err(trouble);
            Event::Answered { job, prompt, result }
        });
    }
}

/// No trouble of the classifier is the pair's: the lane waits and tries again, as for an endpoint that is down.
fn trouble(error: NliError) -> LlmError {
    match error {
        NliError::Cancelled => LlmError::Cancelled,
        error => LlmError::Config { endpoint: labelling::LANE.to_owned(), reason: error.to_string() },
    }
}

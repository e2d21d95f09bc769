//! The classifier that labels back-translations on this machine (`consistency.by = "local"`): fetching it before a run
//! that needs it.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::{
    nli::{self, Hub, NliError, Progress},
    pipeline::Project,
};

use super::{drive::Signals, print};

/// How long nothing may come in before the hub is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// How providing a classifier ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provided {
    /// Nothing was to be fetched, or it could not be; then the stage says why.
    AsItWas,
    /// It was fetched: the project must be opened anew, as it now knows who labels.
    Fetched,
    /// Somebody stopped it. What came is kept.
    Interrupted,
}

/// Fetches a project's classifier from the hub where it is not on this machine.
pub async fn provide(project: &Project, signals: &mut Signals) -> Provided {
    let labels = project.settings.labels.as_ref();
    let Some(hub) = labels.and_then(|labels| labels.to_fetch()).filter(|_| nli::BUILT) else {
        return Provided::AsItWas;
    };
    print::say(format!("fetching the NLI model {} ({}) from {}", hub.id, hub.revision, hub.endpoint));
    let fetched = tokio::select! {
        fetched = fetch(hub.clone()) => fetched,
        _ = signals.next() => {
            print::say("interrupted; what came is kept, and the same command goes on");
            return Provided::Interrupted;
        }
    };
    match fetched {
        Ok(()) => Provided::Fetched,
        Err(error) => {
            print::say(error);
            Provided::AsItWas
        }
    }
}

/// Fetches on a thread of its own, which nobody waits for once it is given up.
async fn fetch(hub: Hub) -> Result<(), NliError> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let stalled = NliError::Hub {
        url: hub.page(),
        message: format!("nothing came for {} s", PATIENCE.as_secs()),
        advice: "see that the network is there, and run again: what came is kept".to_owned(),
    };
    std::thread::spawn(move || {
        let ended = nli::fetch(&hub, |progress| {
            // Whoever asked may have given it up.
            let _gone = tell.send(Told::Progress(progress));
        });
        let _gone = tell.send(Told::Ended(ended));
    });
    let mut shown = None;
    loop {
        match tokio::time::timeout(PATIENCE, told.recv()).await {
            Ok(Some(Told::Progress(progress))) => show(&progress, &mut shown),
            Ok(Some(Told::Ended(ended))) => return ended,
            Ok(None) | Err(_) => return Err(stalled),
        }
    }
}

enum Told {
    Progress(Progress),
    Ended(Result<(), NliError>),
}

/// One line a file when it begins, and one for every tenth of it.
fn show(progress: &Progress, shown: &mut Option<(String, u64)>) {
    let tenth = (progress.done.saturating_mul(10)).checked_div(progress.all).unwrap_or(10);
    let now = (progress.file.clone(), tenth);
    if shown.as_ref() == Some(&now) {
        return;
    }
    *shown = Some(now);
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    print::say(format!("  {}: {} of {} MiB", progress.file, mib(progress.done), mib(progress.all)));
}

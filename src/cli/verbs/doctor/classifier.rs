//! The classifier that labels back-translations on this machine, found out by asking it.

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::{cli::runtime, config::Loaded, nli::Pair, pipeline::labelling::Labels};

use super::Finding;

/// What it is asked: any classifier that was trained for it says that the second follows from the first.
const ASKED: (&str, &str) = ("Answer in at most twenty words.", "The answer must not be longer than twenty words.");

/// Loads it and has it judge a pair; nothing where a project's labels come from elsewhere.
pub(super) fn look(found: &Loaded) -> Option<Finding> {
    let labels = Labels::of(&found.config, &found.dir)?;
    let looked = ask(&labels).map_err(|error| format!("{error:#}"));
    Some(Finding::new(format!("NLI model {}", labels.name()), looked))
}

fn ask(labels: &Labels) -> anyhow::Result<String> {
    let nli = labels.start()?;
    let files = labels.files().clone()?;
    let pair = || Pair { premise: ASKED.0.to_owned(), hypothesis: ASKED.1.to_owned() };
    let cancel = CancellationToken::new();
    let began = Instant::now();
    runtime::block_on(nli.judge(pair(), &cancel))??;
    let first = began.elapsed();
    let began = Instant::now();
    let judgement = runtime::block_on(nli.judge(pair(), &cancel))??;
    let again = began.elapsed();
    let place = files.weights.parent().unwrap_or(&files.weights).display().to_string();
    let [entailment, neutral, contradiction] = judgement.probabilities;
    Ok(format!(
        "{place}; loaded within {:.1} s, {} tokens in {} ms; of a sentence and its paraphrase it says entailment \
         {entailment:.2}, neutral {neutral:.2}, contradiction {contradiction:.2}",
        first.as_secs_f64(),
        judgement.tokens,
        again.as_millis(),
    ))
}

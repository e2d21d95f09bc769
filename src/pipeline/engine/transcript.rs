//! A stored completion as people read it: the texts, and the facts of how it came about and how it was read.

use crate::{
    domain::{CallKind, Together},
    pipeline::{handle::Transcript, shapes},
    rules::answers,
    store::StoredCompletion,
};

/// A completion with its facts, in order.
pub(super) fn transcript(stored: StoredCompletion) -> Transcript {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    let (meta, provenance) = (&stored.meta, &stored.provenance);
    fact("endpoint", meta.endpoint.clone());
    fact("model", meta.model.clone());
    if let Some(form) = &provenance.form {
        fact("asked for as", form.clone());
    }
    if let Some(Together { n, choice, seed }) = provenance.together {
        let seed = seed.map_or_else(String::new, |seed| format!(", seed {seed} for all"));
        fact("asked for together", format!("choice {} of {n} of one request{seed}; tokens are its share", choice + 1));
    }
    fact("finish", format!("{:?}", meta.finish).to_lowercase());
    for (name, value) in read_as(meta.call, &stored.content, provenance.form.as_deref()) {
        fact(name, value);
    }
    if let Some(chances) = &provenance.chances {
        let shares: Vec<String> = chances.of.iter().map(|chance| format!("{chance:.3}")).collect();
        fact("probabilities", shares.join(" / "));
    }
    fact("first token", format!("{} ms", stored.first_ms));
    fact("in all", format!("{} ms", meta.total_ms));
    fact("attempts", stored.attempts.to_string());
    if let Some(usage) = meta.usage {
        let cached = if usage.cached_tokens > 0 { format!(" ({} cached)", usage.cached_tokens) } else { String::new() };
        fact("tokens", format!("{}{cached} in, {} out", usage.prompt_tokens, usage.completion_tokens));
    }
    if let Some(cost) = stored.cost {
        fact("cost", format!("{cost:.6}"));
    }
    if let Some(lost) = provenance.lost {
        fact("failed attempts used", format!("{} in, {} out", lost.prompt_tokens, lost.completion_tokens));
    }
    fact("task key", meta.key.short(12));
    if stored.dropped {
        fact("texts", "dropped by `assay gc --older-takes`".to_owned());
    }
    for (n, trouble) in (1..).zip(&provenance.troubles) {
        fact(&format!("failed attempt {n}"), trouble.clone());
    }
    Transcript { prompt: stored.prompt, content: stored.content, reasoning: stored.reasoning, facts }
}

/// What lenient reading takes out of an answer, and what it repaired on the way.
fn read_as(call: CallKind, content: &str, form: Option<&str>) -> Vec<(&'static str, String)> {
    let nothing = || "nothing that can be used".to_owned();
    match call {
        CallKind::Verifiers => {
            let read = shapes::read_verifier(content, form);
            let cases = read.cases.len();
            let found = match (&read.source, read.problem) {
                (Some(source), _) => format!("a function of {} lines, {cases} cases", source.lines().count()),
                (None, problem) => format!("no function ({})", problem.unwrap_or("empty")),
            };
            let repairs = read.repairs.join("; ");
            let repairs = Some(repairs).filter(|repairs| !repairs.is_empty());
            std::iter::once(("read as", found)).chain(repairs.map(|repairs| ("repaired", repairs))).collect()
        }
        CallKind::Entail => {
            let label = answers::parse_label(content);
            vec![("read as", label.map_or_else(nothing, |label| format!("{label:?}").to_lowercase()))]
        }
        CallKind::Score => {
            vec![("read as", answers::parse_score(content).map_or_else(nothing, |score| format!("a score of {score}")))]
        }
        CallKind::SelfInstruct => vec![("read as", format!("{} lines", answers::parse_instructions(content).len()))],
        CallKind::BackTranslate | CallKind::Respond => Vec::new(),
    }
}

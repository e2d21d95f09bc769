//! Samples of one prompt asked for together: the prompt is paid once, and what is stored is the same.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use assay::{
    domain::CallKind,
    llm::{Endpoints, Memory, Options, openai::OpenAi},
    pipeline::{
        Ended, Parts, Project,
        cost::{Estimate, Scope},
        demo,
        snapshot::Snapshot,
        start, survey,
    },
    store::{Access, Lease},
};

use super::{digest, finish, headless, sandbox};
use crate::{
    kill::answers::Question,
    llm::server::{Seen, Server, several},
};

/// Answers that depend on the prompt alone.
fn answers(seen: &Seen) -> Vec<String> {
    let question = Question { seed: 0, ..Question::of(&seen.body) };
    vec![question.answer(); usize::try_from(seen.body["n"].as_u64().unwrap_or(1)).unwrap()]
}

fn open(dir: &Path, url: &str, n: &str) -> Project {
    let config = format!(
        "[endpoints.main]\nbase_url = \"{url}\"\nmodel = \"m\"\nconcurrency = 8\nn = \"{n}\"\n[calls]\n\
         verifiers = {{ samples = 4 }}\nrespond = {{ samples = 4 }}\nscore = {{ samples = 2 }}\n[pipeline]\n\
         self_instruct = false\nqueries_per_instruction = 4\n"
    );
    std::fs::write(dir.join("assay.toml"), config).unwrap();
    Project::open(dir, Access::Write, None).unwrap()
}

fn endpoints(project: &Project) -> Endpoints {
    Endpoints::open(&project.settings.config.endpoints, &project.dir, Options::default()).unwrap()
}

/// A run, and the estimate of another one: four instructions, 4 x 4 responses each.
async fn run(dir: &Path, url: &str, n: &str) -> (Snapshot, Estimate) {
    let project = open(dir, url, n);
    let address = OpenAi::address(&project.settings.config.endpoints["main"]).unwrap();
    Memory::of(dir).change("main", &address, |known| known.several = [("m".to_owned(), 8)].into());
    project.add_seeds(&demo::seeds()[..4]).unwrap();
    project.add_queries(&demo::queries()[..8]).unwrap();
    let lease = Ok(Lease::acquire(dir).unwrap());
    let parts = Parts { endpoints: endpoints(&project), project, lease, sandbox: sandbox(), options: headless() };
    let (ended, snapshot) = finish(start(parts)).await;
    assert_eq!(ended, Ended::Done);
    let project = open(dir, url, n);
    project.add_seeds(&demo::seeds()[4..8]).unwrap();
    let scope = Scope::of(&project.store, &project.settings.config, None, None, false).unwrap();
    let scope = scope.asking(&endpoints(&project), &project.settings);
    assert_eq!(scope.together[CallKind::Respond as usize], if n == "auto" { 4 } else { 1 });
    let now = survey::survey(&project).unwrap();
    let means = project.store.call_means().unwrap();
    (snapshot, Estimate::of(&project.settings.config, &now, &means, scope))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_paid_once_and_nothing_else_changes() {
    let asked: Arc<Mutex<(usize, usize)>> = Arc::default();
    let counted = asked.clone();
    let server = Server::new(move |seen, _| {
        let answers = answers(seen);
        let mut asked = counted.lock().unwrap();
        *asked = (asked.0 + 1, asked.1 + answers.iter().map(|text| text.chars().count()).sum::<usize>());
        several(&answers)
    })
    .await;
    let mut runs = Vec::new();
    for n in ["auto", "off"] {
        let dir = tempfile::tempdir().unwrap();
        *asked.lock().unwrap() = (0, 0);
        let (snapshot, estimate) = run(dir.path(), &server.url, n).await;
        let (requests, tokens) = *asked.lock().unwrap();
        // Ten tokens a prompt, one a character: what the server told, to the token.
        let told = (snapshot.usage.prompt_tokens, snapshot.usage.completion_tokens);
        assert_eq!(told, (10 * requests as u64, tokens as u64), "n = {n}");
        println!("n = {n}: {} completions, {requests} requests, {told:?} tokens; {estimate}", snapshot.requests);
        runs.push((digest(dir.path()), snapshot, requests, estimate));
    }
    let [(one, together, few, less), (other, single, many, more)] = runs.try_into().unwrap();
    assert_eq!(one, other, "what is stored does not depend on it");
    assert_eq!((together.requests, single.requests), (many as u64, many as u64), "each completion, once");
    assert_eq!(together.usage.completion_tokens, single.usage.completion_tokens);
    // Groups are full where permits are free for them, so that it differs from run to run by how much.
    assert!(few * 10 < many * 9, "{few} requests against {many}");
    assert!(less.tokens < more.tokens && less.requests < more.requests && less.calls == more.calls, "{less} {more}");
}

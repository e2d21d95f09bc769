//! What was asked before is listed after a restart: ended calls with their transcripts, failures with their cause.

use std::sync::Arc;

use assay::{
    domain::CallKind,
    llm::{Endpoint, Endpoints},
    pipeline::{
        Ended, Parts, Project, demo,
        past::Page,
        snapshot::{JobKind, JobState},
        start,
    },
    store::{Access, Lease},
};

use super::{finish, headless, sandbox, script::Script};

const CONFIG: &str = "[endpoints.script]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"m\"\n[calls]\n\
    verifiers = { samples = 2 }\nrespond = { samples = 4 }\n[pipeline]\nself_instruct = false\n\
    queries_per_instruction = 2\n";

#[tokio::test(flavor = "multi_thread")]
async fn ended_calls_and_failures_are_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("assay.toml"), CONFIG).unwrap();
    let project = Project::open(dir.path(), Access::Write, None).unwrap();
    project.add_seeds(&demo::seeds()[..3]).unwrap();
    project.add_queries(&demo::queries()[..4]).unwrap();
    let script = Arc::new(Script::default());
    script.refuses.lock().unwrap().push(CallKind::Score);
    let endpoints = Endpoints::of([script.clone() as Arc<dyn Endpoint>]);
    let lease = Ok(Lease::acquire(dir.path()).unwrap());
    let options = headless();
    let (ended, snapshot) = finish(start(Parts { project, lease, endpoints, sandbox: sandbox(), options })).await;
    assert_eq!(ended, Ended::Done);

    let store = Project::open(dir.path(), Access::Read, None).unwrap().store;
    let page = Page::read(&store, None).unwrap();
    assert_eq!((page.calls.len() as u64, page.more), (snapshot.requests, false));
    for call in &page.calls {
        let text = store.transcript(call.completion.unwrap()).unwrap().unwrap();
        assert_eq!((JobKind::Call(text.meta.call), text.slot), (call.kind, call.item));
        assert!(call.is_past() && !call.about.is_empty() && call.at.as_ref() == "script", "{call:?}");
    }
    let failed = &page.failures;
    let refused = script.counts().into_iter().filter(|((call, ..), _)| *call == CallKind::Score).count();
    assert!(refused > 0 && failed.len() == refused, "{} of {refused}", failed.len());
    for job in failed {
        let JobState::Failed { code, message } = &job.state else { panic!("{job:?}") };
        assert!(job.kind == JobKind::Call(CallKind::Score) && code == "http-400" && message.contains("too long"));
        assert!(job.is_past() && job.root.is_some());
    }
    let (mut before, mut rows) = (None, Vec::new());
    loop {
        let calls = store.past_calls(before, 10).unwrap();
        let Some(last) = calls.last() else { break };
        before = Some(last.row);
        rows.extend(calls.iter().map(|call| call.row));
    }
    assert_eq!(rows.len() as u64, snapshot.requests);
    assert!(rows.windows(2).all(|two| two[0] > two[1]), "each once, the newest first");
}

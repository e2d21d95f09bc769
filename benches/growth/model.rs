//! A model that answers at once, and a project that asks it for more and more: for the bench of growth and for the test
//! that counts looks.

use std::{path::Path, sync::Arc};

use assay::{
    domain::{CallKind, Finish, InstructionBody, Language, QueryBody, Usage},
    llm::{Answer, Endpoint, LlmError, OnAttempt, Request, Tail},
    pipeline::Project,
    store::Access,
};
use futures::future::{BoxFuture, FutureExt as _, ready};
use tokio_util::sync::CancellationToken;

/// Lines of a self-instruct call.
pub const LINES: usize = 20;

/// Answers at once, so many requests at a time: new instructions, and no function at all.
pub struct Model(pub usize);

impl Endpoint for Model {
    fn name(&self) -> &'static str {
        "model"
    }

    fn concurrency(&self) -> usize {
        self.0
    }

    fn complete(
        &self,
        request: Request,
        _tail: Arc<Tail>,
        _on_attempt: OnAttempt,
        _cancel: CancellationToken,
    ) -> BoxFuture<'_, Result<Answer, LlmError>> {
        let word = |n: usize| format!("{}{n}", request.slot.as_str().replace('.', "x"));
        let line = |n: usize| format!("- Use the words {}, {} and {}.\n", word(n), word(n + 100), word(n + 200));
        let content = match request.call {
            CallKind::SelfInstruct => (0..LINES).map(line).collect(),
            _ => "There is none.".to_owned(),
        };
        let usage = Some(Usage { prompt_tokens: 10, cached_tokens: 0, completion_tokens: 5 });
        let (first_ms, total_ms, attempts, model) = (1, 1, 1, request.model);
        let (reasoning, finish, form, chances, together) = (None, Finish::Stop, None, None, None);
        let answer =
            Answer { content, reasoning, finish, usage, first_ms, total_ms, attempts, form, chances, together, model };
        ready(Ok(answer)).boxed()
    }
}

/// A project that asks for so many self-instruct calls, under rules that need sums over all of it.
pub fn project(dir: &Path, calls: usize) -> Project {
    let config = format!(
        "[endpoints.model]\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"m\"\n\n[calls]\nself_instruct = {{ samples \
         = {calls} }}\nverifiers = {{ samples = 1 }}\n\n[rules]\ncategory_share = 0.5\n"
    );
    std::fs::write(dir.join("assay.toml"), config).unwrap();
    let project = Project::open(dir, Access::Write, None).unwrap();
    let language = Language::English;
    let seeds = ["Answer in two sentences.", "Do not use the letter e.", "Begin with a question."];
    project.add_seeds(&seeds.map(|text| InstructionBody { text: text.into(), category: None, language })).unwrap();
    let query = QueryBody { text: "How do bees find flowers?".into(), language, topic: None, source: None };
    project.add_queries(&[query]).unwrap();
    project
}

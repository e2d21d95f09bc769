//! Against a real server: `ASSAY_LIVE_URL=http://127.0.0.1:18111/v1 cargo test live`, with `tests/tools/serve-smollm2`.

use assay::{
    domain::Finish,
    llm::{Message, Request, Role},
};
use futures::future::join_all;

use super::{client, complete, config, request};

#[tokio::test]
async fn a_real_server_streams_and_counts() {
    let Ok(url) = std::env::var("ASSAY_LIVE_URL") else {
        eprintln!("skipped: ASSAY_LIVE_URL is not set");
        return;
    };
    let client = client(&config(&url));
    let asked = |sample: u32| Request {
        sample,
        seed: Some(u64::from(sample)),
        model: "smollm2-135m".to_owned(),
        max_tokens: 32,
        messages: vec![Message { role: Role::User, content: "Name three colours.".to_owned() }],
        ..request("live")
    };
    for (answer, tail, _) in join_all((0..4).map(|sample| complete(&client, asked(sample)))).await {
        let answer = answer.unwrap();
        assert!(matches!(answer.finish, Finish::Stop | Finish::Length));
        let usage = answer.usage.expect("the server counts");
        assert!(usage.prompt_tokens > 0 && usage.completion_tokens > 0 && usage.completion_tokens <= 32);
        assert_eq!(tail.sample().text, answer.content);
        assert!(tail.sample().chunks > 1, "it streams");
        println!(
            "{} ms to the first token, {} ms in all, {usage:?}: {}",
            answer.first_ms, answer.total_ms, answer.content
        );
    }
}
